"""What earlier exports wrote, by folder of a destination: kept in the sealed index, never beside the plain files.

A list in the tree would tell what made it, and to whoever finds it what was there before. So only this library knows,
and a file is ours to remove only as long as it has the bytes that were written. A file that was there before us, with
whatever bytes, is never ours. Many file systems take two names for one: what was written under one of them is not
removed under the other.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import MagError, SourceError
from magnitizdat.formats.names import folded_name, numbered, portable_name
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.intake.scan import path_text

JOB = "export"
_BETWEEN = "\x1f"
_LONGEST_NAME = 250
"""Bytes of a file's name."""
_TOGETHER = 32
"""Folders that are written down at once: each time costs a flush."""


class WrittenFile(Value, frozen=True, kw_only=True):
    """A file as it was written; `source` tells what it was made from, and is empty where it shall be tried again."""

    sha256: str
    source: str = ""


class ExportedFolder(Value, frozen=True, kw_only=True):
    """A folder of one album or playlist; `wish`: what it would be called if no other were.

    `older`: folders that it had before, which go as soon as all of it stands in this one.
    """

    folder: str
    wish: str
    files: dict[str, WrittenFile]
    older: tuple[ExportedFolder, ...] = ()

    def places(self) -> Iterator[ExportedFolder]:
        """This one and the older ones."""
        yield self
        for each in self.older:
            yield from each.places()


class OwnFiles:
    """What earlier exports wrote in one folder, and what stands there `now`: of each file what we wrote, if we did."""

    def __init__(self, folder: Path, written: Mapping[str, WrittenFile], wished: Iterable[str] = ()) -> None:
        self.folder = folder
        self.now: dict[str, WrittenFile | None] = {}
        self._written = written
        self._spelt = _spelt(written)
        self._wished = {folded_name(name) for name in wished}
        self._given: set[str] = set()

    @property
    def files(self) -> dict[str, WrittenFile]:
        """What is ours of all that stands there now."""
        return {name: written for name, written in self.now.items() if written is not None}

    def stands(self, name: str, written: WrittenFile | None) -> str:
        """A file is there under this name."""
        self.now[name] = written
        self._given.add(folded_name(name))
        return name

    def at(self, name: str) -> WrittenFile | None:
        """What was written under this name, or one that is the same file."""
        path = self.folder / name
        known = (each for each in self._spelt.get(folded_name(name), ()) if is_same(path, self.folder / each))
        return next((self._written[each] for each in known), None)

    def place_for(self, wished: str) -> str:
        """The name, or one with a number where somebody else's file has it: free, or that of a file of ours."""
        names = numbered(wished, max_bytes=_LONGEST_NAME)
        return next(name for name in names if self._may_be(name, wished) and self._is_free(name))

    def _may_be(self, name: str, wished: str) -> bool:
        folded = folded_name(name)
        return folded not in self._given and (name == wished or folded not in self._wished)

    def _is_free(self, name: str) -> bool:
        try:
            mode = (self.folder / name).lstat().st_mode
        except OSError:
            return True
        return stat.S_ISREG(mode) and self.at(name) is not None


