"""Who is here: each process locks one byte of a file, at a place that says who it is; the system keeps the list.

Nothing is written, so a full or read-only medium is no obstacle and no time tells of it; whoever dies is listed no
more, however it died. Linux; elsewhere nobody is listed. Source: fcntl(2), "Open file description locks".
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

from magnitizdat.disk.switches import BINARY

_FLOCK = "hhqqi4x"
"""Type, whence, start, length (0: to the end), process. Source: `struct flock` of 64-bit Linux."""
_END = (1 << 63) - 1


def is_listed() -> bool:
    """Whether this system keeps such lists."""
    return sys.platform == "linux"


def mark(descriptor: int, place: int) -> bool:
    """Be listed at `place` until the descriptor is closed; False where somebody claims it.

    Raises: OSError where the file system has no locks.
    """
    return _set(descriptor, "F_RDLCK", place, 1)


def claim(descriptor: int, first: int) -> bool:
    """Take all places from `first` on, for oneself; False where somebody is listed there. Needs write access.

    Raises: OSError where the file system has no locks.
    """
    return _set(descriptor, "F_WRLCK", first, 0)


def take(descriptor: int, place: int) -> bool:
    """Have one place alone; False where somebody has it. Needs write access.

    Raises: OSError where the file system has no locks.
    """
    return _set(descriptor, "F_WRLCK", place, 1)


def marks(path: Path) -> list[int]:
    """All places that are taken, each once; of an absent file none.

    Raises: OSError where it cannot be read, or the file system has no locks.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | BINARY)
    except FileNotFoundError:
        return []
    try:
        return _within(descriptor, 0, _END) if is_listed() else []
    finally:
        os.close(descriptor)


def _within(descriptor: int, first: int, end: int) -> list[int]:
    """The system names any one that is in the way of the whole range: the rest is on its two sides."""
    import fcntl

    found: list[int] = []
    waiting = [(first, end)]
    while waiting:
        first, end = waiting.pop()
        if first >= end:
            continue
        kind, _, start, length, _ = _asked(descriptor, fcntl.F_OFD_GETLK, fcntl.F_WRLCK, first, end - first)
        if kind == fcntl.F_UNLCK:
            continue
        after = start + length if length else end
        if length == 1:  # a longer one is a claim
            found.append(start)
        waiting += [(first, start), (after, end)]
    return sorted(found)


def _set(descriptor: int, kind: str, start: int, length: int) -> bool:
    import fcntl

    try:
        _asked(descriptor, fcntl.F_OFD_SETLK, getattr(fcntl, kind), start, length)
    except (BlockingIOError, PermissionError):  # EAGAIN or EACCES, as POSIX leaves open
        return False
    return True


def _asked(descriptor: int, command: int, kind: int, start: int, length: int) -> tuple[int, int, int, int, int]:
    import fcntl

    request = struct.pack(_FLOCK, kind, os.SEEK_SET, start, length, 0)
    return struct.unpack(_FLOCK, fcntl.fcntl(descriptor, command, request))
