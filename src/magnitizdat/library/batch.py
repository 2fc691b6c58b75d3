"""New cells in the making: members are packed, sealed by two threads and written; only a flush makes them count."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.writer import Buffer, Writer
from magnitizdat.errors import MagError, TargetError
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.container import ContainerShape, Sealer, member_cost, room
from magnitizdat.sentence import say
from magnitizdat.ways import AGAIN

THREADS = 4
QUEUED_CELLS = 3
OPEN_BINS = 4
"""Cells that small members are collected in at once; more bins fill better and hold more memory."""

_FULL_ENOUGH = 1 << 14
_LOCAL_HEADER = 30


class Placement(NamedTuple):
    """Where a member is: the cell's number, and offset and length in bytes within the cell's plaintext."""

    member: str
    cell: int
    offset: int
    length: int


class _Bin:
    def __init__(self, space: int) -> None:
        self.members: list[tuple[str, Buffer]] = []
        self.space = space


Members = Sequence[tuple[str, Buffer]]


class Batch:
    """Cells numbered from `first_cell` up. For one thread; leaving it without `flush` removes what it wrote.

    Numbers whose cells exist (left by a crash, or named by a newer index) are passed over, never replaced.
    """

    def __init__(
        self,
        disk: Disk,
        path_of: Callable[[int], Path],
        shape: ContainerShape,
        recipient: X25519Recipient,
        *,
        first_cell: int,
    ) -> None:
        self._disk = disk
        self._path_of = path_of
        self._shape = shape
        self._recipient = recipient
        self._bins: list[_Bin] = []
        self._jobs: queue.Queue[Members | None] = queue.Queue(QUEUED_CELLS)
        self._threads: list[threading.Thread] = []
        self._guard = threading.Lock()
        self._next_cell = first_cell
        self._written: list[Path] = []
        self._placements: list[Placement] = []
        self._error: BaseException | None = None

    @property
    def next_cell(self) -> int:
        """The first number that this batch has not used."""
        return self._next_cell

    def add(self, member: str, plain: Buffer) -> None:
        """Take one small file or one piece; sealed and written now or by `flush`.

        Raises: ValueError if it does not fit a cell even alone; NoSpaceError, TargetError (perhaps of an earlier
        member): the batch is then over.
        """
        self._raise_error()
        content = plain if isinstance(plain, bytes) else bytes(plain)  # the caller may reuse its buffer
        cost, space = member_cost(member, len(content)), room(self._shape)
        if cost > space:
            raise ValueError(f"a member of {len(content)} bytes does not fit a cell of {space}")
        chosen = self._bin_for(cost)
        chosen.members.append((member, content))
        chosen.space -= cost
        if chosen.space < _FULL_ENOUGH:
            self._bins.remove(chosen)
            self._submit(chosen.members)

    def flush(self) -> list[Placement]:
        """Seal the rest and make all durable; returns where members are that were added since the last flush.

        Only then may the caller name them. Raises: NoSpaceError, TargetError; none of them may then be named.
        """
        self._raise_error()
        try:
            for each in self._bins:
                self._submit(each.members)
            self._bins = []
            self._finish_threads()
            self._raise_error()
            if self._written:
                self._disk.flush()
        except BaseException as exc:
            self._error = self._error or exc
            raise
        placements, self._placements, self._written = self._placements, [], []
        return placements

    def abandon(self) -> None:
        """Remove what was not flushed. What was flushed stays: the caller may have named it already."""
        self._error = self._error or TargetError(say("this batch was abandoned; {then}", then=AGAIN))
        self._finish_threads()
        self._bins, self._placements = [], []
        for path in self._written:
            with suppress(MagError):
                self._disk.remove(path)
        self._written = []

    def _bin_for(self, cost: int) -> _Bin:
        fitting = [each for each in self._bins if each.space >= cost]
        if fitting:
            return min(fitting, key=lambda each: each.space)
        if len(self._bins) == OPEN_BINS:
            fullest = min(self._bins, key=lambda each: each.space)
            self._bins.remove(fullest)
            self._submit(fullest.members)
        fresh = _Bin(room(self._shape))
        self._bins.append(fresh)
        return fresh

    def _submit(self, members: Members) -> None:
        if not self._threads:
            self._threads = [threading.Thread(target=self._seal_all, daemon=True) for _ in range(THREADS)]
            for thread in self._threads:
                thread.start()
        self._jobs.put(members)

    def _finish_threads(self) -> None:
        threads, self._threads = self._threads, []
        for _ in threads:
            self._jobs.put(None)
        for thread in threads:
            thread.join()

    def _seal_all(self) -> None:
        sealer: Sealer | None = None
        while (members := self._jobs.get()) is not None:
            if self._error is not None:
                continue  # somebody failed: empty the queue, so that nobody waits on it
            try:
                sealer = sealer or Sealer(self._shape, [self._recipient])
                self._write_cell(sealer.seal(members), members)
            except BaseException as exc:  # noqa: BLE001 - carried to the caller's thread
                self._error = self._error or exc

    def _write_cell(self, sealed: memoryview, members: Members) -> None:
        number, writer = self._create_cell()
        with writer:
            writer.write(sealed)
        placements = _placements(number, members)
        with self._guard:
            self._placements.extend(placements)

    def _create_cell(self) -> tuple[int, Writer]:
        while True:
            with self._guard:
                number = self._next_cell
                self._next_cell += 1
            path = self._path_of(number)
            if not path.exists():
                self._disk.mkdir(path.parent)
                with self._guard:
                    self._written.append(path)
                return number, self._disk.create(path)

    def _raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()


def _placements(cell: int, members: Members) -> Iterator[Placement]:
    """Stored members stand one after the other, each behind its local header. Source: APPNOTE.TXT 4.3.6 and 4.3.7."""
    offset = 0
    for name, content in members:
        offset += _LOCAL_HEADER + len(name)
        yield Placement(name, cell, offset, len(content))
        offset += len(content)
