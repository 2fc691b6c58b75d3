"""MaxProp, which a plan is measured against: a message for each album and reader, whose bytes are shared. PURE.

It is given more than it asks for: readers count as reached where their courier is, and all hear at once what arrived.

Source: Burgess, Gallagher, Jensen and Levine, "MaxProp: Routing for Vehicle-Based Disruption-Tolerant Networks", 2006.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from magnitizdat.courier.carrying import Carrying, albums_in
from magnitizdat.courier.city import City

LEAST_CHANCE = 1 / 4096
"""Whom one meets less likely than that is forgotten: it moves no order."""


class MaxProp(Carrying):
    """First what is for whom one meets, then what made few hops, then what will likely meet those whom it is for."""

    def __init__(self, city: City) -> None:
        super().__init__(city)
        self._chances: list[dict[int, float]] = [{} for _ in self.held]
        self._hops: list[dict[int, int]] = [defaultdict(int) for _ in self.held]
        self._sticks = self._sent_bytes = 0

    def meet(self, one: int, other: int) -> None:
        """Incremental averaging: the one who was met counts one more, and all are halved."""
        for here, there in ((one, other), (other, one)):
            chances = self._chances[here]
            chances[there] = chances.get(there, 0) + 1
            halved = {each: chance / 2 for each, chance in chances.items()}
            self._chances[here] = {each: chance for each, chance in halved.items() if chance >= LEAST_CHANCE}

    def hand_over(self, giver: int, taker: int, albums: list[int]) -> None:
        """One hop more."""
        for album in albums:
            self._hops[taker][album] = self._hops[giver][album] + 1

    def choose(self, giver: int, taker: int, lacking: int) -> Iterable[int]:
        """In MaxProp's order."""
        hops, threshold = self._hops[giver], self._threshold(giver)
        here = lacking & self.open[taker]
        rest = sorted(albums_in(lacking & ~here), key=lambda album: (hops[album], album))
        low = [album for album in rest if hops[album] < threshold]
        high = lacking & ~here
        for album in low:
            high &= ~(1 << album)
        near = sorted(albums_in(here), key=lambda album: (hops[album], album))
        chosen = self.fitting([*near, *low, *self._by_cost(giver, high)])
        self._sticks += 1
        self._sent_bytes += sum(self.city.lengths[album] for album in chosen)
        return chosen

    def _threshold(self, courier: int) -> int:
        """Hops up to which a stick's average load has room, counted over all that is held."""
        hops, load = self._hops[courier], self._sent_bytes // self._sticks if self._sticks else self.city.room
        for album in sorted(albums_in(self.held[courier]), key=lambda album: (hops[album], album)):
            load -= self.city.lengths[album]
            if load < 0:
                return hops[album]
        return 1 << 30

    def _by_cost(self, courier: int, albums: int) -> Iterator[int]:
        """Those first that somebody asks for to whom the likeliest path leads."""
        for other in self._likeliest(courier):
            yield from albums_in(albums & self.open[other])
            albums &= ~self.open[other]
            if not albums:
                return
        yield from albums_in(albums)

    def _likeliest(self, courier: int) -> list[int]:
        """Others by the cost of a path: of one hop, or of two where these cost less.

        A hop costs 1 - its chance; a direct one never costs more than 1, so longer paths are no cheaper.
        """
        best = dict(self._chances[courier])
        for between, chance in self._chances[courier].items():
            for other, further in self._chances[between].items():
                best[other] = max(best.get(other, 0), chance + further - 1)
        best[courier] = 1
        return sorted(best, key=lambda other: (-best[other], other))
