"""Room that a library keeps for itself, so that from a full disk there is a way out.

A file of one length, the same for every library and whatever it holds: it tells nothing. What gives space back needs
some first, for a cell and for the journal of the index, and gets it from here where there is no other; what takes space
is begun only while the reserve stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, NoSpaceError

T = TypeVar("T")

RESERVE_NAME = "reserve"
LENGTH = 8 << 20
"""Bytes: a few cells, and the journal of a transaction that forgets an album of a thousand tracks."""
_BLOCK_LENGTH = 1 << 20


class Reserve:
    """The reserve of one library. Its disk is one apart: what cannot be written here costs no commit anything."""

    def __init__(self, directory: Path, disk: Disk) -> None:
        self._path = directory / RESERVE_NAME
        self._disk = disk.apart()

    @property
    def is_there(self) -> bool:
        """Whether it stands, whole."""
        try:
            return self._path.stat().st_size == LENGTH
        except OSError:
            return False

    def take(self) -> None:
        """Have it; one that a crash cut short is made anew.

        Raises: NoSpaceError, TargetError; nothing of it is then there.
        """
        if not self.is_there:
            self._disk.remove(self._path)
            self._write(self._path)

    def lend(self) -> None:
        """Give it up where as much again cannot be written: a file system that counts by person tells no other way."""
        trial = self._path.with_name(f"{RESERVE_NAME}.new")
        try:
            self._disk.remove(trial)
            self._write(trial)
        except NoSpaceError:
            self.release()
        finally:
            self._disk.remove(trial)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """For what takes space. Raises: NoSpaceError where there is no reserve, and no room for one."""
        self.take()
        yield

    @contextmanager
    def lent(self) -> Iterator[None]:
        """For what gives space back, or takes next to none; the reserve is taken again where there is room then."""
        self.lend()
        try:
            yield
        finally:
            with suppress(MagError):
                self.take()

    def or_without(self, act: Callable[[], T]) -> T:
        """What `act` gives; where there is no room for it, once more without the reserve.

        As to open an index, which wants room for the memory beside it even from those who only read.
        """
        try:
            return act()
        except NoSpaceError:
            with suppress(MagError):
                self.release()
            return act()

    def release(self) -> None:
        """Give it up."""
        self._disk.remove(self._path)

    def _write(self, path: Path) -> None:
        """Bytes of chance, which no file system stores in less."""
        block = os.urandom(min(LENGTH, _BLOCK_LENGTH))
        try:
            self._disk.write_new(path, [block] * (LENGTH // len(block)))
            self._disk.flush([path])
        except BaseException:
            self._disk.remove(path)
            raise
