"""Locks between processes: what one of them takes, and the one write lock of a library."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Self

from magnitizdat.errors import LibraryBusyError

if TYPE_CHECKING:
    from magnitizdat.disk.disk import Disk

WAIT_S = 1.0
_LOOK_AGAIN_S = 0.02


class Lock:
    """A lock that ends with the process at the latest."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let others in. The file stays: removing it would race with whoever waits on it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.release()


class WriteLock:
    """Taken by whoever changes the library, in whichever process."""

    def __init__(self, disk: Disk, path: Path) -> None:
        self._disk, self._path = disk, path

    def take(self) -> Lock:
        """Take it. What works in the background has it for moments only, so a second is waited for.

        Raises: LibraryBusyError.
        """
        until = monotonic() + WAIT_S
        while True:
            try:
                return self._disk.lock(self._path)
            except LibraryBusyError:
                if monotonic() > until:
                    raise
                sleep(_LOOK_AGAIN_S)

    def is_taken(self) -> bool:
        """Whether somebody has it just now."""
        try:
            self._disk.lock(self._path).release()
        except LibraryBusyError:
            return True
        return False
