"""One reading of a reel for several takers: chunks pass through a ring of bounded length, and whoever asks gets them.

Nobody waits for another taker. Who falls behind finds that a chunk has passed and has it read again; since files can be
taken in any order, `passing` names those whose beginning is still there, so that a slow one joins in where the others
are and reads the rest for itself at the end.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import threading
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import FileReader
from magnitizdat.disk.writer import Buffer
from magnitizdat.errors import SourceError, UnreachableError
from magnitizdat.reel.erasures import SECTOR, salvage
from magnitizdat.reel.folder import FolderFile
from magnitizdat.reel.one_file import reader_of
from magnitizdat.sentence import say
from magnitizdat.ways import AGAIN

CHUNK = 1 << 20
KEPT_CHUNKS = 32
_PATIENCE = 64 << 20
"""Bytes that are refused one after the other until the whole medium counts as gone."""
_DIGEST_LENGTH = 16


class Extent(NamedTuple):
    """Bytes of a file from one reading. `lost`: where sectors begin in them that are zeros for want of better."""

    content: memoryview
    digest: bytes
    lost: tuple[int, ...] = ()


def digest_of(content: Buffer) -> bytes:
    """What tells chunks apart."""
    return hashlib.blake2b(content, digest_size=_DIGEST_LENGTH).digest()


def chunks_of(file: FolderFile) -> range:
    """Numbers of the chunks of a file."""
    return range(-(-file.length // CHUNK))


class Feed:
    """The source. Safe in several threads; holds `KEPT_CHUNKS` chunks and no open files."""

    def __init__(self, folder: Path) -> None:
        self.stopped = threading.Event()
        self.read_bytes = 0
        self.lost: defaultdict[str, set[int]] = defaultdict(set)
        """By path, where unreadable sectors begin; they are not asked for again."""
        self._folder = folder
        self._ring: OrderedDict[tuple[str, int], Extent] = OrderedDict()
        self._guard = threading.Lock()
        self._reading = threading.Lock()
        self._refused = 0

    def passing(self) -> list[str]:
        """Files whose first chunk is there, the latest first."""
        with self._guard:
            return [path for path, number in reversed(self._ring) if number == 0]

    def chunk(self, file: FolderFile, number: int) -> Extent:
        """A chunk, read once for all that ask for it in time.

        Raises: UnreachableError if the source is gone.
        """
        found = self._held(file, number)
        if found is not None:
            return found
        with self._reading:  # one at a time: sticks are quickest in one stream
            found = self._held(file, number)
            if found is None:
                found = self._read(file, number)
                with self._guard:
                    self._ring[file.path, number] = found
                    if len(self._ring) > KEPT_CHUNKS:
                        self._ring.popitem(last=False)
            return found

    def _held(self, file: FolderFile, number: int) -> Extent | None:
        with self._guard:
            return self._ring.get((file.path, number))

    def _read(self, file: FolderFile, number: int) -> Extent:
        start = number * CHUNK
        length = min(CHUNK, file.length - start)
        source = _Sparing(self._folder, file, self.lost[file.path])
        # A mapping of its own goes back to the system at once; in malloc's arenas of many threads it would not.
        content, lost = memoryview(mmap.mmap(-1, length)), list[int]()
        try:
            source.read_into(content, start)
        except OSError:
            content[:], lost = salvage(source, start, length)
        self.read_bytes += length
        self._refused = self._refused + length if len(lost) * SECTOR >= length else 0
        if self._refused > _PATIENCE:
            raise _gone(self._folder)
        self.lost[file.path].update(lost)
        source.expect_soon(start + length, CHUNK)
        return Extent(content, digest_of(content), tuple(sector - start for sector in lost))


class _Sparing:
    """A file that is not asked again for sectors it refused: each such question may take a dying medium seconds."""

    def __init__(self, folder: Path, file: FolderFile, lost: set[int]) -> None:
        self.length, self._lost = file.length, lost
        self._reader: FileReader | None = None
        try:
            self._reader = reader_of(folder / file.path)
        except SourceError as exc:
            raise _gone(folder) from exc
        except OSError as exc:
            if exc.errno != errno.EIO:
                raise _gone(folder) from exc
        if self._reader is not None and self._reader.length != file.length:
            raise UnreachableError(say("the reel changes while it is copied; wait until it does not, and copy it then"))

    def read_at(self, offset: int, length: int) -> bytes:
        """Raises: OSError."""
        return self._asking(offset, length).read_at(offset, length)

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Raises: OSError."""
        if self._asking(offset, len(buffer)).read_into(buffer, offset) != len(buffer):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def expect_soon(self, offset: int, length: int) -> None:
        """A hint to the system."""
        if self._reader is not None:
            self._reader.expect_soon(offset, length)

    def _asking(self, offset: int, length: int) -> FileReader:
        spared = self._lost and not self._lost.isdisjoint(range(offset // SECTOR * SECTOR, offset + length, SECTOR))
        if self._reader is None or spared:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self._reader


def _gone(folder: Path) -> UnreachableError:
    return UnreachableError(
        say("{folder} does not answer any more; plug it in again and {then}", folder=folder, then=AGAIN)
    )
