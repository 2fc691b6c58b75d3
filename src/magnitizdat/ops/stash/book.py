"""The folder of a stash: a subfolder for each reel, and `stash.json`, which says what is known of them.

It says no place, no hour and no name. Order of writes: a reel lies there whole, flushed and read back, before the list
names it; the list says that one goes before its first file does. What the list does not name is an unfinished copy, or
a reel that somebody put there by hand: a whole one is listed, as one that nobody handed on.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, structs

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED, FileReader
from magnitizdat.disk.space import space
from magnitizdat.errors import LibraryBusyError, MagError, NotFoundError
from magnitizdat.formats import budgets
from magnitizdat.formats.names import opaque_name
from magnitizdat.model import Value
from magnitizdat.ops.stash import rule
from magnitizdat.ops.stash.rule import HeldReel
from magnitizdat.reel.check import check
from magnitizdat.reel.copy import reel_files
from magnitizdat.reel.folder import FolderFile, survey
from magnitizdat.reel.layout import POST_FOLDER
from magnitizdat.reel.sets import gather
from magnitizdat.sentence import Sentence, say

LIST_NAME = "stash.json"
_LOCK_NAME = ".lock"
_ReelName = Annotated[str, Meta(pattern=rule.NAME)]


class StashList(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`stash.json`. `quota`: bytes that the reels may take together; None for as much as the medium has."""

    reels: dict[_ReelName, HeldReel] = msgspec.field(default_factory=dict)
    quota: Annotated[int, Meta(ge=0, le=1 << 60)] | None = None


