"""The one write lock of a library."""

from __future__ import annotations

from pathlib import Path
from time import monotonic, sleep

from magnitizdat.disk.disk import Disk, Lock
from magnitizdat.errors import LibraryBusyError

WAIT_S = 1.0
_LOOK_AGAIN_S = 0.02


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
