"""Files as `ReadAt`: opened without following links, without waiting on pipes, read without a shared cursor."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from magnitizdat.disk import system
from magnitizdat.errors import DamagedError, NotFoundError, SourceError, UnsupportedError
from magnitizdat.sentence import Sentence, say
from magnitizdat.ways import AGAIN

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_HASHED_AT_ONCE = 1 << 20
_KINDS = (
    (stat.S_ISLNK, say("a link")),
    (stat.S_ISDIR, say("a folder")),
    (stat.S_ISFIFO, say("a pipe")),
    (stat.S_ISSOCK, say("a socket")),
    (stat.S_ISCHR, say("a device")),
    (stat.S_ISBLK, say("a device")),
)
REFUSED = (SourceError, OSError)
"""What a file answers that cannot be read: absent, no file, not permitted, changed under our hands, or EIO."""


class Portion(NamedTuple):
    """A file within a file: so many bytes of it from `offset` on, and what they are called."""

    path: Path
    offset: int
    length: int


class FileReader:
    """A regular file as `ReadAt`; its length is that at open. Safe in several threads; closed when nobody holds it.

    With `keep_open=False` the file is opened anew for every read: a reel of thousands of segments holds no descriptors.
    With a `part` it is that part of the file, as far as the file goes.

    Raises (at open): NotFoundError, UnsupportedError for links (unless `follow`), pipes, devices and folders,
    SourceError where reading is not permitted, OSError (EIO) from the medium.
    """

    def __init__(
        self, path: Path, *, follow: bool = False, keep_open: bool = True, part: Portion | None = None
    ) -> None:
        self.path, self._start = (path, 0) if part is None else (part.path, part.offset)
        self._opened = path
        self._flags = _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
        self._keep_open = keep_open
        self._cursor = threading.Lock()
        self._descriptor = _open(path, self._flags, follow=follow)
        found = os.fstat(self._descriptor)
        if not stat.S_ISREG(found.st_mode):
            self.close()
            raise _not_a_file(path.name, found.st_mode)
        rest, self._changed_ns = max(0, found.st_size - self._start), found.st_mtime_ns
        self._length = rest if part is None else min(part.length, rest)
        if not keep_open:
            self.close()

    @property
    def length(self) -> int:
        """Bytes in all, as found at open."""
        return self._length

    @property
    def state(self) -> tuple[int, int]:
        """Its length and when it last changed, in ns, as found at open: alike twice, it is taken for the same."""
        return self._length, self._changed_ns

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes `offset:offset + length`, cut off at the end like a slice.

        Raises: OSError from the medium (EIO: an erasure, not an end), DamagedError if the file became shorter.
        """
        wanted = max(0, min(offset + length, self._length) - offset)
        descriptor = self._begin()
        try:
            start = self._start + offset
            content = self._pread(descriptor, wanted, start)
            if len(content) == wanted:
                return content
            parts = [content]
            while (missing := wanted - sum(map(len, parts))) > 0:
                part = self._pread(descriptor, missing, start + wanted - missing)
                if not part:
                    raise DamagedError(
                        say("{name} became shorter while it was read; {then}", name=self.path.name, then=AGAIN)
                    )
                parts.append(part)
            return b"".join(parts)
        finally:
            self._end(descriptor)

    def data_from(self, offset: int) -> int:
        """The first byte from there on that does not lie in a hole, as far as the file system tells; else the length.

        Source: lseek(2), SEEK_DATA. Bytes in holes are zeros, and to read them costs as much as to read any.
        """
        asks = getattr(os, "SEEK_DATA", None)
        if asks is None or offset >= self._length:
            return min(offset, self._length)
        descriptor = self._begin()
        try:
            with self._cursor:
                found = os.lseek(descriptor, self._start + offset, asks) - self._start
        except OSError as exc:
            found = self._length if exc.errno == errno.ENXIO else offset
        finally:
            self._end(descriptor)
        return min(max(found, offset), self._length)

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` from `offset` on, as far as the file goes; how many bytes that was.

        Raises: OSError from the medium.
        """
        start, buffer = self._start + offset, buffer[: max(0, self._length - offset)]
        descriptor = self._begin()
        try:
            done = 0
            while done < len(buffer) and (count := self._preadv(descriptor, buffer[done:], start + done)):
                done += count
            return done
        finally:
            self._end(descriptor)

    def forget_cached(self) -> None:
        """Ask the system to drop what it holds in memory of this file, so that the next read comes from the medium."""
        descriptor = self._begin()
        try:
            system.advise(descriptor, self._start, self._length, "POSIX_FADV_DONTNEED")
        finally:
            self._end(descriptor)

    def expect_soon(self, offset: int, length: int) -> None:
        """Let the system read ahead while something else is done. A hint."""
        with suppress(OSError):
            descriptor = self._begin()
            try:
                system.advise(descriptor, self._start + offset, length, "POSIX_FADV_WILLNEED")
            finally:
                self._end(descriptor)

    def _begin(self) -> int:
        """The descriptor to read from. Raises: OSError."""
        if self._keep_open:
            return self._descriptor
        descriptor = os.open(self._opened, self._flags)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(f"{self.path.name} is not a file any more")
        return descriptor

    def _end(self, descriptor: int) -> None:
        if not self._keep_open:
            os.close(descriptor)

    def close(self) -> None:
        """Close; reading afterwards raises OSError."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _pread(self, descriptor: int, length: int, offset: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(descriptor, length, offset)
        with self._cursor:  # Windows: one cursor for all threads
            os.lseek(descriptor, offset, os.SEEK_SET)
            return os.read(descriptor, length)

    def _preadv(self, descriptor: int, buffer: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(descriptor, [buffer], offset)
        content = self._pread(descriptor, len(buffer), offset)  # macOS before 11, Windows
        buffer[: len(content)] = content
        return len(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_descriptor", -1) >= 0:
            self.close()


def forget_cached(path: Path) -> None:
    """Ask the system to drop what it holds of a flushed file, so that the next read comes from the medium.

    Raises: OSError.
    """
    descriptor = os.open(path, _FLAGS | getattr(os, "O_NOFOLLOW", 0))
    try:
        system.advise(descriptor, 0, 0, "POSIX_FADV_DONTNEED")
    finally:
        os.close(descriptor)


def md5_of(reader: FileReader) -> bytes:
    """MD5 of a file, read into one buffer. Raises: OSError."""
    hashed = hashlib.md5(usedforsecurity=False)
    view, offset = memoryview(bytearray(_HASHED_AT_ONCE)), 0
    while count := reader.read_into(view, offset):
        hashed.update(view[:count])
        offset += count
    return hashed.digest()


def stands_in_the_way(path: Path) -> str:
    """What has the name of a file and is none ("a pipe"); empty for a plain file, and where nothing is."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""
    return "" if stat.S_ISREG(mode) else _kind(mode)


def _open(path: Path, flags: int, *, follow: bool) -> int:
    try:
        # Looked at before it is opened: opening a device may already do something.
        mode = path.stat().st_mode if follow else path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise _not_a_file(path.name, mode)
        return os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise NotFoundError(say("{path} is not there; check the name", path=path)) from exc
    except PermissionError as exc:
        raise SourceError(say("reading {path} is not permitted; change its permissions", path=path)) from exc
    except ValueError as exc:  # a NUL in the name
        raise NotFoundError(say("that name cannot be a file's; check the name")) from exc


def _not_a_file(name: str, mode: int) -> UnsupportedError:
    return UnsupportedError(say("{name} is {kind}, not a file; give the file itself", name=name, kind=_kind(mode)))


def _kind(mode: int) -> Sentence:
    return next((words for is_kind, words in _KINDS if is_kind(mode)), say("something else"))
