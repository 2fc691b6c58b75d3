"""Every change to a disk and every promise by it: one method each, and nothing else in the program makes one."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from magnitizdat.disk import system

BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)

T = TypeVar("T")


class Switches:
    """The crash points, raising OSError. Tests override them to fail, tear or kill at the Nth, and to lose power.

    `path` says to those who watch what it is about.
    """

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._file_mode, self._folder_mode = (0o600, 0o700) if private else (0o666, 0o777)

    # -- SQLite's own: each does `do`, which is the change itself ---------------------------------------------------

    watches_sqlite: bool = False
    """Whether the index's changes pass through these: a call of Python for every page, so those of tests ask for it."""

    def sqlite_opens(self, path: Path, do: Callable[[], T]) -> T:
        """A file that is not there yet is made."""
        del path
        return do()

    def sqlite_writes(self, path: Path, offset: int, content: bytes, do: Callable[[bytes], None]) -> None:
        """Bytes are written, perhaps over others."""
        del path, offset
        do(content)

    def sqlite_syncs(self, path: Path, do: Callable[[], None]) -> None:
        """What was written to a file becomes durable, and its name, where the file is new."""
        del path
        do()

    def sqlite_truncates(self, path: Path, length: int, do: Callable[[], None]) -> None:
        """A file gets another length."""
        del path, length
        do()

    def sqlite_removes(self, path: Path, do: Callable[[], None]) -> None:
        """A file goes."""
        del path
        do()

    # -- ours -------------------------------------------------------------------------------------------------------

    def _open_new(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, self._file_mode)

    def _open_existing(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | BINARY)

    def _write(self, descriptor: int, content: memoryview, _path: Path) -> int:
        return system.write(descriptor, content)

    def _sync_file(self, descriptor: int, _path: Path) -> None:
        system.sync_file(descriptor)

    def _sync_folder(self, path: Path) -> None:
        system.sync_folder(path)

    def _sync_filesystem(self, descriptor: int, _folder: Path) -> None:
        system.sync_filesystem(descriptor)

    def _replace(self, source: Path, target: Path) -> None:
        source.replace(target)

    def _unlink(self, path: Path) -> None:
        path.unlink()

    def _chmod(self, path: Path, mode: int) -> None:
        path.chmod(mode)

    def _adopt(self, path: Path) -> None:
        path.lstat()

    def _link(self, source: Path, target: Path) -> None:
        try:
            target.symlink_to(source)
        except NotImplementedError as exc:  # accounts of Windows
            raise OSError(errno.EPERM, os.strerror(errno.EPERM)) from exc

    def _mkdir(self, path: Path, mode: int) -> None:
        path.mkdir(mode)

    def _rmdir(self, path: Path) -> None:
        path.rmdir()
