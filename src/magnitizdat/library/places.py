"""The folder of a library: whether one may be made there, and copies that nobody told us of (`cp -r`, a whole disk).

Two copies in use must not count rows of the journal under one name, nor sign a label's next version each (laws 3, 11).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from magnitizdat.disk.surroundings import place_of
from magnitizdat.errors import LibraryBusyError, NoSpaceError
from magnitizdat.library.index.index import Index


def know_its_place(index: Index, vault: Path) -> None:
    """Where an index opens beside another vault than before, it is a copy from now on. A moved folder is none."""
    here, settings = place_of(vault), index.settings
    if index.is_read_only or not here or settings.place() == here:
        return
    with suppress(LibraryBusyError, NoSpaceError), index.transaction():  # else the next time that it is opened
        if settings.place():
            settings.become_copy(token_hex(8))
            settings.unsettle()
        settings.set_place(here)


def is_vacant(directory: Path, *, leftovers: tuple[str, ...]) -> bool:
    """Whether nothing is there but what a stopped `create` leaves; a vault with cells in it waits for its slot."""
    strange = [entry for entry in directory.iterdir() if not entry.name.startswith(leftovers)]
    return all(entry.name == "vault" and not any(entry.iterdir()) for entry in strange)
