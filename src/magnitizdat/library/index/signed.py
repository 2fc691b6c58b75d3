"""What labels signed: the files of their metadata, and which release is which album here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from magnitizdat.library.index.database import Database

MEMORY = "memory"
"""Where a name of a file would be: what is known of a label beside its files, and never travels."""

_WANTED = """
SELECT release_id, album, sha256 FROM release r WHERE imprint = ?1 AND NOT gone AND (?2 OR EXISTS
    (SELECT 1 FROM album a WHERE a.id = r.album AND a.own AND a.imprint = ''))
ORDER BY (SELECT p.cell FROM track t JOIN piece p ON p.blob = t.blob WHERE t.album = r.album
    ORDER BY t.disc, t.position LIMIT 1), release_id
"""


_TOUCHED = """
SELECT a.id, a.imprint FROM album a WHERE a.own AND a.imprint <> '' AND (?1 = '' OR a.id = ?1)
    AND (SELECT max(counter) FROM row WHERE (subject = 'album:' || a.id)
        OR (subject > 'track:' || a.id || ':' AND subject < 'track:' || a.id || ';'))
    > coalesce((SELECT max(counter) FROM row WHERE subject = 'published:' || a.imprint || a.id), -1)
ORDER BY coalesce(nullif(a.sort_name, ''), a.artist) COLLATE NOCASE, a.date, a.title COLLATE NOCASE, a.id
"""


class SignedRelease(NamedTuple):
    """A document that a label lists, and the album that it is here. `is_gone`: somebody removed it here."""

    release_id: str
    album: str
    sha256: str
    is_withdrawn: bool = False
    is_gone: bool = False


class Signed:
    """Tables `label_file`, `release` and `disowned` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- files ----------------------------------------------------------------------------------------------------

    def files(self, imprint: str) -> dict[str, bytes]:
        """A label's metadata as held: file name (`3.root.json`, `timestamp.json`, …) to bytes."""
        statement = "SELECT name, body FROM label_file WHERE imprint = ? AND name <> ?"
        return dict(self._db.all(statement, (imprint, MEMORY)))

    def memory(self, imprint: str) -> bytes:
        """What is known of a label beside its files; empty for an unknown one."""
        found = self._db.one("SELECT body FROM label_file WHERE imprint = ? AND name = ?", (imprint, MEMORY))
        return bytes(found[0]) if found else b""

    def put_files(self, imprint: str, files: Mapping[str, bytes], memory: bytes) -> None:
        """A label's metadata in place of what was held."""
        self._db.run("DELETE FROM label_file WHERE imprint = ?", (imprint,))
        lines = [(imprint, name, body) for name, body in {**files, MEMORY: memory}.items()]
        self._db.many("INSERT INTO label_file (imprint, name, body) VALUES (?, ?, ?)", lines)

    def forget(self, imprint: str) -> None:
        """A label is not known here any more; what was removed before it stays so."""
        self._db.run("DELETE FROM label_file WHERE imprint = ?", (imprint,))
        self._db.run("DELETE FROM release WHERE imprint = ? AND NOT gone", (imprint,))
        self._db.run("DELETE FROM disowned WHERE imprint = ?", (imprint,))

    # -- releases -------------------------------------------------------------------------------------------------

    def release(self, imprint: str, release_id: str) -> SignedRelease | None:
        """What is known of one release of a label."""
        found = self._db.one(
            "SELECT release_id, album, sha256, withdrawn, gone FROM release WHERE imprint = ? AND release_id = ?",
            (imprint, release_id),
        )
        return (
            None
            if found is None
            else SignedRelease(str(found[0]), str(found[1]), str(found[2]), bool(found[3]), bool(found[4]))
        )

    def touched(self, album: str = "") -> list[tuple[str, str]]:
        """Own albums (or one of them) of which the journal says something since a label signed them: id and imprint."""
        return [(str(each), str(imprint)) for each, imprint in self._db.all(_TOUCHED, (album,))]

    def is_listed(self, album: str) -> bool:
        """Whether any label lists an album that is here."""
        return self._db.one("SELECT 1 FROM release WHERE album = ? LIMIT 1", (album,)) is not None

    def put_release(self, imprint: str, release: SignedRelease) -> None:
        """A label lists this, in place of what it listed under that id."""
        self._db.run(
            "INSERT OR REPLACE INTO release (imprint, release_id, album, sha256, withdrawn, gone)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (imprint, *release),
        )

    def disown(self, imprint: str, digests: Iterable[str]) -> None:
        """Those who carry a label on do not stand by documents of these digests, and by all others they do."""
        self._db.run("DELETE FROM disowned WHERE imprint = ?", (imprint,))
        lines = [(imprint, sha256) for sha256 in digests]
        self._db.many("INSERT OR IGNORE INTO disowned (imprint, sha256) VALUES (?, ?)", lines)

    def disowned(self, imprint: str) -> set[str]:
        """Digests of the documents of a label that those who carry it on do not stand by."""
        return {str(each) for (each,) in self._db.all("SELECT sha256 FROM disowned WHERE imprint = ?", (imprint,))}

    def want(self, imprint: str, release_id: str) -> None:
        """What somebody removed here is as if it had never been here."""
        self._db.run("DELETE FROM release WHERE imprint = ? AND release_id = ? AND gone", (imprint, release_id))

    def wanted(self, imprint: str, *, unclaimed_only: bool) -> list[SignedRelease]:
        """Releases of a label that nobody removed here; perhaps only those of own albums that stand in no label."""
        lines = self._db.all(_WANTED, (imprint, not unclaimed_only))
        return [SignedRelease(*line) for line in lines]

    def removed(self) -> list[tuple[str, str]]:
        """Imprint and release id of what somebody removed here."""
        return [(str(i), str(r)) for i, r in self._db.all("SELECT imprint, release_id FROM release WHERE gone")]
