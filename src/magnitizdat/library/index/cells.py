"""Which cell holds what: small files by their names, and pieces of blobs by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from magnitizdat.formats.spool_paths import parse_piece, piece_count, piece_name
from magnitizdat.library.batch import Placement
from magnitizdat.library.index.database import Database
from magnitizdat.library.members import papers_between

_PARTS = """
SELECT name, cell, offset, length FROM member WHERE name = ?1 OR name GLOB ?1 || '.[0-9][0-9][0-9][0-9]' ORDER BY name
"""
_ALBUMS_IN = "SELECT DISTINCT f.album FROM piece p JOIN album_file f ON f.blob = p.blob WHERE p.cell = ?"


class Cells:
    """Tables `member` and `piece` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- writing --------------------------------------------------------------------------------------------------

    def place(self, placements: Iterable[Placement]) -> None:
        """These are here; a name that was elsewhere is here now."""
        pieces, members = [], []
        for placement in placements:
            found = parse_piece(placement.member)
            if found is None:
                members.append(placement)
            else:
                pieces.append((bytes.fromhex(found[0]), found[1], *placement[1:]))
        self._db.many(
            "INSERT OR REPLACE INTO piece (blob, number, cell, offset, length) VALUES (?, ?, ?, ?, ?)", pieces
        )
        self._db.many("INSERT OR REPLACE INTO member (name, cell, offset, length) VALUES (?, ?, ?, ?)", members)

    def forget_pieces(self, sha256: str, numbers: Iterable[int]) -> None:
        """These pieces of a blob are not here."""
        digest = bytes.fromhex(sha256)
        self._db.many("DELETE FROM piece WHERE blob = ? AND number = ?", [(digest, number) for number in numbers])

    def forget_blobs(self, digests: Iterable[str]) -> None:
        """These blobs are not here, and nobody wants them."""
        lines = [(bytes.fromhex(sha256),) for sha256 in digests]
        self._db.many("DELETE FROM piece WHERE blob = ?", lines)
        self._db.many("DELETE FROM blob WHERE digest = ?", lines)

    def forget_pieces_in(self, cell: int) -> None:
        """A cell is hurt: blobs of which it held a piece are not whole."""
        self._db.run("UPDATE blob SET complete = 0 WHERE digest IN (SELECT blob FROM piece WHERE cell = ?)", (cell,))
        self._db.run("DELETE FROM piece WHERE cell = ?", (cell,))

    def forget_members_in(self, cell: int) -> None:
        """A cell is hurt: its small files are not here."""
        self._db.run("DELETE FROM member WHERE cell = ?", (cell,))

    def forget_members(self, names: Iterable[str]) -> None:
        """These small files, or parts of them, are not here."""
        self._db.many("DELETE FROM member WHERE name = ?", ((name,) for name in names))

    def forget_papers(self, imprint: str) -> None:
        """The metadata and documents of a label are not here."""
        self._db.run(
            "DELETE FROM member WHERE (name >= ?1 AND name < ?2) OR (name >= ?3 AND name < ?4)", papers_between(imprint)
        )

    def cells_with_papers(self, imprint: str) -> set[int]:
        """Cells that hold some of them."""
        lines = self._db.all(
            "SELECT DISTINCT cell FROM member WHERE (name >= ?1 AND name < ?2) OR (name >= ?3 AND name < ?4)",
            papers_between(imprint),
        )
        return {int(cell) for (cell,) in lines}

    # -- small files ----------------------------------------------------------------------------------------------

    def has_member(self, name: str) -> bool:
        """Whether a small file of this name is here, whole or in parts."""
        return self._db.one("SELECT 1 FROM member WHERE name IN (?1, ?1 || '.0000')", (name,)) is not None

    def member(self, name: str) -> list[Placement]:
        """A small file and its parts, as many as there are, by their names."""
        return [Placement(*line) for line in self._db.all(_PARTS, (name,))]

    def members_in(self, cell: int) -> list[Placement]:
        """The small files in a cell."""
        lines = self._db.all("SELECT name, cell, offset, length FROM member WHERE cell = ?", (cell,))
        return [Placement(*line) for line in lines]

    def members_like(self, pattern: str) -> list[str]:
        """Names that a pattern (`rows/*`) fits, of small files and their parts; the oldest cell first."""
        lines = self._db.all("SELECT name FROM member WHERE name GLOB ? ORDER BY cell, name", (pattern,))
        return [str(name) for (name,) in lines]

    # -- pieces ---------------------------------------------------------------------------------------------------

    def pieces(self, sha256: str) -> dict[int, Placement]:
        """Pieces of a blob by number."""
        digest = bytes.fromhex(sha256)
        lines = self._db.all("SELECT number, cell, offset, length FROM piece WHERE blob = ? ORDER BY number", (digest,))
        known = self.length(sha256)
        count = piece_count(known) if known is not None else 1 + any(number > 0 for number, *_ in lines)
        return {n: Placement(piece_name(sha256, n, count), cell, offset, size) for n, cell, offset, size in lines}

    def piece(self, sha256: str, number: int) -> Placement | None:
        """One piece of a blob, under the name of its last."""
        statement = "SELECT cell, offset, length FROM piece WHERE blob = ? AND number = ?"
        found = self._db.one(statement, (bytes.fromhex(sha256), number))
        return None if found is None else Placement(piece_name(sha256, number, number + 1), *found)

    def length(self, sha256: str) -> int | None:
        """Bytes of a blob that is known here, whole or not."""
        found = self._db.one("SELECT length FROM blob WHERE digest = ?", (bytes.fromhex(sha256),))
        return None if found is None else int(found[0])

    def pieces_in(self, cell: int) -> Iterator[tuple[str, Placement]]:
        """Pieces in a cell, each with the digest of its blob."""
        lines = self._db.all(
            "SELECT p.blob, p.number, p.offset, p.length, b.length FROM piece p JOIN blob b ON b.digest = p.blob"
            " WHERE p.cell = ?",
            (cell,),
        )
        for digest, number, offset, length, whole in lines:
            name = piece_name(digest.hex(), number, piece_count(whole))
            yield digest.hex(), Placement(name, cell, offset, length)

    def cells_of(self, sha256: str) -> set[int]:
        """Cells that hold a piece of a blob."""
        lines = self._db.all("SELECT DISTINCT cell FROM piece WHERE blob = ?", (bytes.fromhex(sha256),))
        return {int(cell) for (cell,) in lines}

    # -- cells ----------------------------------------------------------------------------------------------------

    def named(self) -> set[int]:
        """Cells that hold anything."""
        lines = self._db.all("SELECT cell FROM piece UNION SELECT cell FROM member")
        return {int(cell) for (cell,) in lines}

    def is_named(self, cell: int) -> bool:
        """Whether a cell holds anything."""
        statement = "SELECT 1 FROM piece WHERE cell = ?1 UNION SELECT 1 FROM member WHERE cell = ?1"
        return self._db.one(statement, (cell,)) is not None

    def last(self) -> int:
        """The highest number of a cell that holds anything; -1 where none does."""
        (found,) = self._db.one(
            "SELECT max(cell) FROM (SELECT max(cell) AS cell FROM piece UNION ALL SELECT max(cell) FROM member)"
        ) or (None,)
        return -1 if found is None else int(found)

    def last_with_rows(self) -> int | None:
        """The newest cell that holds a page of the journal."""
        (found,) = self._db.one("SELECT max(cell) FROM member WHERE name GLOB 'rows/*'") or (None,)
        return None if found is None else int(found)

    def albums_in(self, cell: int) -> list[str]:
        """Albums of which a cell holds a piece."""
        return [str(album) for (album,) in self._db.all(_ALBUMS_IN, (cell,))]
