"""Clubs of another library: roots that came by letter, and keys of doors, unless they were destroyed on either side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from magnitizdat.catalogue.chains import with_roots
from magnitizdat.catalogue.following import TIMESTAMP_NAME
from magnitizdat.catalogue.refresh import remembered
from magnitizdat.errors import LibraryError, SourceError
from magnitizdat.library.club_rows import EpochRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import epoch_name
from magnitizdat.library.reclaim import destroy
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.ops.labels.of_clubs import of_clubs


def join_doors(library: Library, other: Library) -> None:
    """Take up keys that are there and not here, once the journals are one; what was destroyed goes here too."""
    names = library.index.cells
    with library.changes() as changes:
        gone = [name for name in _names(library, destroyed=True) if names.has_member(name)]
        if gone:
            destroy(library, changes, gone)
            changes.commit()
        for name in _names(library, destroyed=False):
            if not names.has_member(name):
                with suppress(LibraryError):  # it is not there either, or hurt
                    changes.put_member(name, other.member(name))
        for imprint in of_clubs(library):
            _join_roots(library, other, changes, imprint)
        changes.commit()


def _join_roots(library: Library, other: Library, changes: Changes, imprint: str) -> None:
    """Of a label that has no list there, and so is in no dub from there."""
    theirs = held_state(other, imprint)
    with suppress(SourceError):
        state = held_state(library, imprint)
        after = with_roots(state, theirs.roots())
        if after != state and TIMESTAMP_NAME not in {**theirs.files, **state.files}:
            changes.put_label(imprint, after.files, remembered(after))


def _names(library: Library, *, destroyed: bool) -> Iterator[str]:
    rows = library.index.listening.kept(EpochRow, "epoch:")
    return (epoch_name(row.club, row.id) for row in rows if row.destroyed == destroyed)
