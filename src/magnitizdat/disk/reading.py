"""Files as `ReadAt`: opened without following links, without waiting on pipes, read without a shared cursor."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from magnitizdat.errors import DamagedError, NotFoundError, SourceError, UnsupportedError

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class FileReader:
    """A regular file as `ReadAt`; its length is that at open. Safe in several threads; closed when nobody holds it.

    An open descriptor is taken over instead of a path.

    Raises (at open): NotFoundError, UnsupportedError for links (unless `follow`), pipes, devices and folders,
    SourceError where reading is not permitted, OSError (EIO) from the medium.
    """

    def __init__(self, source: Path | int, *, follow: bool = False) -> None:
        self._name = f"descriptor {source}" if isinstance(source, int) else source.name
        self._descriptor = source if isinstance(source, int) else _open(source, follow=follow)
        found = os.fstat(self._descriptor)
        if not stat.S_ISREG(found.st_mode):
            if isinstance(source, int):
                self._descriptor = -1  # stays the caller's
            self.close()
            raise _not_a_file(self._name, found.st_mode)
        self._length = found.st_size
        self._cursor = threading.Lock()

    @property
    def length(self) -> int:
        """Bytes in all, as found at open."""
        return self._length

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes `offset:offset + length`, cut off at the end like a slice.

        Raises: OSError from the medium (EIO: an erasure, not an end), DamagedError if the file became shorter.
        """
        wanted = max(0, min(offset + length, self._length) - offset)
        content = self._pread(wanted, offset)
        if len(content) == wanted:
            return content
        parts = [content]
        while (missing := wanted - sum(map(len, parts))) > 0:
            part = self._pread(missing, offset + wanted - missing)
            if not part:
                raise DamagedError(f"{self._name} became shorter while it was read; run the same command again")
            parts.append(part)
        return b"".join(parts)

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill `buffer` from `offset` on, as far as the file goes; how many bytes that was.

        Raises: OSError from the medium.
        """
        done = 0
        while done < len(buffer) and (count := self._preadv(buffer[done:], offset + done)):
            done += count
        return done

    def forget_cached(self) -> None:
        """Ask the system to drop what it holds in memory of this file, so that the next read comes from the medium."""
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def close(self) -> None:
        """Close; reading afterwards raises OSError."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _pread(self, length: int, offset: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, length, offset)
        with self._cursor:  # Windows: one cursor for all threads
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, length)

    def _preadv(self, buffer: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [buffer], offset)
        content = self._pread(len(buffer), offset)  # macOS before 11, Windows
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


def _open(path: Path, *, follow: bool) -> int:
    try:
        # Looked at before it is opened: opening a device may already do something.
        mode = path.stat().st_mode if follow else path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise _not_a_file(path.name, mode)
        return os.open(path, _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise NotFoundError(f"{path} is not there; check the name") from exc
    except PermissionError as exc:
        raise SourceError(f"reading {path} is not permitted; change its permissions") from exc
    except ValueError as exc:  # a NUL in the name
        raise NotFoundError("that name cannot be a file's; check the name") from exc


def _not_a_file(name: str, mode: int) -> UnsupportedError:
    kind = next((words for test, words in _KINDS if test(mode)), "something else")
    return UnsupportedError(f"{name} is {kind}, not a file; give the file itself")