class Exported:
    """The folders of one destination, by what they hold."""

    def __init__(self, library: Library, destination: Path, disk: Disk) -> None:
        self._library = library
        self._destination = destination
        self._disk = disk
        self._prefix = f"{path_text(destination.resolve())}{_BETWEEN}"
        self._pending: dict[str, ExportedFolder | None] = {}
        self.removed = 0
        self._folders: dict[str, ExportedFolder] = {}
        self._held: dict[str, set[str]] = {}
        for target, body in library.index.jobs.of_kind(JOB).items():
            if target.startswith(self._prefix):
                self._put(target.removeprefix(self._prefix), msgspec.json.decode(body, type=ExportedFolder))

    def folder_for(self, held: str, wish: str) -> str:
        """A folder that nothing else has there; the one that it had, unless it is called otherwise now."""
        known = self._folders.get(held)
        if known is not None and known.wish == wish:
            return known.folder
        number, folder = 1, wish
        while self._held.get(folded_name(folder), set()) - {held}:
            number += 1
            folder = f"{portable_name(wish, max_bytes=200)} ({number})"
        return folder

    def own(self, held: str, folder: str, wished: Iterable[str]) -> OwnFiles:
        """What was written there for the same, by whatever spelling; `wished`: names that tracks shall have."""
        path = self._destination / folder
        known = self._folders.get(held)
        written = dict[str, WrittenFile]()
        for place in reversed([*known.places()] if known is not None else []):
            if is_same(self._destination / place.folder, path):
                written |= place.files
        return OwnFiles(path, written, wished)

    def note(self, held: str, now: ExportedFolder, *, whole: bool) -> None:
        """This is what stands there now; what stood there before goes, unless what replaces it could not be written."""
        before = self._folders.get(held)
        if before is not None and not whole:
            now = _together(before, now)
        self._put(held, now)
        if before is not None and whole:
            self._remove(before)
        self._keep(held, now)

    def prune(self, wanted: set[str]) -> None:
        """Remove whatever was written for anything else than this."""
        for held in [each for each in self._folders if each not in wanted]:
            gone = self._folders[held]
            self._put(held, None)
            self._remove(gone)
            self._keep(held, None)

    def save(self) -> None:
        """Write down what is not written down yet."""
        if self._pending and not self._library.index.is_read_only:
            with self._library.index.transaction():
                for held, folder in self._pending.items():
                    if folder is None:
                        self._library.index.jobs.drop(JOB, self._prefix + held)
                    else:
                        self._library.index.jobs.put(JOB, self._prefix + held, msgspec.json.encode(folder))
        self._pending = {}

    def _keep(self, held: str, folder: ExportedFolder | None) -> None:
        self._pending[held] = folder
        if len(self._pending) >= _TOGETHER:
            self.save()

    def _put(self, held: str, folder: ExportedFolder | None) -> None:
        for place in _places(self._folders.pop(held, None)):
            self._held[folded_name(place.folder)].discard(held)
        for place in _places(folder):
            self._held.setdefault(folded_name(place.folder), set()).add(held)
        if folder is not None:
            self._folders[held] = folder

    def _remove(self, before: ExportedFolder) -> None:
        """Files that are as we wrote them, and that no folder of ours counts as its own."""
        for gone in before.places():
            path = self._destination / gone.folder
            others = [self._folders[held] for held in self._held.get(folded_name(gone.folder), ())]
            kept = [each for each in others if is_same(self._destination / each.folder, path)]
            spelt = _spelt(name for each in kept for name in each.files)
            for name, written in gone.files.items():
                is_kept = any(is_same(path / name, path / other) for other in spelt.get(folded_name(name), ()))
                if not is_kept and has_bytes(path / name, written.sha256):
                    self._disk.remove(path / name)
                    self.removed += 1
            if not kept and path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
                self._disk.remove_folder(path)


def _places(folder: ExportedFolder | None) -> list[ExportedFolder]:
    return [] if folder is None else [*folder.places()]


def _spelt(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by what their spellings have in common."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(folded_name(name), []).append(name)
    return found


def _together(before: ExportedFolder, now: ExportedFolder) -> ExportedFolder:
    """Both, where not all could be written now."""
    if before.folder == now.folder:
        return msgspec.structs.replace(now, files={**before.files, **now.files}, older=before.older)
    return msgspec.structs.replace(now, older=(*before.older, msgspec.structs.replace(before, older=())))


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths that may be spellings of one are: the same text, or the same file or folder."""
    try:
        return one == other or os.path.samefile(one, other)  # noqa: PTH121 -- by their text first
    except OSError:
        return False


def write_whole(disk: Disk, path: Path, parts: Iterable[bytes]) -> int:
    """Write a file under its name, whole or not at all, in place of one that is there; its length in bytes."""
    draft = path.with_name(f"{hashlib.sha256(path.name.encode()).hexdigest()[:16]}.new")
    disk.remove(draft)
    length = disk.write_new(draft, parts)
    disk.rename(draft, path)
    return length


def has_bytes(path: Path, sha256: str) -> bool:
    """Whether a plain file of these bytes is there."""
    digest = hashlib.sha256()
    try:
        with FileReader(path) as reader:
            for offset in range(0, reader.length, 1 << 20):
                digest.update(reader.read_at(offset, 1 << 20))
    except (OSError, SourceError, MagError):
        return False
    return digest.hexdigest() == sha256
