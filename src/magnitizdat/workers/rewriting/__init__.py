"""Tags of a file with some fields changed, and every other byte of them as it was."""
