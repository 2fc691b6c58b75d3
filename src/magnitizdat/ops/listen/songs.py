"""The table of all songs: sorted by any column, perhaps only some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from magnitizdat.library.index.songs import SongSort
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.listen import browsing

Only = Literal["", "starred", "rated", "unheard"]


class SongWish(Value, frozen=True, kw_only=True):
    """Which songs, and in which order; `genre` by its id, years as those of the album."""

    sort: SongSort = "shelf"
    down: bool = False
    genre: str = ""
    since: int = 0
    until: int = browsing.LAST_YEAR
    only: Only = ""


def songs(library: Library, listener: str, wanted: SongWish) -> Sequence[int]:
    """Keys of the songs that are wanted, in their order."""
    keys = library.index.songs.order(wanted.sort, listener=listener, down=wanted.down)
    for among in _among(library, wanted):
        keys = [key for key in keys if key in among]
    if wanted.only == "unheard":
        heard = library.index.songs.touched(listener, "plays")
        return [key for key in keys if key not in heard]
    if wanted.only:
        marked = library.index.songs.touched(listener, "starred" if wanted.only == "starred" else "rating")
        return [key for key in keys if key in marked]
    return keys


def _among(library: Library, wanted: SongWish) -> list[set[int]]:
    """Songs of the genre, songs of the years, as far as these are asked for."""
    found = []
    overview = library.browse.overview()
    if wanted.genre:
        line = browsing.genre_named(library, wanted.genre)
        found.append(set(line.songs) if line else set[int]())
    if wanted.since or wanted.until < browsing.LAST_YEAR:
        years = range(max(1, wanted.since), wanted.until + 1)
        places = [place for place, line in enumerate(overview.albums) if line.year in years]
        found.append(library.index.songs.of_albums(places))
    return found
