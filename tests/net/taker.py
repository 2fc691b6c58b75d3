"""A dub in a process of its own, so that it can be killed: `python -m tests.net.taker LIBRARY ADDRESS`."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.places.http import HttpSpool
from tests.fakes_library import NOW, PASSPHRASE


def main(folder: str, address: str) -> None:
    with Library(Path(folder), unlock(Path(folder), PASSPHRASE)) as library, closing(HttpSpool(address)) as spool:
        dub(library, spool, now=NOW)


if __name__ == "__main__":
    main(*sys.argv[1:])
