"""Giving space back: blobs that no album uses go, and cells that nothing names any more are removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from magnitizdat.errors import LibraryError, NoSpaceError
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.vault import Placement
from magnitizdat.model import PIECE_LENGTH

SPARSE_LENGTH = PIECE_LENGTH // 2
"""A touched cell with at most this many bytes of live members is emptied into new cells."""


def reclaim(library: Library, changes: Changes, also: Collection[int] = ()) -> int:
    """Drop what no album uses and remove the cells that held it, and `also` these where little is left in them.

    The bytes of removed cells come back. Cells that hold nothing else go first, since what lives in the others needs
    new ones; where there is no room for these, they stay.

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
    dead = [cell for cell in sorted(touched) if not _live(library, cell, set(unused))]
    changes.drop_cells(dead)
    changes.commit()
    freed = _gone(library, dead)
    if len(freed) == len(dead):  # else they are noted for the next change, which one more commit would forget
        freed += _gone(library, _gather(library, changes, sorted(touched - set(dead))))
    return len(freed) * library.vault.cell_length


def _gone(library: Library, cells: list[int]) -> list[int]:
    return [cell for cell in cells if not library.vault.cell_path(cell).exists()]


def _gather(library: Library, changes: Changes, cells: list[int]) -> list[int]:
    """Write anew what little lives in these cells, so that they can go: those that do."""
    try:
        sparse = [cell for cell in cells if _empty(library, changes, cell)]
        if sparse:
            changes.drop_cells(sparse)
            changes.commit()
    except NoSpaceError:
        changes.abandon()
        return []
    return sparse


def refill(library: Library, changes: Changes) -> None:
    """Write the newest cell of the journal anew where it is half empty, so that a page a day is not a cell a day."""
    cell = library.index.cells.last_with_rows()
    with suppress(LibraryError):  # a hurt cell stays for `mag doctor`
        if cell is not None and _empty(library, changes, cell):
            changes.drop_cells([cell])


def rewrite(library: Library, changes: Changes, name: str, content: bytes) -> None:
    """Keep other bytes under a name, and nothing of those before: the cell that held them goes with the commit."""
    rewrite_all(library, changes, {name: content})


def rewrite_all(library: Library, changes: Changes, contents: Mapping[str, bytes]) -> None:
    """The same of several at once, for two of them may lie in one cell; once for all names of a commit."""
    put = {part for name, content in contents.items() for part in changes.put_member(name, content)}
    before = [placement for name in contents for placement in library.index.cells.member(name)]
    _leave(library, changes, before)
    gone = {placement.member for placement in before} - put
    changes.then(lambda index: index.cells.forget_members(gone))


def destroy(library: Library, changes: Changes, names: Iterable[str]) -> None:
    """Keep nothing under these names: the cells that held them go with the commit. What is not here is fine.

    Once for all names of a commit, and before anything else is put: what else lies in their cells is written anew.
    """
    gone = [placement for name in names for placement in library.index.cells.member(name)]
    _leave(library, changes, gone)
    changes.then(lambda index: index.cells.forget_members(placement.member for placement in gone))


def _leave(library: Library, changes: Changes, gone: Collection[Placement]) -> None:
    """Write anew what else lives in the cells of these, which go with the commit."""
    names = {placement.member for placement in gone}
    for cell in sorted({placement.cell for placement in gone}):
        for placement in _live(library, cell, set()):
            if placement.member not in names:
                changes.put_member(placement.member, library.vault.read(placement))
        changes.drop_cells([cell])


def _live(library: Library, cell: int, unused: set[str]) -> list[Placement]:
    """What in a cell is still wanted."""
    pieces = [placement for sha256, placement in library.index.cells.pieces_in(cell) if sha256 not in unused]
    return [*library.index.cells.members_in(cell), *pieces]


def _empty(library: Library, changes: Changes, cell: int) -> bool:
    """Whether a cell may go: nothing lives in it, or little, and that is written anew."""
    live = _live(library, cell, set())
    if sum(placement.length for placement in live) > SPARSE_LENGTH:
        return False
    for placement in live:
        changes.put_member(placement.member, library.vault.read(placement))
    return True
