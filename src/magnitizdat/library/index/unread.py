"""Rows of a newer mag in the index: kept line by line, so that they can be counted, sealed again, and understood later.

Their pages are in the cells like all others. What they say of the library is not known until a version that knows them
opens it: `rows.recognise` hands them over then.
"""

from __future__ import annotations

from magnitizdat.library.index.database import Database
from magnitizdat.library.index.pages import ON_PAGE
from magnitizdat.library.journal import Entry, JournalLine, UnknownRow


class UnreadTable:
    """Table `unread` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, entry: Entry) -> None:
        """Keep a row that is not understood; inside a transaction."""
        if isinstance(entry.row, UnknownRow):
            values = (entry.device, entry.counter, entry.row.kind, entry.line)
            self._db.run("INSERT OR REPLACE INTO unread (device, counter, kind, body) VALUES (?, ?, ?, ?)", values)

    def lines_of_page(self, device: str, first: int) -> list[JournalLine]:
        """Those on a page."""
        statement = f"SELECT k.device, k.counter, k.kind, k.body FROM unread k {ON_PAGE}"  # noqa: S608 -- our own words
        lines = self._db.all(statement, (device, first))
        return [(str(d), int(n), UnknownRow(kind=kind, line=body).subject, bytes(body)) for d, n, kind, body in lines]

    def lines(self) -> list[tuple[str, int, bytes]]:
        """All of them, in the order of their counters: device, counter, line."""
        found = self._db.all("SELECT device, counter, body FROM unread ORDER BY counter, device")
        return [(str(device), int(counter), bytes(body)) for device, counter, body in found]

    def count(self) -> int:
        """How many there are."""
        return int((self._db.one("SELECT count(*) FROM unread") or (0,))[0])

    def forget(self, device: str, counter: int) -> None:
        """One is understood now; inside a transaction."""
        self._db.run("DELETE FROM unread WHERE device = ? AND counter = ?", (device, counter))
