"""Where not everything fits: which albums go, in which order and version, and why, by the plan of `courier`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from magnitizdat.courier.plan import OnHand, Reason, Stowed, plan, why
from magnitizdat.errors import UsageError
from magnitizdat.model import AlbumName, Quality, Value
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.needs import Needs
from magnitizdat.sentence import Sentence, framed, say, size_words

_TRIES = 8
Measure = Callable[[Cargo], int]
"""Bytes that a cargo takes where it goes, with all that goes around it."""


class StowedAlbum(Value, frozen=True, kw_only=True, omit_defaults=False):
    """An album that goes: `id` as its label names it, bytes of the version that goes, and why."""

    id: str
    title: str
    quality: Quality
    length: int
    reason: Reason
    wishes: int
    why: Sentence

    def sentence(self) -> Sentence:
        """A line of a list."""
        said = {"title": self.title, "length": size_words(self.length), "why": self.why}
        if self.quality == "small":
            return say("«{title}», small, {length}: {why}.", **said)
        return framed("«{title}», {length}: {why}.", **said)


class Stowage(NamedTuple):
    """What goes, album by album, best first; what does not fit; how many stay since they came on earlier reels."""

    cargo: Cargo
    albums: tuple[StowedAlbum, ...]
    left_out: tuple[AlbumName, ...]
    had: int = 0


def stow(small: Cargo, full: Cargo, size: int, needs: Needs, measure: Measure) -> Stowage:
    """As much as `measure` lets into `size` bytes: small versions as the plan orders them, full where room is left.

    Where not even one fits, one all the same: whoever writes it says so.

    Raises: UsageError where nothing is new for anybody.
    """
    albums = small.each_album()
    if not albums:  # labels alone, for what they say
        return Stowage(full, (), ())
    wishes, on_hand = needs.wished(albums), needs.on_hand(small, full)
    names = {each.id: each.name for each in albums}

    def stowed(room: int) -> tuple[Stowed, ...]:
        return plan(on_hand, wishes, needs.given, room, city=needs.scope == "city")

    everything = stowed(sum(each.full for each in on_hand))
    if not everything:
        raise UsageError(say("all that is here came there on earlier reels, or is nothing that anybody lacks"))
    chosen = _largest(stowed, lambda each: measure(_cargo(small, full, each)), size) or everything[:1]
    going = {each.album.id for each in chosen}
    return Stowage(
        _cargo(small, full, chosen),
        tuple(_told(each, names[each.album.id]) for each in chosen),
        tuple(names[each.album.id] for each in everything if each.album.id not in going),
        len(_had(on_hand, everything)),
    )


def _largest(
    stowed: Callable[[int], tuple[Stowed, ...]], length: Callable[[Sequence[Stowed]], int], size: int
) -> tuple[Stowed, ...]:
    """The fullest of some plans that fit, or where none of them does the least.

    What goes around music grows by steps, and is known of a whole plan alone.
    """
    best, tried = tuple[Stowed, ...](), tuple[Stowed, ...]()
    least, most, room = 0, size, size
    for _ in range(_TRIES):
        found = stowed(room)
        if not found:
            break
        tried, taken = found, length(found)
        if taken <= size:
            best, least = found, room
        else:
            most = room
        if least == most:
            break
        room = (least + most) // 2 if best else min(room * size // taken, sum(each.length for each in found) - 1)
    return best or tried


def _cargo(small: Cargo, full: Cargo, chosen: Iterable[Stowed]) -> Cargo:
    chosen = list(chosen)
    in_full = frozenset(each.album.id for each in chosen if each.quality == "full")
    return small.stowed(full, [each.album.id for each in chosen], in_full)


def _told(each: Stowed, name: AlbumName) -> StowedAlbum:
    return StowedAlbum(
        id=name.id,
        title=name.title,
        quality=each.quality,
        length=each.length,
        reason=each.reason,
        wishes=each.wishes,
        why=why(each),
    )


def _had(on_hand: Iterable[OnHand], everything: Iterable[Stowed]) -> set[str]:
    return {each.id for each in on_hand} - {each.album.id for each in everything}
