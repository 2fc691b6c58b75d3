"""Where par2 works on a group: a folder of ours with links to the segments and one par2 file of our own writing.

par2 sees no name and no packet but those that our own reading found sound, and what it writes lies in that folder. New
bytes go to the reel once they have verified there; until then the old ones stay.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from magnitizdat.cage.landlock import Reach
from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED, FileReader, md5_of
from magnitizdat.disk.space import space
from magnitizdat.errors import NoSpaceError, TargetError
from magnitizdat.reel import par2_child
from magnitizdat.reel.check import Examined
from magnitizdat.reel.erasures import read_around
from magnitizdat.reel.layout import PARITY_SUFFIX, volumes_for
from magnitizdat.reel.one_file import one_file_above, reader_of
from magnitizdat.reel.par2_packets import Main, packet_of, recovery_packets
from magnitizdat.reel.paths import LEFTOVER
from magnitizdat.reel.sets import ParitySet
from magnitizdat.sentence import advice, say, size_words

_CHUNK = 1 << 20
_BESIDE = ".900"
"""Suffix of a mended file that is not verified yet: the next mend takes it for a leftover of this one."""
_SPARE = "spare" + PARITY_SUFFIX
_STRANGER = "stranger"


def refuse_without_room(folder: Path, needed: int, what: str) -> None:
    """Raises: NoSpaceError before anything is written."""
    free = space(folder).free
    if free is not None and free < needed:
        raise NoSpaceError(
            advice(
                terminal=say(
                    "{what} need {needed} and {free} are free in {folder}; free some, or name a folder on"
                    " another disk with --scratch",
                    what=what,
                    needed=size_words(needed),
                    free=size_words(free),
                    folder=folder,
                ),
                page=say(
                    "{what} need {needed} and {free} are free in {folder}; free some space first",
                    what=what,
                    needed=size_words(needed),
                    free=size_words(free),
                    folder=folder,
                ),
            )
        )


class Workbench:
    """A folder of its own for one group; below `scratch` what an interrupted mend finished there is used again."""

    def __init__(self, folder: Path, parity: ParitySet, disk: Disk, scratch: Path | None) -> None:
        self._folder, self._parity, self._disk = folder, parity, disk
        self._own = None if scratch else disk.make_temporary("mend-")
        self.is_kept = scratch is not None
        name = f"mend-{parity.set_id.hex()}-{parity.prefix.rstrip('/')}".rstrip("-")
        self.place = (scratch or self._own or folder).resolve() / name
        self._strangers: list[str] = []
        self._linked: list[Path] = []

    def prepare(self, files: Sequence[Examined], extra: Sequence[str]) -> None:
        """Links to what can be read, salvaged copies of what cannot. Raises: NoSpaceError, TargetError, OSError."""
        self._disk.mkdir(self.place)
        bad = [each for each in files if not each.is_whole]
        copied = sum(reader_of(self._folder / path).length for path in extra)
        refuse_without_room(self.place, self._needed(bad) + copied, say("the files that are mended elsewhere"))
        new = sum(each.file.length for each in bad)
        if not self.is_kept:
            refuse_without_room(self._folder / self._parity.prefix, new, say("the mended files"))
        for each in files:
            target = self._of(each)
            if each.is_whole or not _is_mended(target, each):
                self._put(self._folder / each.path, target, salvage=each.unreadable)
        self._strangers = [f"{_STRANGER}{number}" for number in range(len(extra))]
        for path, name in zip(extra, self._strangers, strict=True):  # par2 passes over links out of its folder
            self._put(self._folder / path, self.place / name, salvage=True)

    def _needed(self, bad: Sequence[Examined]) -> int:
        copied = sum(each.file.length for each in bad if each.unreadable)
        return (
            copied
            + sum(each.file.length for each in bad)
            + sum(each.length for each in self._parity.parity)
            + sum(reader_of(path).length for path in self._parity.borrowed)
        )

    def _of(self, each: Examined) -> Path:
        return self.place / each.file.name.decode("ascii")

    def _put(self, source: Path, target: Path, *, salvage: bool = False) -> None:
        self._disk.remove(target)
        if not os.path.lexists(source) and one_file_above(source) is None:
            return
        if not salvage:
            with suppress(TargetError, OSError):  # file systems and Windows accounts without links
                self._disk.link(source.absolute(), target)
                self._linked.append(source)
                return
        self._salvage(source, target)

    def _salvage(self, source: Path, target: Path) -> None:
        """A copy with zeros where the medium refuses; nothing where there is no such file."""
        with suppress(*REFUSED):
            self._disk.write_new(target, _chunks(reader_of(source)))

    def supply(self, most: int) -> bool:
        """Write the par2 file, with that many recovery slices at most; whether these are all that there are."""
        self._disk.remove(self.place / _SPARE)
        found: set[int] = set()
        with self._disk.create(self.place / _SPARE) as writer:
            main = Main(self._parity.slice_length, tuple(each.file_id for each in self._parity.files))
            writer.write(packet_of(self._parity.set_id, main))
            for file in self._parity.files:
                writer.write(packet_of(self._parity.set_id, file))
                writer.write(packet_of(self._parity.set_id, self._parity.checksums[file.file_id]))
            for exponent, packet in self._recovery():
                if exponent not in found:
                    if len(found) == most:
                        return False
                    found.add(exponent)
                    writer.write(packet)
        return True

    def _recovery(self) -> Iterator[tuple[int, bytes]]:
        for path in (*(self._folder / each.path for each in self._parity.parity), *self._parity.borrowed):
            with suppress(*REFUSED), reader_of(path) as source:
                yield from recovery_packets(source, self._parity.set_id, self._parity.slice_length)

    def repair(self, *, largest: int, total: int, threads: int, shifted: bool) -> int:
        """Let par2 work. Returns its exit code."""
        try:
            return par2_child.repair(
                self.place,
                _SPARE,
                self._strangers,
                reach=Reach(reads=tuple(self._linked), works=(self.place,)),
                largest=largest,
                total=total,
                threads=threads,
                shifted=shifted,
            )
        finally:
            self._disk.remove(self.place / _SPARE)  # before anybody flushes it

    def create(self, base: str, files: Sequence[Examined]) -> None:
        """Make spare parts for the group anew. Raises: TargetError."""
        self._disk.mkdir(self.place)
        par2_child.create(
            self._folder / self._parity.prefix,
            base,
            [each.file.name.decode("ascii") for each in files],
            slice_length=self._parity.slice_length,
            blocks=self._parity.planned,
            volumes=len(volumes_for(self._parity.planned)),
            place=self.place,
            disk=self._disk,
        )

    def hand_over_parity(self, base: str) -> list[Path]:
        """Bring spare parts to the reel; they are flushed and verified there."""
        made = sorted(self.place.glob(f"{base}*"))
        return [self._bring(path, self._folder / self._parity.prefix / path.name) for path in made]

    def put_aside(self) -> set[str]:
        """Names of files that par2 found damaged."""
        found = (LEFTOVER.fullmatch(path.name) for path in self.place.iterdir())
        return {each[1] for each in found if each}

    def hand_over(self, each: Examined) -> Path | None:
        """The new bytes of a file on the reel's medium, to be flushed and verified: beside the old ones.

        Where there is no room for both, in their stead: a kept scratch folder has the new ones, flushed. None if par2
        made none. Raises: NoSpaceError, TargetError.
        """
        mended, target = self._of(each), self._folder / each.path
        if mended.is_symlink() or not mended.is_file():
            return None
        beside = target.with_name(target.name + _BESIDE)
        self._disk.remove(beside)
        try:
            return self._bring(mended, beside)
        except NoSpaceError:
            if not self.is_kept:
                raise
            return self._in_its_stead(each, mended, target)

    def _bring(self, made: Path, place: Path) -> Path:
        """What par2 made, to the reel. Raises: NoSpaceError, TargetError."""
        if not self.is_kept:
            with suppress(TargetError):  # it lies on another file system
                self._disk.adopt(made)
                self._disk.rename(made, place)
                return place
        self._disk.write_new(place, _chunks(FileReader(made)))
        return place

    def _in_its_stead(self, each: Examined, mended: Path, target: Path) -> Path | None:
        self._disk.flush([mended, self.place])
        if not _is_mended(mended, each):
            return None
        self._disk.remove(target)
        self._disk.write_new(target, _chunks(FileReader(mended)))
        return target

    def clear(self) -> None:
        """Remove the folder and what is in it."""
        if self.place.is_dir():
            for path in sorted(self.place.iterdir()):
                self._disk.remove(path)
            self._disk.remove_folder(self.place)
        if self._own is not None:
            self._disk.remove_folder(self._own)


def _chunks(source: FileReader) -> Iterator[bytes]:
    return (
        read_around(source, offset, min(_CHUNK, source.length - offset)) for offset in range(0, source.length, _CHUNK)
    )


def _is_mended(path: Path, examined: Examined) -> bool:
    try:
        return not path.is_symlink() and md5_of(FileReader(path)) == examined.file.md5
    except REFUSED:
        return False
