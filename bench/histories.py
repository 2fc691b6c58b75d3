"""`python -m bench.histories [FROM] [TO]`: histories of hand-overs, thefts and sleepers by chance; the laws must hold.

Each is known by its number. One of a hundred has a sleeper of 200 versions. Ends with 1 and the numbers of those that
failed.
"""

from __future__ import annotations

import sys
import time
import traceback
from functools import lru_cache

from magnitizdat.catalogue import following, metadata, refresh, trust
from tests.fakes_histories import World, history

COUNT = 20_000
SLEEPERS = 100
SLEPT = 200


def main() -> int:
    """Run them one by one; several processes may share them. What was read once is not parsed and verified again."""
    for module in (following, refresh, trust):
        module.read_statement = lru_cache(4096)(metadata.read_statement)  # type: ignore[attr-defined]
    begin, end = (int(each) for each in (sys.argv[1:3] if len(sys.argv) > 2 else (0, COUNT)))
    begun, failed = time.process_time(), []
    for number in range(begin, end):
        try:
            _sleeper(number) if number % SLEEPERS == 0 else history(number)
        except AssertionError:
            sys.stderr.write(f"history {number}:\n{traceback.format_exc()}")
            failed.append(number)
    taken = time.process_time() - begun
    sys.stdout.write(f"{end - begin} histories, {len(failed)} failed {failed[:20]}, {taken:.0f} s of processor\n")
    return 1 if failed else 0


def _sleeper(number: int) -> None:
    """Somebody who took in what came by then, and hears of nothing for so many roots."""
    world: World = history(number)
    world.replace_a_holder(SLEPT)
    world.forge_list(number, 1_000_000)
    for reader in world.readers:
        world.dub(reader, world.sticks[-1])
    world.end()


if __name__ == "__main__":
    sys.exit(main())
