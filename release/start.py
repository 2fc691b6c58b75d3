"""Where the frozen file begins."""

import sys

from magnitizdat.cli.frozen import main

sys.exit(main())
