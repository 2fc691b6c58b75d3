"""By the plan, and what it is measured against: without limits, newest first, Spray-and-Wait. PURE."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from magnitizdat.courier.carrying import Carrying, albums_in
from magnitizdat.courier.city import City
from magnitizdat.courier.plan import OnHand, plan

SPRAYED_COPIES = 32


class Unlimited(Carrying):
    """Everybody gives everything: what nobody can do better among the same meetings.

    Source: Vahdat and Becker, "Epidemic routing for partially-connected ad hoc networks", 2000.
    """

    is_bound = True

    def choose(self, giver: int, taker: int, lacking: int) -> Iterable[int]:  # noqa: ARG002
        """All of it."""
        return albums_in(lacking)


class NewestFirst(Carrying):
    """Everything, newest first, while there is room."""

    def choose(self, giver: int, taker: int, lacking: int) -> Iterable[int]:  # noqa: ARG002
        """The newest."""
        return self.fitting(reversed(list(albums_in(lacking))))


class SprayAndWait(Carrying):
    """Half of the copies that one may make go to each who is met; who has but one left gives it to who asks for it.

    Source: Spyropoulos, Psounis and Raghavendra, "Spray and wait", 2005 (binary).
    """

    def __init__(self, city: City) -> None:
        super().__init__(city)
        self._may_make: list[dict[int, int]] = [defaultdict(int) for _ in self.held]

    def come_out(self, album: int, courier: int) -> None:
        """All copies that may be made are with whoever has the first."""
        self._may_make[courier][album] = SPRAYED_COPIES

    def choose(self, giver: int, taker: int, lacking: int) -> Iterable[int]:
        """What is asked for there, then what may be sprayed; newest first."""
        asked = lacking & self.open[taker]
        others = [each for each in albums_in(lacking & ~asked) if self._may_make[giver][each] > 1]
        return self.fitting([*reversed(list(albums_in(asked))), *reversed(others)])

    def hand_over(self, giver: int, taker: int, albums: list[int]) -> None:
        """Half of what one may make goes along."""
        for album in albums:
            half = self._may_make[giver][album] // 2
            self._may_make[giver][album] -= half
            self._may_make[taker][album] += half


class SeenElsewhere:
    """What a courier saw elsewhere: how many others have an album, up to seven; as three planes of bits."""

    __slots__ = ("_of", "_planes")

    def __init__(self) -> None:
        self._of: dict[int, int] = {}
        self._planes = (0, 0, 0)

    def see(self, courier: int, albums: int) -> None:
        """This one has these; nobody is counted twice."""
        known = self._of.get(courier, 0)
        self._of[courier] = known | albums
        ones, twos, fours = self._planes
        carry = albums & ~known & ~(ones & twos & fours)
        ones, carry = ones ^ carry, ones & carry
        twos, carry = twos ^ carry, twos & carry
        self._planes = ones, twos, fours | carry

    def copies(self, album: int) -> int:
        """How many others."""
        ones, twos, fours = self._planes
        return (ones >> album & 1) + 2 * (twos >> album & 1) + 4 * (fours >> album & 1)


class ByThePlan(Carrying):
    """As `mag` does: what to carry is decided by `plan`, from what this courier saw and was told.

    Slips of a circle's readers come with its courier. What others ask for is heard of those who were met.
    """

    def __init__(self, city: City) -> None:
        super().__init__(city)
        self._names = [f"{album:06}" for album in range(len(city.born))]
        self._wishes: list[dict[str, set[str]]] = [{str(reader): set() for reader in circle} for circle in city.circles]
        self._seen = [SeenElsewhere() for _ in self.held]
        self._met: list[set[int]] = [set() for _ in self.held]
        self._heard: list[Counter[int]] = [Counter() for _ in self.held]
        self._follow: list[Counter[int]] = [Counter() for _ in self.held]
        for label, readers in enumerate(city.followers):
            for reader in readers:
                self._follow[city.courier_of(reader)][label] += 1

    def come_out(self, album: int, courier: int) -> None:  # noqa: ARG002
        """Whoever follows the label asks for it."""
        for reader in self.city.wishers(album):
            self._wishes[self.city.courier_of(reader)][str(reader)].add(self._names[album])

    def meet(self, one: int, other: int) -> None:
        """Each sees what the other has, and hears what the other's circle follows."""
        for here, there in ((one, other), (other, one)):
            self._seen[here].see(there, self.held[there])
            if there not in self._met[here]:
                self._met[here].add(there)
                self._heard[here].update(self._follow[there])

    def hand_over(self, giver: int, taker: int, albums: list[int]) -> None:  # noqa: ARG002
        """A copy that one made is one that was seen."""
        self._seen[giver].see(taker, self.held[taker])

    def choose(self, giver: int, taker: int, lacking: int) -> Iterable[int]:
        """By what the taker's circle asks for, and by what else is worth passing on."""
        seen, heard = self._seen[giver], self._heard[giver]
        albums = [self._on_hand(album, seen.copies(album)) for album in albums_in(lacking)]
        beyond = {each.id: heard[self.city.label[int(each.id)]] for each in albums}
        chosen = plan(albums, self._wishes[taker], {}, self.city.room, city=True, beyond=beyond)
        return [int(each.album.id) for each in chosen]

    def hand_out(self, reader: int, lacking: int) -> Iterable[int]:
        """By the same plan; what was handed out is no longer asked for."""
        wishes = self._wishes[self.city.courier_of(reader)][str(reader)]
        albums = [self._on_hand(album, 0) for album in albums_in(lacking)]
        chosen = plan(albums, {str(reader): wishes}, {}, self.city.room)
        wishes.difference_update(each.album.id for each in chosen)
        return [int(each.album.id) for each in chosen]

    def _on_hand(self, album: int, copies: int) -> OnHand:
        """Couriers carry small versions: a full one takes the room of five."""
        length = self.city.lengths[album]
        return OnHand(self._names[album], length, length, self.now - self.city.born[album], copies)
