"""In danger: the slot goes, then everybody who holds what was in it. Neither passphrase nor lock nor space is needed.

Whoever has the keys all the while, the agent and servers, watches for the file `panic` in the library's folder: to make
it can be bound to anything.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryBusyError, MagError
from magnitizdat.library import holders
from magnitizdat.library.holders import SLOT_NAME, KeyHolder

PANIC_NAME = "panic"
SLOT_S = 0.4
"""Seconds that the slot goes before the processes; a drive that is slower has them ended while it still works."""
ANSWER_S = 0.1
_AGE = (b"age-encryption.org/", b"-----BEGIN AGE")
LOOK_S = 0.2
"""Seconds between two looks for the file."""


class Fate(IntEnum):
    """What became of a slot, the worst last."""

    ABSENT = 0
    GONE = 1
    NOISE = 2
    """Overwritten, and not removed."""
    REMOVED = 3
    """And not overwritten: whoever has the medium may find it."""
    KEPT = 4


class Destroyed(NamedTuple):
    """What was done. `left` are processes that still hold keys; `unanswered` an agent that is not listed."""

    slot: Fate
    ended: tuple[KeyHolder, ...]
    left: tuple[KeyHolder, ...]
    unanswered: bool


def destroy(directory: Path, disk: Disk) -> Destroyed:
    """Overwrite, flush and remove the slot and its drafts; end all processes with keys but this one."""
    fates: list[Fate] = []
    erasing = threading.Thread(target=lambda: fates.append(erase_slots(directory, disk)))
    erasing.start()
    erasing.join(SLOT_S)
    there = holders.others(directory)
    left = holders.end(directory, there)
    unanswered = _ends_unlisted(directory)
    erasing.join()
    fates.append(erase_slots(directory, disk))  # whoever was about to write one is gone by now
    late = [each for each in holders.others(directory) if each not in there]  # listed while the slot still stood
    there, left = [*there, *late], [*left, *holders.end(directory, late)]
    with suppress(MagError):
        disk.remove(directory / PANIC_NAME)
    disk.confine(directory, alike=True)
    fate = _after_both(*fates)
    if fate is not Fate.ABSENT or (directory / holders.HOLDERS_NAME).exists():  # not in a folder that is no library
        with suppress(OSError):
            disk.make_alike([*directory.iterdir(), directory])  # no file says when that was
    return Destroyed(fate, tuple(each for each in there if each not in left), tuple(left), unanswered)


def _after_both(first: Fate, second: Fate) -> Fate:
    """What could not be overwritten before it went stays so; all else is as the second look left it."""
    if second is Fate.ABSENT:
        return first
    return max(second, Fate.REMOVED) if first is Fate.REMOVED else second


def _ends_unlisted(directory: Path) -> bool:
    """Whether an agent is there that neither the list has nor says a word."""
    from magnitizdat.library import agent

    try:
        agent.stop(directory, patience_s=ANSWER_S)
    except LibraryBusyError:
        return True
    return False


def erase_slots(directory: Path, disk: Disk) -> Fate:
    """The slot first, then whatever a stopped change of it left."""
    paths = [directory / SLOT_NAME]
    with suppress(OSError):
        paths += sorted(path for path in directory.glob(f"{SLOT_NAME}?*") if path.is_file())
    return max(_erase(path, disk) for path in paths)


def _erase(path: Path, disk: Disk) -> Fate:
    """One file, and what it leads to where it is a link."""
    if path.is_symlink():
        target = path.resolve()
        fate = _erase(target, disk) if target != path and not target.is_symlink() else Fate.ABSENT
        with suppress(MagError):
            disk.erase(path)
        return fate
    if not path.exists():
        return Fate.ABSENT
    for each in (path.parent, path):  # somebody made them read-only
        with suppress(MagError):
            disk.make_private(each)
    try:
        disk.erase(path)
    except MagError:
        if not path.exists():
            return Fate.REMOVED
        return Fate.KEPT if _may_be_slot(path) else Fate.NOISE
    return Fate.GONE


def _may_be_slot(path: Path) -> bool:
    """Whether it still begins as an age file does, or cannot be read at all."""
    try:
        return path.read_bytes().startswith(_AGE)
    except OSError:
        return True


def end_myself() -> None:
    """At once, with nothing tidied up: whatever this process knows goes with it."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def is_asked(directory: Path) -> bool:
    """Whether somebody made the file."""
    return os.path.lexists(directory / PANIC_NAME)


def carry_out_if_asked(directory: Path, disk: Disk, die: Callable[[], None] = end_myself) -> None:
    """Where the file `panic` is: destroy the keys, this process's by ending it."""
    if is_asked(directory):
        destroy(directory, disk)
        die()
