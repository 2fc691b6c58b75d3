"""One new file under way: handed to its disk's next flush, or gone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from magnitizdat.disk import system
from magnitizdat.disk.failures import explained
from magnitizdat.errors import MagError

if TYPE_CHECKING:
    from magnitizdat.disk.disk import Disk

Buffer = bytes | bytearray | memoryview

WRITE_BACK_LENGTH = 8 << 20


class Writer:
    """One new file. `close` hands it to the disk's next flush; leaving a `with` block by an exception removes it."""

    def __init__(self, disk: Disk, path: Path, descriptor: int) -> None:
        self.path = path
        self.length = 0
        self._disk = disk
        self._descriptor = descriptor
        self._started = 0

    def write(self, plain_or_sealed: Buffer) -> None:
        """Append all of it.

        Raises: NoSpaceError, TargetError.
        """
        self.length += self._disk._write_all(self._descriptor, plain_or_sealed, self.path)  # noqa: SLF001 - one unit
        if self.length - self._started >= WRITE_BACK_LENGTH:
            self._write_back()

    def settle(self) -> None:
        """Make durable what was written so far, while more is to come: it can be read back from the medium then.

        Raises: TargetError, NoSpaceError.
        """
        with explained(self.path):
            self._disk._sync_file(self._descriptor, self.path)  # noqa: SLF001 - one unit

    def close(self) -> None:
        """No more bytes come. Durable only after `Disk.flush`."""
        if self._descriptor >= 0:
            self._write_back()
            descriptor, self._descriptor = self._descriptor, -1
            self._disk._written(self.path, descriptor)  # noqa: SLF001 - one unit

    def abandon(self) -> None:
        """Close and remove; errors are dropped, for this runs when something else failed already."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        with suppress(MagError):
            self._disk.remove(self.path)
        self._disk._forget(self.path)  # noqa: SLF001 - one unit

    def _write_back(self) -> None:
        """Ask the system to start writing early, so that the commit's flush is short."""
        system.start_write_back(self._descriptor, self._started, self.length - self._started)
        self._started = self.length

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if not failure or failure[0] is None:
            self.close()
        else:
            self.abandon()
