"""Fakes that stand for what fails in the world: a disk that fails at the Nth operation, is killed, or loses power."""

from __future__ import annotations

import errno
import os
import random
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.switches import T


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


@dataclass
class _Image:
    """A file that SQLite writes to: what of it is durable, and each later write; None cuts it off at the offset."""

    durable: bytes
    later: list[tuple[int, bytes | None]]

    def after(self, chance: random.Random) -> bytes:
        content = bytearray(self.durable)
        for offset, written in self.later:
            if chance.random() < 0.4:
                continue
            if written is None:
                del content[offset:]
                continue
            part = written[: chance.randint(0, len(written))] if chance.random() < 0.2 else written
            content.extend(bytes(max(0, offset + len(part) - len(content))))
            content[offset : offset + len(part)] = part
        return bytes(content)


class FaultyDisk(Disk):
    """A real disk with an accident at the `fail_at`th operation (from 1): an errno once, or `forever`, or a kill.

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
    ) -> None:
        super().__init__(private=True)
        self.watches_sqlite = sqlite
        self._images: dict[Path, _Image] = {}
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

    def _open_existing(self, path: Path) -> int:
        with self._order:
            self._step("open", path)
            return super()._open_existing(path)

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
            for known in (self._durable, self._images):
                known.pop(target, None)
                if source in known:
                    known[target] = known.pop(source)

    def _unlink(self, path: Path) -> None:
        with self._order:
            self._step("remove", path)
            before = _content(path)
            super()._unlink(path)
            self._changes.append(_Change("remove", path, before=before))
            self._durable.pop(path, None)

    def apart(self) -> FaultyDisk:
        """Itself: one log, and one count, of whatever a verb writes."""
        return self

    def _adopt(self, path: Path) -> None:
        with self._order:
            self._step("adopt", path)
            super()._adopt(path)
            self._changes.append(_Change("new", path))
            self._durable[path] = 0

    def _link(self, source: Path, target: Path) -> None:
        with self._order:
            self._step("link", target)
            super()._link(source, target)
            self._changes.append(_Change("new", target))

    def _chmod(self, path: Path, mode: int) -> None:
        with self._order:
            self._step("chmod", path)
            super()._chmod(path, mode)

    def _mkdir(self, path: Path, mode: int) -> None:
        with self._order:
            self._step("mkdir", path)
            super()._mkdir(path, mode)
            self._changes.append(_Change("mkdir", path))

    def _rmdir(self, path: Path) -> None:
        with self._order:
            self._step("rmdir", path)
            super()._rmdir(path)

    # -- SQLite's own -----------------------------------------------------------------------------------------------

    def sqlite_opens(self, path: Path, do: Callable[[], T]) -> T:
        with self._order:
            self._step("open", path)
            made = do()
            self._changes.append(_Change("new", path))
            return made

    def sqlite_writes(self, path: Path, offset: int, content: bytes, do: Callable[[bytes], None]) -> None:
        with self._order:
            torn = self._accident("write", path)
            part = content[: len(content) // 2] if torn else content
            self._image(path).later.append((offset, part))
            do(part)
            if torn:
                self._fail(path)

    def sqlite_syncs(self, path: Path, do: Callable[[], None]) -> None:
        with self._order:
            self._step("sync file", path)
            do()
            self._images.pop(path, None)
            self._changes = [change for change in self._changes if (change.kind, change.path) != ("new", path)]

    def sqlite_truncates(self, path: Path, length: int, do: Callable[[], None]) -> None:
        with self._order:
            self._step("truncate", path)
            self._image(path).later.append((length, None))
            do()

    def sqlite_removes(self, path: Path, do: Callable[[], None]) -> None:
        with self._order:
            self._step("remove", path)
            before = _content(path)
            do()
            self._changes.append(_Change("remove", path, before=before))
            self._images.pop(path, None)

    def _image(self, path: Path) -> _Image:
        if path not in self._images:
            self._images[path] = _Image(_content(path) or b"", [])
        return self._images[path]

    def lose_power(self, chance: random.Random) -> None:
        """Leave on the medium what a power cut may leave: unflushed bytes and entries are there, or not, or torn.

        Pages that SQLite did not sync arrive in any order, each whole, in part, or not at all.
        """
        for path, image in self._images.items():
            if path.is_file():
                path.write_bytes(image.after(chance))
            with suppress(FileNotFoundError):
                path.with_name(f"{path.name}-shm").unlink()  # memory of processes that are gone
        for path, safe in self._durable.items():
            if path.is_file():
                path.write_bytes(_torn(path.read_bytes(), safe, chance))
        for change in reversed(self._changes):
            if chance.random() < 0.5:
                _take_back(change)
        self._changes.clear()
        self._durable.clear()
        self._images.clear()


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
