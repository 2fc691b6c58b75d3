"""The vault: cells of one length that hold everything a library has, each an age file with a ZIP inside.

A cell's name is an HMAC of its number, so the folder says nothing but how much there is. A cell counts once the index
names it; the vault itself never decides that.
"""

from __future__ import annotations

import base64
import hmac
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, LibraryError, NotFoundError, NotMineError, SourceError
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.container import Container, member_cost, room, shape_for
from magnitizdat.formats.spool_paths import parse_piece
from magnitizdat.library.batch import Batch, Placement
from magnitizdat.library.keyring import Secrets
from magnitizdat.model import Progress, Silent
from magnitizdat.sentence import Sentence, say
from magnitizdat.ways import DOCTOR

T = TypeVar("T")

__all__ = ["Batch", "CellProblem", "Placement", "Vault"]

OPEN_CELLS = 32
"""Cells kept open for reading, each with one descriptor."""

CELL_SUFFIX = ".age"
_TAG_LENGTH = 16  # bytes of the HMAC, 26 characters of base32 in the name
_SCAN_GAP = 1 << 20
_SWEEP_GAP = 256
_MISSING = say("a file of the library is missing; {then}", then=DOCTOR)
_DAMAGED = say("a file of the library is damaged; {then}", then=DOCTOR)


class CellProblem(NamedTuple):
    """One thing that `check` found. `cell` is None for a `foreign` file: its name is no cell's of this library.

    Nobody names an `unused` cell: left by a crash (perhaps torn), or named by a newer index than this one.
    """

    cell: int | None
    path: Path
    state: Literal["missing", "damaged", "foreign", "unused"]
    reason: Sentence


class Swept(NamedTuple):
    """Cells that were given back, and cells that were let be since a newer index may have named them."""

    removed: int
    kept: int


