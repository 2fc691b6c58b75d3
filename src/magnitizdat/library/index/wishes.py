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
_LISTED = "SELECT release_id FROM release WHERE imprint = ? AND NOT withdrawn AND NOT gone ORDER BY release_id"


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

    def listed(self, imprint: str) -> list[str]:
        """Release ids that a label's newest list here names, without what it withdrew."""
        return [str(each) for (each,) in self._db.all(_LISTED, (imprint,))]

    def here(self, releases: Iterable[str]) -> list[AlbumView]:
        """Of these release ids, the albums that stand here."""
        where = "a.release_id IN (SELECT value FROM json_each(?))"
        return list(read_views(self._db, where, (json.dumps(list(releases)),)))
