"""Speed as a ratio against peers in the same run: `python -m bench` prints a table and writes JSON."""
