"""Some of all albums, in some order: by genre, artist, label, years, stars."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

from magnitizdat.errors import UsageError
from magnitizdat.library.index.listening import Mark
from magnitizdat.library.index.overview import genre_key
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.listen import listening
from magnitizdat.sentence import listed, say

AlbumSort = Literal["artist", "title", "year", "added", "played", "plays"]


class ShelfWish(Value, frozen=True, kw_only=True):
    """Which albums, and in which order; empty is any. `years`: `1982`, or `1980-1989`."""

    genre: str = ""
    artist: str = ""
    label: str = ""
    years: str = ""
    starred: bool = False
    sort: str = ""


def narrowed(library: Library, albums: Sequence[AlbumView], wish: ShelfWish) -> list[AlbumView]:
    """Those that are wished for, in that order; where none is wished for, as they stand.

    Raises: UsageError where the years or the order are none.
    """
    holds = _conditions(library, wish)
    found = [album for album in albums if all(each(album) for each in holds)]
    return _sorted(library, found, wish.sort) if wish.sort else found


def _conditions(library: Library, wish: ShelfWish) -> list[Callable[[AlbumView], bool]]:
    found: list[Callable[[AlbumView], bool]] = []
    if wish.genre:
        overview = library.browse.overview()
        line = overview.genres.get(genre_key(wish.genre))
        of_genre = {overview.albums[place].id for place in line.albums} if line else set[str]()
        found.append(lambda album: album.id in of_genre)
    if wish.artist:
        artist = wish.artist.casefold()
        found.append(lambda album: artist in " ".join((album.artist, *album.artists)).casefold())
    if wish.label:
        label = wish.label.casefold()
        found.append(lambda album: label in album.label.casefold())
    if wish.years:
        first, last = _years(wish.years)
        found.append(lambda album: first <= (album.date[:4] or "0000") <= last)
    if wish.starred:
        starred = set(listening.starred(library, "", "album"))
        found.append(lambda album: album.id in starred)
    return found


def _years(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", text.strip())
    if found is None:
        raise UsageError(say("«{text}» is no year; write for example 1982, or 1980-1989", text=text))
    return found[1], found[2] or found[1]


def _sorted(library: Library, albums: list[AlbumView], sort: str) -> list[AlbumView]:
    """Newest, last played and most played come first."""
    if sort not in get_args(AlbumSort):
        orders = listed(get_args(AlbumSort))
        raise UsageError(say("«{sort}» is no order; there are: {orders}", sort=sort, orders=orders))
    marks = listening.marks(library, "", "album", [album.id for album in albums])
    nothing = Mark()
    overview = library.browse.overview()
    newest = {overview.albums[place].id: rank for rank, place in enumerate(overview.newest)}
    keys: dict[str, Callable[[AlbumView], Any]] = {
        "title": lambda album: album.title.casefold(),
        "year": lambda album: album.date or "9999",
        "added": lambda album: newest.get(album.id, len(newest)),
        "plays": lambda album: -marks.get(album.id, nothing).plays,
    }
    if sort == "played":
        return sorted(albums, key=lambda album: marks.get(album.id, nothing).played, reverse=True)
    return sorted(albums, key=keys[sort]) if sort in keys else albums
