"""What is written to a library: cells at once, everything else when it is committed.

Order of writes (law 5): cells, flush, then one transaction of the index. A cell that no transaction names is nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from magnitizdat.errors import MagError
from magnitizdat.formats.spool_paths import label_path, piece_count, piece_name
from magnitizdat.library import rows
from magnitizdat.library.index.index import Index
from magnitizdat.library.index.sources import FileSeen
from magnitizdat.library.index.tail import JournalPage, WaitingRow, numbered, pages
from magnitizdat.library.journal import DoneRow, Entry, Row
from magnitizdat.library.members import memory_name
from magnitizdat.library.vault import Batch, Placement
from magnitizdat.model import PIECE_LENGTH, File
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.library.library import Library

Step = Callable[[Index], object]
Steps = Callable[[Index, list[Any]], object]
"""What does to the index all of one kind that follow each other."""
DEAD_CELLS = ("space", say("what was removed"))


class Changes:
    """What is being written: members go to cells at once, everything else waits for `commit`."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._steps: list[tuple[Steps, Any]] = []
        self._rows: list[Row] = []
        self._numbered: list[WaitingRow] = []
        self.adopted: list[
            WaitingRow
        ] = []  # of another copy: sealed as they are, and do to the index what is said apart
        self._batch: Batch | None = None
        self._names: set[str] = set()
        self._placed: list[Placement] = []
        self._dead_cells: set[int] = set()
        self.pending_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def abandon(self) -> None:
        """Forget what was not committed."""
        if self._batch is not None:
            self._batch.abandon()
            self._batch = None
        # Flushed on the way, but no transaction named them: the batch lets go of such cells, so they are removed here.
        for cell in {placement.cell for placement in self._placed}:
            with suppress(MagError):
                self._library.vault.remove(cell)
        self._names, self._placed, self._dead_cells = set(), [], set()
        self._steps, self._rows, self._numbered, self.adopted, self.pending_bytes = [], [], [], [], 0

    def put_member(self, name: str, plain: bytes) -> list[str]:
        """Seal one small file, or one piece of a blob, under its spool path; a longer small file is cut like a blob.

        Its parts leave room for their names, which are longer than those of pieces; the names come back.
        """
        limit = self._library.vault.member_limit
        if len(plain) <= min(PIECE_LENGTH, limit(name)):
            parts = {name: plain}
        else:
            step = min(PIECE_LENGTH, limit(f"{name}.0000"))
            starts = range(0, len(plain), step)
            parts = {f"{name}.{number:04d}": plain[start : start + step] for number, start in enumerate(starts)}
        for part, content in parts.items():
            self._add(part, content)
        self.pending_bytes += len(plain)
        return list(parts)

    def _add(self, name: str, plain: bytes) -> None:
        """A name stands once in a cell, and of two cells the one with the higher number counts."""
        if self._batch is None:
            self._batch = self._library.vault.batch(first_cell=self._library.index.settings.next_cell())
        if name in self._names:
            self._placed += self._batch.flush()
            self._names = set()
        self._batch.add(name, plain)
        self._names.add(name)

    def put_blob(self, file: File, pieces: Iterable[bytes]) -> None:
        """Seal a whole, verified blob."""
        count = piece_count(file.length)
        for number, piece in enumerate(pieces):
            self.put_member(piece_name(file.sha256, number, count), piece)
        self._steps.append((_complete_blobs, file))

    def put_label(self, imprint: str, files: Mapping[str, bytes], memory: bytes) -> None:
        """Keep a label's state in place of the one before, in the index and what is new of it in cells.

        `memory` is what is known of the label beside its files, and never travels.
        """
        held = self._library.label_files(imprint)
        for name, body in files.items():
            if held.get(name) != body:
                self.put_member(label_path(imprint, f"metadata/{name}"), body)
        self.put_member(memory_name(imprint), memory)
        self.then(lambda index: index.signed.put_files(imprint, files, memory))

    def row(self, row: Row) -> None:
        """Write one row of the journal; it takes effect with the commit, in the order of calls."""
        self._steps.append((self._apply, len(self._rows)))
        self._rows.append(row)

    def done(
        self, verb: str, albums: Sequence[str], *, now: datetime | None = None, undoes: str = "", rows: int = 0
    ) -> None:
        """The last `rows`, else all since the last commit, are what one command of a person's did to these albums."""
        if self._rows:
            row = DoneRow(
                id=secrets.token_hex(8),
                verb=verb,
                at=(now or datetime.now(UTC)).isoformat(timespec="seconds"),
                rows=rows or len(self._rows),
                albums=tuple(album[:512] for album in albums[:8] if album),
                count=len(albums),
                undoes=undoes,
            )
            self.row(row)

    def _apply(self, index: Index, places: list[int]) -> None:
        """Rows of this commit, which have their counters by now."""
        rows.apply_all(index, map(self._entry, places))

    def _entry(self, place: int) -> Entry:
        numbered = self._numbered[place]
        return Entry(numbered.device, numbered.counter, self._rows[place], numbered.body)

    def saw(self, file: FileSeen) -> None:
        """Write down how a file outside of the library was met, so that it is not opened again while it is the same."""
        self._steps.append((_put_sources, file))

    def then(self, step: Step) -> None:
        """Do this to the index in the transaction of the commit."""
        self._steps.append((_take_steps, step))

    def drop_cells(self, cells: Iterable[int]) -> None:
        """These cells are no longer named by the index after the commit: give their space back then."""
        self._dead_cells.update(cells)

    def _pages(self) -> list[JournalPage]:
        """What waits in the tail and the rows of this commit.

        Their counters are taken before they are sealed: what is written to the tail meanwhile has the next ones.
        """
        index, device = self._library.index, self._library.device
        waiting = [*index.tail.waiting(), *self.adopted]
        if not self._rows:
            return pages(waiting)
        with index.transaction():
            self._numbered = numbered(device, index.settings.reserve(len(self._rows)), self._rows)
        return [*pages(waiting), *pages(self._numbered)]

    def commit(self) -> None:
        """Seal the rest, flush, then switch: one transaction of the index."""
        index, sealed = self._library.index, self._pages()
        for page in sealed:
            self.put_member(page.name(self._library.device), page.lines())
        # Flushed before the transaction begins: the index never names a cell that a power cut could take away.
        placements = [*self._placed, *(self._batch.flush() if self._batch is not None else [])]
        dead = sorted(self._dead_cells)
        self._placed = []  # from here on the index may name them
        with index.transaction():
            index.cells.place(placements)
            if placements:
                index.settings.set_next_cell(max(placement.cell for placement in placements) + 1)
            for act, group in groupby(self._steps, key=itemgetter(0)):
                act(index, [each for _, each in group])
            index.tail.settle(sealed)
            index.settings.note_change()
            if dead:  # with those of an earlier commit that could not be removed
                left = index.jobs.get(*DEAD_CELLS)
                index.jobs.put(*DEAD_CELLS, json.dumps(sorted({*dead, *json.loads(left or b"[]")})).encode())
        self._batch, self._names, self._dead_cells = None, set(), set()
        self._steps, self._rows, self._numbered, self.adopted, self.pending_bytes = [], [], [], [], 0
        index.fill_up()
        if dead:  # not before the commit: until then the old index still names them
            with self._library.afterwards():  # what stays now goes with the next change
                self._library._remove_dead_cells()  # noqa: SLF001 -- one unit


def _complete_blobs(index: Index, files: list[File]) -> None:
    index.shelf.complete_blobs(files)


def _put_sources(index: Index, files: list[FileSeen]) -> None:
    index.sources.put_all(files)


def _take_steps(index: Index, steps: list[Step]) -> None:
    for step in steps:
        step(index)
