"""What differs between operating systems, for a process that holds keys: memory, clock, peers.

macOS and Windows: written for, not run there.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

_PR_SET_DUMPABLE = 4
_MCL_CURRENT, _MCL_ONFAULT = 1, 4


@functools.cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None)


def uptime_s() -> float:
    """Seconds that no clock change touches and that go on while the machine sleeps (Linux, macOS)."""
    import time

    if hasattr(time, "clock_gettime"):
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    return time.monotonic()


def hide_memory() -> None:
    """Best effort: no core dumps, no reading of this process by others of the same user, no swapping out (Linux).

    Every process does it before it has secrets or a passphrase. A core that goes through a pipe knows no limit,
    but is not made of what is not dumpable.
    """
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform != "linux":
        return
    _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    # Only what is mapped now, where as much may be locked: with MCL_FUTURE a later, larger need could fail instead.
    _libc().mlockall(_MCL_CURRENT | _MCL_ONFAULT)


def pin(buffer: bytearray) -> None:
    """Best effort: keep one small buffer out of swap. It must not change its size afterwards."""
    if sys.platform != "win32" and buffer:
        import ctypes

        window = (ctypes.c_char * len(buffer)).from_buffer(buffer)
        _libc().mlock(ctypes.byref(window), ctypes.c_size_t(len(buffer)))


def peer_uid(connection: socket.socket) -> int | None:
    """The user at the other end of a local socket, where the system says."""
    if sys.platform == "linux":
        import socket as sockets
        import struct

        credentials = connection.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", credentials)[1])
    if sys.platform == "win32":
        return None
    import ctypes

    uid, gid = ctypes.c_uint32(), ctypes.c_uint32()
    failed = _libc().getpeereid(connection.fileno(), ctypes.byref(uid), ctypes.byref(gid))
    return None if failed else uid.value
