"""Fakes that stand for what fails in the world: a disk that fails at the Nth operation, is killed, or loses power."""

from __future__ import annotations

import errno
import os
import random
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from magnitizdat.disk.disk import Disk


class Killed(BaseException):
    """The process died here: whatever it would have done next did not happen."""


@dataclass
class _Change:
    """One change to a folder that no flush has covered yet, and how to take it back."""

    kind: str
    path: Path
    source: Path | None = None
    before: bytes | None = None

    @property
    def folders(self) -> set[Path]:
        return {self.path.parent} | ({self.source.parent} if self.source else set())


class FaultyDisk(Disk):
    """A real disk with an accident at the `fail_at`th operation (from 1): an errno once, or `forever`, or a kill.

    A failing write is torn: half of its bytes arrive. What was not flushed can be lost with `lose_power`.
    """

    def __init__(self, *, fail_at: int = 0, code: int = errno.EIO, forever: bool = False, kill: bool = False) -> None:
        super().__init__(private=True)
        self.operations: list[tuple[str, Path]] = []
        self._fail_at, self._code, self._forever, self._kill = fail_at, code, forever, kill
        self._changes: list[_Change] = []
        self._durable: dict[Path, int] = {}  # bytes of files with unflushed writes that are safe
        self._order = threading.RLock()

    @property
    def failed(self) -> bool:
        return 0 < self._fail_at <= len(self.operations)

    def _accident(self, kind: str, path: Path) -> bool:
        """Whether the accident happens now; dead disks do nothing more."""
        if self._kill and self.failed:
            raise Killed
        self.operations.append((kind, path))
        count = len(self.operations)
        return count == self._fail_at or (self._forever and self.failed)

    def _fail(self, path: Path) -> None:
        if self._kill:
            raise Killed
        raise OSError(self._code, os.strerror(self._code), str(path))

    def _step(self, kind: str, path: Path) -> None:
        if self._accident(kind, path):
            self._fail(path)

    def _open_new(self, path: Path) -> int:
        with self._order:
            self._step("open", path)
            descriptor = super()._open_new(path)
            self._changes.append(_Change("new", path))
            self._durable[path] = 0
            return descriptor

    def _write(self, descriptor: int, content: memoryview, path: Path) -> int:
        with self._order:
            torn = self._accident("write", path)
            self._durable.setdefault(path, 0)
            written = super()._write(descriptor, content[: len(content) // 2] if torn else content, path)
            if torn:
                self._fail(path)
            return written

    def _sync_file(self, descriptor: int, path: Path) -> None:
        with self._order:
            self._step("sync file", path)
            self._durable.pop(path, None)

    def _sync_folder(self, path: Path) -> None:
        with self._order:
            self._step("sync folder", path)
            path.stat()
            self._changes = [change for change in self._changes if path not in change.folders]

    def _sync_filesystem(self, descriptor: int, folder: Path) -> None:
        with self._order:
            self._step("sync all", folder)
            self._changes.clear()
            self._durable.clear()

    def _replace(self, source: Path, target: Path) -> None:
        with self._order:
            self._step("rename", target)
            self._changes.append(_Change("rename", target, source, _content(target)))
            super()._replace(source, target)
            self._durable.pop(target, None)
            if source in self._durable:
                self._durable[target] = self._durable.pop(source)

    def _unlink(self, path: Path) -> None:
        with self._order:
            self._step("remove", path)
            before = _content(path)
            super()._unlink(path)
            self._changes.append(_Change("remove", path, before=before))
            self._durable.pop(path, None)

    def _mkdir(self, path: Path) -> None:
        with self._order:
            self._step("mkdir", path)
            super()._mkdir(path)
            self._changes.append(_Change("mkdir", path))

    def _rmdir(self, path: Path) -> None:
        with self._order:
            self._step("rmdir", path)
            super()._rmdir(path)

    def lose_power(self, chance: random.Random) -> None:
        """Leave on the medium what a power cut may leave: unflushed bytes and entries are there, or not, or torn."""
        for path, safe in self._durable.items():
            if path.is_file():
                path.write_bytes(_torn(path.read_bytes(), safe, chance))
        for change in reversed(self._changes):
            if chance.random() < 0.5:
                _take_back(change)
        self._changes.clear()
        self._durable.clear()


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


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _torn(content: bytes, safe: int, chance: random.Random) -> bytes:
    cut = chance.randint(safe, len(content))
    lost = len(content) - cut
    return chance.choice([content, content[:cut], content[:cut] + bytes(lost), content[:cut] + chance.randbytes(lost)])


def _take_back(change: _Change) -> None:
    with suppress(FileNotFoundError):
        if change.kind == "new":
            change.path.unlink()
        elif change.kind == "mkdir":
            shutil.rmtree(change.path)
        elif change.kind == "rename":
            assert change.source is not None
            change.path.rename(change.source)
            if change.before is not None:
                change.path.write_bytes(change.before)
        elif change.kind == "remove" and change.before is not None and not change.path.exists():
            change.path.write_bytes(change.before)
