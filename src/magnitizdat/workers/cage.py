"""The limits that a worker puts on itself before it looks at anything. Each is best effort; a report says which."""

from __future__ import annotations

import os
from pathlib import Path

from magnitizdat.cage import landlock, limits, seccomp
from magnitizdat.cage.calls import PARSER
from magnitizdat.workers.values import Cage

PROCESSOR_SECONDS = 4 * 3600
"""Seconds of processor time after which the kernel ends a worker, should its master be gone or asleep."""

_DESCRIPTORS = 16


def close_cage(memory_limit: int) -> Cage:
    """Put all limits in force; `memory_limit` in bytes of address space beyond what is mapped already."""
    return Cage(
        memory=limits.limit_self("RLIMIT_AS", _mapped() + memory_limit),
        processor_time=limits.limit_self("RLIMIT_CPU", PROCESSOR_SECONDS),
        file_size=limits.limit_self("RLIMIT_FSIZE", 0),
        core_dumps=limits.limit_self("RLIMIT_CORE", 0),
        descriptors=limits.limit_self("RLIMIT_NOFILE", _DESCRIPTORS),
        own_network=limits.own_network(),
        no_new_privileges=limits.no_new_privileges(),
        not_dumpable=limits.not_dumpable(),
        files=limits.tried(lambda: landlock.restrict(landlock.Reach())),
        system_calls=limits.tried(lambda: seccomp.install(PARSER)),
    )


def _mapped() -> int:
    """Bytes of address space that the loaded libraries take."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 512 << 20
