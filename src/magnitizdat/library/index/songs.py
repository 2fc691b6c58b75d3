"""All songs as a table: their order by any column, made once for each state of the catalogue.

What a listener did changes by the minute: those orders begin with what they touched, and the rest stays as it stands.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from magnitizdat.library.index.browse import Browse
from magnitizdat.library.index.database import Database
from magnitizdat.library.index.overview import Overview, order_of

SongSort = Literal[
    "shelf", "title", "artist", "album", "year", "duration", "added", "plays", "rating", "played", "starred"
]
Touched = Literal["plays", "rating", "played", "starred"]
_TOUCHED: dict[Touched, str] = {
    "plays": "m.plays > 0", "rating": "m.rating > 0", "played": "m.played <> ''", "starred": "m.starred <> ''",
}  # fmt: skip
_SHELF = "SELECT album, key FROM track ORDER BY album, disc, position, key"
_MARKED = """
SELECT t.key, m.{0} FROM mark m JOIN track t ON t.id = unhex(m.target)
    WHERE m.listener = ? AND m.kind = 'track' AND {1}
"""
_ORDER: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("title", order_of),
    "artist": ("artist", order_of),
    "duration": ("duration_s", float),
}
"""Columns of the table of tracks that songs are sorted by, and by what of them."""


class _SongShelf(NamedTuple):
    """Songs that play here, in the order of the shelf, and the place of the album of each."""

    overview: Overview
    keys: array[int]
    places: array[int]
    orders: dict[str, array[int]]


class SongTable:
    """Keys of songs in any order. Safe in several threads."""

    def __init__(self, db: Database, browse: Browse) -> None:
        self._db = db
        self._browse = browse
        self._guard = threading.Lock()
        self._stand: _SongShelf | None = None

    def order(self, sort: SongSort, *, listener: str = "", down: bool = False) -> Sequence[int]:
        """All of them, the lowest first or the highest; equal ones as they stand on the shelf."""
        stand = self._standing()
        if sort in _TOUCHED:
            return _first(self.touched(listener, sort), stand.keys, down=down)
        found = stand.orders.get(sort)
        if found is None:
            found = stand.orders[sort] = self._sorted(stand, sort)
        return found[::-1] if down else found

    def touched(self, listener: str, what: Touched) -> dict[int, Any]:
        """Of songs that the listener played, rated or starred: how often, how high, when."""
        return dict(self._db.all(_MARKED.format(what, _TOUCHED[what]), (listener,)))

    def of_albums(self, places: Iterable[int]) -> set[int]:
        """Keys of the songs on albums at these places of the overview."""
        wanted, stand = set(places), self._standing()
        return {key for key, place in zip(stand.keys, stand.places, strict=True) if place in wanted}

    def _standing(self) -> _SongShelf:
        overview = self._browse.overview()
        with self._guard:
            if self._stand is None or self._stand.overview is not overview:
                self._stand = self._read(overview)
            return self._stand

    def _read(self, overview: Overview) -> _SongShelf:
        by_album: dict[str, list[int]] = {}
        plays = set(overview.keys)
        for album, key in self._db.iterate(_SHELF):
            if key in plays:
                by_album.setdefault(album, []).append(key)
        keys, places = array("q"), array("q")
        for place, line in enumerate(overview.albums):
            some = by_album.get(line.id, ())
            keys.extend(some)
            places.extend([place] * len(some))
        return _SongShelf(overview, keys, places, {"shelf": keys})

    def _sorted(self, stand: _SongShelf, sort: SongSort) -> array[int]:
        if sort in _ORDER:
            column, by = _ORDER[sort]
            values = {key: by(value) for key, value in self._db.iterate(f"SELECT key, {column} FROM track")}  # noqa: S608
            return array("q", sorted(stand.keys, key=values.__getitem__))
        ranks = _album_ranks(stand.overview, sort)
        pairs = sorted(zip(stand.keys, stand.places, strict=True), key=lambda pair: ranks[pair[1]])
        return array("q", [key for key, _ in pairs])


def _album_ranks(overview: Overview, sort: SongSort) -> Sequence[int]:
    """By the place of an album, where it stands among all by this."""
    if sort == "year":
        return [line.year for line in overview.albums]
    if sort == "added":
        return [line.added for line in overview.albums]
    ranks = [0] * len(overview.albums)
    for rank, place in enumerate(overview.by_title):
        ranks[place] = rank
    return ranks


def _first(touched: Mapping[int, Any], keys: Sequence[int], *, down: bool) -> list[int]:
    """With the highest first where `down`; those that nothing was done with come before all, or after."""
    some = sorted((key for key in keys if key in touched), key=lambda key: touched[key], reverse=down)
    others = [key for key in keys if key not in touched]
    return some + others if down else others + some
