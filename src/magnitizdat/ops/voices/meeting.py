"""Which names mean one album: two carriers call it differently, so words about it would never meet. PURE.

Two names are one album where each has half of its tracks in common with the other, and so are names that both are one
with a third.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

MAX_COMPARED = 1_000_000
"""Pairs of tracks that are compared, which takes a part of a second; beyond them names stay apart. Only somebody who
puts one track on thousands of albums comes there."""


def meetings(tracks: Mapping[str, frozenset[bytes]]) -> dict[str, str]:
    """Of each name that is one album with others the first of them all, in alphabetical order; others are left out.

    `tracks` are what each name is said to consist of.
    """
    first = {name: name for name in tracks}
    for name, other in _alike(tracks):
        one, two = sorted((_first(first, name), _first(first, other)))
        first[two] = one
    found = {name: _first(first, name) for name in first}
    met = {one for name, one in found.items() if name != one}
    return {name: one for name, one in found.items() if one in met}


def _alike(tracks: Mapping[str, frozenset[bytes]]) -> Iterator[tuple[str, str]]:
    """Names in the order of the alphabet, each with those before it that are the same album."""
    counts = Counter(chain.from_iterable(tracks.values()))
    shared = {track for track, count in counts.items() if count > 1}
    having: dict[bytes, list[str]] = {track: [] for track in shared}
    compared = 0
    for name in sorted(name for name, those in tracks.items() if not shared.isdisjoint(those)):
        common: Counter[str] = Counter()
        for others in (having[track] for track in tracks[name] & shared):
            compared += len(others)
            common.update(others)
            others.append(name)
        for other, count in common.items():
            if 2 * count >= max(len(tracks[name]), len(tracks[other])):
                yield name, other
        if compared > MAX_COMPARED:
            return


def _first(first: dict[str, str], name: str) -> str:
    while first[name] != name:
        first[name] = first[first[name]]
        name = first[name]
    return name
