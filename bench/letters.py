"""`python -m bench.letters [FROM] [TO]`: histories of letters by chance; the inbox has to show what is true.

Each writes, forges, hands on and sends again some two dozen letters of three labels whose keys were replaced, to a
reader who hears of them late: see `tests/ops/post/histories.py`. 10 000 where nothing is said.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from tests.faults.accidents import fast_place
from tests.ops.post.histories import run

BATCH = 50


def failures(seeds: range) -> list[str]:
    """What went wrong in these histories."""
    return list(_failures(seeds))


def _failures(seeds: range) -> Iterator[str]:
    for seed in seeds:
        with tempfile.TemporaryDirectory(dir=fast_place()) as place:
            try:
                run(Path(place), seed)
            except Exception:  # noqa: BLE001 -- whatever it is, it is told with its seed
                yield f"{seed}\n{traceback.format_exc()}"


def main() -> int:
    """Run them on two cores, and say how many failed."""
    begin, end = (int(each) for each in (sys.argv[1:] or ["0", "10000"]))
    started = time.monotonic()
    batches = [range(at, min(at + BATCH, end)) for at in range(begin, end, BATCH)]
    with get_context("spawn").Pool(2) as pool:
        failed = [each for found in pool.imap_unordered(failures, batches) for each in found]
    sys.stdout.write("\n".join(failed[:5]))
    sys.stdout.write(f"{end - begin} histories, {len(failed)} failed, {time.monotonic() - started:.0f} s\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
