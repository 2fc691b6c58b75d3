"""What differs between operating systems in reading and writing: flushing, write-back, locks.

macOS and Windows: written for, not run there.
"""

from __future__ import annotations

import errno
import functools
import os
import sys
from pathlib import Path
from typing import Any

_SYNC_FILE_RANGE_WRITE = 2
_EXT, _XFS, _BTRFS, _F2FS, _FAT, _EXFAT, _TMPFS = (
    0xEF53,
    0x58465342,
    0x9123683E,
    0xF2F52010,
    0x4D44,
    0x2011BAB0,
    0x01021994,
)
_SYNCFS_TYPES = frozenset((_EXT, _XFS, _BTRFS, _F2FS, _FAT, _EXFAT, _TMPFS))
"""Where the kernel keeps write-back errors for syncfs. FUSE and network file systems hear of an fsync only."""
_NUMBERED_TYPES = frozenset((_EXT, _XFS, _BTRFS, _F2FS))
_PAGE = 4096
_LONG = 1 << 20
"""Bytes from which writing past the page cache pays; shorter writes would each wait for the drive."""

_SYNCFS_KERNEL = (5, 8)
"""First Linux whose syncfs reports write-back errors. Source: syncfs(2), "HISTORY"."""


@functools.cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _failed(path: str | None = None) -> OSError:
    import ctypes

    code = ctypes.get_errno()
    return OSError(code, os.strerror(code), path)


def sync_file(descriptor: int) -> None:
    """Make a file's bytes durable, through the drive's own cache where the system can.

    Raises: OSError; the bytes then count as lost.
    """
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError as exc:
            if exc.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOTTY}:
                raise
        else:
            return
    os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Make a folder's entries durable. Some file systems do it by themselves and say EINVAL; Windows has no such call.

    Raises: OSError.
    """
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        sync_file(descriptor)
    except OSError as exc:
        if exc.errno not in {errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}:
            raise
    finally:
        os.close(descriptor)


def sync_filesystem(descriptor: int) -> None:
    """Make everything on a file system durable: errors since `descriptor` was opened are raised (Linux).

    Raises: OSError.
    """
    if _libc().syncfs(descriptor) != 0:
        raise _failed()


def reports_errors_on_syncfs(folder: Path) -> bool:
    """Whether one syncfs is as good as an fsync of each file there."""
    return sys.platform == "linux" and _kernel() >= _SYNCFS_KERNEL and _type_of(folder) in _SYNCFS_TYPES


def keeps_its_numbers(folder: Path) -> bool:
    """Whether a file has the same inode number each time that its file system is mounted. FAT makes them up."""
    return sys.platform == "darwin" or (sys.platform == "linux" and _type_of(folder) in _NUMBERED_TYPES)


def _type_of(folder: Path) -> int:
    """The magic number of a file system (Linux); 0 where it does not say. Source: statfs(2)."""
    import ctypes

    # struct statfs begins with f_type, a word on every 64-bit Linux; 512 bytes are more than any has.
    answer = (ctypes.c_long * 64)()
    return (answer[0] & 0xFFFFFFFF) if _libc().statfs(os.fsencode(folder), answer) == 0 else 0


def write(descriptor: int, content: memoryview) -> int:
    """`os.write`, past the page cache where `content` is long and begins on a page of memory and of the file (Linux).

    The cache would cost more processor than sealing does, hold back what a slow stick has still to take, and be dropped
    for the read-back. Where a file system cannot, this is `os.write`.

    Raises: OSError.
    """
    direct = _begins_on_pages(descriptor, content) and _set_direct(descriptor, on=True)
    if not direct:
        return os.write(descriptor, content)
    try:
        return os.write(descriptor, content[: len(content) // _PAGE * _PAGE])
    except OSError as exc:
        if exc.errno != errno.EINVAL:  # it takes larger blocks than pages
            raise
    finally:
        _set_direct(descriptor, on=False)
    return os.write(descriptor, content)


def _begins_on_pages(descriptor: int, content: memoryview) -> bool:
    if sys.platform != "linux" or len(content) < _LONG or content.readonly:
        return False
    import ctypes

    address = ctypes.addressof(ctypes.c_char.from_buffer(content))
    return address % _PAGE == 0 and os.lseek(descriptor, 0, os.SEEK_CUR) % _PAGE == 0


def _set_direct(descriptor: int, *, on: bool) -> bool:
    """Whether it could be done."""
    if sys.platform != "linux":
        return False
    import fcntl

    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT if on else flags & ~os.O_DIRECT)
    except OSError:
        return False
    return True


def start_write_back(descriptor: int, offset: int, length: int) -> None:
    """Begin to write a range to the medium without waiting for it. A hint: what fails here is raised by the flush."""
    if sys.platform == "linux" and length > 0:
        import ctypes

        call = _libc().sync_file_range
        call(descriptor, ctypes.c_int64(offset), ctypes.c_int64(length), _SYNC_FILE_RANGE_WRITE)


def advise(descriptor: int, offset: int, length: int, how: str) -> None:
    """Say what a range of a file will be needed for, as `posix_fadvise` has it; nothing where there is no such call.

    Raises: OSError.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, offset, length, getattr(os, how))


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take a lock that ends when the descriptor is closed; False if somebody has one that does not suffer it.

    Windows knows no `shared` ones here: there they are taken for granted.
    Raises: OSError where the file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        if shared:
            return True
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as exc:
            if exc.errno in {errno.EACCES, errno.EDEADLK}:
                return False
            raise
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@functools.cache
def _kernel() -> tuple[int, ...]:
    numbers = os.uname().release.split("-")[0].split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdigit())
