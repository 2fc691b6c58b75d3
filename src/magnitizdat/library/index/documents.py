"""Documents of labels beside releases: voices, and of kinds that nobody here knows, carried as they are (ADR 0032).

Their bytes stand in cells like all documents. Those of small ones are here as well, so that a hurt cell loses none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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

    def sha256(self, imprint: str, path: str) -> str:
        """Digest of the one that a label lists under a path; empty where none is here."""
        found = self._db.one("SELECT sha256 FROM document WHERE imprint = ? AND path = ?", (imprint, path))
        return str(found[0]) if found else ""

    def content(self, imprint: str, path: str) -> bytes:
        """The bytes of the one under a path, where they stand in the index; else nothing."""
        found = self._db.one("SELECT body FROM document WHERE imprint = ? AND path = ?", (imprint, path))
        return bytes(found[0]) if found else b""

    def of_kinds(self, kinds: Iterable[str]) -> list[tuple[str, HeldDocument]]:
        """Those whose path says one of these kinds, each with its label."""
        statement = (
            "SELECT imprint, path, kind, sha256, length(body) FROM document d"
            " WHERE EXISTS (SELECT 1 FROM json_each(?) WHERE d.path GLOB '*.' || value || '.json')"
            " ORDER BY imprint, path"
        )
        lines = self._db.all(statement, (json.dumps(list(kinds)),))
        return [(str(imprint), HeldDocument(*line)) for imprint, *line in lines]

    def body(self, imprint: str, sha256: str) -> bytes:
        """The bytes of one, where they stand in the index; else nothing."""
        found = self._db.one("SELECT body FROM document WHERE imprint = ? AND sha256 = ?", (imprint, sha256))
        return bytes(found[0]) if found else b""

    def put(self, imprint: str, document: HeldDocument, content: bytes) -> None:
        """Keep one in place of what stood under its path."""
        body = content if len(content) <= MAX_BODY_LENGTH else b""
        self._db.run(
            "INSERT INTO document (imprint, path, kind, sha256, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (imprint, path) DO UPDATE SET kind = excluded.kind, sha256 = excluded.sha256,"
            " body = excluded.body",
            (imprint, document.path, document.kind, document.sha256, body),
        )

    def keep_listed(self, imprint: str, listed: Mapping[str, str]) -> None:
        """What its label lists no more goes, and so does what it says in other words now; digests by path."""
        statement = (
            "DELETE FROM document WHERE imprint = ? AND (path, sha256) NOT IN (SELECT key, value FROM json_each(?))"
        )
        self._db.run(statement, (imprint, json.dumps(dict(listed))))

    def drop(self, imprint: str, paths: Iterable[str]) -> None:
        """A label lists these no more."""
        self._db.many("DELETE FROM document WHERE imprint = ? AND path = ?", ((imprint, path) for path in paths))

    def count(self, *, read: Iterable[str] = ()) -> int:
        """How many nobody here can read, of all labels; those whose path says one of the kinds `read` somebody can."""
        statement = (
            "SELECT count(*) FROM document d WHERE NOT EXISTS"
            " (SELECT 1 FROM voice v WHERE v.imprint = d.imprint AND v.path = d.path)"
            " AND NOT EXISTS (SELECT 1 FROM json_each(?) WHERE d.path GLOB '*.' || value || '.json')"
        )
        return int((self._db.one(statement, (json.dumps(list(read)),)) or (0,))[0])
