"""SQLite's own changes through a disk that watches them: a VFS below the encryption, which sees what the medium does.

A Python call for each page costs 7 to 40 % of the processor's time (ADR 0038): nobody pays it but who asks for it.
"""

from __future__ import annotations

import errno
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from magnitizdat.disk.disk import Disk

_ENCRYPTED = "multipleciphers-"
_made: list[_WatchedVfs] = []
"""SQLite keeps pointers to them, so none ever goes; one whose disk nobody has any more serves another."""
_making = threading.Lock()


class _Last(threading.local):
    """What was refused last to this thread, as the system's `errno` is."""

    number = 0


_last = _Last()


def vfs_for(disk: Disk) -> str | None:
    """The name to open an index with, so that `disk` is asked about every change; None where it does not want that."""
    if not disk.watches_sqlite:
        return None
    with _making:
        known = _serving(disk) or _serving(None)
        if known is None:
            known = _WatchedVfs(f"mag-{len(_made)}")
            _made.append(known)
        known.disk = weakref.ref(disk)
    return _ENCRYPTED + known.name  # SQLite3 Multiple Ciphers puts its own above it when it is first asked for


def _serving(disk: Disk | None) -> _WatchedVfs | None:
    return next((each for each in _made if each.disk() is disk), None)


class _WatchedVfs(apsw.VFS):
    """The system's own, with a question before each change. Whoever has a file open through it has the disk too."""

    disk: Callable[[], Disk | None]

    def __init__(self, name: str) -> None:
        self.name = name
        self._base = next(each for each in apsw.vfs_names() if not each.startswith((_ENCRYPTED, "mag-")))
        super().__init__(name, self._base)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - apsw's
        plain = name.filename() if isinstance(name, apsw.URIFilename) else name
        if plain is None:
            return apsw.VFSFile(self._base, name, flags)
        path, disk = Path(plain), self._watching()
        with _told(apsw.SQLITE_CANTOPEN, apsw.CantOpenError):
            if flags[0] & apsw.SQLITE_OPEN_CREATE and not path.exists():
                return disk.sqlite_opens(path, lambda: _WatchedFile(self._base, name, flags, path, disk))
            return _WatchedFile(self._base, name, flags, path, disk)

    def xGetLastError(self) -> tuple[int, str]:  # noqa: N802 - apsw's
        return _last.number, ""

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - apsw's
        with _told(apsw.SQLITE_IOERR_DELETE):
            remove: Callable[[], None] = lambda: super(_WatchedVfs, self).xDelete(filename, syncdir)  # noqa: E731
            self._watching().sqlite_removes(Path(filename), remove)

    def _watching(self) -> Disk:
        disk = self.disk()
        assert disk is not None, "an index is open, and its disk with it"
        return disk


class _WatchedFile(apsw.VFSFile):
    def __init__(self, base: str, name: Any, flags: list[int], path: Path, disk: Disk) -> None:
        super().__init__(base, name, flags)
        self._path, self._disk = path, disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's
        write: Callable[[bytes], None] = lambda part: super(_WatchedFile, self).xWrite(part, offset)  # noqa: E731
        with _told(apsw.SQLITE_IOERR_WRITE):
            self._disk.sqlite_writes(self._path, offset, bytes(data), write)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's
        with _told(apsw.SQLITE_IOERR_FSYNC):
            self._disk.sqlite_syncs(self._path, lambda: super(_WatchedFile, self).xSync(flags))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - apsw's
        with _told(apsw.SQLITE_IOERR_TRUNCATE):
            self._disk.sqlite_truncates(self._path, newsize, lambda: super(_WatchedFile, self).xTruncate(newsize))


@contextmanager
def _told(code: int, kind: type[apsw.Error] = apsw.IOError) -> Iterator[None]:
    """What a disk refuses, as SQLite hears it from the system."""
    try:
        yield
    except OSError as exc:
        _last.number = exc.errno or errno.EIO
        if exc.errno == errno.ENOSPC:
            raise apsw.FullError(os.strerror(errno.ENOSPC)) from exc
        refusal = kind(os.strerror(exc.errno or errno.EIO))
        refusal.extendedresult = code  # type: ignore[attr-defined]  # missing in the stubs
        raise refusal from exc
