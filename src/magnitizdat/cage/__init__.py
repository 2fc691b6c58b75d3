"""Cages for what touches the bytes of strangers: our own parsers, and par2. Best effort each; a report says which."""
