"""Fetching blobs: every byte is hashed on its way in, and every blob verified as a whole before it counts.

A few threads fetch pieces ahead; this thread hashes and seals in order. Where a whole is not what its label signed,
its pieces are read back and hashed one by one, as those are that an earlier run brought, and only bad ones are fetched
again. Hashing every byte twice on the way would take as long as all the rest.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple, Self

from magnitizdat.errors import DamagedError, LibraryError, NotFoundError, SourceError, UnreachableError
from magnitizdat.formats.spool_paths import blob_path, piece_name, text_path
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.vault import Placement
from magnitizdat.lookahead import ahead
from magnitizdat.model import PIECE_LENGTH, TEXT_TYPES, File, Progress
from magnitizdat.ops.places.spool import Spool
from magnitizdat.sentence import say

COMMIT_LENGTH = 256 << 20
"""Bytes after which what arrived is flushed and committed."""
COMMIT_S, COMMIT_LEAST = 20.0, 16 << 20
"""Seconds after which what arrived is committed where it comes slowly, and bytes below which a cell would lie empty."""
COMMIT_FILES = 4096
"""Blobs after which it is so too: of small ones, what waits for a commit takes more memory than their bytes."""
AHEAD = 16
"""Pieces on their way at a time."""

_LENGTH = say("a part of it is missing or damaged on this source; dub it from another copy")


class _Piece(NamedTuple):
    content: bytes
    is_new: bool


class _Task(NamedTuple):
    """A piece to bring. With an empty `digest` its length alone is looked at; `held` is where it may be already."""

    file: File
    number: int
    digest: str
    held: Placement | None


class Fetcher:
    """Brings blobs from one source into one library; `failed` says why some did not come."""

    def __init__(self, library: Library, changes: Changes, source: Spool, progress: Progress) -> None:
        self._library = library
        self._changes = changes
        self._source = source
        self._progress = progress
        self._pool = ThreadPoolExecutor(source.abreast, "fetch")
        self._arrived: set[File] = set()
        self._gone: UnreachableError | None = None
        self._committed_s = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(exc, KeyboardInterrupt):
            self._source.hang_up()  # a silent one would be waited for
        self._pool.shutdown(cancel_futures=True)
        if isinstance(exc, UnreachableError | KeyboardInterrupt):
            self._commit()  # what arrived is verified, and the next run goes on behind it

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
            self._read(file, 0, 1, "")
        except NotFoundError:
            return True
        except UnreachableError:
            raise
        except SourceError:
            return False  # it is there, and will be asked for
        return False

    def _read(self, file: File, offset: int, length: int, digest: str) -> bytes:
        """Text, and what begins like it, has a name of its own in open spools; not in reels, nor in older spools."""
        path = blob_path(file.sha256)
        first, second = (text_path(path), path) if file.media_type in TEXT_TYPES else (path, text_path(path))
        with suppress(NotFoundError):
            return self._source.fetch_piece(first, offset, length, digest)
        return self._source.fetch_piece(second, offset, length, digest)

    def fetch(self, files: Sequence[File]) -> dict[str, SourceError]:
        """Bring these blobs; those that did not come are returned with the reason, by digest.

        Raises: UnreachableError, NoSpaceError; what was committed stays, and the next run goes on from there.
        """
        lying = [file for file in files if self._library.shelf.is_complete(file.sha256)]
        failed: dict[str, SourceError] = {file.sha256: DamagedError(_LENGTH) for file in lying}
        doubtful = self._bring(files, failed)
        if doubtful:
            self._commit()
            for file in self._bring(doubtful, failed, one_by_one=True):
                failed[file.sha256] = DamagedError(
                    say("its signed pieces do not make its signed whole; tell the label")
                )
                self._forget(file, range(len(file.piece_digests())))
        return failed

    def _bring(self, files: Sequence[File], failed: dict[str, SourceError], *, one_by_one: bool = False) -> list[File]:
        """Bring blobs; returned are those that came and are not what was signed. Failures go into `failed`."""
        doubtful: list[File] = []
        whole = hashlib.sha256()
        tasks = self._tasks(files, failed, one_by_one=one_by_one)
        for task, coming in ahead(self._pool, self._piece, tasks, most=AHEAD):
            file = task.file
            if task.number == 0:  # pieces come in order, so one hash at a time is enough
                whole = hashlib.sha256()
            try:
                piece = self._come(coming)
            except SourceError as exc:
                failed.setdefault(file.sha256, exc)
                self._forget(file, (task.number,) if one_by_one else ())
                continue
            if piece is None or file.sha256 in failed:
                continue
            whole.update(piece.content)
            count = len(file.piece_digests())
            if piece.is_new:
                self._changes.put_member(piece_name(file.sha256, task.number, count), piece.content)
            self._progress.advance(0 if one_by_one else len(piece.content))
            if task.number == count - 1 and whole.hexdigest() == file.sha256:
                self._finish(file)
            elif task.number == count - 1 and self._gone is None:
                doubtful.append(file)  # some piece is bad, and only one by one is it told which
            if self._is_time():
                self._commit()
        if self._gone is not None:
            raise self._gone
        return doubtful

    def _come(self, coming: Future[_Piece]) -> _Piece | None:
        """None once the source went away: whatever it is asked next would fail too, but some may be here by then."""
        if self._gone is not None and coming.cancel():
            return None
        try:
            return coming.result()
        except UnreachableError as exc:
            self._gone = self._gone or exc
            return None

    def _finish(self, file: File) -> None:
        self._changes.then(lambda index: index.shelf.complete_blob(file))
        self._arrived.add(file)

    def _is_time(self) -> bool:
        """Where little comes, what was lost with the power would be hours."""
        pending, waited_s = self._changes.pending_bytes, time.monotonic() - self._committed_s
        is_slow = waited_s >= COMMIT_S and pending >= COMMIT_LEAST
        return is_slow or pending >= COMMIT_LENGTH or len(self._arrived) >= COMMIT_FILES

    def _commit(self) -> None:
        self._changes.commit()
        self._committed_s = time.monotonic()
        self._arrived.clear()  # from here on the index says so

    def _forget(self, file: File, numbers: Iterable[int]) -> None:
        """Pieces under a name that is not theirs go again, lest they stand in for the real ones."""
        wrong = set(numbers)
        if not wrong:
            return
        self._commit()  # what waits may be such a piece, and has no place before
        held = self._library.placements(file.sha256)
        self._changes.then(lambda index: index.cells.forget_pieces(file.sha256, wrong))
        self._changes.drop_cells({held[number].cell for number in wrong & held.keys()})
        self._commit()

    def _tasks(self, files: Sequence[File], failed: dict[str, SourceError], *, one_by_one: bool) -> Iterator[_Task]:
        """What of these is to be brought, piece by piece; of a file that has failed by then nothing more is."""
        for file in files:
            held = self._library.placements(file.sha256)
            for number, digest in enumerate(file.piece_digests()):
                if file.sha256 in failed or self._gone is not None:
                    break
                yield _Task(file, number, digest if one_by_one or number in held else "", held.get(number))

    def _piece(self, task: _Task) -> _Piece:
        """Raises: SourceError."""
        file, number, digest, held = task
        if held is not None:
            try:
                content = self._library.vault.read(held)
            except LibraryError:
                content = b""
            if hashlib.sha256(content).hexdigest() == digest:
                return _Piece(content, is_new=False)
        signed = file.piece_digests()[number]
        content = self._read(file, number * PIECE_LENGTH, file.piece_length(number), signed)
        if len(content) != file.piece_length(number):
            raise DamagedError(_LENGTH)
        if digest and hashlib.sha256(content).hexdigest() != digest:
            raise DamagedError(say("a piece is not what its label signed; dub it from another copy"))
        return _Piece(content, is_new=True)
