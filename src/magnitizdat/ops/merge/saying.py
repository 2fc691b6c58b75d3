"""Which of two words about one thing counts, where two libraries were used apart. PURE.

A word that the other library had heard gives way to what was said there since. Where neither had heard the other's, the
rules here decide, the same from both sides: what was given counts more than what was taken back, then the later
counts, and what would be lost stands beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from magnitizdat.formats.names import imprint_words
from magnitizdat.library.journal import (
    AlbumRow,
    AppGone,
    BookmarkRow,
    FriendRow,
    LabelRow,
    PlaylistRow,
    QueueRow,
    RatingRow,
    Row,
    StarRow,
    TrackRow,
)
from magnitizdat.library.letter_rows import LetterGone

V = TypeVar("V", bound=msgspec.Struct)

STANDINGS = ("new", "carrier", "followed", "own")


class Saying(NamedTuple):
    """A row as one library has it; `is_shared`: the other has it as well."""

    counter: int
    line: bytes
    row: Row
    device: str
    is_shared: bool

    @property
    def order(self) -> tuple[int, bytes]:
        """Of two words about one thing the higher is the later, under whatever name of a device."""
        return self.counter, self.line


class Settled(NamedTuple):
    """What counts. `beside` would be lost by that; `is_contested`: both were said apart, and one gives way."""

    row: Row
    beside: tuple[Row, ...] = ()
    is_contested: bool = False


def newest(said: Sequence[Saying]) -> Saying | None:
    """The last word."""
    return max(said, key=lambda each: each.order, default=None)


def settle(ours: Sequence[Saying], theirs: Sequence[Saying]) -> Settled:
    """What counts of all that two libraries say of one thing; at least one of them says something."""
    a, b = newest(ours), newest(theirs)
    if a is None or b is None:
        (only,) = (each for each in (a, b) if each is not None)
        return Settled(only.row)
    if a.line == b.line or (a.is_shared and b.is_shared):
        return Settled(max(a, b, key=lambda each: each.order).row)
    if a.is_shared or b.is_shared:
        return Settled((b if a.is_shared else a).row)
    return _apart(a, b, newest([each for each in ours if each.is_shared]))


def _apart(a: Saying, b: Saying, before: Saying | None) -> Settled:
    loser, winner = sorted((a, b), key=_weight)
    known = before.row if before is not None else None
    row = _joined(winner.row, loser.row, known)
    is_contested = isinstance(row, AlbumRow | TrackRow | RatingRow) and row != _joined(loser.row, winner.row, known)
    return Settled(row, tuple(_beside(winner.row, loser)), is_contested and type(row) is type(loser.row))


def _weight(said: Saying) -> tuple[int, str, int, bytes]:
    row = said.row
    match row:
        case StarRow():
            given = int(bool(row.at))
        case RatingRow():
            given = int(bool(row.stars))
        case LabelRow():
            given = STANDINGS.index(row.standing)
        case LetterGone():  # what somebody destroyed comes from nowhere
            given = 2
        case AppGone():  # a secret that was taken back opens nothing any more
            given = 2
        case _:
            given = int(not type(row).__name__.endswith("Gone"))
    changed = row.changed if isinstance(row, PlaylistRow | QueueRow | BookmarkRow) else ""
    return given, changed, *said.order


# -- both at once -----------------------------------------------------------------------------------------------------


def _joined(winner: Row, loser: Row, before: Row | None) -> Row:
    match winner, loser, before:
        case LabelRow(), LabelRow(), _:
            heard, frozen = max(winner.heard, loser.heard), winner.frozen or loser.frozen
            return msgspec.structs.replace(winner, heard=heard, frozen=frozen)
        case TrackRow(), TrackRow(), _:
            base = before.track if isinstance(before, TrackRow) else None
            return TrackRow(release_id=winner.release_id, track=_fields(winner.track, loser.track, base))
        case AlbumRow(), AlbumRow(), _:
            earlier = before.release if isinstance(before, AlbumRow) else None
            return AlbumRow(release=_fields(winner.release, loser.release, earlier))
    return winner


def _fields(winner: V, loser: V, before: V | None) -> V:
    """Field by field: who changed it since both knew the same has the say, the winner where both did.

    Where they never knew the same, what the winner leaves empty is taken from the other.
    """
    taken = dict[str, Any]()
    for name in winner.__struct_fields__:
        mine, other = getattr(winner, name), getattr(loser, name)
        unchanged = getattr(before, name) if before is not None else ("" if mine == "" else () if mine == () else None)
        if mine != other and mine == unchanged:
            taken[name] = other
    return msgspec.structs.replace(winner, **taken) if taken else winner


# -- one beside the other ---------------------------------------------------------------------------------------------


def _beside(winner: Row, loser: Saying) -> Sequence[Row]:
    make = _BESIDE.get(type(winner))
    return make(winner, loser) if make is not None and type(winner) is type(loser.row) else ()


def _playlist_beside(winner: Any, loser: Saying) -> Sequence[Row]:
    """The other songs, as a list of their own that bears the day of its last change."""
    row = loser.row
    if not isinstance(row, PlaylistRow) or (row.entries, row.rule) == (winner.entries, winner.rule):
        return ()
    other = hashlib.sha256(row.id.encode() + b"\x1f" + loser.line).hexdigest()[:16]
    return (msgspec.structs.replace(row, id=other, name=f"{row.name} ({row.changed[:10]})"),)


def _friend_beside(winner: Any, loser: Saying) -> Sequence[Row]:
    """Somebody else of the same name bears the words of their imprint."""
    row = loser.row
    if not isinstance(row, FriendRow) or row.card.imprint == winner.card.imprint:
        return ()
    return (FriendRow(name=f"{row.name} ({imprint_words(row.card.imprint)})", card=row.card),)


_BESIDE: dict[type, Callable[[Any, Saying], Sequence[Row]]] = {PlaylistRow: _playlist_beside, FriendRow: _friend_beside}
