"""Giving space back: blobs that no album uses go, and cells that nothing names any more are removed."""

from __future__ import annotations

from contextlib import suppress

from magnitizdat.errors import LibraryError
from magnitizdat.formats.spool_paths import piece_name
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.vault import Placement
from magnitizdat.model import PIECE_LENGTH

SPARSE_LENGTH = PIECE_LENGTH // 2
"""A touched cell with at most this many bytes of live members is emptied into new cells."""


def reclaim(library: Library, changes: Changes) -> int:
    """Drop what no album uses and remove the cells that held it; the bytes of removed cells come back.

    Commits `changes`; what else waits in it is committed along.
    """
    unused = [bytes.fromhex(digest) for digest in library.shelf.unused_blobs()]
    touched: set[int] = set()
    for digest in unused:
        touched.update(cell for (cell,) in library.db.all("SELECT DISTINCT cell FROM piece WHERE blob = ?", (digest,)))
    changes.then(lambda shelf: shelf.db.many("DELETE FROM piece WHERE blob = ?", ((digest,) for digest in unused)))
    changes.then(lambda shelf: shelf.db.many("DELETE FROM blob WHERE digest = ?", ((digest,) for digest in unused)))
    dead = [cell for cell in sorted(touched) if _empty(library, changes, cell, set(unused))]
    changes.drop_cells(dead)
    changes.commit()
    return len(dead) * library.vault.cell_length


def refill(library: Library, changes: Changes) -> None:
    """Write the newest cell of the journal anew where it is half empty, so that a page a day is not a cell a day."""
    (cell,) = library.db.one("SELECT max(cell) FROM member WHERE name GLOB 'rows/*'") or (None,)
    with suppress(LibraryError):  # a hurt cell stays for `mag doctor`
        if cell is not None and _empty(library, changes, int(cell), set()):
            changes.drop_cells([int(cell)])


def _empty(library: Library, changes: Changes, cell: int, unused: set[bytes]) -> bool:
    """Whether a cell may go: nothing lives in it, or little, and that is written anew."""
    live = [
        Placement(name, cell, offset, length)
        for name, offset, length in library.db.all("SELECT name, offset, length FROM member WHERE cell = ?", (cell,))
    ]
    pieces = library.db.all(
        "SELECT p.blob, p.number, p.offset, p.length, b.length FROM piece p JOIN blob b ON b.digest = p.blob"
        " WHERE p.cell = ?",
        (cell,),
    )
    for digest, number, offset, length, whole in pieces:
        if digest not in unused:
            count = max(1, -(-whole // PIECE_LENGTH))
            live.append(Placement(piece_name(digest.hex(), number, count), cell, offset, length))
    if sum(placement.length for placement in live) > SPARSE_LENGTH:
        return False
    for placement in live:
        changes.put_member(placement.member, library.vault.read(placement))
    return True
