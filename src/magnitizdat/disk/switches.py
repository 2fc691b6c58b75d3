"""Every change to a disk and every promise by it: one method each, and nothing else in the program makes one."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from magnitizdat.disk import system
from magnitizdat.disk.roots import READ_NS, WRITTEN_NS, Roots

BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)

T = TypeVar("T")


class Switches:
    """The crash points, raising OSError. Tests override them to fail, tear or kill at the Nth, and to lose power.

    `path` says to those who watch what it is about.
    """

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._file_mode, self._folder_mode = (0o600, 0o700) if private else (0o666, 0o777)
        self._roots = Roots()

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
        with self._roots.folder_of(path) as (name, folder):
            return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, self._file_mode, dir_fd=folder)

    def _open_existing(self, path: Path) -> int:
        with self._roots.folder_of(path) as (name, folder):
            return os.open(name, os.O_WRONLY | BINARY, dir_fd=folder)

    def _write(self, descriptor: int, content: memoryview, _path: Path) -> int:
        return system.write(descriptor, content)

    def _sync_file(self, descriptor: int, _path: Path) -> None:
        system.sync_file(descriptor)

    def _sync_folder(self, path: Path) -> None:
        system.sync_folder(path)

    def _sync_filesystem(self, descriptor: int, _folder: Path) -> None:
        system.sync_filesystem(descriptor)

    def _replace(self, source: Path, target: Path) -> None:
        with self._roots.folder_of(source) as (old, above_old), self._roots.folder_of(target) as (new, above_new):
            os.replace(old, new, src_dir_fd=above_old, dst_dir_fd=above_new)

    def _unlink(self, path: Path) -> None:
        with self._roots.folder_of(path) as (name, folder):
            os.unlink(name, dir_fd=folder)

    def _chmod(self, path: Path, mode: int) -> None:
        with self._roots.folder_of(path) as (name, folder):
            if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            os.chmod(name, mode, dir_fd=folder)

    def _adopt(self, path: Path) -> None:
        with self._roots.folder_of(path) as (name, folder):
            os.stat(name, dir_fd=folder, follow_symlinks=False)

    def _link(self, source: Path, target: Path) -> None:
        try:
            with self._roots.folder_of(target) as (name, folder):
                os.symlink(source, name, dir_fd=folder)
        except NotImplementedError as exc:  # accounts of Windows
            raise OSError(errno.EPERM, os.strerror(errno.EPERM)) from exc

    def _mkdir(self, path: Path, mode: int) -> None:
        with self._roots.folder_of(path) as (name, folder):
            os.mkdir(name, mode, dir_fd=folder)

    def _rmdir(self, path: Path) -> None:
        with self._roots.folder_of(path) as (name, folder):
            os.rmdir(name, dir_fd=folder)

    def _set_times(self, path: Path, descriptor: int | None) -> None:
        """Of a file that is open for writing, or of whatever has this name."""
        times = (READ_NS, WRITTEN_NS)
        if descriptor is not None and os.utime in os.supports_fd:
            os.utime(descriptor, ns=times)
            return
        with self._roots.folder_of(path) as (name, folder):
            os.utime(name, ns=times, dir_fd=folder, follow_symlinks=os.utime not in os.supports_follow_symlinks)
