"""A library: key slot, index and vault in one folder, and the one way to change it.

Order of writes (law 5): cells, flush, then one transaction of the index. A cell that no transaction names is nothing.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Self

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.locking import Lock, WriteLock
from magnitizdat.errors import LibraryBusyError, LibraryError, MagError, UsageError
from magnitizdat.formats.spool_paths import parse_piece, piece_count
from magnitizdat.library import holders, rows
from magnitizdat.library.blobs import BlobReader
from magnitizdat.library.changes import DEAD_CELLS, Changes, Step
from magnitizdat.library.holders import SLOT_NAME
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.refusals import UnreadableIndexError
from magnitizdat.library.keyring import Secrets, create_slot, rewrap
from magnitizdat.library.members import latest
from magnitizdat.library.places import is_vacant, know_its_place
from magnitizdat.library.reserve import RESERVE_NAME, Reserve
from magnitizdat.library.slot import VAULT_NAME, lacking, read_slot, unlock
from magnitizdat.library.vault import Placement, Swept, Vault
from magnitizdat.sentence import Sentence, advice, say
from magnitizdat.ways import DOCTOR

__all__ = ["SLOT_NAME", "VAULT_NAME", "Changes", "Library", "Step", "read_slot", "unlock"]

INDEX_NAME = "index.db"
LOCK_NAME, CUTTING_NAME = "lock", "cutting"
CUT, CUT_FILE = "cut", "cut-file"
"""Kinds of jobs that a cut under way leaves, by its folder; that of one file by the folder that it comes into."""


class Library:
    """An unlocked library. Reading needs no lock but to be listed among the holders; changes take the one write lock.

    Whoever makes an index anew has a `hold` of its own.
    """

    def __init__(
        self,
        directory: Path,
        secrets: Secrets,
        *,
        disk: Disk | None = None,
        index: str = INDEX_NAME,
        hold: Lock | None = None,
    ) -> None:
        self.directory = directory
        self.secrets = secrets
        self.disk = disk or Disk(private=True)
        self.disk.confine(directory, alike=True)
        self._hold = hold or holders.hold(directory, self.disk)
        if not (directory / SLOT_NAME).exists():  # a panic while the passphrase was tried did not see us listed
            self._hold.release()
            raise lacking(directory)
        self.vault = Vault(directory / VAULT_NAME, secrets, self.disk)
        self.reserve = Reserve(directory, self.disk)
        try:
            self.index = self.reserve.or_without(lambda: Index(directory / index, secrets.database_key, disk=self.disk))
        except BaseException:
            self._hold.release()
            raise
        self.shelf = self.index.shelf
        self.browse = self.index.browse
        rows.recognise(self.index)
        know_its_place(self.index, directory / VAULT_NAME)
        self.write_lock = WriteLock(self.disk, directory / LOCK_NAME)
        self.left_undone: deque[Sentence] = deque(maxlen=8)

    @classmethod
    def create(cls, directory: Path, passphrase: str, *, work_factor: int = 17, disk: Disk | None = None) -> Library:
        """Make a new library; the key slot is written last, so that a half-made one is not a library.

        Raises: UsageError if something else is in the folder.
        """
        disk = disk or Disk(private=True)
        disk.confine(directory, alike=True)
        if directory.exists() and not is_vacant(
            directory, leftovers=(INDEX_NAME, f"{SLOT_NAME}.new", holders.HOLDERS_NAME, RESERVE_NAME)
        ):
            raise UsageError(say("this folder is not empty; choose a new folder for the library"))
        disk.mkdir(directory / VAULT_NAME)
        for leftover in directory.glob(f"{INDEX_NAME}*"):
            disk.remove(leftover)
        secrets = Secrets.generate()
        make_index(directory / INDEX_NAME, secrets, disk)
        Reserve(directory, disk).take()
        disk.write_atomic(directory / SLOT_NAME, create_slot(secrets, passphrase, work_factor=work_factor))
        return cls(directory, secrets, disk=disk)

    def changed(self) -> int:
        """When the catalogue changed last, in milliseconds since 1970: another value after every commit."""
        return self.index.settings.changed()

    def close(self) -> None:
        """Close the index and the open cells; the process holds this library's keys no more."""
        try:
            self.index.close()
            self.vault.close()
        finally:
            self._hold.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def device(self) -> str:
        """Name of this copy of the library in the journal; a backup that is put to use has its own (law 11)."""
        return self.index.settings.device() or self.secrets.device_id

    # -- reading --------------------------------------------------------------------------------------------------

    def has_member(self, name: str) -> bool:
        """Whether the vault holds a small file of this name."""
        return self.index.cells.has_member(name)

    def member(self, name: str) -> bytes:
        """A small file that is not a blob (a label's document, a page of the journal).

        Raises: LibraryError if it is not there or damaged.
        """
        parts = self.index.cells.member(name)
        if not parts:
            raise LibraryError(say("a document of the library is missing; {then}", then=DOCTOR))
        return b"".join(map(self.vault.read, latest(name, parts)))

    def placements(self, sha256: str) -> dict[int, Placement]:
        """Which pieces of a blob are in the vault, by number."""
        return self.index.cells.pieces(sha256)

    def blob(self, sha256: str) -> BlobReader:
        """A complete blob.

        Raises: LibraryError if a piece is not there.
        """
        length, placements = self.index.cells.length(sha256), self.placements(sha256)
        if length is None or len(placements) != piece_count(length):
            raise LibraryError(say("a piece of this file is not in the library; dub it again from where it came"))
        return BlobReader(self.vault, [placements[number] for number in sorted(placements)], length)

    def label_files(self, imprint: str) -> dict[str, bytes]:
        """A label's metadata as held: file name (`3.root.json`, `timestamp.json`, …) to bytes."""
        return self.index.signed.files(imprint)

    def label_memory(self, imprint: str) -> bytes:
        """What is known of a label beside its files; empty for an unknown one."""
        return self.index.signed.memory(imprint)

    def job(self, kind: str, target: str) -> bytes | None:
        """What an interrupted command left for its next run."""
        return self.index.jobs.get(kind, target)

    def set_job(self, kind: str, target: str, body: bytes | None) -> None:
        """Remember, or with None forget, what the next run of a command needs to go on."""
        with self.index.transaction():
            if body is None:
                self.index.jobs.drop(kind, target)
            else:
                self.index.jobs.put(kind, target, body)

    # -- changing -------------------------------------------------------------------------------------------------

    @contextmanager
    def changes(self, *, frees: bool = False) -> Iterator[Changes]:
        """The write lock, and changes that count only once committed. `frees`: they give space back.

        Raises: LibraryBusyError if another process writes; NoSpaceError where what would take space finds no reserve.
        """
        self.index.require_writable()
        with self.write_lock.take():
            # Both were left by a command that was stopped; only who holds the lock may tell them from work under way.
            self._remove_dead_cells()
            if self.vault.cell_path(self._next_cell()).exists():
                self._sweep()
            with self.reserve.lent() if frees else self.reserve.kept(), Changes(self) as changes:
                yield changes

    @contextmanager
    def afterwards(self) -> Iterator[None]:
        """What is done once a change is committed: where that fails the change stands, and why is kept for the end."""
        try:
            yield
        except MagError as exc:
            self.left_undone.append(exc.sentence)

    def sweep(self) -> Swept:
        """Give back the space of cells that a killed command left.

        Raises: LibraryBusyError if another process writes.
        """
        self.index.require_writable()
        with self.write_lock.take(), self.reserve.lent():
            swept = self._sweep()
            self.disk.make_alike([self.directory, *self.directory.rglob("*")])  # what an older mag left
            return swept

    def salvage(self) -> None:
        """Keep pieces of blobs that a killed run had sealed and not named yet, where they are whole.

        Whoever wants one compares it with its digest. The rest of such cells goes. Raises: LibraryBusyError.
        """
        self.index.require_writable()
        if not self.vault.cell_path(self._next_cell()).exists():
            return
        with self.write_lock.take(), self.reserve.lent():
            left = list(self.vault.leftovers(self._next_cell()))
            if not all(map(self.vault.holds_pieces_only, left)):
                return  # a newer index named them
            found = {cell: self._unnamed_pieces(cell) for cell in left}
            for cell in left:
                if not found[cell]:
                    self.vault.remove(cell)
            paths = [self.vault.cell_path(cell) for cell in left if found[cell]]
            if paths:
                self.disk.flush([*paths, *{path.parent for path in paths}])
                with self.index.transaction():
                    self.index.cells.place(chain.from_iterable(found.values()))

    def _unnamed_pieces(self, cell: int) -> list[Placement]:
        """Pieces in a whole cell that are nowhere else; none where it is torn."""
        if not self.vault.is_whole(cell):
            return []
        named = ((placement, parse_piece(placement.member)) for placement in self.vault.members(cell))
        return [each for each, piece in named if piece and self.index.cells.piece(*piece) is None]

    def _next_cell(self) -> int:
        return max(self.index.settings.next_cell(), self.index.cells.last() + 1)

    def _sweep(self) -> Swept:
        """Not after an older index was put back: what it does not name may be all there is of something.

        A page of the journal, a key or a label's file in any of these cells is the sign of a newer index.
        """
        first = self._next_cell()
        left = list(self.vault.leftovers(first))
        if not all(map(self.vault.holds_pieces_only, left)):
            return Swept(0, len(left))
        return Swept(self.vault.sweep(first) if left else 0, 0)

    def _remove_dead_cells(self) -> None:
        """Give back the space of cells that a commit let go of, also where that commit's process was stopped before."""
        body = self.job(*DEAD_CELLS)
        if body is None:
            return
        for cell in json.loads(body):
            # A commit since then may have put something into a cell of that number.
            if not self.index.cells.is_named(cell):
                self.vault.remove(cell)
        self.set_job(*DEAD_CELLS, None)

    def rewrap(
        self, passphrase: str, *, secrets: Secrets | None = None, read: bytes = b"", work_factor: int = 17
    ) -> None:
        """Put the same secrets, or `secrets` with a new address, under a (new) passphrase.

        `read` is the slot that they came from: another one by now holds what they lack.

        Raises: LibraryBusyError; as `keyring.rewrap`.
        """
        self.index.require_writable()
        with self.write_lock.take(), self.reserve.lent():
            if read and read_slot(self.directory) != read:
                raise LibraryBusyError(say("the key file was changed by another program just now; do this again"))
            path, kept = self.directory / SLOT_NAME, secrets or self.secrets
            rewrap(self.disk, path, kept, passphrase, work_factor=work_factor)


def make_index(path: Path, secrets: Secrets, disk: Disk) -> None:
    """An empty index. The file is there before SQLite opens it, so that it and its journals get our permissions."""
    disk.write_atomic(path, b"")
    Index(path, secrets.database_key, create=True, disk=disk).close()


def replace_index(directory: Path, draft: Path, secrets: Secrets, disk: Disk) -> None:
    """Give a settled index its name: one switch, for whoever has claimed the library.

    The log of the index before is not removed but emptied into it, so that until the switch nothing is missing; a log
    beside an index that nobody can read says nothing to anybody.
    Raises: LibraryError, NoSpaceError, TargetError; the old index then still stands.
    """
    index = directory / INDEX_NAME
    log = index.with_name(f"{INDEX_NAME}-wal")
    try:
        with Index(index, secrets.database_key, disk=disk) as old:
            old.settle()
    except UnreadableIndexError:
        disk.remove(log)
    if log.exists() and log.stat().st_size:
        raise LibraryBusyError(
            advice(
                terminal=say("another mag has this library open; end it or run `mag lock`, then run this again"),
                page=say("another program on this computer has this library open; end it, then do this again"),
            )
        )
    disk.rename(draft, index)
    disk.flush([index])