class Stash:
    """The folder of a stash, for as long as it is held."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder, self.disk = folder, disk
        self.warnings: list[Sentence] = []
        self._listed = self._read()
        self._there = _subfolders(folder)

    # -- what is there --------------------------------------------------------------------------------------------

    @property
    def reels(self) -> dict[str, HeldReel]:
        """Those that lie here and are listed."""
        return {name: held for name, held in self._listed.reels.items() if name in self._there and not held.going}

    @property
    def quota(self) -> int | None:
        """Bytes that all of them may take."""
        return self._listed.quota

    @property
    def length(self) -> int:
        """Bytes that they take."""
        return sum(held.bytes for held in self.reels.values())

    @property
    def free(self) -> int | None:
        """Bytes that may still come; None where nobody knows."""
        on_medium = space(self.folder).free
        within = None if self.quota is None else max(0, self.quota - self.length)
        known = [each for each in (on_medium, within) if each is not None]
        return min(known, default=None)

    def lost(self) -> list[str]:
        """Those that are listed and do not lie here any more."""
        return sorted(name for name, held in self._listed.reels.items() if name not in self._there and not held.going)

    def unfinished(self) -> list[str]:
        """Folders that the list does not name: copies that were interrupted."""
        return sorted(self._there - self._listed.reels.keys())

    def files(self, name: str) -> list[FolderFile]:
        """The files of a reel, letters beside it among them. Raises: SourceError."""
        return reel_files(self.folder / name)

    def paths(self) -> Iterator[tuple[str, set[str]]]:
        """Each folder here and the paths of its files, also of copies that were interrupted."""
        for name in sorted(self._there):
            with suppress(*REFUSED):
                yield name, {each.path for each in survey(self.folder / name)}

    # -- what changes ---------------------------------------------------------------------------------------------

    def settle(self, now: datetime) -> None:
        """Go on with what was interrupted, and list what was put here by hand."""
        for name, held in self._listed.reels.items():
            if held.going:
                self._remove(name)
        kept = {name: held for name, held in self._listed.reels.items() if name in self._there and not held.going}
        found = {name: self._met(name, now) for name in self.unfinished() if is_whole(self.folder / name)}
        self._write({**kept, **found})

    def _met(self, name: str, now: datetime) -> HeldReel:
        files = self.files(name)
        return HeldReel(digest=digest_of(files), bytes=length_of(files), week=rule.week_of(now))

    def allow(self, quota: int | None) -> None:
        """So many bytes, from now on; None for as much as the medium has."""
        self._store(structs.replace(self._listed, quota=quota))

    def new_place(self) -> str:
        """The name of a folder for a reel that is to come."""
        return next(name for name in iter(opaque_name, "") if not os.path.lexists(self.folder / name))

    def add(self, name: str, now: datetime) -> None:
        """A reel lies there whole."""
        self._there.add(name)
        self._write({**self._listed.reels, name: self._met(name, now)})

    def count(self, name: str, copies: int) -> None:
        """So many more copies were written and read back."""
        held = self._listed.reels[name]
        self._write({**self._listed.reels, name: structs.replace(held, copies=held.copies + copies)})

    def let_go(self, names: Sequence[str]) -> None:
        """Remove reels; killed meanwhile, the next command goes on with it."""
        going = {name: structs.replace(self._listed.reels[name], going=True) for name in names}
        self._write({**self._listed.reels, **going})
        for name in names:
            self._remove(name)
        self._write({name: held for name, held in self._listed.reels.items() if name not in going})

    def clear(self, name: str) -> None:
        """Remove a copy that was not finished."""
        self._there.add(name)
        self._remove(name)
        self.disk.flush()

    def _remove(self, name: str) -> None:
        """Files first, and for certain: a folder that is gone may else come back with some of them."""
        if name not in self._there:
            return  # something else may stand there
        for top, _, files in os.walk(self.folder / name):
            for each in files:
                self.disk.remove(Path(top) / each)
        self.disk.flush()
        self.disk.remove_tree(self.folder / name)
        self._there.discard(name)

    def _write(self, reels: dict[str, HeldReel]) -> None:
        self._store(structs.replace(self._listed, reels=dict(sorted(reels.items()))))

    def _store(self, listed: StashList) -> None:
        if listed != self._listed:
            self.disk.flush()
            self.disk.write_atomic(self.folder / LIST_NAME, msgspec.json.format(msgspec.json.encode(listed)) + b"\n")
            self._listed = listed

    def _read(self) -> StashList:
        try:
            with FileReader(self.folder / LIST_NAME) as reader:
                budgets.STASH_LIST.check(reader.length)
                return msgspec.json.decode(reader.read_at(0, reader.length), type=StashList)
        except NotFoundError:
            return StashList()
        except budgets.OverBudgetError as exc:
            self.warnings.append(exc.sentence)
        except (*REFUSED, msgspec.DecodeError, RecursionError):
            self.warnings.append(
                say("{name} of the stash cannot be read, so its reels count as never handed on", name=LIST_NAME)
            )
        return StashList()


@contextmanager
def open_stash(folder: Path, disk: Disk, *, now: datetime) -> Iterator[Stash]:
    """Hold the stash in `folder`, made where it is not there; what was interrupted is gone on with.

    What is written there is for its owner's eyes alone.

    Raises: LibraryBusyError where somebody else holds it, TargetError.
    """
    disk = disk.apart(private=True)
    disk.mkdir(folder)
    disk.confine(folder, alike=True)
    with _held(folder, disk):
        stash = Stash(folder, disk)
        stash.settle(now)
        yield stash


@contextmanager
def _held(folder: Path, disk: Disk) -> Iterator[None]:
    try:
        disk.refuse_link(folder / _LOCK_NAME)
        lock = disk.lock(folder / _LOCK_NAME)
    except LibraryBusyError as exc:
        raise LibraryBusyError(say("another Magnitizdat is at this stash; wait for it to finish, or close it")) from exc
    with lock:
        yield


def digest_of(files: Sequence[FolderFile]) -> str:
    """What a reel is, whoever carries it: SHA-256 of its sorted names and lengths, letters beside it left out."""
    lines = (f"{each.path} {each.length}\n" for each in sorted(files) if not is_letter(each))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def length_of(files: Sequence[FolderFile]) -> int:
    """Bytes of a reel without the letters beside it."""
    return sum(each.length for each in files if not is_letter(each))


def is_letter(file: FolderFile) -> bool:
    """Whether a file of a reel's folder is a letter beside the reel."""
    return file.path.startswith(f"{POST_FOLDER}/")


def _subfolders(folder: Path) -> set[str]:
    """Folders that can be a reel's; links and all else are not ours."""
    try:
        with os.scandir(folder) as entries:
            return {
                each.name for each in entries if re.match(rule.NAME, each.name) and each.is_dir(follow_symlinks=False)
            }
    except OSError:
        return set()


def is_whole(folder: Path) -> bool:
    """Whether all files that spare parts stand for are there and verify; read only where names and lengths say so."""
    try:
        files = survey(folder)
        there = dict(files)
        described = [(each.path_of(file), file.length) for each in gather(folder, files).sets for file in each.files]
        has_all = bool(described) and all(there.get(path) == length for path, length in described)
        return has_all and check(folder).is_valid
    except (MagError, OSError):
        return False
