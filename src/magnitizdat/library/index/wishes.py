"""What can be asked for by its name: albums that stand here in part, and those that labels speak of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from magnitizdat.library.index.database import Database
from magnitizdat.library.index.views import AlbumView, read_views

_KNOWN = """
SELECT release_id, imprint, title, artist FROM album WHERE NOT own
UNION SELECT release_id, about, title, artist FROM voice WHERE kind = 'review' AND release_id <> '' AND title <> ''
"""
_RELEASES = "SELECT release_id, withdrawn OR gone FROM release WHERE imprint = ?"


class KnownAlbum(NamedTuple):
    """An album that its label named, here or not."""

    release_id: str
    imprint: str
    title: str
    artist: str


class WishTable:
    """Questions about tables `album` and `voice` of one index."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self) -> Iterator[KnownAlbum]:
        """Albums of others that the library has heard of; one of two titles stands twice."""
        for line in self._db.iterate(_KNOWN):
            yield KnownAlbum(*map(str, line))

    def releases(self, imprint: str) -> dict[str, bool]:
        """By id the releases of a label that were read here, and whether it took them back."""
        return {str(release_id): bool(is_over) for release_id, is_over in self._db.all(_RELEASES, (imprint,))}

    def here(self, releases: Iterable[str]) -> list[AlbumView]:
        """Of these release ids, the albums that stand here."""
        where = "a.release_id IN (SELECT value FROM json_each(?))"
        return list(read_views(self._db, where, (json.dumps(list(releases)),)))
