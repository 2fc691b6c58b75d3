"""Where each row of the journal is sealed: the page of its device that begins with the counter `first`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from magnitizdat.library.index.database import Database

ON_PAGE = "JOIN row r ON r.device = k.device AND r.counter = k.counter WHERE r.device = ? AND r.first = ?"
"""Clause behind a table `k` of rows: those on the page of a device that begins with a counter."""

_FIRST_SAID = "SELECT device, min(counter), first FROM row WHERE subject = ? HAVING count(*) >= ?"
_LAST_SAID = "SELECT device, counter, first FROM row WHERE subject = ? ORDER BY counter DESC, device DESC LIMIT 1"
_ORIGINS = """
SELECT substr(subject, ?) AS name, device, min(counter), first FROM row
    WHERE subject > 'track:' AND subject < 'track;' GROUP BY name HAVING count(*) > 1
"""
_OF_ALBUM = """
SELECT subject, device, counter, first FROM row WHERE subject = ? OR (subject > ? AND subject < ?)
    ORDER BY counter DESC
"""
_BETWEEN = """
SELECT subject, device, counter, first FROM row WHERE device = ? AND counter >= ? AND counter < ? ORDER BY counter
"""
_ROWS = "(SELECT subject, device, counter, first FROM row UNION ALL SELECT subject, device, counter, -1 FROM tail)"
_EVERYTHING = f"""
SELECT subject, device, counter, first FROM (
    SELECT *, min(counter) OVER (PARTITION BY topic) AS since FROM (
        SELECT *, iif(substr(subject, 1, 6) = 'track:', 'album' || substr(subject, 6, 33), subject) AS topic
        FROM {_ROWS}))
    ORDER BY topic NOT GLOB 'album:*', since, topic, counter
"""  # noqa: S608 -- our own words
_KNOWN = """
SELECT device, counter, first FROM row WHERE subject = ?1 AND counter = ?2
    UNION ALL SELECT device, counter, -1 FROM tail WHERE subject = ?1 AND counter = ?2
"""
_WENT_ON = """
SELECT 1 FROM row WHERE subject = ?1 AND device = ?2 AND counter > ?3
    UNION ALL SELECT 1 FROM tail WHERE subject = ?1 AND device = ?2 AND counter > ?3
"""
_TAKEN = """
SELECT 1 FROM row WHERE device = ?1 AND counter = ?2 UNION ALL SELECT 1 FROM tail WHERE device = ?1 AND counter = ?2
"""
_ABOUT = " UNION ALL ".join(
    f"SELECT subject, device, counter, {first} FROM {table} WHERE {which}"  # noqa: S608 -- our own words
    for table, first in (("row", "first"), ("tail", "-1"))
    for which in ("subject = ?1", "subject > ?2 AND subject < ?3")
)


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

    def first_said(self, subject: str, *, of: int = 1) -> RowPlace | None:
        """The first row about it, where there are so many."""
        found = self._db.one(_FIRST_SAID, (subject, of))
        return None if found is None else RowPlace(*found)

    def last_said(self, subject: str) -> RowPlace | None:
        """The newest sealed row about it."""
        found = self._db.one(_LAST_SAID, (subject,))
        return None if found is None else RowPlace(*found)

    def origins(self, prefix_length: int) -> dict[str, RowPlace]:
        """The first row about each track, where there is more than one: by its subject without so many letters."""
        lines = self._db.all(_ORIGINS, (prefix_length + 1,))
        return {str(name): RowPlace(*place) for name, *place in lines}

    def everything(self) -> Iterator[tuple[str, RowPlace]]:
        """All rows with what they are about: those about one album together, what was spoken of first before the rest.

        A row that waits stands on no page: `first` is -1.
        """
        for subject, *place in self._db.iterate(_EVERYTHING):
            yield str(subject), RowPlace(*place)

    def known(self, subject: str, counter: int) -> list[RowPlace]:
        """Rows about a subject with this counter, of whichever device, sealed or waiting."""
        lines = self._db.all(_KNOWN, (subject, counter))
        return [RowPlace(*place) for place in lines]

    def went_on(self, subject: str, place: RowPlace) -> bool:
        """Whether the device of a row said something newer of the same, as far as is known here."""
        return self._db.one(_WENT_ON, (subject, place.device, place.counter)) is not None

    def is_taken(self, device: str, counter: int) -> bool:
        """Whether a device gave out this counter, as far as is known here."""
        return self._db.one(_TAKEN, (device, counter)) is not None

    def about(self, subject: str) -> list[tuple[str, RowPlace]]:
        """All rows about it, sealed or waiting; of an album those about its tracks as well."""
        album = subject.removeprefix("album:")
        values = (subject, f"track:{album}:", f"track:{album};")
        return [(str(subject), RowPlace(*place)) for subject, *place in self._db.all(_ABOUT, values)]

    def below(self, prefix: str) -> list[tuple[str, RowPlace]]:
        """Sealed rows about subjects that begin so."""
        lines = self._db.all(
            "SELECT subject, device, counter, first FROM row WHERE subject >= ?1 AND subject < ?1 || ?2",
            (prefix, "\U0010ffff"),
        )
        return [(str(subject), RowPlace(*place)) for subject, *place in lines]

    def forget(self, subjects: Iterable[str]) -> None:
        """No page says anything of these; inside a transaction."""
        self._db.many("DELETE FROM row WHERE subject = ?", ((subject,) for subject in subjects))

    def highest(self) -> int:
        """The highest counter of all rows; -1 where there is none."""
        found = self._db.one("SELECT max(counter) FROM (SELECT counter FROM row UNION ALL SELECT counter FROM tail)")
        return -1 if found is None or found[0] is None else int(found[0])

    def of_album(self, release_id: str) -> dict[str, list[RowPlace]]:
        """Rows about an own album and its tracks, by subject, the newest first."""
        values = (f"album:{release_id}", f"track:{release_id}:", f"track:{release_id};")
        found: dict[str, list[RowPlace]] = {}
        for subject, *place in self._db.all(_OF_ALBUM, values):
            found.setdefault(str(subject), []).append(RowPlace(*place))
        return found

    def between(self, device: str, start: int, end: int) -> list[tuple[str, RowPlace]]:
        """Rows of a device with the counters `start` to before `end`, in their order."""
        statement = "SELECT subject, device, counter, first FROM row WHERE device = ? AND counter >= ? AND counter < ?"
        return [
            (str(subject), RowPlace(*place))
            for subject, *place in self._db.all(f"{statement} ORDER BY 3", (device, start, end))
        ]

    def of_subject(self, subject: str) -> list[RowPlace]:
        """Sealed rows about it, the newest first."""
        lines = self._db.all("SELECT device, counter, first FROM row WHERE subject = ? ORDER BY 2 DESC, 1", (subject,))
        return [RowPlace(*place) for place in lines]

    def albums_of(self, track: str) -> list[str]:
        """Ids of own albums on which sealed rows speak of a track, which is a subject without an album."""
        lines = self._db.all(
            "SELECT DISTINCT substr(subject, 7, 32) FROM row WHERE subject > 'track:' AND subject < 'track;'"
            " AND substr(subject, 39) = ?",
            (track.removeprefix("track:"),),
        )
        return [str(album) for (album,) in lines]

    def was_written_by(self, device: str) -> bool:
        """Whether any row is of this device, sealed or waiting."""
        statement = "SELECT 1 FROM row WHERE device = ?1 UNION SELECT 1 FROM tail WHERE device = ?1"
        return self._db.one(statement, (device,)) is not None
