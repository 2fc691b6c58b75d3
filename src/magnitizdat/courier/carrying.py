"""How things are carried through a city: everybody who carries, by the plan or otherwise, meets in one way. PURE.

Sets of albums are the bits of an `int`: a city has tens of thousands of meetings.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from magnitizdat.courier.city import HIDING_WEEKS, Born, City, Meeting, Visit


def albums_in(bits: int) -> Iterator[int]:
    """Their numbers, oldest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def bits_of(albums: Iterable[int]) -> int:
    """The set of these."""
    found = 0
    for album in albums:
        found |= 1 << album
    return found


class Carrying(ABC):
    """One way to carry. Who gives `choose`s what goes on the stick; what came, and when, is kept here."""

    is_bound = False
    """Whether no stick is ever full."""

    def __init__(self, city: City) -> None:
        couriers = city.settings.couriers
        self.city = city
        self.now = 0.0
        self.held = [0] * couriers
        self.open = [0] * couriers
        """By courier: what readers of the circle ask for and have not got."""
        self.wished = [0] * city.settings.people
        self.got = [0] * city.settings.people
        self.copies = [0] * len(city.born)
        self.came: dict[tuple[int, int], float] = {}
        """By album and reader: weeks after it came out."""
        self.served: set[tuple[int, int]] = set()
        """Albums and the couriers who gave them to a reader."""
        self.carried_bytes = 0
        self._hiding_until = [0.0] * couriers

    @abstractmethod
    def choose(self, giver: int, taker: int, lacking: int) -> Iterable[int]:
        """What of `lacking` (the giver has it, the taker has not) goes on the stick, best first."""

    def come_out(self, album: int, courier: int) -> None:  # noqa: B027  # most ways need not know
        """Remember what this way to carry wants to know of a new album."""

    def meet(self, one: int, other: int) -> None:  # noqa: B027
        """Tell each other what is said in letters: they are small, and none is lost between two at a table."""

    def hand_over(self, giver: int, taker: int, albums: list[int]) -> None:  # noqa: B027
        """Remember what came."""

    def hand_out(self, reader: int, lacking: int) -> Iterable[int]:  # noqa: ARG002
        """What of `lacking` goes on a reader's stick."""
        return self.fitting(albums_in(lacking))

    def fitting(self, albums: Iterable[int]) -> list[int]:
        """The first of these that fit a stick."""
        if self.is_bound:
            return list(albums)
        room, lengths, chosen = self.city.room, self.city.lengths, []
        for album in albums:
            if lengths[album] <= room:
                room -= lengths[album]
                chosen.append(album)
        return chosen

    def run(self) -> None:
        """All weeks."""
        for happening in self.city.happenings:
            self.now = happening.time
            if isinstance(happening, Visit):
                self._visit(happening)
            elif isinstance(happening, Meeting):
                self._meet(happening)
            else:
                self._born(happening)

    def _born(self, born: Born) -> None:
        bit = 1 << born.album
        self.held[born.courier] |= bit
        self.copies[born.album] += 1
        for reader in self.city.wishers(born.album):
            self.wished[reader] |= bit
            self.open[self.city.courier_of(reader)] |= bit
        self.come_out(born.album, born.courier)

    def _meet(self, meeting: Meeting) -> None:
        """Both sticks are made before either is opened."""
        one, other = meeting.couriers
        if max(self._hiding_until[one], self._hiding_until[other]) > self.now:
            return
        self.meet(one, other)
        ways = list(zip((one, other), (other, one), meeting.lost, meeting.seized, strict=True))
        sticks = [self._stick(giver, taker) for giver, taker, _, _ in ways]
        for (giver, taker, lost, seized), albums in zip(ways, sticks, strict=True):
            if seized:
                self._hiding_until[giver] = self.now + HIDING_WEEKS
            elif albums and not lost:
                self._take(giver, taker, albums)

    def _stick(self, giver: int, taker: int) -> list[int]:
        lacking = self.held[giver] & ~self.held[taker]
        return [] if self.city.silent[giver] or not lacking else list(self.choose(giver, taker, lacking))

    def _take(self, giver: int, taker: int, albums: list[int]) -> None:
        self.held[taker] |= bits_of(albums)
        for album in albums:
            self.copies[album] += 1
            self.carried_bytes += self.city.lengths[album]
        self.hand_over(giver, taker, albums)
        if not (self.city.settings.stash or self.is_bound):
            newest_first = reversed(list(albums_in(self.held[taker])))
            self.held[taker] = bits_of(self.fitting(newest_first))

    def _visit(self, visit: Visit) -> None:
        courier = self.city.courier_of(visit.reader)
        lacking = self.wished[visit.reader] & self.held[courier] & ~self.got[visit.reader]
        if lacking and not (visit.lost or self.city.silent[courier]):
            self._serve(visit.reader, courier, list(self.hand_out(visit.reader, lacking)))

    def _serve(self, reader: int, courier: int, albums: list[int]) -> None:
        self.got[reader] |= bits_of(albums)
        for album in albums:
            self.came[album, reader] = self.now - self.city.born[album]
            self.served.add((album, courier))
            self.carried_bytes += self.city.lengths[album]
        still = 0
        for each in self.city.circles[courier]:
            still |= self.wished[each] & ~self.got[each]
        self.open[courier] = still
