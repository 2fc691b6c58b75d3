"""Places that a disk keeps within: beneath a root nothing is changed through a link, and files may be made alike.

Who prepared a stick may have put a link there under a name that we are about to use. The root itself may be one: a
person named it. Each folder below is opened from the one above it, so that none can be exchanged meanwhile (Linux,
macOS); on Windows each is looked at before.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from magnitizdat.errors import TargetError
from magnitizdat.sentence import say

WRITTEN_NS = 10**9
"""When every file of a library and of a reel was written: a second after 1970 began.

FAT and exFAT know nothing before 1980 and put their own first day there, in whatever time zone; 1980 itself they would
keep as local time, and show the time zone of who wrote. Zero means "no time" to some programs.
"""
READ_NS = 4_102_488_000 * 10**9
"""When it was read: noon of 1 January 2100. While that is to come Linux leaves it (relatime), whoever reads."""
FILE_MODE, FOLDER_MODE = 0o644, 0o755
"""Permissions of what is alike and not private, whatever the umask of who writes."""

_FOLDER = os.O_RDONLY | getattr(os, "O_PATH", 0) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_DIRECT = _FOLDER | getattr(os, "O_NOFOLLOW", 0)
_OPENS_FROM_FOLDERS = os.open in os.supports_dir_fd


class _Root(NamedTuple):
    path: Path
    alike: bool


class Roots:
    """Which they are."""

    def __init__(self, roots: dict[str, _Root] | None = None) -> None:
        self._roots = dict(roots or {})

    def copy(self) -> Roots:
        """Others that are the same so far."""
        return Roots(self._roots)

    def add(self, path: Path, *, alike: bool) -> None:
        """From now on this is one."""
        self._roots[_as_folder(path)] = _Root(path, alike)

    def are_alike(self, path: Path) -> bool:
        """Whether a file or folder is a root or beneath one, the innermost, whose files shall be alike."""
        text = _as_folder(path)
        found = max((root for root in self._roots if text.startswith(root)), key=len, default=None)
        return found is not None and self._roots[found].alike

    def refuse_link(self, path: Path) -> None:
        """Raises: TargetError where a link is there, or on the way to it."""
        with suppress(FileNotFoundError, NotADirectoryError), self.folder_of(path) as (name, folder):
            if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise _is_a_link(path)

    @contextmanager
    def folder_of(self, path: Path) -> Iterator[tuple[str | Path, int | None]]:
        """What to call `path` by, and the descriptor of the folder that this counts from.

        Raises: TargetError where a folder between it and its root is a link, OSError.
        """
        text = _absolute(path)
        root = self._outermost(text)
        *folders, name = Path(text[len(root or "") :]).parts
        if root is None or not folders:
            yield path, None
            return
        descriptor = _open_beneath(self._roots[root].path, folders)
        try:
            yield (path if descriptor is None else name), descriptor
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def is_folder(self, path: Path) -> bool:
        """Whether a folder is there. Raises: TargetError where a link is in its stead, or on the way to it."""
        if self._outermost(_absolute(path)) is None:
            return path.is_dir()
        self.refuse_link(path)
        return path.is_dir()

    def _outermost(self, text: str) -> str | None:
        return min((root for root in self._roots if text.startswith(root)), key=len, default=None)


def _absolute(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 -- by its text alone: links are looked at, not followed


def _as_folder(path: Path) -> str:
    return _absolute(path).rstrip(os.sep) + os.sep


def _open_beneath(root: Path, folders: Sequence[str]) -> int | None:
    """The last of these folders, each opened from the one before; None on Windows. Raises: TargetError, OSError."""
    if not _OPENS_FROM_FOLDERS:
        _refuse_links(root, folders)
        return None
    descriptor = os.open(root, _FOLDER)
    path = root
    for name in folders:
        path /= name
        above, descriptor = descriptor, -1
        try:
            descriptor = os.open(name, _DIRECT, dir_fd=above)
        except NotADirectoryError as exc:
            if stat.S_ISLNK(os.stat(name, dir_fd=above, follow_symlinks=False).st_mode):
                raise _is_a_link(path) from exc
            raise
        except OSError as exc:
            if path.is_symlink():
                raise _is_a_link(path) from exc
            raise
        finally:
            os.close(above)
    return descriptor


def _refuse_links(root: Path, folders: Sequence[str]) -> None:
    path = root
    for name in folders:
        path /= name
        with suppress(FileNotFoundError):
            if path.is_symlink() or getattr(path.lstat(), "st_reparse_tag", False):
                raise _is_a_link(path)


def _is_a_link(path: Path) -> TargetError:
    return TargetError(
        say("{path} is a link, and what is written there would land elsewhere; remove it and repeat", path=path)
    )
