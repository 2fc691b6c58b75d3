"""`python -m bench.couriers [FROM] [TO]`: two years of letters and couriers, by chance; the laws must hold.

Each history is known by its number. Ends with 1 and the numbers of those that failed.
"""

from __future__ import annotations

import sys
import time
import traceback

from tests.fakes_couriers import history

COUNT = 10_000


def main() -> int:
    """Run them one by one; several processes may share them."""
    begin, end = (int(each) for each in (sys.argv[1:3] if len(sys.argv) > 2 else (0, COUNT)))
    begun, failed, written, arrived, refused = time.process_time(), list[int](), 0, 0, 0
    for number in range(begin, end):
        try:
            world = history(number)
        except AssertionError:
            sys.stderr.write(f"history {number}:\n{traceback.format_exc()}")
            failed.append(number)
        else:
            written, arrived, refused = written + len(world.authors), arrived + world.arrived, refused + world.refused
    taken = time.process_time() - begun
    sys.stdout.write(
        f"{end - begin} histories, {len(failed)} failed {failed[:20]}, {taken:.0f} s of processor\n"
        f"letters written {written}, arrived {arrived}; of floods refused {refused}\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
