"""Spawned parsers without keys or network: bytes in, values out (law 1).

`sniff` and `from_path` are pure and run anywhere; everything else that looks into a file from outside runs in a worker.
"""
