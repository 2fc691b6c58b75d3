"""Fetching blobs: every piece verified before it is sealed, every blob as a whole before it counts.

Two threads fetch and hash a few pieces ahead; this thread seals in order. Pieces that a run before brought are read
back and hashed instead of being fetched.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import NamedTuple, Self

from magnitizdat.errors import DamagedError, LibraryError, NotFoundError, SourceError, UnreachableError
from magnitizdat.formats.spool_paths import blob_path, piece_name
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.vault import Placement
from magnitizdat.model import PIECE_LENGTH, File, Progress
from magnitizdat.ops.spool import Spool

COMMIT_LENGTH = 128 << 20
"""Bytes after which what arrived is flushed and committed."""
AHEAD = 16
"""Pieces on their way at a time."""

_LENGTH = "a part of it is missing or damaged on this source; dub it from another copy"


class _Piece(NamedTuple):
    content: bytes
    is_new: bool


class _Task(NamedTuple):
    file: File
    number: int
    piece: Future[_Piece]


class Fetcher:
    """Brings blobs from one source into one library; `failed` says why some did not come."""

    def __init__(self, library: Library, changes: Changes, source: Spool, progress: Progress) -> None:
        self._library = library
        self._changes = changes
        self._source = source
        self._progress = progress
        self._pool = ThreadPoolExecutor(2, "fetch")
        self._arrived: set[File] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        if isinstance(exc, UnreachableError | KeyboardInterrupt):
            self._changes.commit()  # what arrived is verified, and the next run goes on behind it

    def lacks(self, file: File) -> bool:
        """Whether a blob is not here, whole."""
        return file not in self._arrived and not self._library.shelf.holds(file)

    def absent(self, files: Sequence[File]) -> set[str]:
        """Digests of those blobs that the source does not have: it is asked for the first byte of each.

        Raises: UnreachableError.
        """
        answers = zip(files, self._pool.map(self._is_absent, files), strict=True)
        return {file.sha256 for file, is_absent in answers if is_absent}

    def _is_absent(self, file: File) -> bool:
        try:
            self._source.fetch_range(blob_path(file.sha256), 0, 1)
        except NotFoundError:
            return True
        except UnreachableError:
            raise
        except SourceError:
            return False  # it is there, and will be asked for
        return False

    def fetch(self, files: Sequence[File]) -> dict[str, SourceError]:
        """Bring these blobs; those that did not come are returned with the reason, by digest.

        Raises: UnreachableError, NoSpaceError; what was committed stays, and the next run goes on from there.
        """
        lying = [file for file in files if self._library.shelf.is_complete(file.sha256)]
        failed: dict[str, SourceError] = {file.sha256: DamagedError(_LENGTH) for file in lying}
        whole = hashlib.sha256()
        for task in self._ahead(files, failed):
            file = task.file
            if task.number == 0:
                whole = hashlib.sha256()
            try:
                piece = task.piece.result()
            except UnreachableError:
                raise
            except SourceError as exc:
                failed.setdefault(file.sha256, exc)
                continue
            if file.sha256 in failed:
                continue
            whole.update(piece.content)
            count = len(file.piece_digests())
            if piece.is_new:
                self._changes.put_member(piece_name(file.sha256, task.number, count), piece.content)
            self._progress.advance(len(piece.content))
            if task.number == count - 1:
                self._finish(file, whole.hexdigest(), failed)
            if self._changes.pending_bytes >= COMMIT_LENGTH:
                self._changes.commit()
        return failed

    def _finish(self, file: File, digest: str, failed: dict[str, SourceError]) -> None:
        if digest != file.sha256:
            failed[file.sha256] = DamagedError("its signed pieces do not make its signed whole; tell the label")
            self._forget(file)
            return
        self._changes.then(lambda shelf: shelf.complete_blob(file))
        self._arrived.add(file)

    def _forget(self, file: File) -> None:
        """Pieces under a name that is not theirs go again, lest they stand in for the real ones."""
        digest = bytes.fromhex(file.sha256)
        self._changes.commit()
        cells = [cell for (cell,) in self._library.db.all("SELECT cell FROM piece WHERE blob = ?", (digest,))]
        self._changes.then(lambda shelf: shelf.db.run("DELETE FROM piece WHERE blob = ?", (digest,)))
        self._changes.drop_cells(cell for cell in cells if self._stands_alone(cell, digest))
        self._changes.commit()

    def _stands_alone(self, cell: int, digest: bytes) -> bool:
        others = "SELECT 1 FROM piece WHERE cell = ?1 AND blob <> ?2 UNION SELECT 1 FROM member WHERE cell = ?1"
        return self._library.db.one(others, (cell, digest)) is None

    def _ahead(self, files: Sequence[File], failed: dict[str, SourceError]) -> Iterator[_Task]:
        waiting: deque[_Task] = deque()
        for file in files:
            held = self._library.placements(file.sha256)
            for number, digest in enumerate(file.piece_digests()):
                if file.sha256 in failed:
                    break
                piece = self._pool.submit(self._piece, file, number, digest, held.get(number))
                waiting.append(_Task(file, number, piece))
                if len(waiting) >= AHEAD:
                    yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _piece(self, file: File, number: int, digest: str, held: Placement | None) -> _Piece:
        if held is not None:
            try:
                content = self._library.vault.read(held)
            except LibraryError:
                content = b""
            if hashlib.sha256(content).hexdigest() == digest:
                return _Piece(content, is_new=False)
        content = self._source.fetch_range(blob_path(file.sha256), number * PIECE_LENGTH, file.piece_length(number))
        if len(content) != file.piece_length(number):
            raise DamagedError(_LENGTH)
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedError("a piece is not what its label signed; dub it from another copy")
        return _Piece(content, is_new=True)
