"""`python -m bench.clubs [FROM] [TO] [--keys]`: histories of clubs by chance; in the end all agree and hold the key.

Each is known by its number. With `--keys` everything is sealed and opened with real ones. Ends with 1 and the numbers
of those that failed.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter

from tests.fakes_club_histories import World, history

COUNT = 20_000


def main() -> int:
    """Run them one by one; several processes may share them."""
    numbers = [int(each) for each in sys.argv[1:] if each.isdigit()]
    begin, end = numbers[:2] if len(numbers) > 1 else (0, COUNT)
    begun, failed, seen = time.process_time(), list[int](), Counter[str]()
    for number in range(begin, end):
        try:
            seen.update(_seen(history(number, in_earnest="--keys" in sys.argv)))
        except AssertionError:
            sys.stderr.write(f"history {number}:\n{traceback.format_exc()}")
            failed.append(number)
    taken = time.process_time() - begun
    what = ", ".join(f"{what} {count}" for what, count in seen.items())
    sys.stdout.write(
        f"{end - begin} histories, {len(failed)} failed {failed[:20]}, {taken:.0f} s of processor\n{what}\n"
    )
    return 1 if failed else 0


def _seen(world: World) -> dict[str, int]:
    """What happened in it."""
    return {
        "admissions": sum(len(each.ids) for each in world.people),
        "epochs": len({epoch.id for epoch, _, _ in world.sealed}),
        "reels sealed to a club": len(world.sealed),
        "changes of officers": len(world.roots) - 1,
        "histories with a fork": int(any(each.forked for each in world.people)),
        "histories in which none was in force for somebody": int(world.closed > 0),
    }


if __name__ == "__main__":
    sys.exit(main())
