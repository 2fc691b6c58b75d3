"""The locks that a disk takes, and the lists of who is here."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk import presence, system
from magnitizdat.disk.bounds import Bounds
from magnitizdat.disk.failures import explained
from magnitizdat.disk.locking import Lock
from magnitizdat.disk.switches import BINARY
from magnitizdat.errors import LibraryBusyError
from magnitizdat.sentence import say


class Locks(Bounds):
    """Each ends with the process at the latest."""

    def lock(self, path: Path, *, shared: bool = False) -> Lock:
        """Take the lock that `path` stands for: alone, or `shared` with others who take it so.

        Raises: LibraryBusyError if another process or object holds it.
        """
        with explained(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | BINARY, self._file_mode)
            try:
                taken = system.try_lock(descriptor, shared=shared)
            except BaseException:
                os.close(descriptor)
                raise
        self._make_alike(path, descriptor)
        if not taken:
            os.close(descriptor)
            raise LibraryBusyError(
                say("another Magnitizdat is writing to this library; wait for it to finish, or close it")
            )
        return Lock(descriptor)

    def mark(self, path: Path, place: int) -> Lock | None:
        """Be listed in `path` at `place` until the lock is released; None where somebody has claimed it.

        The file is made where it is missing. Elsewhere than on Linux it is a shared lock, and nobody is listed.
        """
        if not presence.is_listed():
            return self._lock_or_none(path, shared=True)
        with explained(path):
            descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | BINARY, self._file_mode)
            self._make_alike(path, descriptor)
            return _kept(descriptor, presence.mark, place)

    def claim(self, path: Path, first: int) -> Lock | None:
        """Take all places of `path` from `first` on; None where somebody is listed there."""
        if not presence.is_listed():
            return self._lock_or_none(path, shared=False)
        with explained(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | BINARY, self._file_mode)
            self._make_alike(path, descriptor)
            return _kept(descriptor, presence.claim, first)

    def take_place(self, path: Path, place: int) -> Lock | None:
        """Take one place of `path` for oneself; None where somebody has it. Elsewhere than on Linux all are one."""
        if not presence.is_listed():
            return self._lock_or_none(path, shared=False)
        with explained(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | BINARY, self._file_mode)
            self._make_alike(path, descriptor)
            return _kept(descriptor, presence.take, place)

    def _lock_or_none(self, path: Path, *, shared: bool) -> Lock | None:
        with suppress(LibraryBusyError):
            return self.lock(path, shared=shared)
        return None


def _kept(descriptor: int, take: Callable[[int, int], bool], place: int) -> Lock | None:
    """A lock that was taken; where it was not, or that fails, the descriptor is closed."""
    lock = Lock(descriptor)
    taken = False
    try:
        taken = take(descriptor, place)
    finally:
        if not taken:
            lock.release()
    return lock if taken else None
