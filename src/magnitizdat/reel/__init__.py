"""A spool sealed for travel: planned to the byte, written, read, checked and mended."""
