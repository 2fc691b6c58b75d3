"""Parity sets in a folder: which par2 files are there, what they describe, how many recovery slices are sound.

Nothing that a packet says is believed further than it can hurt: names must be plain names of one folder, lengths and
counts must fit each other, or the set is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED, FileReader
from magnitizdat.reel.folder import FolderFile, is_plain_name
from magnitizdat.reel.layout import PARITY_SUFFIX, blocks_for
from magnitizdat.reel.par2_packets import Checksums, Description, Main, Recovery, Scan, scan, slices_of

_VOLUME = re.compile(r"\.vol(\d{1,5})\+(\d{1,5})\.par2$", re.IGNORECASE)
_MAX_LENGTH = 1 << 32
_MAX_SLICES = 32768
READERS = 2


def is_volume(path: str) -> bool:
    """Whether a par2 file holds spare parts; the main one of a group only describes it."""
    return _VOLUME.search(path) is not None


class ParityFile(NamedTuple):
    """A par2 file, whether all of it was sound, and whether the medium refused some of it."""

    path: str
    length: int
    whole: bool
    unreadable: bool = False


@dataclass
class ParitySet:
    """One group: the files it describes (by id, in PAR2's order) and what could mend them. `prefix` is its folder."""

    set_id: bytes
    prefix: str
    slice_length: int
    files: list[Description]
    checksums: dict[bytes, Checksums]
    blocks: int
    parity: list[ParityFile] = field(default_factory=list)
    planned: int = 0
    highest: int = -1

    @property
    def name(self) -> str:
        """What a person sees: the beginning of the names of its par2 files."""
        return min((each.path for each in self.parity), default="").rpartition("/")[2].partition(".")[0]

    @property
    def main_lost(self) -> bool:
        """Whether the par2 file that only describes is not there: every volume says the same."""
        return all(is_volume(each.path) for each in self.parity)

    def path_of(self, file: Description) -> str:
        """Where a file of the set belongs, from the reel's folder."""
        return self.prefix + file.name.decode("ascii")

    @property
    def is_damaged(self) -> bool:
        """Whether par2 files are damaged or recovery slices are missing."""
        return self.blocks < self.planned or not all(each.whole for each in self.parity)


class Gathered(NamedTuple):
    """All sets of a folder, and par2 files that belong to none of them."""

    sets: list[ParitySet]
    useless: list[str]


@dataclass
class _Pile:
    """Packets of one set id in one folder."""

    main: Main | None = None
    descriptions: dict[bytes, Description] = field(default_factory=dict)
    checksums: dict[bytes, Checksums] = field(default_factory=dict)
    exponents: dict[int, set[int]] = field(default_factory=dict)  # by slice length
    parity: list[ParityFile] = field(default_factory=list)


def gather(folder: Path, found: Iterable[FolderFile]) -> Gathered:
    """Read every par2 file of `found`, two at once."""
    parity = [each for each in found if each.path.lower().endswith(PARITY_SUFFIX)]
    piles: dict[tuple[str, bytes], _Pile] = {}
    useless = []
    with ThreadPoolExecutor(READERS, "parity-reader") as pool:
        for each, result in zip(parity, pool.map(lambda each: _scan(folder / each.path), parity), strict=True):
            if not _pile_up(piles, each, result):
                useless.append(each.path)
    # By folder too: a copy of a reel in a subfolder has the same set ids, and its files stand for other places.
    sets = []
    for (prefix, set_id), pile in sorted(piles.items()):
        described = _set_of(prefix, set_id, pile)
        if described is None:
            useless += [each.path for each in pile.parity]
        else:
            sets.append(described)
    useless = [path for path in useless if not _adopt(sets, path)]
    for made in sets:
        made.planned = _planned(made)
    _expect_of_siblings(sets)
    return Gathered(sets, sorted(useless))


def _adopt(sets: Iterable[ParitySet], path: str) -> bool:
    """Count a par2 file without any sound packet to the set whose name it bears."""
    for each in sets:
        if path.startswith(f"{each.prefix}{each.name}.") and path not in {known.path for known in each.parity}:
            each.parity.append(ParityFile(path, 0, whole=False))
            return True
    return False


def _planned(parity: ParitySet) -> int:
    """Recovery slices that there once were: what names and exponents say, and at least what we always make."""
    total = sum(parity.checksums[file.file_id].slices for file in parity.files)
    largest = max(parity.checksums[file.file_id].slices for file in parity.files)
    # A forged name may promise any number; there never are more spare slices than its files have slices.
    return min(max(_promised(parity.parity), parity.highest + 1, blocks_for(0, largest, 0)), total)


def _scan(path: Path) -> Scan:
    try:
        return scan(FileReader(path))
    except REFUSED:
        return Scan((), 0, 1)


def _pile_up(piles: dict[tuple[str, bytes], _Pile], file: FolderFile, result: Scan) -> bool:
    prefix = file.path.rpartition("/")[0]
    prefix = prefix and prefix + "/"
    ids = {packet.set_id for packet in result.packets}
    if not ids:
        return False
    for set_id in ids:
        pile = piles.setdefault((prefix, set_id), _Pile())
        pile.parity.append(
            ParityFile(file.path, file.length, not (result.damaged or result.unreadable), result.unreadable > 0)
        )
    for packet in result.packets:
        pile, body = piles[prefix, packet.set_id], packet.body
        if isinstance(body, Main):
            pile.main = pile.main or body
        elif isinstance(body, Description):
            # The first wins: packets repeat in every volume, and a forged one behind it changes nothing.
            pile.descriptions.setdefault(body.file_id, body)
        elif isinstance(body, Checksums):
            pile.checksums.setdefault(body.file_id, body)
        elif isinstance(body, Recovery):
            pile.exponents.setdefault(body.length, set()).add(body.exponent)
    return True


def _set_of(prefix: str, set_id: bytes, pile: _Pile) -> ParitySet | None:
    """A set that is described fully and harmlessly, or None."""
    if pile.main is None or any(each not in pile.descriptions for each in pile.main.files):
        return None
    files = [pile.descriptions[each] for each in pile.main.files]
    names = {file.name.decode("ascii", "replace").casefold() for file in files}
    if len(names) != len(files) or not all(_is_sound(file, pile, pile.main.slice_length) for file in files):
        return None
    total = sum(pile.checksums[file.file_id].slices for file in files)
    if total > _MAX_SLICES:
        return None
    exponents = pile.exponents.get(pile.main.slice_length, set())
    made = ParitySet(set_id, prefix, pile.main.slice_length, files, pile.checksums, len(exponents), pile.parity)
    made.highest = max(exponents, default=-1)
    return made


def _is_sound(file: Description, pile: _Pile, slice_length: int) -> bool:
    checksums = pile.checksums.get(file.file_id)
    plain = is_plain_name(file.name.decode("ascii", "replace")) and 0 < file.length < _MAX_LENGTH
    return plain and checksums is not None and checksums.slices == slices_of(file.length, slice_length)


def _promised(parity: Iterable[ParityFile]) -> int:
    """Recovery slices that the names of volumes speak of; a hint."""
    found = (_VOLUME.search(each.path) for each in parity)
    return max((int(each[1]) + int(each[2]) for each in found if each), default=0)


def _expect_of_siblings(sets: list[ParitySet]) -> None:
    """Groups of one reel have the same parity: one that lost its last volume is known by the others."""
    most: dict[tuple[int, int, int], int] = {}
    for each in sets:
        kind = (each.slice_length, len(each.files), each.files[0].length)
        most[kind] = max(most.get(kind, 0), each.planned)
    for each in sets:
        each.planned = most[each.slice_length, len(each.files), each.files[0].length]
