"""A sleeper takes in a chain of 200 new roots, each with five new keys of which three must sign."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from bench.cases import Place, Row
from magnitizdat.catalogue.refresh import imprint_of, label_state, refresh
from tests.fakes_branches import Branch, born
from tests.fakes_tuf import NOW

ROOTS, HOLDERS, NEED = 200, 5, 3
MOST_S = 0.3


def following(place: Place) -> Iterator[Row]:
    """Processor time of the workflow alone, from a root of long ago to the newest."""
    before = _next(born(("author", "paper")), 0).with_list()
    after = before
    for number in range(1, ROOTS + 1):
        after = _next(after, number)
    after = after.with_list()
    asleep = refresh(label_state(imprint_of(before.roots[0])), before.fetch, now=NOW).state
    taken = []
    for _ in range(place.runs):
        begun = time.process_time()
        woken = refresh(asleep, after.fetch, now=NOW)
        taken.append(time.process_time() - begun)
        assert woken.checkpoint.version == ROOTS + 2
    median = statistics.median(taken)
    yield Row(
        f"{ROOTS} new roots of {NEED} of {HOLDERS} holders",
        f"{median * 1000:.0f} ms",
        "–",
        "–",
        MOST_S / median,
        "≤ 300 ms",
        median <= MOST_S,
    )


def _next(branch: Branch, number: int) -> Branch:
    holders = [f"holder {number} {each}" for each in range(HOLDERS)]
    return branch.with_root((*branch.holders[: branch.need], *holders[:NEED]), holders=holders, need=NEED)
