"""What is plugged in: sticks, their room, and what lies on them, told by names, lengths and headers alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED
from magnitizdat.disk.space import Space, space
from magnitizdat.errors import NotMineError, SourceError
from magnitizdat.formats.age import read_header_of, unwrap
from magnitizdat.formats.age_keys import Identity
from magnitizdat.formats.bagit import PAYLOAD
from magnitizdat.library.library import CUT, Library
from magnitizdat.ops.places.bag import holds_a_bag
from magnitizdat.ops.places.sources import holds_a_reel, holds_a_spool, holds_music, mounted, places
from magnitizdat.reel.folder import FolderFile, glance, survey
from magnitizdat.reel.layout import FOLDER_FILES, is_named_as_sealed
from magnitizdat.reel.one_file import files_in, first_of, reader_of

_SCRYPT = "scrypt"
_OPEN_FOLDER = "music"


class ReelThere(NamedTuple):
    """A reel, an open spool or an archive. `words`: six open it; `mine`: a key of ours does, None where unknown."""

    folder: Path
    length: int
    words: bool
    mine: bool | None
    is_open: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is one file."""
        return self.folder.is_file()


class Stick(NamedTuple):
    """A mounted stick, or a folder that stands for one; or a reel as one file that somebody named: no room."""

    folder: Path
    free: int | None
    length: int | None
    readable: bool
    reels: tuple[ReelThere, ...]
    music: bool
    """Whether plain music lies on it."""

    @property
    def is_file(self) -> bool:
        """Whether somebody named a reel as one file: nothing can be written there."""
        return self.folder.is_file()

    @property
    def name(self) -> str:
        """What people call it."""
        return self.folder.name or str(self.folder)


class Sticks:
    """Looks at sticks again and again: what did not change since is not read again."""

    def __init__(self, found: Callable[[], Sequence[Path]] = mounted) -> None:
        self._found = found
        self._known: dict[tuple[Path, tuple[FolderFile, ...]], tuple[bool, bool | None]] = {}

    def look(self, identities: Sequence[Identity], *, also: Sequence[Path] = ()) -> list[Stick]:
        """Everything that is plugged in, and the folders `also`."""
        return [self._stick(folder, identities) for folder in dict.fromkeys([*self._found(), *also])]

    def _stick(self, folder: Path, identities: Sequence[Identity]) -> Stick:
        try:
            room = Space(None, None) if folder.is_file() else space(folder)
            near = list(places(folder))
            return Stick(
                folder,
                room.free,
                room.total,
                os.access(folder, os.R_OK if folder.is_file() else os.R_OK | os.X_OK),
                tuple(self._reels(near, identities)),
                any(map(holds_music, near)),
            )
        except (OSError, SourceError):
            return Stick(folder, None, None, readable=False, reels=(), music=False)

    def _reels(self, near: Sequence[Path], identities: Sequence[Identity]) -> Iterator[ReelThere]:
        for folder in near:
            if holds_a_spool(folder):
                yield ReelThere(folder, _length_below(folder / "blobs"), words=False, mine=True, is_open=True)
            if holds_a_bag(folder):
                yield ReelThere(folder, _length_below(folder / PAYLOAD), words=False, mine=True, is_open=True)
            for reel, files in reels_in(folder):
                sealed = [each for each in files if is_named_as_sealed(each.path)]
                words, mine = self._locks(reel, sealed, identities)
                length = reel.stat().st_size if reel.is_file() else sum(each.length for each in files)
                yield ReelThere(reel, length, words, mine)

    def _locks(
        self, folder: Path, sealed: Sequence[FolderFile], identities: Sequence[Identity]
    ) -> tuple[bool, bool | None]:
        key = (folder, tuple(sealed))  # times say nothing of what lies there
        if key not in self._known:
            self._known = {known: locks for known, locks in self._known.items() if known[0] != folder}
            self._known[key] = _read_locks(folder, sealed, identities)
        return self._known[key]


def reels_in(folder: Path) -> Iterator[tuple[Path, list[FolderFile]]]:
    """Sealed reels that lie in a folder, and those that are one file there, with their files; of a broken one some."""
    if holds_a_reel(folder):
        yield from told_apart(folder)
    for file in [folder] if folder.is_file() else files_in(folder):
        with suppress(*REFUSED):
            yield file, glance(file)


def told_apart(folder: Path) -> list[tuple[Path, list[FolderFile]]]:
    """The reel of a folder and its files; or, where each lies in a folder of its own, the reels.

    A reel of many files lies in subfolders too, but then in full ones.
    """
    below: dict[str, list[FolderFile]] = {}
    for each in survey(folder):
        below.setdefault(each.path.rpartition("/")[0], []).append(each)
    whole = [each for files in below.values() for each in files]
    if any(is_named_as_sealed(each.path) for each in below.pop("", ())):
        return [(folder, whole)]
    if any(len(files) > FOLDER_FILES // 4 for files in below.values()):
        return [(folder, whole)]
    return [
        (folder / name, [FolderFile(each.path.removeprefix(f"{name}/"), each.length) for each in files])
        for name, files in below.items()
        if any(is_named_as_sealed(each.path) for each in files)
    ]


def _read_locks(folder: Path, sealed: Sequence[FolderFile], identities: Sequence[Identity]) -> tuple[bool, bool | None]:
    """Whether some file is sealed to words, and whether any other opens with a key of ours."""
    words, mine = False, None
    for each in sealed:
        try:
            header = read_header_of(reader_of(folder / each.path, table=first_of))
            if any(stanza.args[0] == _SCRYPT for stanza in header.stanzas):
                words = True
            elif mine is None:
                unwrap(header, identities)
                mine = True
        except NotMineError:
            mine = False
        except (OSError, SourceError):
            continue
        if mine or (words and mine is not None):
            break
    return words, mine


def _length_below(folder: Path) -> int:
    length = 0
    for top, _, names in os.walk(folder):
        for name in names:
            try:
                length += (Path(top) / name).stat().st_size
            except OSError:
                continue
    return length


def room_for_a_reel(library: Library, stick: Path, *, is_open: bool) -> Path:
    """The folder on a stick that a reel goes into: an unfinished one of ours, else a new one with an opaque name."""
    from magnitizdat.formats.names import opaque_name

    if is_open:
        taken = stick / _OPEN_FOLDER
        vacant = not os.path.lexists(taken)
        return (
            taken
            if vacant or (holds_a_spool(taken) and not taken.is_symlink())
            else stick / f"{_OPEN_FOLDER}-{opaque_name()}"
        )
    for target in library.index.jobs.of_kind(CUT):
        if Path(target).parent == stick.resolve() and Path(target).is_dir():
            return Path(target)
    return stick / opaque_name()
