"""Where each row of the journal is sealed: the page of its device that begins with the counter `first`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from magnitizdat.library.index.database import Database

ON_PAGE = "JOIN row r ON r.device = k.device AND r.counter = k.counter WHERE r.device = ? AND r.first = ?"
"""Clause behind a table `k` of rows: those on the page of a device that begins with a counter."""

_FIRST_SAID = "SELECT device, min(counter), first FROM row WHERE subject = ? HAVING count(*) > 1"
_ORIGINS = """
SELECT substr(subject, ?) AS name, device, min(counter), first FROM row
    WHERE subject > 'track:' AND subject < 'track;' GROUP BY name HAVING count(*) > 1
"""
_OF_ALBUM = """
SELECT subject, device, counter, first FROM row WHERE subject = ? OR (subject > ? AND subject < ?)
    ORDER BY counter DESC
"""


class RowPlace(NamedTuple):
    """Which row, and the first counter of its page."""

    device: str
    counter: int
    first: int


class Pages:
    """Table `row` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, lines: Iterable[tuple[str, RowPlace]]) -> None:
        """Rows about these subjects are sealed there."""
        self._db.many(
            "INSERT OR REPLACE INTO row (subject, device, counter, first) VALUES (?, ?, ?, ?)",
            ((subject, *place) for subject, place in lines),
        )

    def drop(self, device: str, first: int) -> None:
        """A page is hurt."""
        self._db.run("DELETE FROM row WHERE device = ? AND first = ?", (device, first))

    def says(self, subject: str) -> bool:
        """Whether any page says something of it."""
        return self._db.one("SELECT 1 FROM row WHERE subject = ?", (subject,)) is not None

    def names(self, kind: str) -> list[str]:
        """What pages say something of, under `kind:`, without that."""
        lines = self._db.all(
            "SELECT DISTINCT substr(subject, ?1) FROM row WHERE subject GLOB ?2", (len(kind) + 2, f"{kind}:*")
        )
        return [str(name) for (name,) in lines]

    def first_said(self, subject: str) -> RowPlace | None:
        """The first row about it, where there is more than one."""
        found = self._db.one(_FIRST_SAID, (subject,))
        return None if found is None else RowPlace(*found)

    def origins(self, prefix_length: int) -> dict[str, RowPlace]:
        """The first row about each track, where there is more than one: by its subject without so many letters."""
        lines = self._db.all(_ORIGINS, (prefix_length + 1,))
        return {str(name): RowPlace(*place) for name, *place in lines}

    def of_album(self, release_id: str) -> dict[str, list[RowPlace]]:
        """Rows about an own album and its tracks, by subject, the newest first."""
        values = (f"album:{release_id}", f"track:{release_id}:", f"track:{release_id};")
        found: dict[str, list[RowPlace]] = {}
        for subject, *place in self._db.all(_OF_ALBUM, values):
            found.setdefault(str(subject), []).append(RowPlace(*place))
        return found

    def was_written_by(self, device: str) -> bool:
        """Whether any row is of this device, sealed or waiting."""
        statement = "SELECT 1 FROM row WHERE device = ?1 UNION SELECT 1 FROM tail WHERE device = ?1"
        return self._db.one(statement, (device,)) is not None
