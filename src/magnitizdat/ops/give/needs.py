"""Who asks for what, what each was given, how old albums are and how rare: what the plan of a stick is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from magnitizdat.courier.plan import OnHand
from magnitizdat.library.index.given import ShelvedAlbum
from magnitizdat.library.library import Library
from magnitizdat.ops.give.cargo import Cargo, CargoAlbum
from magnitizdat.ops.give.given import given_now
from magnitizdat.ops.post.slips import asked_by

Scope = Literal["near", "city"]
"""For whom a reel is planned: those whom it is sealed to, or a courier who meets people that nobody here knows."""
_WEEK = timedelta(weeks=1)


class Needs(NamedTuple):
    """By destination (an imprint), ids of releases and labels that it asks for, and albums here that it was given.

    `shelved`: what is known of albums here; `copies`: how many others are known to have one.
    """

    wishes: Mapping[str, Collection[str]]
    given: Mapping[str, Collection[str]]
    shelved: Mapping[str, ShelvedAlbum]
    copies: Mapping[str, int]
    today: date
    scope: Scope = "near"

    def wished(self, albums: Sequence[CargoAlbum]) -> dict[str, set[str]]:
        """By destination, which of these albums (by their ids here) it asks for: by name, or with all of a label."""
        return {
            place: {each.id for each in albums if each.name.id in ids or each.imprint in ids}
            for place, ids in self.wishes.items()
        }

    def on_hand(self, small: Cargo, full: Cargo) -> list[OnHand]:
        """The albums of both, with what they would take."""
        lengths = {each.id: each.length for each in full.each_album()}
        return [
            OnHand(each.id, each.length, max(each.length, lengths.get(each.id, 0)), self._weeks(each), self._seen(each))
            for each in small.each_album()
        ]

    def _weeks(self, album: CargoAlbum) -> float:
        """Whole ones, so that the same command means the same reel tomorrow."""
        found = self.shelved.get(album.id)
        return (self.today - found.since) // _WEEK if found is not None else 0

    def _seen(self, album: CargoAlbum) -> int:
        """What came here from others lies with one of them."""
        found = self.shelved.get(album.id)
        return self.copies.get(album.id, 0) + (found is not None and not found.is_own)


def needs_of(
    library: Library, friends: Iterable[str], *, scope: Scope = "near", named: bool = False, now: datetime
) -> Needs:
    """What a reel for these friends (by imprint) is planned by; for a `city` all who are known.

    `named`: a person said which albums go, so they go again also to who had them.
    """
    wishes, given = asked_by(library), given_now(library)
    places = {*wishes, *given} if scope == "city" else set(friends)
    return Needs(
        wishes={each: wishes.get(each, frozenset()) for each in places},
        given={} if named else {each: given.get(each, frozenset()) for each in places},
        shelved=library.index.given.shelved(),
        copies=Counter(album for albums in given.values() for album in albums),
        today=now.astimezone(UTC).date(),
        scope=scope,
    )
