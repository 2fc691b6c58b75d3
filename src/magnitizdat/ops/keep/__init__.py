"""Keeping a library: locked and open, whole and mended, copied."""
