"""Fakes that stand for what fails in the world: a disk that fails at the Nth operation, is killed, or loses power."""

from __future__ import annotations

import errno
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.switches import T
from tests.fakes_medium import Medium, Operation, lay

CHILD_WRITES = 3
"""Writes that a file of a child process is taken for."""


class Killed(BaseException):
    """The process died here: whatever it would have done next did not happen."""


class Log:
    """All changes under one or several disks in one order, and the accident at the `fail_at`th of them (from 1).

    An errno once, or `forever`, or a kill. Below `root` it also notices what children changed without a disk, when a
    disk next touches their folder; and each folder there is a file system of its own.
    """

    def __init__(
        self,
        *,
        fail_at: int = 0,
        code: int = errno.EIO,
        forever: bool = False,
        kill: bool = False,
        root: Path | None = None,
    ) -> None:
        self.entries: list[Operation] = []
        self.operations: list[tuple[str, Path]] = []
        self.order = threading.RLock()
        self.medium = Medium(self.device)
        self._fail_at, self._code, self._forever, self._kill = fail_at, code, forever, kill
        self._root = root
        self._inodes = {path: path.lstat().st_ino for path in root.rglob("*") if path.is_file()} if root else {}

    @property
    def failed(self) -> bool:
        return 0 < self._fail_at <= len(self.operations)

    def device(self, path: Path) -> object:
        inside = self._root is not None and path.is_relative_to(self._root)
        return path.relative_to(self._root).parts[:1] if inside else None

    def accident(self, kind: str, path: Path) -> bool:
        """Whether the accident happens now; dead disks do nothing more."""
        if self._kill and self.failed:
            raise Killed
        self.operations.append((kind, path))
        count = len(self.operations)
        return count == self._fail_at or (self._forever and self.failed)

    def fail(self, path: Path) -> None:
        if self._kill:
            raise Killed
        raise OSError(self._code, os.strerror(self._code), str(path))

    def put(self, operation: Operation) -> None:
        """It happened."""
        self.entries.append(operation)
        self.medium.apply(operation)
        if self._root is None:
            return
        if operation.kind == "open":
            self._inodes[operation.path] = operation.path.lstat().st_ino
        elif operation.kind == "rename" and operation.source in self._inodes:
            self._inodes[operation.path] = self._inodes.pop(operation.source)
        elif operation.kind == "remove":
            self._inodes.pop(operation.path, None)

    def find(self, path: Path) -> None:
        """What lies there before its first change."""
        if self.medium.knows(path):
            return
        if path.is_dir():
            self.put(Operation("found folder", path))
        elif path.is_file():
            self.put(Operation("found", path, content=path.read_bytes()))

    def notice(self, folder: Path) -> None:
        """What others changed in a folder: names first, then bytes, then what went."""
        if self._root is None or not folder.is_dir():
            return
        names = (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
        there = {path: path.lstat().st_ino for path in names if not path.name.endswith("-shm")}
        was = {inode: path for path, inode in self._inodes.items()}
        for path, inode in there.items():
            before = was.get(inode)
            if before is not None and before != path and there.get(before) != inode:
                if not self.medium.knows(before):
                    self.put(Operation("found", before, content=path.read_bytes()))
                self.put(Operation("rename", path, before))
        for path in [path for path, inode in there.items() if self._inodes.get(path) != inode]:
            self.put(Operation("open", path))
            content = path.read_bytes()
            step = max(1, len(content) // CHILD_WRITES)
            for offset in range(0, len(content), step):
                self.put(Operation("write", path, offset=offset, content=content[offset : offset + step]))
        for path in [path for path in self._inodes if path.parent == folder and path not in there]:
            self.find(path)
            self.put(Operation("remove", path))


class FaultyDisk(Disk):
    """A real disk under which all is logged, with an accident where its log has one.

    A failing write is torn: half of its bytes arrive. What was not flushed can be lost with `lose_power`. With `sqlite`
    the index's own changes are operations like all others, in one order with them.
    """

    def __init__(
        self,
        *,
        fail_at: int = 0,
        code: int = errno.EIO,
        forever: bool = False,
        kill: bool = False,
        sqlite: bool = False,
        log: Log | None = None,
    ) -> None:
        super().__init__(private=True)
        self.watches_sqlite = sqlite
        self.log = log or Log(fail_at=fail_at, code=code, forever=forever, kill=kill)

    @property
    def operations(self) -> list[tuple[str, Path]]:
        return self.log.operations

    @property
    def failed(self) -> bool:
        return self.log.failed

    def apart(self, *, private: bool = False) -> FaultyDisk:
        """One log, and one count, of whatever a verb writes."""
        return FaultyDisk(log=self.log, sqlite=self.watches_sqlite)

    def lose_power(self, chance: random.Random, *, keep: float = 0.55) -> None:
        """Leave on the medium what a power cut may leave."""
        entries = self.log.medium.after(chance, keep)
        lay(entries)
        for path in entries:
            path.with_name(f"{path.name.removesuffix('-wal')}-shm").unlink(missing_ok=True)  # memory of who is gone
        self.log.medium = Medium()

    def _do(self, operation: Operation, do: Callable[[], T]) -> T:
        """A change that happens, or does not."""
        log = self.log
        with log.order:
            for path in filter(None, (operation.path, operation.source)):
                log.notice(path.parent)
                log.find(path)
            if log.accident(operation.kind, operation.path):
                if operation.kind == "sync file":
                    log.put(operation._replace(kind="failed sync"))
                log.fail(operation.path)
            done = do()
            log.put(operation)
            return done

    def _do_write(self, path: Path, offset: int, content: bytes | memoryview, do: Callable[[Any], int]) -> int:
        """A write that happens, or half of it."""
        log = self.log
        with log.order:
            log.find(path)
            torn = log.accident("write", path)
            part = content[: len(content) // 2] if torn else content
            written = do(part)
            log.put(Operation("write", path, offset=offset, content=bytes(part[:written])))
            if torn:
                log.fail(path)
            return written

    def _open_new(self, path: Path) -> int:
        return self._do(Operation("open", path), lambda: super(FaultyDisk, self)._open_new(path))

    def _open_existing(self, path: Path) -> int:
        return self._do(Operation("open existing", path), lambda: super(FaultyDisk, self)._open_existing(path))

    def _write(self, descriptor: int, content: memoryview, path: Path) -> int:
        offset = os.lseek(descriptor, 0, os.SEEK_CUR)
        write = super()._write
        return self._do_write(_named(path, descriptor), offset, content, lambda part: write(descriptor, part, path))

    def _sync_file(self, descriptor: int, path: Path) -> None:
        self._do(Operation("sync file", _named(path, descriptor)), lambda: None)

    def _sync_folder(self, path: Path) -> None:
        self._do(Operation("sync folder", path), path.stat)
        with self.log.order:
            self.log.notice(path)

    def _sync_filesystem(self, descriptor: int, folder: Path) -> None:
        self._do(Operation("sync all", folder), lambda: None)

    def _replace(self, source: Path, target: Path) -> None:
        self._do(Operation("rename", target, source), lambda: super(FaultyDisk, self)._replace(source, target))

    def _unlink(self, path: Path) -> None:
        self._do(Operation("remove", path), lambda: super(FaultyDisk, self)._unlink(path))

    def _adopt(self, path: Path) -> None:
        self._do(Operation("adopt", path), lambda: super(FaultyDisk, self)._adopt(path))

    def _link(self, source: Path, target: Path) -> None:
        self._do(Operation("link", target, source), lambda: super(FaultyDisk, self)._link(source, target))

    def _chmod(self, path: Path, mode: int) -> None:
        self._do(Operation("chmod", path), lambda: super(FaultyDisk, self)._chmod(path, mode))

    def _mkdir(self, path: Path, mode: int) -> None:
        self._do(Operation("mkdir", path), lambda: super(FaultyDisk, self)._mkdir(path, mode))

    def _rmdir(self, path: Path) -> None:
        self._do(Operation("rmdir", path), lambda: super(FaultyDisk, self)._rmdir(path))

    # -- SQLite's own -----------------------------------------------------------------------------------------------

    def sqlite_opens(self, path: Path, do: Callable[[], T]) -> T:
        return self._do(Operation("open", path), do)

    def sqlite_writes(self, path: Path, offset: int, content: bytes, do: Callable[[bytes], None]) -> None:
        def write(part: bytes) -> int:
            do(part)
            return len(part)

        self._do_write(path, offset, content, write)

    def sqlite_syncs(self, path: Path, do: Callable[[], None]) -> None:
        self._do(Operation("sync file", path), do)

    def sqlite_truncates(self, path: Path, length: int, do: Callable[[], None]) -> None:
        self._do(Operation("truncate", path, offset=length), do)

    def sqlite_removes(self, path: Path, do: Callable[[], None]) -> None:
        self._do(Operation("remove", path), do)


def _named(path: Path, descriptor: int) -> Path:
    """The name of a file that is open; one that another file has by now is not it."""
    with suppress(FileNotFoundError):
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return path
    return path.with_name(f"{path.name} that was")


class SlowDisk(Disk):
    """A stick that takes `bytes_per_s` and no more, kept to from its first write on; reading it costs nothing."""

    def __init__(self, bytes_per_s: float) -> None:
        super().__init__()
        self._bytes_per_s = bytes_per_s
        self._ready = 0.0

    def _write(self, descriptor: int, content: memoryview, path: Path) -> int:
        written = super()._write(descriptor, content, path)
        now = time.monotonic()
        self._ready = max(self._ready, now) + written / self._bytes_per_s
        time.sleep(self._ready - now)
        return written


class FoldingDisk(Disk):
    """A disk whose names are the same in any case, as on FAT, exFAT, NTFS and APFS: of each there are two spellings."""

    def confine(self, root: Path, *, alike: bool = False) -> None:
        """The other spelling of a folder is a link here."""

    def _mkdir(self, path: Path, mode: int) -> None:
        super()._mkdir(path, mode)
        if other_spelling(path) != path:
            other_spelling(path).symlink_to(path.name)

    def _rmdir(self, path: Path) -> None:
        real = path.resolve()
        other = other_spelling(real)
        super()._rmdir(real)
        other.unlink(missing_ok=True)

    def _replace(self, source: Path, target: Path) -> None:
        super()._replace(source, target)
        if other_spelling(target) != target:
            other_spelling(target).unlink(missing_ok=True)
            other_spelling(target).hardlink_to(target)

    def _unlink(self, path: Path) -> None:
        super()._unlink(path)
        other_spelling(path).unlink(missing_ok=True)


def other_spelling(path: Path) -> Path:
    """A path whose last name has its cases exchanged, but for the suffix of a file."""
    stem, suffix = (path.name, "") if path.is_dir() else (path.stem, path.suffix)
    return path.with_name(stem.swapcase() + suffix)
