"""The floor under everything that is kept: reading, writing, flushing, free space, locks."""
