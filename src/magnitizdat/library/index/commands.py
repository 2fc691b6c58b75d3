"""What people did, command by command: their rows are kept like those of listening."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.library.index.database import Database
from magnitizdat.library.journal import DoneRow, decode_row

_ALL = """
SELECT device, counter, body FROM kept WHERE subject >= 'done:' AND subject < 'done;' ORDER BY counter DESC, device
"""
_OF_ROW = """
SELECT device, counter, body FROM kept WHERE subject >= 'done:' AND subject < 'done;' AND device = ? AND counter > ?
    ORDER BY counter LIMIT 1
"""


class DoneCommand(NamedTuple):
    """A command of a person's where it stands in the journal."""

    device: str
    counter: int
    row: DoneRow

    @property
    def start(self) -> int:
        """The counter of its first row."""
        return self.counter - self.row.rows


class Commands:
    """Rows of commands in one index."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[DoneCommand]:
        """The newest first."""
        return [found for line in self._db.all(_ALL) if (found := _done(*line))]

    def of_row(self, device: str, counter: int) -> DoneCommand | None:
        """The command that wrote a row."""
        line = self._db.one(_OF_ROW, (device, counter))
        found = _done(*line) if line else None
        return found if found and counter >= found.start else None


def _done(device: str, counter: int, body: bytes) -> DoneCommand | None:
    row = decode_row(body)
    return DoneCommand(device, counter, row) if isinstance(row, DoneRow) else None
