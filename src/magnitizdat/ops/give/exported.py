"""What earlier exports wrote, by folder of a destination: kept in the sealed index, never beside the plain files.

A list in the tree would tell what made it, and to whoever finds it what was there before. So only this library knows,
and a file is ours to remove only as long as it has the bytes that were written.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import MagError, SourceError
from magnitizdat.formats.names import portable_name
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.intake.scan import path_text

JOB = "export"
_BETWEEN = "\x1f"
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


class Exported:
    """The folders of one destination, by what they hold."""

    def __init__(self, library: Library, destination: Path, disk: Disk) -> None:
        self._library = library
        self._destination = destination
        self._disk = disk
        self._prefix = f"{path_text(destination.resolve())}{_BETWEEN}"
        self._pending: dict[str, ExportedFolder | None] = {}
        self.removed = 0
        self.folders = {
            target.removeprefix(self._prefix): msgspec.json.decode(body, type=ExportedFolder)
            for target, body in library.index.jobs.of_kind(JOB).items()
            if target.startswith(self._prefix)
        }

    def folder_for(self, held: str, wish: str) -> str:
        """A folder that nothing else has there; the one that it had, unless it is called otherwise now."""
        known = self.folders.get(held)
        if known is not None and known.wish == wish:
            return known.folder
        taken = {each.folder.casefold() for name, each in self.folders.items() if name != held}
        number, folder = 1, wish
        while folder.casefold() in taken:
            number += 1
            folder = f"{portable_name(wish, max_bytes=200)} ({number})"
        return folder

    def files(self, held: str, folder: str) -> dict[str, WrittenFile]:
        """What was written there."""
        known = self.folders.get(held)
        return known.files if known is not None and known.folder == folder else {}

    def note(self, held: str, now: ExportedFolder, *, whole: bool) -> None:
        """This is what stands there now; what stood there before goes, unless what replaces it could not be written."""
        before = self.folders.get(held)
        if before is not None and not whole:
            now = _together(before, now)
        self.folders[held] = now
        if before is not None and whole:
            self._remove(before)
        self._keep(held, now)

    def prune(self, wanted: set[str]) -> None:
        """Remove whatever was written for anything else than this."""
        for held in [each for each in self.folders if each not in wanted]:
            self._remove(self.folders.pop(held))
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

    def _remove(self, gone: ExportedFolder) -> None:
        """Files that are as we wrote them, and that no other folder of ours counts as its own."""
        for older in gone.older:
            self._remove(older)
        still = [each.files for each in self.folders.values() if each.folder == gone.folder]
        others = set[str]().union(*still)
        for name in gone.files.keys() - others:
            path = self._destination / gone.folder / name
            if has_bytes(path, gone.files[name].sha256):
                self._disk.remove(path)
                self.removed += 1
        folder = self._destination / gone.folder
        if not still and folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
            self._disk.remove_folder(folder)


def _together(before: ExportedFolder, now: ExportedFolder) -> ExportedFolder:
    """Both, where not all could be written now."""
    if before.folder == now.folder:
        return msgspec.structs.replace(now, files={**before.files, **now.files}, older=before.older)
    return msgspec.structs.replace(now, older=(*before.older, msgspec.structs.replace(before, older=())))


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
