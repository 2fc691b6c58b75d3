"""An own album of which two libraries speak: its fields and tracks, each as it was said last. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from magnitizdat.library.journal import AlbumGone, AlbumRow, Row, TrackGone, TrackRow
from magnitizdat.library.turns import Turns, in_turn, named, turns
from magnitizdat.ops.merge.orders import joined_order
from magnitizdat.ops.merge.saying import Saying, Settled, newest, settle


class AlbumSaid(NamedTuple):
    """What rows say of one album. `fields` is None where it is not there: never was, or `gone`.

    `tracks` are by subject, those that were taken off among them; `order` are those that stand on it, as rows name
    them, in their turn.
    """

    fields: Row | None
    gone: Row | None
    tracks: dict[str, Row]
    order: list[str]

    def contents(self) -> tuple[Row | None, dict[str, Row], list[str]]:
        """What a person sees of it."""
        if self.fields is None:
            return None, {}, []
        return self.fields, {row.subject: row for row in self.songs()}, self.order

    def songs(self) -> list[TrackRow]:
        """Those that stand on it."""
        return [row for row in self.tracks.values() if isinstance(row, TrackRow)]


class _Told(NamedTuple):
    fields: list[Saying]
    gone: list[Saying]
    tracks: dict[str, list[Saying]]
    order: list[str]


def replayed(said: Iterable[Saying]) -> AlbumSaid:
    """What the index says after these rows, as `doctor --rebuild` reads them."""
    told = _told(sorted(said, key=lambda each: (each.counter, each.device)))
    return AlbumSaid(
        told.fields[-1].row if told.fields else None,
        told.gone[-1].row if told.gone else None,
        {subject: rows[-1].row for subject, rows in told.tracks.items()},
        told.order,
    )


def _told(said: Sequence[Saying]) -> _Told:
    """In the order of rows: a removal ends all that was said before."""
    told = _Told([], [], {}, turns(each.row for each in said))
    for each in said:
        match each.row:
            case AlbumGone():
                told = _Told([], [each], {}, told.order)
            case AlbumRow():
                told.fields.append(each)
                told.gone.clear()
            case TrackRow() as row:  # where it stands is told by `order`
                plain = each._replace(row=msgspec.structs.replace(row, before=""))
                told.tracks.setdefault(row.subject, []).append(plain)
            case TrackGone():
                told.tracks.setdefault(each.row.subject, []).append(each)
    return told


class Joined(NamedTuple):
    """The album that both become; `contested` counts what was changed on both sides."""

    album: AlbumSaid
    contested: int


def join(ours: Sequence[Saying], theirs: Sequence[Saying]) -> Joined:
    """The album out of all that two libraries say of it; the same from both sides.

    Raises: ValueError where neither says anything.
    """
    a, b = (_told(sorted(said, key=lambda each: each.order)) for said in (ours, theirs))
    if not a.fields or not b.fields:
        return Joined(_one_sided(a, b), 0)
    fields = settle(a.fields, b.fields)
    tracks = dict(_tracks(a, b))
    contested = sum(each.is_contested for each in (fields, *tracks.values()))
    rows = {subject: each.row for subject, each in tracks.items()}
    order = joined_order(ours, theirs, {named(row.track) for row in rows.values() if isinstance(row, TrackRow)})
    return Joined(AlbumSaid(fields.row, None, rows, order), contested)


def _one_sided(a: _Told, b: _Told) -> AlbumSaid:
    """It is there on one side at most: removed on the other by somebody who knew all that is said here, or never there.

    Who removes an album that was changed elsewhere meanwhile has not removed that.
    """
    there, other = (a, b) if a.fields else (b, a)
    gone = newest([*a.gone, *b.gone])
    is_known = all(_last(rows).is_shared for rows in (there.fields, *there.tracks.values()) if rows)
    if not there.fields or (other.gone and is_known):
        return AlbumSaid(None, gone.row if gone is not None else None, {}, [])
    tracks = {subject: _last(rows).row for subject, rows in there.tracks.items()}
    return AlbumSaid(_last(there.fields).row, None, tracks, there.order)


def _last(said: Sequence[Saying]) -> Saying:
    return max(said, key=lambda each: each.order)


def _tracks(a: _Told, b: _Told) -> Iterator[tuple[str, Settled]]:
    for subject in sorted({*a.tracks, *b.tracks}):
        ours, theirs = a.tracks.get(subject, []), b.tracks.get(subject, [])
        if ours and theirs:
            yield subject, settle(ours, theirs)
        elif not _last(ours or theirs).is_shared:  # else the other side knew it, and removed it with its album
            yield subject, Settled(_last(ours or theirs).row)


def needed(now: AlbumSaid, then: AlbumSaid) -> list[Row]:
    """Rows that make of an album as it is one as it shall be."""
    if then.fields is None:
        return [then.gone] if now.fields is not None and then.gone is not None else []
    found = [then.fields] if then.fields != now.fields else []
    before = now.tracks if now.fields is not None else {}
    found += sorted(
        (row for subject, row in then.tracks.items() if _is_news(before.get(subject), row)), key=_gone_first
    )
    standing = Turns(now.order if now.fields is not None else ())
    for row in found:
        standing.apply(row)
    return found if standing.songs == then.order else [*found, *in_turn(then.songs(), then.order)]


def _is_news(before: Row | None, row: Row) -> bool:
    return before != row and not (isinstance(row, TrackGone) and not isinstance(before, TrackRow))


def _gone_first(row: Row) -> bool:
    """A sound that is on the album in another file from now on is called as it was."""
    return not isinstance(row, TrackGone)


def whole(then: AlbumSaid, naive: AlbumSaid) -> list[Row]:
    """Rows that say all of an album, whatever was said before them."""
    if then.fields is None:
        return [then.gone] if then.gone is not None else []
    kept = {row.subject for row in then.songs()}
    dropped = [
        TrackGone(release_id=row.release_id, track=row.track)
        for row in (naive.songs() if naive.fields is not None else [])
        if row.subject not in kept
    ]
    return [then.fields, *dropped, *in_turn(then.songs(), then.order)]
