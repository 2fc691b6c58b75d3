"""Which albums are worth the room, in which order: `cut --size` fills a reel by it, `simulate` runs a city on it.

Worth is (unserved wishes + 1/(1 + copies seen elsewhere)) x 0.5^(age/8 weeks), by byte of the small version: what
nobody asked for is worth something while it is rare, and what came out half a year ago is hardly news. A courier of a
city hands on for others too, so what is rare counts there as often as it is wished beyond the destination, and only
while it is news: ADR 0090 has the numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import exp2
from typing import Literal, NamedTuple

from magnitizdat.sentence import Sentence, say

HALF_LIFE_WEEKS = 8
SCARCE_COPIES = 2
"""A courier also carries what nobody near asked for, until so many copies were seen elsewhere."""
NEWS_WEEKS, NEWS_COPIES = 1.5, 5
"""So long, and until so many were seen, it is news, and goes as well: by then whoever passes things on has met it."""
NEWS_HALF_LIFE_WEEKS = 0.25
"""Of what goes for others in a city: about the time in which copies double there."""

Reason = Literal["asked", "scarce", "new", "room"]


class OnHand(NamedTuple):
    """An album that could go: bytes of its small and its full version, weeks since it came out, copies seen elsewhere.

    What has no small version, or only a small one, has the same bytes twice. Clocks are wrong: what comes out in a
    year to come is as new as what came out today.
    """

    id: str
    small: int
    full: int
    weeks: float = 0
    copies: int = 0


class Stowed(NamedTuple):
    """An album that goes, in which version, and why: so many that are served now ask for it (`wishes`)."""

    album: OnHand
    quality: Literal["small", "full"]
    wishes: int

    @property
    def length(self) -> int:
        """Bytes that it takes."""
        return self.album.full if self.quality == "full" else self.album.small

    @property
    def reason(self) -> Reason:
        """What spoke for it most."""
        if self.wishes:
            return "asked"
        if self.album.copies < SCARCE_COPIES:
            return "scarce"
        return "new" if _is_news(self.album) else "room"


def plan(
    albums: Iterable[OnHand],
    wishes: Mapping[str, Collection[str]],
    given: Mapping[str, Collection[str]],
    room: int,
    *,
    city: bool = False,
    beyond: Mapping[str, int] | None = None,
) -> tuple[Stowed, ...]:
    """What goes into `room` bytes, best first: small versions of as many as fit, then full ones where room is left.

    `wishes` and `given` say by destination which albums it asks for, and which came there. What came to every
    destination does not go again. With `city` only what is asked for, scarce or news goes. `beyond` says how many ask
    for an album elsewhere, as far as one has heard. The order of `albums` is no matter.
    """
    asked = Counter(each for place, wished in wishes.items() for each in set(wished).difference(given.get(place, ())))
    known = _at_all([given.get(place, ()) for place in wishes.keys() | given.keys()])
    going = [each for each in albums if each.id not in known]
    if city:
        going = [each for each in going if each.id in asked or each.copies < SCARCE_COPIES or _is_news(each)]
    passed_on = NEWS_HALF_LIFE_WEEKS if city else HALF_LIFE_WEEKS
    heard = beyond or {}
    going.sort(key=lambda each: (-_worth(each, asked[each.id], heard.get(each.id, 0), passed_on), each.id))
    chosen = list(_fitting(going, room))
    left = room - sum(each.small for each in chosen)
    return tuple(_in_full(chosen, asked, left))


def why(stowed: Stowed) -> Sentence:
    """The reason in words."""
    if stowed.wishes:
        return say("{n} {n:friend asks|friends ask} for it", n=stowed.wishes)
    if stowed.album.copies < SCARCE_COPIES:
        return say("few others are known to have it")
    if stowed.reason == "new":
        return say("it is new")
    return say("there is room left for it")


def _at_all(places: list[Collection[str]]) -> frozenset[str]:
    """What came to each of these places; nothing where there is no place."""
    return frozenset(places[0]).intersection(*places[1:]) if places else frozenset()


def _is_news(album: OnHand) -> bool:
    """Whether it came out so lately that most have not met it."""
    return album.weeks <= NEWS_WEEKS and album.copies < NEWS_COPIES


def _worth(album: OnHand, wishes: int, beyond: int, half_life_weeks: float) -> float:
    """By byte of the small version. `half_life_weeks` is of what goes for others than those who asked."""
    weeks = max(0, album.weeks)
    rarity = (1 + beyond) / (1 + max(0, album.copies))
    worth = wishes * exp2(-weeks / HALF_LIFE_WEEKS) + rarity * exp2(-weeks / half_life_weeks)
    return worth / max(1, album.small)


def _fitting(going: list[OnHand], room: int) -> Iterator[OnHand]:
    """Each that still fits, in this order."""
    for each in going:
        if 0 <= each.small <= room:
            room -= each.small
            yield each


def _in_full(chosen: list[OnHand], asked: Mapping[str, int], left: int) -> Iterator[Stowed]:
    """The same, each in full where its further bytes are left."""
    for each in chosen:
        more = each.full - each.small
        full = more <= left
        left -= more if full else 0
        yield Stowed(each, "full" if full else "small", asked.get(each.id, 0))
