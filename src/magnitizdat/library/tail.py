"""The tail of the journal: small rows that wait in the index until a page of them is worth a cell.

A commit of the library seals at least one cell of a mebibyte and takes the write lock; a star must not. So rows of
listening are written in one transaction of the index, and reach the cells as pages with the next commit. Counters are
given out inside that transaction, so that two processes never give out one twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from magnitizdat.library import rows as row_kinds
from magnitizdat.library.database import Database
from magnitizdat.library.journal import Entry, ListeningRow, PastRow, PlayRow, Row, encode_row, member_name
from magnitizdat.library.shelf import Shelf

ROWS_A_PAGE = 512
PAST = encode_row(PastRow())
"""The line that says nothing."""


class WaitingRow(NamedTuple):
    """A row that no cell holds yet; `body` is its line of the journal."""

    device: str
    counter: int
    subject: str
    body: bytes


class JournalPage(NamedTuple):
    """A page of the journal: rows with the counters `first`, `first` + 1 and so on."""

    device: str
    first: int
    rows: Sequence[WaitingRow]

    def name(self, sealer: str) -> str:
        """Name of its member in the vault, where this device seals it."""
        return member_name(self.device, self.first, sealer=sealer)

    @property
    def last(self) -> int:
        """The highest counter on it."""
        return self.rows[-1].counter

    def lines(self) -> bytes:
        """The page as it is sealed; counters between its rows say nothing."""
        found = [PAST] * (self.last - self.first + 1)
        for row in self.rows:
            found[row.counter - self.first] = row.body
        return b"".join(line + b"\n" for line in found)


def reserve(db: Database, count: int) -> int:
    """Take the next `count` counters, inside a transaction; the first of them."""
    first = int(db.meta("counter", 0))
    db.set_meta("counter", first + count)
    return first


def append(shelf: Shelf, device: str, rows: Sequence[ListeningRow]) -> None:
    """Write rows into the tail and make the index say what they say, inside a transaction.

    A row in the tail goes where a newer one says all that it said: a queue that is saved each minute is one row.
    """
    db = shelf.db
    fresh = numbered(device, reserve(db, len(rows)), rows)
    for waited, row in zip(fresh, rows, strict=True):
        if not isinstance(row, PlayRow):
            db.run("DELETE FROM tail WHERE subject = ? AND device = ?", (row.subject, device))
        put_back(db, [waited])
        row_kinds.apply(shelf, Entry(device, waited.counter, row, waited.body))


def numbered(device: str, first: int, rows: Iterable[Row]) -> list[WaitingRow]:
    """Rows with their counters, from `first` on."""
    return [WaitingRow(device, counter, row.subject, encode_row(row)) for counter, row in enumerate(rows, first)]


def put_back(db: Database, rows: Iterable[WaitingRow]) -> None:
    """Rows that are known to the index, and that the next commit shall seal."""
    db.many("INSERT OR REPLACE INTO tail VALUES (?, ?, ?, ?)", rows)


def waiting(db: Database) -> list[WaitingRow]:
    """Everything in the tail, oldest first."""
    return [WaitingRow(*line) for line in db.all("SELECT device, counter, subject, body FROM tail ORDER BY 1, 2")]


def is_long(db: Database) -> bool:
    """Whether enough waits for a cell of its own."""
    count, length = db.one("SELECT count(*), coalesce(sum(length(body)), 0) FROM tail") or (0, 0)
    return bool(count >= ROWS_A_PAGE or length >= 1 << 20)


def pages(rows: Iterable[WaitingRow]) -> list[JournalPage]:
    """Rows by the pages that they are sealed as."""
    found: list[list[WaitingRow]] = []
    for row in sorted(rows):
        if found and row.device == found[-1][0].device and row.counter - found[-1][0].counter < ROWS_A_PAGE:
            found[-1].append(row)
        else:
            found.append([row])
    return [JournalPage(page[0].device, page[0].counter, page) for page in found]


def settle(db: Database, sealed: Iterable[JournalPage]) -> None:
    """In the transaction that names their cells: these rows are of the journal now."""
    for page in sealed:
        db.run("DELETE FROM tail WHERE device = ? AND counter BETWEEN ? AND ?", (page.device, page.first, page.last))
        lines = ((row.device, row.counter, row.subject, page.first) for row in page.rows)
        db.many("INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?)", lines)
