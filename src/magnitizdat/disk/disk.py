"""The one place that writes, flushes and renames, so that every crash point can be enumerated (law 5).

Write all, flush, then switch one small thing. A flush is an fsync of every new file and folder with errors raised, or,
where many files are new and the file system is known to report its write-back errors, one Linux `syncfs` on a
descriptor that was open before the first write. Never `os.sync`: it reports nothing. A failed flush is never success:
what was waiting counts as lost until it is removed, since a second fsync of the same bytes may lie.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from secrets import token_hex

from magnitizdat.disk import system
from magnitizdat.disk.failures import explain, explained
from magnitizdat.disk.locks import Locks
from magnitizdat.disk.roots import FILE_MODE, FOLDER_MODE
from magnitizdat.disk.switches import BINARY
from magnitizdat.disk.writer import Buffer, Writer
from magnitizdat.errors import MagError, NoSpaceError, TargetError, UnsureError
from magnitizdat.sentence import say
from magnitizdat.ways import AGAIN

KEPT_OPEN = 16
"""Written files whose descriptors wait for the flush; with more, the flush is one syncfs, or the oldest goes first."""

_BLOCK_LENGTH = 4096
_SYNC_WITH_ALL = -1  # closed; a syncfs on `_watched` makes it durable
_SYNCED = -2  # its bytes are durable, its folder's entry not yet


def _close_all(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        if descriptor >= 0:
            os.close(descriptor)


def _still_lost(path: Path, for_want_of_space: bool) -> MagError:  # noqa: FBT001 - a pair of what is kept
    """Why a flush fails where an earlier one did."""
    if for_want_of_space:
        return explain(OSError(errno.ENOSPC, ""), path)
    return TargetError(say("{parent} failed while writing; {then}", parent=path.parent, then=AGAIN))


class Disk(Locks):
    """Writes to one place: a library (`private`: for the owner's eyes alone), a stick, an export folder. Thread-safe.

    Every change passes through one of the methods of `Switches`.
    """

    def __init__(self, *, private: bool = False) -> None:
        super().__init__(private=private)
        self._guard = threading.Lock()
        self._turn = threading.Lock()  # no flush looks at a folder that another thread just removed
        self._writing: set[Path] = set()  # not closed yet
        self._waiting: dict[Path, int] = {}  # closed, not flushed: the descriptor, `_SYNC_WITH_ALL` or `_SYNCED`
        self._adopted: set[Path] = set()  # written by children, not flushed
        self._flushing: set[Path] = set()  # the same, while a flush opens them by name
        self._folders: set[Path] = set()  # their entries changed since the last flush
        self._watched: dict[int, int] = {}  # device to a descriptor opened before the first write to it
        self._lost: dict[Path, bool] = {}  # and whether for want of space

    def apart(self, *, private: bool = False) -> Disk:
        """Another disk of this kind, or a private one: what one of them loses, the other does not hear of."""
        other = Disk(private=private or self._private)
        other._roots = self._roots.copy()
        return other

    def mkdir(self, path: Path) -> None:
        """Make a folder, and those above it where missing; one that exists is fine."""
        if self._roots.is_folder(path):
            return
        if path.parent != path:
            self.mkdir(path.parent)
        with explained(path):
            try:
                self._mkdir(path, self._folder_mode)
            except FileExistsError:
                if not self._roots.is_folder(path):
                    raise
        self._make_alike(path, mode=FOLDER_MODE)
        with self._guard:
            self._folders.update((path, path.parent))

    def create(self, path: Path) -> Writer:
        """Begin a new file in an existing folder.

        Raises: TargetError if it exists or the place refuses, NoSpaceError.
        """
        with explained(path):
            with self._guard:
                self._watch(path.parent)
                self._writing.add(path)
            try:
                descriptor = self._open_new(path)
            except BaseException:
                self._forget(path)
                raise
        with self._guard:
            self._folders.add(path.parent)
        return Writer(self, path, descriptor)

    def write_new(self, path: Path, chunks: Iterable[Buffer]) -> int:
        """A new file out of `chunks`; returns its length in bytes. Nothing stays if it fails. Durable after `flush`."""
        with self.create(path) as writer:
            for chunk in chunks:
                writer.write(chunk)
        return writer.length

    def adopt(self, path: Path) -> None:
        """A file that a child process of ours wrote: flushed with what this disk wrote, and lost where that fails.

        Raises: TargetError if it is not there.
        """
        with explained(path):
            self._adopt(path)
        with self._guard:
            self._adopted.add(path)
            self._folders.add(path.parent)

    def write_atomic(self, path: Path, content: Buffer) -> None:
        """Replace or make a small file: after a crash it holds the old bytes or the new. Durable on return.

        Raises: NoSpaceError, TargetError: the old bytes stand; UnsureError: the new ones do, unless power is cut now.
        """
        draft = path.with_name(path.name + ".new")
        with explained(path):
            with suppress(FileNotFoundError):  # left by a crash
                self._unlink(draft)
            descriptor = self._open_new(draft)
            try:
                try:
                    self._write_all(descriptor, content, draft)
                    self._make_alike(draft, descriptor, FILE_MODE)
                    self._sync_file(descriptor, draft)
                finally:
                    os.close(descriptor)
                self._replace(draft, path)
            except BaseException:
                with suppress(OSError):
                    self._unlink(draft)
                raise
            self._make_alike(path.parent)
            try:
                self._sync_folder(path.parent)
            except OSError as exc:
                why = explain(exc, path).sentence
                raise UnsureError(say("{path} is in place, but not for certain: {why}", path=path, why=why)) from exc

    def replace_secret(self, path: Path, content: Buffer) -> None:
        """The same, and then what the file held before is overwritten: with its name it would not have lost its bytes.

        Raises: as `write_atomic`; UnsureError also where the old bytes may be left.
        """
        with explained(path):
            before = self._open_existing(path)
        try:
            self.write_atomic(path, content)
            try:
                self._scramble(before, path)
            except MagError as exc:
                raise UnsureError(
                    say("what {path} held before could not be overwritten: {why}", path=path, why=exc.sentence)
                ) from exc
        finally:
            os.close(before)

    def rename(self, source: Path, target: Path) -> None:
        """Give a file its name, replacing what had it. Durable after `flush`; no commit on FAT (law 5)."""
        with self._settled(source):
            with explained(target):
                self._replace(source, target)
            with self._guard:
                self._folders.update((source.parent, target.parent))
                self._waiting[target] = self._waiting.pop(source, _SYNCED)
                if source in self._adopted:
                    self._adopted = self._adopted - {source} | {target}

    def _settled(self, path: Path) -> AbstractContextManager[object]:
        """What a child wrote keeps its name while a flush of another thread opens it by that."""
        with self._guard:
            return self._turn if path in self._adopted | self._flushing else nullcontext()

    def link(self, source: Path, target: Path) -> None:
        """A name for a file elsewhere. Raises: TargetError, also where the file system has no links."""
        with explained(target):
            self._link(source, target)
        with self._guard:
            self._folders.add(target.parent)

    def make_executable(self, path: Path) -> None:
        """Let whoever may read a file run it. File systems of sticks keep no such note: no error."""
        with explained(path), suppress(PermissionError, NotImplementedError):
            self._chmod(path, path.stat().st_mode | (path.stat().st_mode & 0o444) >> 2)

    def make_private(self, path: Path) -> None:
        """Let the owner alone read and write a file, a socket or a folder."""
        with explained(path):
            self._chmod(path, 0o700 if path.is_dir() else 0o600)

    def remove(self, path: Path) -> None:
        """Remove a file; an absent one is fine."""
        with self._settled(path):
            with explained(path), suppress(FileNotFoundError):
                self._unlink(path)
                self._make_alike(path.parent)
                with self._guard:
                    self._folders.add(path.parent)
            self._forget(path)

    def erase(self, path: Path) -> None:
        """Overwrite a file that holds a secret, flush, and remove it; an absent one is fine. Durable on return.

        A link goes, and what it leads to stays. What flash, snapshots and journals keep of it no program reaches.
        Raises: TargetError, after the removal was tried, if the bytes may still be there.
        """
        try:
            self._overwrite(path)
        finally:
            self.remove(path)
            with explained(path):
                self._sync_folder(path.parent)

    def _overwrite(self, path: Path) -> None:
        with explained(path):
            if path.is_symlink() or not path.exists():
                return
            descriptor = self._open_existing(path)
        try:
            self._scramble(descriptor, path)
        finally:
            os.close(descriptor)

    def _scramble(self, descriptor: int, path: Path) -> None:
        """Raises: TargetError, NoSpaceError."""
        with explained(path):
            length = -(-os.fstat(descriptor).st_size // _BLOCK_LENGTH) * _BLOCK_LENGTH
            self._write_all(descriptor, os.urandom(length), path)
            self._sync_file(descriptor, path)

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder; an absent one is fine."""
        with self._turn:
            with explained(path), suppress(FileNotFoundError):
                self._rmdir(path)
                self._make_alike(path.parent)
            with self._guard:
                self._folders.discard(path)
                self._folders.add(path.parent)

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all that is in it, links themselves and not what they lead to."""
        for top, folders, names in os.walk(path, topdown=False):
            links = {name for name in folders if (Path(top) / name).is_symlink()}
            for name in (*names, *links):
                self.remove(Path(top) / name)
            for name in folders:
                if name not in links:
                    self.remove_folder(Path(top) / name)
        self.remove_folder(path)

    def make_temporary(self, prefix: str) -> Path:
        """A new folder in the system's place for such, for the owner alone. Whoever makes it removes it."""
        path = Path(tempfile.gettempdir()) / f"{prefix}{token_hex(8)}"
        with explained(path):
            self._mkdir(path, 0o700)
        return path

    @contextmanager
    def temporary(self, prefix: str) -> Iterator[Path]:
        """The same, gone at the end with all that is in it."""
        path = self.make_temporary(prefix)
        try:
            yield path
        finally:
            with suppress(MagError):
                self.remove_tree(path)

    def flush(self, paths: Iterable[Path] = ()) -> None:
        """Make all that this disk wrote durable, and `paths` (files or folders of an earlier run) as well.

        Raises: TargetError or NoSpaceError if anything may be lost; every later flush fails too, until the files that
        waited are removed.
        """
        with self._turn:
            self._flush(paths)

    def _flush(self, paths: Iterable[Path]) -> None:
        with self._guard:
            if self._lost:
                raise _still_lost(*min(self._lost.items()))
            waiting, self._waiting = self._waiting, {}
            folders, self._folders = self._folders, set()
            watched, self._watched = self._watched, {}
            adopted, self._adopted = self._adopted, set()
            self._flushing = adopted
        try:
            for path in sorted(adopted):
                self._make_alike(path, mode=FILE_MODE)
                self._flush_path(path)
            for folder in folders:
                self._make_alike(folder)
            self._flush_all(waiting, folders, watched)
            for path in paths:
                if path not in adopted | folders:
                    self._flush_path(path)
        except BaseException as exc:
            with self._guard:
                self._lost |= dict.fromkeys((*waiting, *adopted, *self._writing), isinstance(exc, NoSpaceError))
            raise
        finally:
            with self._guard:
                self._flushing = set()
            _close_all((*waiting.values(), *watched.values()))

    def _watch(self, folder: Path) -> None:
        """Open a descriptor to `folder`'s file system, so that a later syncfs reports errors from now on."""
        device = folder.stat().st_dev
        if device not in self._watched and system.reports_errors_on_syncfs(folder):
            self._watched[device] = os.open(folder, os.O_RDONLY | BINARY & ~getattr(os, "O_NOFOLLOW", 0))

    def _write_all(self, descriptor: int, content: Buffer, path: Path) -> int:
        rest = memoryview(content).cast("B")
        length = len(rest)
        with explained(path):
            while rest:
                rest = rest[self._write(descriptor, rest, path) :]
        return length

    def _written(self, path: Path, descriptor: int) -> None:
        """Keep a finished file for the flush, with a bounded number of open descriptors."""
        self._make_alike(path, descriptor, FILE_MODE)
        with self._guard:
            self._writing.discard(path)
            self._waiting[path] = descriptor
            kept = [each for each, held in self._waiting.items() if held >= 0]
            if len(kept) <= KEPT_OPEN:
                return
            path = kept[0]
            descriptor = self._waiting[path]
            if os.fstat(descriptor).st_dev in self._watched:
                self._waiting[path] = _SYNC_WITH_ALL
                os.close(descriptor)
                return
            self._waiting[path] = _SYNCED
        try:
            with explained(path):
                self._sync_file(descriptor, path)
        except BaseException as exc:
            with self._guard:
                self._lost[path] = isinstance(exc, NoSpaceError)
            raise
        finally:
            os.close(descriptor)

    def _forget(self, path: Path) -> None:
        """Nothing of `path` is wanted any more; with nothing left, hold no descriptor that keeps a stick busy."""
        with self._guard:
            self._lost.pop(path, None)
            self._adopted.discard(path)
            self._writing.discard(path)
            unneeded = [self._waiting.pop(path, -1)]
            if not self._waiting and not self._writing:
                unneeded += self._watched.values()
                self._watched = {}
        _close_all(unneeded)

    def _flush_all(self, waiting: dict[Path, int], folders: set[Path], watched: dict[int, int]) -> None:
        at_once: set[int] = set()
        if _SYNC_WITH_ALL in waiting.values():
            at_once.update(watched)
            for descriptor in watched.values():
                path = next(iter(waiting))
                with explained(path):
                    self._sync_filesystem(descriptor, path.parent)
        for path, descriptor in waiting.items():
            if descriptor >= 0 and os.fstat(descriptor).st_dev not in at_once:
                with explained(path):
                    self._sync_file(descriptor, path)
        # After a syncfs one folder still gets its own fsync: FAT drivers tell the drive to empty its cache only then.
        emptied: set[int] = set()
        for folder in sorted(folders):
            with explained(folder / "entry"):
                device = folder.stat().st_dev
                if device not in emptied:
                    self._sync_folder(folder)
                    emptied.update({device} & at_once)

    def _flush_path(self, path: Path) -> None:
        if path.is_dir():
            with explained(path / "entry"):
                self._sync_folder(path)
            return
        with explained(path):
            descriptor = os.open(path, os.O_RDWR | BINARY)
            try:
                self._sync_file(descriptor, path)
            finally:
                os.close(descriptor)
