"""In which order the songs of an album stand of which two libraries speak: the same from both sides. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from magnitizdat.library.journal import TrackRow
from magnitizdat.library.turns import Turns, named, turns
from magnitizdat.ops.merge.saying import Saying


class _SideOrder(NamedTuple):
    """Songs of one library in their turn, and what was said when each came to stand where it does."""

    order: list[str]
    placed: dict[str, Saying]


def joined_order(ours: Sequence[Saying], theirs: Sequence[Saying], kept: set[str]) -> list[str]:
    """Those that are `kept`, which stand on one side at least, in their turn.

    As all rows together say, where that turns round nothing that either side has. Else as the side has it that knew how
    the other does, or whose songs came first; what the other one has besides stands behind what it stands behind there.
    """
    a, b = (_side(said, kept) for said in (ours, theirs))
    together = [song for song in turns(each.row for each in _sorted([*ours, *theirs])) if song in kept]
    if len(together) == len(kept) and all(_is_part(side.order, together) for side in (a, b)):
        return together
    first, second = (a, b) if _counts(a, b) else (b, a)
    return _filled(first.order, second.order)


def _sorted(said: Iterable[Saying]) -> list[Saying]:
    return sorted(said, key=lambda each: each.order)


def _side(said: Sequence[Saying], kept: set[str]) -> _SideOrder:
    standing, placed = Turns(), dict[str, Saying]()
    for each in _sorted(said):
        if standing.apply(each.row) and isinstance(each.row, TrackRow):
            placed[named(each.row.track)] = each
    order = [song for song in standing.songs if song in kept]
    return _SideOrder(order, {song: placed[song] for song in order})


def _is_part(order: Sequence[str], whole: Sequence[str]) -> bool:
    places = {song: place for place, song in enumerate(whole)}
    found = [places[song] for song in order]
    return found == sorted(found)


def _counts(a: _SideOrder, b: _SideOrder) -> bool:
    """Whether the first has the say."""
    known = [
        all(side.placed[song].is_shared for song in side.order if song in other.placed)
        for side, other in ((a, b), (b, a))
    ]
    if known[0] != known[1]:
        return known[1]
    first, second = (sorted(each.order for each in side.placed.values()) for side in (a, b))
    return first <= second


def _filled(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """The first, and what else the second has: behind what it follows there, and what the first alone has there."""
    found, common, at = list(first), set(second), 0
    for song in second:
        if song in first:
            at = found.index(song) + 1
        else:
            while at < len(found) and found[at] not in common:
                at += 1
            found.insert(at, song)
            at += 1
    return found
