"""The command line of a worker: `python -m magnitizdat.workers MEMORY_LIMIT`, started by `worker`."""

from __future__ import annotations

import sys

from magnitizdat.workers.child import main

if __name__ == "__main__":
    main(int(sys.argv[1]))
