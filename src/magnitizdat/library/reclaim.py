"""Giving space back: blobs that no album uses go, and cells that nothing names any more are removed."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from magnitizdat.errors import LibraryError
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import PIECE_LENGTH

SPARSE_LENGTH = PIECE_LENGTH // 2
"""A touched cell with at most this many bytes of live members is emptied into new cells."""


def reclaim(library: Library, changes: Changes, also: Collection[int] = ()) -> int:
    """Drop what no album uses and remove the cells that held it, and `also` these where little is left in them.

    The bytes of removed cells come back.

    Commits `changes`; what else waits in it is committed along. It comes after what a person asked for was
    committed: where it fails that stands, 0 comes back, and the space comes with a later change.
    """
    with library.afterwards():
        return _reclaim(library, changes, also)
    changes.abandon()
    return 0


def _reclaim(library: Library, changes: Changes, also: Collection[int]) -> int:
    unused = library.index.shelf.unused_blobs()
    touched = {*also} | {cell for sha256 in unused for cell in library.index.cells.cells_of(sha256)}
    changes.then(lambda index: index.cells.forget_blobs(unused))
    dead = [cell for cell in sorted(touched) if _empty(library, changes, cell, set(unused))]
    changes.drop_cells(dead)
    changes.commit()
    freed = [cell for cell in dead if not library.vault.cell_path(cell).exists()]
    return len(freed) * library.vault.cell_length


def refill(library: Library, changes: Changes) -> None:
    """Write the newest cell of the journal anew where it is half empty, so that a page a day is not a cell a day."""
    cell = library.index.cells.last_with_rows()
    with suppress(LibraryError):  # a hurt cell stays for `mag doctor`
        if cell is not None and _empty(library, changes, cell, set()):
            changes.drop_cells([cell])


def _empty(library: Library, changes: Changes, cell: int, unused: set[str]) -> bool:
    """Whether a cell may go: nothing lives in it, or little, and that is written anew."""
    live = library.index.cells.members_in(cell)
    live += (placement for sha256, placement in library.index.cells.pieces_in(cell) if sha256 not in unused)
    if sum(placement.length for placement in live) > SPARSE_LENGTH:
        return False
    for placement in live:
        changes.put_member(placement.member, library.vault.read(placement))
    return True
