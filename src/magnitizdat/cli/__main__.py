"""`python -m magnitizdat.cli` is `mag`."""

import sys

from magnitizdat.cli import main

if __name__ == "__main__":
    sys.exit(main())