class Vault:
    """The cells under `directory`. Reading is safe in several threads; one batch at a time writes."""

    def __init__(self, directory: Path, secrets: Secrets, disk: Disk) -> None:
        self._directory = directory
        self._identity = secrets.vault
        self._names_key = secrets.cell_names_key
        self._disk = disk
        self._shape = shape_for(1, 1)
        self._open: OrderedDict[int, Container] = OrderedDict()
        self._guard = threading.Lock()

    @property
    def cell_length(self) -> int:
        """Bytes of every cell."""
        return self._shape.sealed_length

    def member_limit(self, name: str) -> int:
        """Bytes that a member of this name may have at most: it must fit one cell."""
        return room(self._shape) - member_cost(name, 0)

    def cell_path(self, cell: int) -> Path:
        """Where a cell is, or would be."""
        name = base64.b32encode(self._tag(cell)).decode("ascii").rstrip("=").lower()
        return self._directory / name[:2] / (name + CELL_SUFFIX)

    def batch(self, *, first_cell: int) -> Batch:
        """Begin to write cells; `first_cell` is the index's next number. The caller holds the library's lock."""
        return Batch(self._disk, self.cell_path, self._shape, self._identity.recipient, first_cell=first_cell)

    def read(self, placement: Placement) -> bytes:
        """A member's bytes, verified.

        Raises: LibraryError if the cell is missing, damaged or another one.
        """
        return self.read_range(placement, 0, placement.length)

    def read_into(self, placement: Placement, buffer: memoryview) -> int:
        """Fill the beginning of `buffer` with a member's bytes, verified; how many there are.

        Raises: LibraryError as `read`.
        """
        return self._read(placement, lambda cell: cell.read_into(buffer[: placement.length], placement.offset))

    def read_range(self, placement: Placement, offset: int, length: int) -> bytes:
        """Bytes `offset:offset + length` of a member, cut off at its end like a slice, verified.

        Raises: LibraryError as `read`.
        """
        wanted = max(0, min(offset + length, placement.length) - offset)
        return self._read(placement, lambda cell: cell.read_range(placement.offset + offset, wanted))

    def _read(self, placement: Placement, read: Callable[[Container], T]) -> T:
        container = self._container(placement.cell)
        try:
            member = container.members.get(placement.member)
            if member is None or (member.offset, member.length) != (placement.offset, placement.length):
                raise LibraryError(_DAMAGED)  # a cell of ours under another's name
            return read(container)
        except (SourceError, OSError) as exc:
            self._close_cell(placement.cell)
            raise LibraryError(_DAMAGED) from exc

    def cells(self) -> Iterator[tuple[int, tuple[Placement, ...]]]:
        """Every cell that opens, by rising number, with its members: enough to rebuild the catalogue.

        Damaged and foreign files are passed over; `check` names them.
        """
        for cell in sorted(self._numbered_files()[0]):
            with suppress(LibraryError):
                yield cell, self.members(cell)

    def members(self, cell: int) -> tuple[Placement, ...]:
        """What a cell says that it holds. Raises: LibraryError."""
        members = self._opened(cell).members.values()
        return tuple(Placement(member.name, cell, member.offset, member.length) for member in members)

    def check(self, named: Collection[int], *, progress: Progress | None = None) -> Iterator[CellProblem]:
        """Read every cell in full and report what is wrong; `named` are the cells that the index names."""
        watcher = progress or Silent()
        found, foreign = self._numbered_files()
        expected = set(named)
        watcher.start(say("check the library"), len(found) * self.cell_length)
        for cell in sorted(expected - found.keys()):
            yield CellProblem(cell, self.cell_path(cell), "missing", say("the file is not there"))
        for cell in sorted(found):
            problem = self._check_cell(cell, found[cell])
            if cell not in expected and (problem is None or problem.state == "damaged"):
                reason = problem.reason if problem else say("it is whole")
                yield CellProblem(
                    cell, found[cell], "unused", say("nothing in the index names it ({reason})", reason=reason)
                )
            elif problem is not None:
                yield problem
            watcher.advance(self.cell_length)
        for path in foreign:
            yield CellProblem(None, path, "foreign", say("not a file of this library"))

    def is_whole(self, cell: int) -> bool:
        """Whether every byte of a cell reads and verifies."""
        return self._check_cell(cell, self.cell_path(cell)) is None

    def remove(self, cell: int) -> None:
        """Remove a cell that nothing names any more; an absent one is fine."""
        self._close_cell(cell)
        self._disk.remove(self.cell_path(cell))

    def sweep(self, next_cell: int) -> int:
        """Remove cells that an interrupted batch left at `next_cell` and above; returns how many.

        Not after an older index was put back: then they may be all there is of something. The caller holds the lock.
        """
        left = list(self.leftovers(next_cell))
        for cell in left:
            self.remove(cell)
        return len(left)

    def leftovers(self, next_cell: int) -> Iterator[int]:
        """Cells at `next_cell` and above, up to a long gap: left by an interrupted batch, or of a newer index."""
        misses, cell = 0, next_cell
        while misses < _SWEEP_GAP:
            if self.cell_path(cell).exists():
                misses = 0
                yield cell
            else:
                misses += 1
            cell += 1

    def holds_pieces_only(self, cell: int) -> bool:
        """Whether a cell is torn (shorter than every cell), or reads and holds pieces of blobs and nothing else.

        False where that cannot be told.
        """
        try:
            if self.cell_path(cell).stat().st_size < self.cell_length:
                return True
            return all(parse_piece(name) is not None for name in self._opened(cell).members)
        except (LibraryError, OSError):
            return False

    def length_on_disk(self) -> int:
        """Bytes of all files in the vault, also of those that nothing names."""
        length = 0
        for path in self._directory.glob("*/*"):
            with suppress(OSError):  # removed meanwhile
                length += path.stat().st_size
        return length

    def close(self) -> None:
        """Close the cells that were kept open for reading."""
        with self._guard:
            self._open.clear()

    def _container(self, cell: int) -> Container:
        with self._guard:
            container = self._open.get(cell)
            if container is not None:
                self._open.move_to_end(cell)
                return container
        container = self._opened(cell)
        with self._guard:
            self._open[cell] = container
            while len(self._open) > OPEN_CELLS:
                self._open.popitem(last=False)  # closed when the last reader lets go of it
        return container

    def _close_cell(self, cell: int) -> None:
        with self._guard:
            self._open.pop(cell, None)

    def _opened(self, cell: int) -> Container:
        try:
            source = FileReader(self.cell_path(cell))
            if source.length != self.cell_length:
                raise LibraryError(_DAMAGED)
            return Container(source, [self._identity])
        except (NotFoundError, FileNotFoundError) as exc:
            raise LibraryError(_MISSING) from exc
        except (SourceError, OSError) as exc:
            raise LibraryError(_DAMAGED) from exc

    def _check_cell(self, cell: int, path: Path) -> CellProblem | None:
        try:
            container = Container(FileReader(path), [self._identity])
            plain = memoryview(container.read_range(0, self._shape.zip_length))  # age authenticates every byte of it
            for member in container.members.values():
                if crc32(plain[member.offset : member.offset + member.length]) != member.crc32:
                    return CellProblem(cell, path, "damaged", say("what is in it is not what it says of itself"))
            if path.stat().st_size != self.cell_length:
                return CellProblem(cell, path, "damaged", say("it has another length than all the others"))
        except NotMineError:  # a damaged header looks like that too, and its name says that it was ours
            return CellProblem(cell, path, "damaged", say("sealed to somebody else"))
        except DamagedError as exc:
            return CellProblem(cell, path, "damaged", exc.sentence)
        except (SourceError, OSError):
            return CellProblem(cell, path, "damaged", say("it cannot be read"))
        return None

    def _numbered_files(self) -> tuple[dict[int, Path], list[Path]]:
        """(cells by number, other files). Numbers are found by naming them all until every file has one."""
        files = {path for path in self._directory.glob("*/*") if path.is_file()}
        tags = {tag: path for path in files if (tag := _tag_of(path)) is not None}
        found: dict[int, Path] = {}
        cell = last = 0
        while len(found) < len(tags) and cell - last <= _SCAN_GAP:
            path = tags.get(self._tag(cell))
            if path is not None:
                found[cell] = path
                last = cell
            cell += 1
        return found, sorted(files.difference(found.values()))

    def _tag(self, cell: int) -> bytes:
        return hmac.digest(self._names_key, cell.to_bytes(8, "big"), "sha256")[:_TAG_LENGTH]


def _tag_of(path: Path) -> bytes | None:
    """What a cell's file name says, or None where it is no such name."""
    if path.suffix != CELL_SUFFIX or path.parent.name != path.name[:2] or path.stem != path.stem.lower():
        return None
    try:
        tag = base64.b32decode(path.stem.upper() + "======")
    except ValueError:
        return None
    return tag if len(tag) == _TAG_LENGTH else None
