"""Songs that come back to an album by an undo stand where they stood (ADR 104)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from magnitizdat.errors import LibraryError
from magnitizdat.library.index.pages import RowPlace
from magnitizdat.library.journal import Row, TrackRow, decode_row
from magnitizdat.library.library import Library
from magnitizdat.library.sealed_rows import page_lines
from magnitizdat.library.turns import Turns, in_turn, named, turns


def in_their_turn(library: Library, rows: Sequence[Row], start: int) -> list[Row]:
    """The same rows; those of songs that are not there now say where they stood before the counter `start`.

    They come behind all others, the last of an album first, for each is put before another.
    """
    by_album: dict[str, list[TrackRow]] = {}
    for row in rows:
        if isinstance(row, TrackRow):
            by_album.setdefault(row.release_id, []).append(row)
    placed = [row for album, found in by_album.items() for row in _placed(library, album, found, rows, start)]
    coming = {row.subject for row in placed}
    return [*(row for row in rows if not isinstance(row, TrackRow) or row.subject not in coming), *placed]


def _placed(library: Library, album: str, found: Sequence[TrackRow], rows: Sequence[Row], start: int) -> list[TrackRow]:
    said = list(_said(library, album))
    now = Turns(turns(row for _, row in said))
    standing = set(now.songs)
    coming = [row for row in found if named(row.track) not in standing]
    if not coming:
        return []
    for row in rows:
        if getattr(row, "release_id", "") == album:
            now.apply(row)
    then = set(now.songs)
    order = [song for song in turns(row for counter, row in said if counter < start) if song in then]
    known = set(order)
    return in_turn([row for row in coming if named(row.track) in known], order)


def _said(library: Library, album: str) -> Iterator[tuple[int, Row]]:
    """What the journal says of an album and its songs, the oldest first; a page that is hurt says nothing."""
    places = [place for found in library.index.pages.of_album(album).values() for place in found]
    pages = {(place.device, place.first): dict[int, bytes]() for place in places}
    for device, first in pages:
        with suppress(LibraryError):
            pages[device, first] = page_lines(library, device, first)
    for place in sorted(places, key=_in_order):
        line = pages[place.device, place.first].get(place.counter)
        if line is not None:
            yield place.counter, decode_row(line)


def _in_order(place: RowPlace) -> tuple[int, str]:
    return place.counter, place.device
