"""Who holds a library's keys: every process that has them is listed in the file `holders` while it does.

A listing is a lock of the system's on one byte of that file, whose place says who it is (`disk.presence`): nobody is
listed who is gone, nobody who holds keys is missing, and no answer is needed from anybody. Whoever replaces the index
claims the places of all who have it open.
"""

from __future__ import annotations

import functools
import hashlib
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from magnitizdat.disk import presence
from magnitizdat.disk.disk import Disk
from magnitizdat.disk.locking import Lock
from magnitizdat.errors import LibraryBusyError, MagError
from magnitizdat.sentence import Sentence, advice, say

HOLDERS_NAME = "holders"
SLOT_NAME = "key.age"
LOCK_S = 0.7
"""Seconds in which who is asked to let go may do so; then it is ended."""
DEATH_S = 0.2
"""Seconds that the system may take to end a process; one that waits for a broken drive takes longer."""

_LOOK_S = 0.01
_KIND, _PID, _MACHINE = 60, 38, 22
_PID_BITS, _MACHINE_BITS, _START_BITS = 22, 16, 22


class Kind(IntEnum):
    """What a process is. From `OPEN` on it has the index open."""

    AGENT = 0
    REBUILD = 1
    SERVER = 2
    COMMAND = 3


OPEN = Kind.SERVER
WORDS = {
    Kind.AGENT: say("the agent"),
    Kind.REBUILD: say("a rebuild"),
    Kind.SERVER: say("a server"),
    Kind.COMMAND: say("a command"),
}
"""For people."""
_ASKED = {Kind.AGENT: "SIGTERM", Kind.REBUILD: "SIGINT", Kind.SERVER: "SIGUSR1", Kind.COMMAND: "SIGINT"}
"""How each kind is asked to let go; a server locks and goes on without keys."""


class KeyHolder(NamedTuple):
    """A process that holds keys. `is_known`: it runs here, so that its number means something to us."""

    pid: int
    kind: Kind
    is_known: bool

    @property
    def what(self) -> Sentence:
        """For people."""
        return WORDS[self.kind]

    @property
    def is_me(self) -> bool:
        """Whether it is this process."""
        return self.is_known and self.pid == os.getpid()


_mine = Kind.COMMAND


def be(kind: Kind) -> None:
    """Say what this process is, before it opens a library; without a word it is a command."""
    global _mine  # noqa: PLW0603 -- a process is one thing
    _mine = kind


def is_server() -> bool:
    """Whether this process is one that looks for the file `panic` by itself, and goes with its keys."""
    return _mine is Kind.SERVER


def hold(directory: Path, disk: Disk, *, kind: Kind | None = None) -> Lock:
    """Be listed as one who has the keys of the library in `directory`, until the lock is released.

    On a medium that takes no new file it is the slot that is marked. Whoever has keys looks for the slot afterwards:
    panic takes the slot first and then reads the list, so one of the two sees the other.
    Raises: LibraryBusyError while the index is being replaced; TargetError where nothing can be marked.
    """
    place = _place(os.getpid(), _mine if kind is None else kind)
    try:
        lock = disk.mark(directory / HOLDERS_NAME, place)
    except MagError:
        if not (directory / SLOT_NAME).exists():  # marking would make it
            raise
        lock = disk.mark(directory / SLOT_NAME, place)
    if lock is None:
        raise LibraryBusyError(say("the index of this library is being made anew; wait for that, then do this again"))
    return lock


def claim(directory: Path, disk: Disk) -> Lock:
    """Take the library for whoever replaces its index: nobody has it open, and nobody opens it meanwhile.

    Raises: LibraryBusyError, which names one who has it open.
    """
    lock = disk.claim(directory / HOLDERS_NAME, OPEN << _KIND)
    there = [each for each in holders(directory) if each.kind >= OPEN]
    if lock is not None and not there:
        return lock
    if lock is not None:
        lock.release()
    raise LibraryBusyError(_has_it_open(there[0]) if there else _SOMEBODY)


_SOMEBODY = advice(
    terminal=say("another mag has this library open; end it or run `mag lock`, then run this again"),
    page=say("another program on this computer has this library open; end it, then do this again"),
)


