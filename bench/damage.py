"""What sticks do to reels, the same in every run."""

from __future__ import annotations

import random
from pathlib import Path

from magnitizdat.reel.check import check


def bursts(reel: Path, *, percent: float, count: int, lose_one: bool = False) -> int:
    """In each group: `percent` of its bytes overwritten in `count` bursts; with `lose_one` a whole segment gone too.

    Returns bytes hurt.
    """
    chance = random.Random(8)
    hurt = 0
    for group in check(reel).groups:
        paths = [reel / segment.path for segment in group.segments]
        length = paths[0].stat().st_size
        if lose_one:
            paths.pop(chance.randrange(len(paths))).unlink()
            hurt += length
        burst = int(length * len(group.segments) * percent / 100 / count)
        for number in range(count):  # each in its own stretch, so that none hits what another hit
            stretch = len(paths) * length // count
            at = number * stretch + chance.randrange(max(1, stretch - burst))
            hurt += _overwrite(paths, length, at, burst, chance)
    return hurt


def _overwrite(paths: list[Path], length: int, at: int, burst: int, chance: random.Random) -> int:
    left = burst
    while left and at // length < len(paths):
        with paths[at // length].open("r+b") as opened:
            opened.seek(at % length)
            here = min(left, length - at % length)
            opened.write(chance.randbytes(here))
        at, left = at + here, left - here
    return burst - left
