"""The tail of the journal: small rows that wait in the index until a page of them is worth a cell.

A commit of the library seals at least one cell of a mebibyte and takes the write lock; a star must not. So rows of
listening are written in one transaction of the index, and reach the cells as pages with the next commit. Counters are
given out inside that transaction, so that two processes never give out one twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from magnitizdat.library.index.database import Database
from magnitizdat.library.index.pages import Pages, RowPlace
from magnitizdat.library.journal import PastRow, Row, encode_row, member_name

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


class Tail:
    """Table `tail` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database, pages: Pages) -> None:
        self._db = db
        self._pages = pages

    def put(self, rows: Iterable[WaitingRow]) -> None:
        """Rows that are known to the index, and that the next commit shall seal."""
        self._db.many("INSERT OR REPLACE INTO tail (device, counter, subject, body) VALUES (?, ?, ?, ?)", rows)

    def drop(self, device: str, subject: str) -> None:
        """What waits about it says nothing that a newer row does not."""
        self._db.run("DELETE FROM tail WHERE subject = ? AND device = ?", (subject, device))

    def waiting(self) -> list[WaitingRow]:
        """Everything in the tail, oldest first."""
        return [
            WaitingRow(*line) for line in self._db.all("SELECT device, counter, subject, body FROM tail ORDER BY 1, 2")
        ]

    def line(self, device: str, counter: int) -> bytes:
        """One that waits; nothing where it does not."""
        found = self._db.one("SELECT body FROM tail WHERE device = ? AND counter = ?", (device, counter))
        return bytes(found[0]) if found else b""

    def is_long(self) -> bool:
        """Whether enough waits for a cell of its own."""
        count, length = self._db.one("SELECT count(*), coalesce(sum(length(body)), 0) FROM tail") or (0, 0)
        return bool(count >= ROWS_A_PAGE or length >= 1 << 20)

    def settle(self, sealed: Iterable[JournalPage]) -> None:
        """In the transaction that names their cells: these rows are of the journal now."""
        for page in sealed:
            places = [(row.device, row.counter) for row in page.rows]
            self._db.many("DELETE FROM tail WHERE device = ? AND counter = ?", places)
            self._pages.put((row.subject, RowPlace(row.device, row.counter, page.first)) for row in page.rows)


def numbered(device: str, first: int, rows: Iterable[Row]) -> list[WaitingRow]:
    """Rows with their counters, from `first` on."""
    return [WaitingRow(device, counter, row.subject, encode_row(row)) for counter, row in enumerate(rows, first)]


def pages(rows: Iterable[WaitingRow]) -> list[JournalPage]:
    """Rows by the pages that they are sealed as."""
    found: list[list[WaitingRow]] = []
    for row in sorted(rows):
        if found and row.device == found[-1][0].device and row.counter - found[-1][0].counter < ROWS_A_PAGE:
            found[-1].append(row)
        else:
            found.append([row])
    return [JournalPage(page[0].device, page[0].counter, page) for page in found]
