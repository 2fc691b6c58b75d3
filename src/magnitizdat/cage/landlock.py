"""Landlock: which files a thread, and whatever it starts, may open; for good, and without any privilege.

What it does not cover: asking for sizes and times of a path, and changing modes. Linux 5.13 and later have it.
Source: landlock(7); linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every machine
_ASK_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 5
_MAKE_REG, _MAKE_SYM, _TRUNCATE = 1 << 8, 1 << 12, 1 << 14
_RIGHTS_OF = (0, 13, 14, 15, 15, 16)
"""By version, how many rights on files there are."""
_NET_RIGHTS, _NET_SINCE = 3, 4
_SCOPES, _SCOPES_SINCE = 3, 6
"""TCP both ways; abstract sockets of others, and signals to others."""

_READ = _READ_FILE
_WORK = _READ_FILE | _WRITE_FILE | _READ_DIR | _REMOVE_FILE | _MAKE_REG | _MAKE_SYM | _TRUNCATE
_RUN = _EXECUTE | _READ_FILE


class Reach(NamedTuple):
    """What may be reached: `reads` files (a folder: all beneath it), `works` folders to read and write in, `runs`."""

    reads: tuple[Path, ...] = ()
    works: tuple[Path, ...] = ()
    runs: tuple[Path, ...] = ()


def version() -> int:
    """Of the kernel's Landlock; 0 where there is none."""
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION)) if sys.platform == "linux" else 0


def restrict(reach: Reach) -> bool:
    """Close everything else to this thread; needs PR_SET_NO_NEW_PRIVS first. False where it cannot be had."""
    known = version()
    if known == 0:
        return False
    rights = (1 << _RIGHTS_OF[min(known, len(_RIGHTS_OF) - 1)]) - 1
    held = struct.pack(
        "=QQQ", rights, _NET_RIGHTS if known >= _NET_SINCE else 0, _SCOPES if known >= _SCOPES_SINCE else 0
    )
    ruleset = _call(_CREATE_RULESET, held, len(held), 0)
    if ruleset < 0:
        return False
    try:
        kinds = ((reach.reads, _READ), (reach.works, _WORK), (reach.runs, _RUN))
        allowed = all(_allow(ruleset, paths, wanted & rights) for paths, wanted in kinds)
        return allowed and _call(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset: int, paths: Iterable[Path], rights: int) -> bool:
    for path in paths:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:  # what is not there needs no leave
            continue
        try:
            if _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0) != 0:
                return False
        finally:
            os.close(descriptor)
    return True


def _call(number: int, *arguments: object) -> int:
    try:
        return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))
    except (OSError, AttributeError):
        return -1
