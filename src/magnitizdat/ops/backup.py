"""`mag backup`: a consistent copy of a library while it is in use.

The copy knows that it is one: it has a device of its own in the journal, and does not publish before it has heard of
its labels or is told that it is the only copy (laws 3 and 11).
"""

from __future__ import annotations

import secrets
from pathlib import Path

from magnitizdat.errors import SourceError, UsageError
from magnitizdat.library.database import Database
from magnitizdat.library.disk import Disk, FileReader
from magnitizdat.library.library import INDEX_NAME, SLOT_NAME, VAULT_NAME, Library
from magnitizdat.library.vault import Vault
from magnitizdat.model import Progress, Silent, Value
from magnitizdat.ops.upkeep import named_cells


class BackupReport(Value, frozen=True, kw_only=True):
    """What a backup copied."""

    files: int
    length: int
    already: int


def backup(library: Library, destination: Path, *, progress: Progress | None = None) -> BackupReport:
    """Copy a library consistently while it is in use; into an earlier backup only what is new is copied.

    Order: cells, then a snapshot of the index, then the slot. Raises: UsageError, NoSpaceError, TargetError.
    """
    disk = Disk(private=True)
    if destination.resolve() == library.directory.resolve():
        raise UsageError("a backup goes somewhere else than the library itself")
    if destination.exists() and any(destination.iterdir()) and not (destination / VAULT_NAME).is_dir():
        raise UsageError("this folder holds something else; choose an empty folder or an earlier backup")
    disk.mkdir(destination / VAULT_NAME)
    draft = destination / f"{INDEX_NAME}.new"
    for leftover in destination.glob(f"{INDEX_NAME}.new*"):
        disk.remove(leftover)
    disk.write_atomic(draft, b"")
    library.db.copy_to(draft, library.secrets.database_key)
    snapshot = Database(draft, library.secrets.database_key)
    cells = sorted(named_cells(snapshot))
    with snapshot.transaction():
        snapshot.set_meta("device", secrets.token_hex(8))
        snapshot.set_meta("copied", 1)
    snapshot.all("PRAGMA wal_checkpoint(TRUNCATE)")
    snapshot.close()
    counts = _copy_cells(library.vault, Vault(destination / VAULT_NAME, library.secrets, disk), cells, disk, progress)
    for suffix in ("-wal", "-shm"):
        disk.remove(destination / f"{INDEX_NAME}{suffix}")
        disk.remove(destination / f"{INDEX_NAME}.new{suffix}")
    disk.rename(draft, destination / INDEX_NAME)
    disk.flush([destination / INDEX_NAME])
    disk.write_atomic(destination / SLOT_NAME, (library.directory / SLOT_NAME).read_bytes())
    return counts


def _copy_cells(source: Vault, target: Vault, cells: list[int], disk: Disk, progress: Progress | None) -> BackupReport:
    watcher = progress or Silent()
    watcher.start("Copying", len(cells) * source.cell_length)
    copied = already = 0
    for cell in cells:
        path = target.cell_path(cell)
        sealed = _read(source.cell_path(cell))
        if sealed is None:
            continue  # removed meanwhile, or damaged: what the index says of it is for `mag doctor`
        if _read(path) == sealed:
            already += 1
        else:
            disk.remove(path)
            disk.mkdir(path.parent)
            disk.write_new(path, iter([sealed]))
            copied += 1
        watcher.advance(source.cell_length)
    disk.flush()
    return BackupReport(files=copied, length=copied * source.cell_length, already=already)


def _read(path: Path) -> bytes | None:
    try:
        with FileReader(path) as reader:
            return reader.read_at(0, reader.length)
    except (OSError, SourceError):
        return None
