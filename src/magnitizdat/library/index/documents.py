"""Documents of labels beside releases: of kinds that nobody here knows, carried as they are (ADR 0032).

Their bytes stand in cells like all documents. Those of small ones are here as well, so that a hurt cell loses none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from magnitizdat.library.index.database import Database

MAX_BODY_LENGTH = 64 << 10
"""Bytes up to which a document stands in the index too."""


class HeldDocument(NamedTuple):
    """A document that is here; `length` is bytes, and 0 where they are in cells alone."""

    path: str
    kind: str
    sha256: str
    length: int


class Documents:
    """Table `document` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def held(self, imprint: str) -> list[HeldDocument]:
        """Those of one label, by target path."""
        statement = "SELECT path, kind, sha256, length(body) FROM document WHERE imprint = ? ORDER BY path"
        return [HeldDocument(*line) for line in self._db.all(statement, (imprint,))]

    def body(self, imprint: str, sha256: str) -> bytes:
        """The bytes of one, where they stand in the index; else nothing."""
        found = self._db.one("SELECT body FROM document WHERE imprint = ? AND sha256 = ?", (imprint, sha256))
        return bytes(found[0]) if found else b""

    def put(self, imprint: str, document: HeldDocument, content: bytes) -> None:
        """Keep one in place of what stood under its path."""
        body = content if len(content) <= MAX_BODY_LENGTH else b""
        self._db.run(
            "INSERT OR REPLACE INTO document (imprint, path, kind, sha256, body) VALUES (?, ?, ?, ?, ?)",
            (imprint, document.path, document.kind, document.sha256, body),
        )

    def keep_listed(self, imprint: str, paths: Iterable[str]) -> None:
        """What its label lists no more goes."""
        statement = "DELETE FROM document WHERE imprint = ? AND path NOT IN (SELECT value FROM json_each(?))"
        self._db.run(statement, (imprint, json.dumps(list(paths))))

    def count(self) -> int:
        """How many there are, of all labels."""
        return int((self._db.one("SELECT count(*) FROM document") or (0,))[0])
