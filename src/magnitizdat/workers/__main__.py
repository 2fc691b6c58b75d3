"""The command line of a worker: `python -m magnitizdat.workers MEMORY_LIMIT [NICE]`, started by `worker`."""

from __future__ import annotations

import sys

from magnitizdat.workers.child import main

if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
