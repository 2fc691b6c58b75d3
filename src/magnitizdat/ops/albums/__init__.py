"""Albums as they are kept: names, corrections, covers, notes, small versions."""
