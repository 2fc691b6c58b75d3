"""What one command leaves in the index for the next: a body of bytes by kind and target."""

from __future__ import annotations

from magnitizdat.library.index.database import Database


class JobTable:
    """Table `job` of one index."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, kind: str, target: str) -> bytes | None:
        """What was left."""
        found = self._db.one("SELECT body FROM job WHERE kind = ? AND target = ?", (kind, target))
        return None if found is None else bytes(found[0])

    def put(self, kind: str, target: str, body: bytes) -> None:
        """Leave this in place of what was left before; inside a transaction."""
        self._db.run("INSERT OR REPLACE INTO job (kind, target, body) VALUES (?, ?, ?)", (kind, target, body))

    def drop(self, kind: str, target: str) -> None:
        """It is done with."""
        self._db.run("DELETE FROM job WHERE kind = ? AND target = ?", (kind, target))

    def drop_all(self) -> None:
        """Another copy of the library has nothing to go on with."""
        self._db.run("DELETE FROM job")

    def take(self, kind: str, target: str) -> bytes | None:
        """What was left, and is there no more: of two that ask at once, one gets it."""
        found = self._db.all("DELETE FROM job WHERE kind = ? AND target = ? RETURNING body", (kind, target))
        return bytes(found[0][0]) if found else None

    def of_kind(self, kind: str) -> dict[str, bytes]:
        """All of a kind, by target."""
        lines = self._db.all("SELECT target, body FROM job WHERE kind = ?", (kind,))
        return {str(target): bytes(body) for target, body in lines}
