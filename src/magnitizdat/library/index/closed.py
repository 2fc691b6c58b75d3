"""Closed files that are kept until their album is open here, and what of own albums stays here until then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from magnitizdat.library.index.database import Database

_PUT = """
INSERT OR REPLACE INTO closed (imprint, path, release_id, blob) SELECT ?1, ?2, ?3, ?4
    WHERE NOT EXISTS (SELECT 1 FROM release WHERE imprint = ?1 AND release_id = ?3)
"""
_STAYING = """
SELECT w.track FROM withheld w WHERE NOT EXISTS
    (SELECT 1 FROM track o JOIN release r ON r.album = o.album WHERE o.id = w.track)
"""
_ALBUMS = """
SELECT DISTINCT t.album FROM withheld w JOIN track t ON t.id = w.track JOIN album a ON a.id = t.album
    WHERE a.own AND NOT EXISTS (SELECT 1 FROM track o JOIN release r ON r.album = o.album WHERE o.id = w.track)
"""
_ALBUMS_FOR = """
SELECT DISTINCT a.id FROM withheld w JOIN track t ON t.id = w.track JOIN album a ON a.id = t.album
    WHERE w.imprint = ?1 AND w.release_id = ?2 AND a.own AND a.imprint = ?1
    AND NOT EXISTS (SELECT 1 FROM release r WHERE r.album = a.id)
"""


class ClosedFile(NamedTuple):
    """A closed file that is wanted here: whose, under which target path its premiere stands, and of which release."""

    imprint: str
    path: str
    release_id: str
    sha256: str
    is_here: bool


class ClosedFiles:
    """Tables `closed` and `withheld` of one index. What writes is called inside a transaction.

    An album is open once its document is here as its label listed it: then both are let go of.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, imprint: str, path: str, release_id: str, sha256: str) -> None:
        """Want a closed file, unless its album is open here."""
        self._db.run(_PUT, (imprint, path, release_id, bytes.fromhex(sha256)))

    def all(self, imprint: str = "") -> list[ClosedFile]:
        """Those of a label, or of all."""
        lines = self._db.all(
            "SELECT c.imprint, c.path, c.release_id, hex(c.blob), coalesce(b.complete, 0) FROM closed c"
            " LEFT JOIN blob b ON b.digest = c.blob WHERE ?1 = '' OR c.imprint = ?1 ORDER BY c.imprint, c.path",
            (imprint,),
        )
        return [ClosedFile(str(i), str(p), str(r), str(blob).lower(), bool(here)) for i, p, r, blob, here in lines]

    def hurt_in(self, cell: int) -> list[tuple[str, str]]:
        """Label and path of those of which a cell holds a piece."""
        statement = "SELECT DISTINCT c.imprint, c.path FROM piece p JOIN closed c ON c.blob = p.blob WHERE p.cell = ?"
        return [(str(imprint), str(path)) for imprint, path in self._db.all(statement, (cell,))]

    def lengths(self) -> dict[str, int]:
        """By label, bytes of those that are here, whole or not, and of those that are on their way."""
        lines = self._db.all(
            "SELECT c.imprint, sum(b.length) FROM closed c JOIN blob b ON b.digest = c.blob"
            " WHERE b.complete OR EXISTS (SELECT 1 FROM piece p WHERE p.blob = c.blob) GROUP BY c.imprint"
        )
        return {str(imprint): int(length) for imprint, length in lines}

    # -- what stays here ------------------------------------------------------------------------------------------

    def withhold(self, imprint: str, release_id: str, tracks: Iterable[str]) -> None:
        """Tracks, by their ids, that leave on no own album until that one is open; unless it is.

        One that stands on an album which some label lists is out already.
        """
        statement = (
            "INSERT OR IGNORE INTO withheld (imprint, release_id, track) SELECT ?1, ?2, ?3"
            " WHERE NOT EXISTS (SELECT 1 FROM release WHERE imprint = ?1 AND release_id = ?2)"
        )
        self._db.many(statement, [(imprint, release_id, bytes.fromhex(track)) for track in tracks])

    def let_go(self, imprint: str, release_id: str) -> None:
        """Of its tracks: it is a premiere no more."""
        self._db.run("DELETE FROM withheld WHERE imprint = ? AND release_id = ?", (imprint, release_id))

    def albums_for(self, imprint: str, release_id: str) -> set[str]:
        """Own albums with a track that stays here for that one, which stand in the label and are listed by none."""
        return {str(album) for (album,) in self._db.all(_ALBUMS_FOR, (imprint, release_id))}

    def albums(self) -> set[str]:
        """Own albums with a track that stays here."""
        return {str(album) for (album,) in self._db.all(_ALBUMS)}

    def tracks(self) -> set[str]:
        """Ids of all tracks that stay here."""
        return {bytes(track).hex() for (track,) in self._db.all(_STAYING)}

    def releases(self) -> set[tuple[str, str]]:
        """Label and id of the releases that they are withheld for."""
        lines = self._db.all("SELECT DISTINCT imprint, release_id FROM withheld")
        return {(str(imprint), str(release_id)) for imprint, release_id in lines}