def _has_it_open(who: KeyHolder) -> Sentence:
    return advice(
        terminal=say(
            "{who} (process {pid}) has this library open; end it or run `mag lock`, then run this again",
            who=who.what,
            pid=who.pid,
        ),
        page=say("{who} (process {pid}) has this library open; end it, then do this again", who=who.what, pid=who.pid),
    )


def holders(directory: Path) -> list[KeyHolder]:
    """All processes that hold keys of this library, this one too. Where the system keeps no list: none."""
    found: set[KeyHolder] = set()
    for name in (HOLDERS_NAME, SLOT_NAME):
        with suppress(OSError):
            found.update(map(_holder, presence.marks(directory / name)))
    return sorted(found)


def others(directory: Path) -> list[KeyHolder]:
    """All but this process."""
    return [each for each in holders(directory) if not each.is_me]


def make_let_go(directory: Path, *, patience_s: float = LOCK_S) -> list[KeyHolder]:
    """Make all others let go of the keys: asked first, then ended. Who still holds them comes back.

    Ended at any moment a process loses nothing that was committed (law 5).
    """
    asked = others(directory)
    for each in asked:
        _tell(directory, each, signal.SIGKILL if _is_stopped(each.pid) else getattr(signal, _ASKED[each.kind]))
    left = _wait(lambda: _still(directory, asked), patience_s)
    return end(directory, left) if left else []


def end(directory: Path, whom: Iterable[KeyHolder]) -> list[KeyHolder]:
    """End these processes at once; who still holds keys comes back."""
    told = list(whom)
    for each in told:
        _tell(directory, each, signal.SIGKILL)
    return _wait(lambda: _still(directory, told), DEATH_S)


def _still(directory: Path, whom: list[KeyHolder]) -> list[KeyHolder]:
    there = holders(directory)
    return [each for each in whom if each in there]


def _wait(left: Callable[[], list[KeyHolder]], patience_s: float) -> list[KeyHolder]:
    until = monotonic() + patience_s
    while (found := left()) and monotonic() < until:
        sleep(_LOOK_S)
    return found


def _tell(directory: Path, whom: KeyHolder, number: int) -> None:
    """Signal a process that is still listed once we have a hold on it: its number cannot be another's by then."""
    if not whom.is_known:
        return
    with suppress(OSError):  # it is gone, or another user's
        descriptor = os.pidfd_open(whom.pid)
        try:
            if whom in holders(directory):
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


# -- places ------------------------------------------------------------------------------------------------------------


def _place(pid: int, kind: Kind) -> int:
    """Kind, process, machine and start: what a byte's place in the file says."""
    return kind << _KIND | pid << _PID | _machine() << _MACHINE | _start(pid)


def _holder(place: int) -> KeyHolder:
    pid = place >> _PID & (1 << _PID_BITS) - 1
    machine, start = place >> _MACHINE & (1 << _MACHINE_BITS) - 1, place & (1 << _START_BITS) - 1
    is_known = machine == _machine() and _start(pid) in {start, 0}
    return KeyHolder(pid, _kind(place >> _KIND), is_known)


def _kind(number: int) -> Kind:
    """What a newer mag calls by another number holds keys too, and is ended as a command."""
    with suppress(ValueError):
        return Kind(number)
    return Kind.COMMAND


@functools.cache
def _machine() -> int:
    """This start of this computer, and this namespace of process numbers: elsewhere a number is somebody else's."""
    about = b""
    with suppress(OSError):
        about = Path("/proc/sys/kernel/random/boot_id").read_bytes()
        about += os.fsencode(Path("/proc/self/ns/pid").readlink())
    return int.from_bytes(hashlib.sha256(about).digest()[:2], "big")


def _start(pid: int) -> int:
    """When a process began, in ticks since the computer did; 0 where nobody may know."""
    fields = _stat(pid)
    return int(fields[19]) & (1 << _START_BITS) - 1 if fields else 0


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    return _stat(pid)[:1] not in ([], ["Z"], ["X"])


def _is_stopped(pid: int) -> bool:
    return _stat(pid)[:1] in (["T"], ["t"])


def _stat(pid: int) -> list[str]:
    """What /proc says of a process, from its state on; a name before it may hold anything. Source: proc_pid_stat(5)."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return []
