"""Where par2 works on a damaged group: the reel's own folder, or a scratch folder of links and salvaged copies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED, FileReader, md5_of
from magnitizdat.disk.space import space
from magnitizdat.errors import NoSpaceError, TargetError
from magnitizdat.reel.check import Examined
from magnitizdat.reel.erasures import read_around
from magnitizdat.reel.sets import ParitySet
from magnitizdat.sentence import say, size_words

_CHUNK = 1 << 20
_BESIDE = ".900"
"""Suffix of a mended file on its way back: the next mend takes it for a leftover of this one."""


class Workbench(Protocol):
    """A folder in which par2 finds a group."""

    @property
    def place(self) -> Path:
        """The folder."""
        ...

    @property
    def is_kept(self) -> bool:
        """Whether the next mend finds there what this one could not finish."""
        ...

    def prepare(self, files: Sequence[Examined], extra: Sequence[str]) -> None:
        """Put everything there. Raises: NoSpaceError, TargetError, OSError."""
        ...

    def parity_names(self) -> list[str]:
        """The group's par2 files in that folder."""
        ...

    def bring_back(self, bad: Sequence[Examined]) -> None:
        """Put mended files where they belong."""
        ...

    def clear(self) -> None:
        """Remove what `prepare` put there."""
        ...


def refuse_without_room(folder: Path, needed: int, what: str) -> None:
    """Raises: NoSpaceError before anything is written."""
    free = space(folder).free
    if free is not None and free < needed:
        raise NoSpaceError(
            say(
                "{what} need {needed} and {free} are free in {folder};"
                " free some, or name a folder on another disk with --scratch",
                what=what,
                needed=size_words(needed),
                free=size_words(free),
                folder=folder,
            )
        )


class InPlace:
    """The reel's own folder. par2 renames what is damaged and writes the mended file under its name."""

    is_kept = True

    def __init__(self, folder: Path, parity: ParitySet) -> None:
        self._parity = parity
        self.place = folder / parity.prefix

    def prepare(self, files: Sequence[Examined], extra: Sequence[str]) -> None:
        """Only room is needed."""
        del extra
        needed = sum(each.file.length for each in files if not each.is_whole)
        refuse_without_room(self.place, needed, say("the mended files"))

    def parity_names(self) -> list[str]:
        """Those that lie there."""
        return [Path(each.path).name for each in self._parity.parity]

    def bring_back(self, bad: Sequence[Examined]) -> None:
        """They are there."""

    def clear(self) -> None:
        """Leftovers are removed once the files have verified."""


class Scratch:
    """A folder of its own on another disk, named after the group: what an interrupted mend finished there is used."""

    def __init__(self, folder: Path, parity: ParitySet, disk: Disk, scratch: Path | None) -> None:
        self._folder, self._parity, self._disk = folder, parity, disk
        self._own = None if scratch else disk.make_temporary("mend-")
        self.is_kept = scratch is not None
        name = f"mend-{parity.set_id.hex()}-{parity.prefix.rstrip('/')}".rstrip("-")
        self.place = (scratch or self._own or folder) / name

    def prepare(self, files: Sequence[Examined], extra: Sequence[str]) -> None:
        """Links to what is whole, salvaged copies of what is not, and of par2's files."""
        self._disk.mkdir(self.place)
        bad = [each for each in files if not each.is_whole]
        needed = 2 * sum(each.file.length for each in bad) + sum(each.length for each in self._parity.parity)
        refuse_without_room(self.place, needed, say("the files that are mended in the scratch folder"))
        for each in files:
            target = self.place / each.file.name.decode("ascii")
            if each.is_whole:
                self._link(self._folder / each.path, target)
            elif not _is_mended(target, each):
                self._disk.remove(target)
                self._salvage(self._folder / each.path, target)
        for path in [*(each.path for each in self._parity.parity), *extra]:
            target = self.place / Path(path).name
            self._disk.remove(target)
            self._salvage(self._folder / path, target)

    def _link(self, source: Path, target: Path) -> None:
        self._disk.remove(target)
        try:
            self._disk.link(source.resolve(), target)
        except (TargetError, OSError):  # file systems and Windows accounts without links
            self._salvage(source, target)

    def _salvage(self, source: Path, target: Path) -> None:
        """A copy with zeros where the medium refuses; nothing where there is no such file."""
        try:
            reader = FileReader(source)
        except REFUSED:
            return
        with self._disk.create(target) as writer:
            for offset in range(0, reader.length, _CHUNK):
                writer.write(read_around(reader, offset, min(_CHUNK, reader.length - offset)))

    def parity_names(self) -> list[str]:
        """Those that could be copied."""
        names = [Path(each.path).name for each in self._parity.parity]
        return [name for name in names if (self.place / name).is_file()]

    def bring_back(self, bad: Sequence[Examined]) -> None:
        """Beside the damaged file first; where there is no room for both, in its stead: a kept scratch folder has it.

        Raises: NoSpaceError, TargetError.
        """
        for each in bad:
            mended, target = self.place / each.file.name.decode("ascii"), self._folder / each.path
            if not _is_mended(mended, each):
                continue
            self._disk.flush([mended, self.place])
            beside = target.with_name(target.name + _BESIDE)
            self._disk.remove(beside)
            try:
                self._copy(mended, beside)
            except NoSpaceError:
                if not self.is_kept:
                    raise
                self._disk.remove(target)
                self._copy(mended, target)
            else:
                self._disk.rename(beside, target)

    def _copy(self, source: Path, target: Path) -> None:
        reader = FileReader(source)
        with self._disk.create(target) as writer:
            for offset in range(0, reader.length, _CHUNK):
                writer.write(reader.read_at(offset, _CHUNK))

    def clear(self) -> None:
        """Remove the folder and what is in it."""
        if self.place.is_dir():
            for path in sorted(self.place.iterdir()):
                self._disk.remove(path)
            self._disk.remove_folder(self.place)
        if self._own is not None:
            self._disk.remove_folder(self._own)


def _is_mended(path: Path, examined: Examined) -> bool:
    try:
        return not path.is_symlink() and md5_of(path) == examined.file.md5
    except REFUSED:
        return False
