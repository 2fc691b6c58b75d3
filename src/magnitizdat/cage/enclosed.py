"""A deed in a thread that is in a cage, and so is every process that the deed starts.

Seccomp, Landlock and their precondition belong to a thread and pass on to its children; the thread ends with the deed.
So a program of others is caged from its first instruction, and nothing of ours runs between fork and exec.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from magnitizdat.cage import landlock, limits, seccomp
from magnitizdat.cage.calls import Rules
from magnitizdat.cage.landlock import Reach

T = TypeVar("T")


class Walls(NamedTuple):
    """Which of them stand; what the platform lacks is False."""

    files: bool
    system_calls: bool


def enclosed(deed: Callable[[], T], reach: Reach, rules: Rules) -> tuple[T, Walls]:
    """Do it where nothing but `reach` can be opened and nothing but `rules` called. Raises: what the deed raises."""
    with ThreadPoolExecutor(1, "enclosed") as one:  # of its own: a thread never gets out again
        return one.submit(_within, deed, reach, rules).result()


def _within(deed: Callable[[], T], reach: Reach, rules: Rules) -> tuple[T, Walls]:
    limits.no_new_privileges()
    walls = Walls(
        files=limits.tried(lambda: landlock.restrict(reach)),
        system_calls=limits.tried(lambda: seccomp.install(rules)),
    )
    return deed(), walls
