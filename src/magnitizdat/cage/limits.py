"""Limits that the kernel keeps for a process: put on oneself, or on a child that has just begun."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def limit_self(name: str, value: int) -> bool:
    """Whether a limit (`RLIMIT_…`) is in force now."""
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


def limit_child(pid: int, limits: Mapping[str, int]) -> None:
    """From outside: nothing of ours runs between fork and exec, where threads make that unsafe. Linux alone has it."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(ProcessLookupError, PermissionError):
        for name, value in limits.items():
            kind = getattr(resource, name)
            _, hard = resource.prlimit(pid, kind)
            bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.prlimit(pid, kind, (bound, bound))


def own_network() -> bool:
    """A network namespace with nothing in it, by way of an own user namespace; many systems forbid that."""
    if sys.platform != "linux":
        return False
    return tried(lambda: ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def no_new_privileges() -> bool:
    """For this thread and what it starts; seccomp and Landlock ask for it."""
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def not_dumpable() -> bool:
    """No core, and no other process of the same person looks into this one's memory."""
    return _prctl(_PR_SET_DUMPABLE, 0)


def _prctl(option: int, value: int) -> bool:
    if sys.platform != "linux":
        return False
    return tried(lambda: ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0)


def tried(deed: Callable[[], bool]) -> bool:
    """Whether it succeeded; False too where the platform does not know of it."""
    try:
        return bool(deed())
    except (OSError, AttributeError):
        return False
