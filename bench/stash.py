"""`python -m bench.stash`: histories of a courier's stash, 10 000 without a number, and what happened in them."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

from tests.fakes_stash import History
from tests.faults.accidents import fast_place

ACTS = 12


def main() -> None:
    """Ends with an error at the first that breaks the law."""
    options = argparse.ArgumentParser(prog="python -m bench.stash", description=__doc__)
    options.add_argument("histories", nargs="?", type=int, default=10_000)
    options.add_argument("--jobs", type=int, default=2)
    asked = options.parse_args()
    acts = Counter[str]()
    with ProcessPoolExecutor(asked.jobs) as pool:
        for done in pool.map(history, range(asked.histories), chunksize=50):
            acts += done
    print(f"{asked.histories} histories, no last copy gone: {dict(acts)}")


def history(seed: int) -> Counter[str]:
    """One of chance, in memory."""
    with tempfile.TemporaryDirectory(dir=fast_place()) as place:
        told = History(Path(place), Random(seed))
        told.go_on(ACTS)
        return told.acts


if __name__ == "__main__":
    main()
