"""`mag backup`: a consistent copy of a library while it is in use.

The copy knows that it is one: it has a device of its own in the journal, and does not publish before it has heard of
its labels or is told that it is the only copy (laws 3 and 11).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.disk.space import space
from magnitizdat.errors import LibraryBusyError, LibraryError, NoSpaceError, SourceError, UsageError
from magnitizdat.library import holders
from magnitizdat.library.index.index import Index
from magnitizdat.library.library import INDEX_NAME, SLOT_NAME, VAULT_NAME, Library, replace_index
from magnitizdat.library.places import is_vacant
from magnitizdat.library.vault import Vault
from magnitizdat.model import Progress, Silent, Value
from magnitizdat.sentence import say, size_words

SNAPSHOTS = 5
"""Attempts to catch a library that is being written to."""


class BackupReport(Value, frozen=True, kw_only=True):
    """What a backup copied."""

    files: int
    length: int
    already: int
    missing: int = 0
    """Cells that are damaged or gone here, and that no earlier backup holds: `mag doctor` says what was in them."""


def backup(library: Library, destination: Path, *, disk: Disk, progress: Progress | None = None) -> BackupReport:
    """Copy a library consistently while it is in use; into an earlier backup only what is new is copied.

    Order: a snapshot of the index under another name, the cells that it names, the snapshot's own name, the slot. Where
    a writer gave space back meanwhile (cells moved), a newer snapshot is taken.

    Raises: UsageError, LibraryBusyError, TargetError; NoSpaceError, before anything is written where that can be told,
    else with what is there then.
    """
    disk.confine(destination, alike=True)
    for name in (VAULT_NAME, *(INDEX_NAME + suffix for suffix in ("", "-wal", "-shm"))):
        disk.refuse_link(destination / name)
    _require_vacant_or_ours(library, destination, disk)
    index = (library.directory / INDEX_NAME).stat().st_size
    _require_room(library, destination, disk, library.index.cells.named(), index=index)
    held = (destination / SLOT_NAME).exists()
    try:
        disk.mkdir(destination / VAULT_NAME)
        with holders.claim(destination, disk):
            return _backup(library, destination, disk, progress)
    except NoSpaceError as exc:
        what = say("the backup there is still the earlier one") if held else say("what is there is not a backup yet")
        raise NoSpaceError(
            say(
                "no space is left in {destination}, and {what}; free some and run the same command again",
                destination=destination,
                what=what,
            )
        ) from exc


def _backup(library: Library, destination: Path, disk: Disk, progress: Progress | None) -> BackupReport:
    draft = destination / f"{INDEX_NAME}.new"
    target = Vault(destination / VAULT_NAME, library.secrets, disk)
    for _ in range(SNAPSHOTS):
        cells = _snapshot(library, draft, disk)
        _require_room(library, destination, disk, cells)  # it may name more than were there a moment before
        counts, absent = _copy_cells(library.vault, target, cells, disk, progress)
        if not absent - library.index.cells.named():
            break
    else:
        raise LibraryBusyError(
            say("the library changes faster than it can be copied; wait for the other mag, then repeat")
        )
    replace_index(destination, draft, library.secrets, disk)
    disk.write_atomic(destination / SLOT_NAME, (library.directory / SLOT_NAME).read_bytes())
    return counts


def _require_vacant_or_ours(library: Library, destination: Path, disk: Disk) -> None:
    """A backup replaces an index and a slot: never those of another library or of a copy in use."""
    here = library.directory.resolve()
    if destination.resolve() == here or here in destination.resolve().parents:
        raise UsageError(say("a backup goes somewhere else than the library itself"))
    if destination.exists() and not destination.is_dir():
        raise UsageError(say("the destination is a file; name a folder for the backup"))
    if not destination.is_dir() or is_vacant(destination, leftovers=(f"{INDEX_NAME}.new", holders.HOLDERS_NAME)):
        return
    if not (destination / VAULT_NAME).is_dir():
        raise UsageError(say("this folder holds something else; choose an empty folder or an earlier backup"))
    if not (destination / SLOT_NAME).exists():
        return
    try:
        earlier = Index(destination / INDEX_NAME, library.secrets.database_key, disk=disk)
    except LibraryError as exc:
        raise UsageError(say("another library is in that folder; choose an empty folder or an earlier backup")) from exc
    with earlier:
        device = earlier.settings.device() or library.secrets.device_id
        used = earlier.pages.was_written_by(device) or not earlier.settings.is_copied()
    if used:
        raise UsageError(
            say("the backup in that folder was put to use as a library; choose an empty folder for this one")
        )


def _require_room(library: Library, destination: Path, disk: Disk, cells: Collection[int], *, index: int = 0) -> None:
    """Raises: NoSpaceError where those `cells` that are not there yet, and so many bytes of an `index`, do not fit."""
    room, target = space(destination), Vault(destination / VAULT_NAME, library.secrets, disk)
    new = sum(not target.cell_path(cell).exists() for cell in cells)
    needed = room.allocated([*[library.vault.cell_length] * new, index])
    if not room.takes(needed):
        raise NoSpaceError(
            say(
                "the backup takes {needed} more and {free} are free in {destination}; nothing was written; free some,"
                " or name another place",
                needed=size_words(needed),
                free=size_words(room.free or 0),
                destination=destination,
            )
        )


def _snapshot(library: Library, draft: Path, disk: Disk) -> list[int]:
    """A consistent index that knows that it is a copy; the cells that it names come back."""
    for leftover in draft.parent.glob(f"{INDEX_NAME}.new*"):
        disk.remove(leftover)
    disk.write_atomic(draft, b"")
    library.index.copy_to(draft, library.secrets.database_key, disk=disk)
    with Index(draft, library.secrets.database_key, disk=disk) as snapshot:
        with snapshot.transaction():
            snapshot.settings.become_copy(secrets.token_hex(8))
            snapshot.settings.unsettle()
            snapshot.jobs.drop_all()
        snapshot.settle()
        return sorted(snapshot.cells.named())


def _copy_cells(
    source: Vault, target: Vault, cells: list[int], disk: Disk, progress: Progress | None
) -> tuple[BackupReport, set[int]]:
    """The report, and the cells that were not there to be read."""
    watcher = progress or Silent()
    watcher.start(say("Copying"), len(cells) * source.cell_length)
    copied = already = lost = 0
    absent: set[int] = set()
    for cell in cells:
        path = target.cell_path(cell)
        sealed, held = _read(source.cell_path(cell)), _read(path)
        if sealed is None and not source.cell_path(cell).exists():
            absent.add(cell)
        if held is not None and (held == sealed or sealed is None or not source.is_whole(cell)):
            already += 1  # also where ours is damaged: the good copy stays
            disk.make_alike([path])
        elif sealed is None:
            lost += 1
        else:
            disk.remove(path)
            disk.mkdir(path.parent)
            disk.write_new(path, iter([sealed]))
            copied += 1
        watcher.advance(source.cell_length)
    disk.flush()
    report = BackupReport(files=copied, length=copied * source.cell_length, already=already, missing=lost)
    return report, absent


def _read(path: Path) -> bytes | None:
    try:
        with FileReader(path) as reader:
            return reader.read_at(0, reader.length)
    except (OSError, SourceError):
        return None
