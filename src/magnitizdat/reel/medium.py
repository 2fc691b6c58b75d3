"""The medium under a reel: what we need of a disk, and reading that survives pipes, links and bad sectors."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from magnitizdat.errors import NotFoundError, SourceError
from magnitizdat.reel.layout import SEGMENT_SUFFIX

Buffer = bytes | bytearray | memoryview

POST_FOLDER = "post"
"""Letters beside the segments: no business of parity."""
AGE_MAGIC = b"age-encryption.org/v1\n"
MAX_FILES = 1_000_000
_HASHED_AT_ONCE = 1 << 20
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,79}")


class Writer(Protocol):
    """One new file; leaving a `with` block by an exception removes it."""

    def write(self, plain_or_sealed: Buffer) -> None:
        """Append all of it. Raises: NoSpaceError, TargetError."""
        ...

    def close(self) -> None:
        """No more bytes come."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *failure: object) -> None: ...


class Disk(Protocol):
    """Whoever writes, flushes, renames and removes. Failures come as TargetError or NoSpaceError."""

    def mkdir(self, path: Path) -> None:
        """Make a folder; one that exists is fine."""
        ...

    def create(self, path: Path) -> Writer:
        """Begin a new file; one that exists is an error."""
        ...

    def rename(self, source: Path, target: Path) -> None:
        """Give a file its name, replacing what had it."""
        ...

    def remove(self, path: Path) -> None:
        """Remove a file; an absent one is fine."""
        ...

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder; an absent one is fine."""
        ...

    def flush(self, paths: Iterable[Path] = ()) -> None:
        """Make all that was written, and `paths`, durable."""
        ...


class TakingTurns:
    """A disk for two threads that also remove folders: no flush looks at a folder that the other just removed."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._turn = threading.Lock()
        self.mkdir, self.create, self.rename, self.remove = disk.mkdir, disk.create, disk.rename, disk.remove

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder; an absent one is fine."""
        with self._turn:
            self._disk.remove_folder(path)

    def flush(self, paths: Iterable[Path] = ()) -> None:
        """Make all that was written, and `paths`, durable."""
        with self._turn:
            self._disk.flush(paths)


class PathReader:
    """A regular file as `ReadAt`, opened anew for every read: a reel of thousands of segments holds no descriptors.

    `length` is that at construction. Raises: OSError (also for links, pipes and folders).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        descriptor = _open(path)
        try:
            self.length = os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes `offset:offset + length`, cut off at the end like a slice. Raises: OSError."""
        descriptor = _open(self.path)
        try:
            return read_range(descriptor, offset, min(length, self.length - offset))
        finally:
            os.close(descriptor)

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill a buffer from `offset` on, as far as the file goes; how many bytes that was. Raises: OSError."""
        descriptor = _open(self.path)
        try:
            done = 0
            while done < len(buffer) and (count := _read_into(descriptor, buffer[done:], offset + done)):
                done += count
            return done
        finally:
            os.close(descriptor)


class FolderFile(NamedTuple):
    """A regular file in the folder of a reel: `path` from there, with forward slashes."""

    path: str
    length: int


def _open(path: Path) -> int:
    descriptor = os.open(path, _FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path.name} is not a file")
    return descriptor


def read_range(descriptor: int, offset: int, length: int) -> bytes:
    """Bytes of an open file; fewer where it ends. Raises: OSError."""
    parts: list[bytes] = []
    while length > 0:
        part = _pread(descriptor, length, offset)
        if not part:
            break
        parts.append(part)
        offset += len(part)
        length -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def md5_of(path: Path) -> bytes:
    """MD5 of a file, read into one buffer. Raises: OSError."""
    hashed = hashlib.md5(usedforsecurity=False)
    buffer = bytearray(_HASHED_AT_ONCE)
    view, offset = memoryview(buffer), 0
    descriptor = _open(path)
    try:
        while count := _read_into(descriptor, buffer, offset):
            hashed.update(view[:count])
            offset += count
    finally:
        os.close(descriptor)
    return hashed.digest()


def _read_into(descriptor: int, buffer: bytearray | memoryview, offset: int) -> int:
    if hasattr(os, "preadv"):
        return os.preadv(descriptor, [buffer], offset)
    content = read_range(descriptor, offset, len(buffer))  # macOS before 11, Windows
    buffer[: len(content)] = content
    return len(content)


def _pread(descriptor: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(descriptor, length, offset)
    os.lseek(descriptor, offset, os.SEEK_SET)  # Windows; each read has a descriptor of its own
    return os.read(descriptor, length)


def forget_cached(path: Path) -> None:
    """Ask the system to drop what it holds of a flushed file, so that the next read comes from the medium."""
    if hasattr(os, "posix_fadvise"):
        descriptor = _open(path)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def expect_soon(path: Path, offset: int, length: int) -> None:
    """Let the system read ahead while something else is done. A hint."""
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            descriptor = _open(path)
            try:
                os.posix_fadvise(descriptor, offset, length, os.POSIX_FADV_WILLNEED)
            finally:
                os.close(descriptor)


_OTHER_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISSOCK, "a socket"),
)


def stands_in_the_way(path: Path) -> str:
    """What has the name of a file and is none ("a pipe"); empty for a plain file, and where nothing is."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""
    if stat.S_ISREG(mode):
        return ""
    return next((words for is_kind, words in _OTHER_KINDS if is_kind(mode)), "a device")


def is_plain_name(name: str) -> bool:
    """Whether a name of one file is harmless to hand to another program."""
    return _PLAIN_NAME.fullmatch(name) is not None


def survey(folder: Path) -> list[FolderFile]:
    """Regular files of a reel's folder and its subfolders, sorted; letters, links and hidden files left out.

    Raises: NotFoundError if it is not there, SourceError if it cannot be listed.
    """
    found: list[FolderFile] = []
    try:
        found.extend(_files(folder, ""))
        for entry in sorted(os.scandir(folder), key=lambda each: each.name):
            hidden = entry.name.startswith(".") or entry.name == POST_FOLDER
            if entry.is_dir(follow_symlinks=False) and not hidden:
                found.extend(_files(Path(entry.path), f"{entry.name}/"))
    except FileNotFoundError as exc:
        raise NotFoundError(f"{folder} cannot be read: it is not there; check the path, or plug the stick in") from exc
    except NotADirectoryError as exc:
        raise SourceError(f"{folder} is no folder; name the folder that the reel lies in") from exc
    except OSError as exc:
        raise SourceError(f"{folder} cannot be read; plug it in again and repeat the command") from exc
    if len(found) > MAX_FILES:
        raise SourceError(f"{folder} holds too many files to be a reel; name the reel's own folder")
    return sorted(found)


def _files(folder: Path, prefix: str) -> Iterator[FolderFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith("."):
                yield FolderFile(prefix + entry.name, entry.stat(follow_symlinks=False).st_size)


def letters(folder: Path) -> list[FolderFile]:
    """Sealed files in the folder for letters; none where it cannot be listed."""
    try:
        found = sorted(_files(folder / POST_FOLDER, f"{POST_FOLDER}/"))
    except OSError:
        return []
    return [each for each in found if is_sealed(folder / each.path)]


def is_sealed(path: Path) -> bool:
    """Whether a file is sealed, by its name or its beginning."""
    if path.name.endswith(SEGMENT_SUFFIX):
        return True
    try:
        return PathReader(path).read_at(0, len(AGE_MAGIC)) == AGE_MAGIC
    except OSError:
        return False
