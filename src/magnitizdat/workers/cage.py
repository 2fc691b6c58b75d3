"""The limits that a worker puts on itself before it looks at anything. Each is best effort; a report says which."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

from magnitizdat.workers import seccomp
from magnitizdat.workers.values import Cage

PROCESSOR_SECONDS = 4 * 3600
"""Seconds of processor time after which the kernel ends a worker, should its master be gone or asleep."""

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_DESCRIPTORS = 16


def close_cage(memory_limit: int) -> Cage:
    """Put all limits in force; `memory_limit` in bytes of address space beyond what is mapped already."""
    return Cage(
        memory=_limit("RLIMIT_AS", _mapped() + memory_limit),
        processor_time=_limit("RLIMIT_CPU", PROCESSOR_SECONDS),
        file_size=_limit("RLIMIT_FSIZE", 0),
        core_dumps=_limit("RLIMIT_CORE", 0),
        descriptors=_limit("RLIMIT_NOFILE", _DESCRIPTORS),
        own_network=_own_network(),
        no_new_privileges=_prctl(_PR_SET_NO_NEW_PRIVS, 1),
        not_dumpable=_prctl(_PR_SET_DUMPABLE, 0),
        system_calls=_tried(seccomp.install),
    )


def _mapped() -> int:
    """Bytes of address space that the loaded libraries take."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 512 << 20


def _limit(name: str, value: int) -> bool:
    try:
        import resource
    except ImportError:
        return False
    kind = getattr(resource, name, None)
    if kind is None:
        return False
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        return False
    return True


def _own_network() -> bool:
    """A network namespace with nothing in it, by way of an own user namespace; many systems forbid that."""
    if sys.platform != "linux":
        return False
    return _tried(lambda: ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    return _tried(lambda: ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0)


def _tried(deed: Callable[[], bool]) -> bool:
    try:
        return bool(deed())
    except (OSError, AttributeError):
        return False
