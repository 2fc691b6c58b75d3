"""Files that were imported, as they were then: one that is the same is not opened again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from magnitizdat.library.index.database import Database

_STANDING = """
SELECT s.path, s.length, s.mtime_ns FROM source s WHERE s.path IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
    SELECT 1 FROM source m WHERE m.path >= s.path AND m.path < s.path || ' ' AND m.blob IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM album_file f JOIN blob b ON b.digest = f.blob WHERE f.blob = m.blob AND b.complete))
"""
_GONE = """
SELECT s.path, s.length, s.mtime_ns FROM source s WHERE s.path IN (SELECT value FROM json_each(?)) AND EXISTS (
    SELECT 1 FROM source m WHERE m.path >= s.path AND m.path < s.path || ' ' AND m.blob IS NOT NULL
    AND (m.mtime_ns = ? OR NOT EXISTS (SELECT 1 FROM album_file f WHERE f.blob = m.blob)))
"""
_SONGS = """
SELECT s.path, t.song, lower(hex(t.id)), a.title, t.duration_s FROM source s JOIN track t ON t.blob = s.blob
    JOIN album a ON a.id = t.album ORDER BY t.key
"""
_ALBUMS_BELOW = """
SELECT DISTINCT rtrim(rtrim(s.name, replace(s.name, ?2, '')), ?2), t.album
FROM (SELECT blob, substr(path, length(?1) + 2) AS name FROM source WHERE path > ?1 || ?2 AND path < ?1 || ?2 || ?3) s
    JOIN track t ON t.blob = s.blob JOIN album a ON a.id = t.album
WHERE a.own AND length(s.name) - length(replace(s.name, ?2, '')) <= 1
"""
_AFTER_ALL = "\U0010ffff"


FORGOTTEN = -1
"""Stands for the time of a file that is to be looked at again."""
MOVED = -2
"""Stands for the time of one that an import took away: what lies there later is another file."""


class SongFrom(NamedTuple):
    """A song that is here, and the file that it was imported from; of one in a zip the path goes on inside."""

    path: str
    song: str
    track: str
    album_title: str
    duration_s: float


class FileSeen(NamedTuple):
    """A file as it was met: length in bytes, time in nanoseconds since 1970; `sha256` is empty if nothing was taken."""

    path: str
    length: int
    mtime_ns: int
    sha256: str = ""


class Sources:
    """Table `source` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def is_unchanged(self, path: str, *, length: int, mtime_ns: int) -> bool:
        """Seen before, and all that it held (of a zip: its members, named behind it) is here, on some album."""
        return self.standing([path]).get(path) == (length, mtime_ns)

    def standing(self, paths: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Length and time of those that were seen before, where all that they held is here and stands on some album."""
        lines = self._db.all(_STANDING, (json.dumps(list(paths)),))
        return {str(path): (int(length), int(mtime_ns)) for path, length, mtime_ns in lines}

    def gone(self, paths: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Length and time, or `FORGOTTEN`, of those of which something was taken that was taken out of the library."""
        lines = self._db.all(_GONE, (json.dumps(list(paths)), FORGOTTEN))
        return {str(path): (int(length), int(mtime_ns)) for path, length, mtime_ns in lines}

    def songs(self) -> Iterator[SongFrom]:
        """Songs with the files that they came from, the oldest first; a file stands with each album that it is on."""
        return map(SongFrom._make, self._db.iterate(_SONGS))

    def get(self, path: str) -> FileSeen | None:
        """How a file was when it was met last."""
        found = self._db.one("SELECT length, mtime_ns, blob FROM source WHERE path = ?", (path,))
        return None if found is None else FileSeen(path, int(found[0]), int(found[1]), (found[2] or b"").hex())

    def with_music(self) -> Iterator[FileSeen]:
        """All of which something was taken."""
        for path, length, mtime_ns, blob in self._db.iterate("SELECT * FROM source WHERE blob IS NOT NULL"):
            yield FileSeen(str(path), int(length), int(mtime_ns), blob.hex())

    def albums_below(self, folder: str, separator: str) -> list[tuple[str, str]]:
        """Own albums that files in a folder or one below it stand on, each with the folder below, "" for itself."""
        lines = self._db.all(_ALBUMS_BELOW, (folder, separator, _AFTER_ALL))
        return [(str(below), str(album)) for below, album in lines]

    def put(self, path: str, *, length: int, mtime_ns: int, sha256: str) -> None:
        """A file was seen so; `sha256` is empty where nothing of it was taken."""
        self.put_all([FileSeen(path, length, mtime_ns, sha256)])

    def put_all(self, files: Iterable[FileSeen]) -> None:
        """The same of several."""
        self._db.many(
            "INSERT OR REPLACE INTO source (path, length, mtime_ns, blob) VALUES (?, ?, ?, ?)",
            [(each.path, each.length, each.mtime_ns, bytes.fromhex(each.sha256) or None) for each in files],
        )

    def forget_files(self, digests: Iterable[str]) -> None:
        """Files of these bytes are looked at again, wherever they lie."""
        self._db.run(
            "UPDATE source SET mtime_ns = ? WHERE blob IN (SELECT unhex(value) FROM json_each(?))",
            (FORGOTTEN, json.dumps(list(digests))),
        )

    def forget(self) -> None:
        """A re-import looks at every file again."""
        self._db.run("DELETE FROM source")
