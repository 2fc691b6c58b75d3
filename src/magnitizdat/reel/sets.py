"""Parity sets in a folder: which par2 files are there, what they describe, how many recovery slices are sound.

Nothing that a packet says is believed further than it can hurt: names must be such as we give to segments, ids those
of what they name, lengths and counts must fit each other, no packet may contradict another, or the set is left alone.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED, FileReader
from magnitizdat.formats import budgets
from magnitizdat.lookahead import ahead
from magnitizdat.reel.folder import FolderFile
from magnitizdat.reel.layout import PARITY_SUFFIX, blocks_for
from magnitizdat.reel.one_file import reader_of
from magnitizdat.reel.par2_packets import (
    Checksums,
    Description,
    Main,
    Recovery,
    Scan,
    file_id_of,
    scan,
    set_id_of,
    slices_of,
)
from magnitizdat.reel.paths import is_parity_name, is_segment_name
from magnitizdat.sentence import Sentence

_VOLUME = re.compile(r"\.vol(\d{1,5})\+(\d{1,5})\.par2$", re.IGNORECASE)
_MAX_LENGTH = 1 << 32
_MAX_SLICES = 32768
READERS = 2


def is_volume(path: str) -> bool:
    """Whether a par2 file holds spare parts; the main one of a group only describes it."""
    return _VOLUME.search(path) is not None


class ParityFile(NamedTuple):
    """A par2 file: whether all of it was sound, the medium refused some of it, other sets stand in it too."""

    path: str
    length: int
    whole: bool
    unreadable: bool = False
    shared: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it has a name that we could have given it, and holds nothing of another set."""
        return not self.shared and is_parity_name(self.path.rpartition("/")[2])


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
    exponents: frozenset[int] = frozenset()
    borrowed: list[Path] = field(default_factory=list)
    """Par2 files of another copy that stand for the same files; they stay where they are."""

    def borrow(self, other: ParitySet, folder: Path) -> None:
        """Use the spare parts of the same group in another `folder`, too."""
        self.borrowed += [folder / each.path for each in other.parity]
        self.exponents |= other.exponents
        self.lent = len(self.exponents) - self.blocks
        self.blocks, self.planned = len(self.exponents), max(self.planned, other.planned)

    lent: int = 0
    """Recovery slices that only the borrowed files have."""

    @property
    def longest(self) -> int:
        """Bytes of the longest par2 file that is used."""
        lengths = [each.length for each in self.parity]
        return max([*lengths, *(reader_of(path).length for path in self.borrowed)], default=0)

    @property
    def name(self) -> str:
        """What a person sees: the beginning of the names of its par2 files."""
        paths = [each.path for each in self.parity] or [each.as_posix() for each in self.borrowed]
        return min(paths, default="").rpartition("/")[2].partition(".")[0]

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
        return self.blocks - self.lent < self.planned or not all(each.whole for each in self.parity)


class Gathered(NamedTuple):
    """All sets of a folder, par2 files that belong to none of them, and which budgets some of these were `over`."""

    sets: list[ParitySet]
    useless: list[str]
    over: list[Sentence]


class _PacketPool:
    """What par2 files may hold beyond what their lengths account for, all together. Safe in several threads."""

    def __init__(self, over: list[Sentence]) -> None:
        self._left = budgets.ALL_PACKETS.most
        self._over = over
        self._guard = threading.Lock()

    def scan(self, source: FileReader) -> Scan:
        """Nothing of a file that is over a budget."""
        accounted = budgets.ALL_PACKETS.allowed(source.length) - budgets.ALL_PACKETS.most
        with self._guard:
            lent = min(self._left, budgets.PACKETS.most)
            self._left -= lent
        try:
            found = scan(source, most=accounted + lent)
        except budgets.OverBudgetError as exc:
            is_shared = exc.sentence == budgets.PACKETS.sentence and lent < budgets.PACKETS.most
            self._over.append(budgets.ALL_PACKETS.sentence if is_shared else exc.sentence)
            return Scan((), source.length, 0)
        with self._guard:
            self._left += min(lent, max(0, accounted + lent - len(found.packets)))
        return found


@dataclass
class _Pile:
    """Packets of one set id in one folder."""

    main: Main | None = None
    descriptions: dict[bytes, Description] = field(default_factory=dict)
    checksums: dict[bytes, Checksums] = field(default_factory=dict)
    exponents: dict[int, set[int]] = field(default_factory=dict)  # by slice length
    parity: list[ParityFile] = field(default_factory=list)
    contradicts: bool = False


def gather(folder: Path, found: Iterable[FolderFile]) -> Gathered:
    """Read every par2 file of `found`, two at once."""
    parity = [each for each in found if each.path.lower().endswith(PARITY_SUFFIX)]
    over = list[Sentence]()
    piles, packets = _Piles(over), _PacketPool(over)
    useless = []
    with ThreadPoolExecutor(READERS, "parity-reader") as pool:
        for each, coming in ahead(pool, lambda each: _scan(folder / each.path, packets), parity, most=READERS):
            if not piles.add(each, coming.result()):
                useless.append(each.path)
    # By folder too: a copy of a reel in a subfolder has the same set ids, and its files stand for other places.
    sets, claims = list[ParitySet](), Counter[str]()
    for (prefix, set_id), pile in sorted(piles.found.items()):
        described = _set_of(prefix, set_id, pile)
        if described is not None and not _is_unclaimed(described, claims):
            over.append(budgets.SETS_OF_A_FILE.sentence)
            described = None
        if described is None:
            useless += [each.path for each in pile.parity]
        else:
            sets.append(described)
    by_name: dict[str, list[ParitySet]] = {}
    for made in sets:
        by_name.setdefault(made.prefix + made.name, []).append(made)
    useless = [path for path in useless if not _adopt(by_name, path)]
    for made in sets:
        made.planned = _planned(made)
    _expect_of_siblings(sets)
    return Gathered(sets, sorted(useless), [*dict.fromkeys(over)])


def _is_unclaimed(parity: ParitySet, claims: Counter[str]) -> bool:
    """Whether no file of a set stands in many sets already: each of them would have it read."""
    paths = [parity.path_of(file) for file in parity.files]
    claims.update(paths)
    return all(claims[path] <= budgets.SETS_OF_A_FILE.most for path in paths)


def _adopt(by_name: Mapping[str, Sequence[ParitySet]], path: str) -> bool:
    """Count a par2 file without any sound packet to the set whose name it bears."""
    folder, slash, name = path.rpartition("/")
    for each in by_name.get(folder + slash + name.partition(".")[0], ()):
        if all(path != known.path for known in each.parity):
            each.parity.append(ParityFile(path, 0, whole=False))
            return True
    return False


def _planned(parity: ParitySet) -> int:
    """Recovery slices that there once were: what names and exponents say, and at least what we always make."""
    total = sum(parity.checksums[file.file_id].slices for file in parity.files)
    largest = max(parity.checksums[file.file_id].slices for file in parity.files)
    # A forged name may promise any number; there never are more spare slices than its files have slices.
    return min(max(_promised(parity.parity), parity.highest + 1, blocks_for(0, largest, 0)), total)


def _scan(path: Path, packets: _PacketPool) -> Scan:
    try:
        return packets.scan(reader_of(path))
    except REFUSED:
        return Scan((), 0, 1)


class _Piles:
    """Packets by folder and set id; of what describes files no more than its budget."""

    def __init__(self, over: list[Sentence]) -> None:
        self._over = over
        self.found: dict[tuple[str, bytes], _Pile] = {}
        self._described = 0

    def add(self, file: FolderFile, result: Scan) -> bool:
        """Pile up what a par2 file holds; False if that is nothing."""
        prefix = file.path.rpartition("/")[0]
        prefix = prefix and prefix + "/"
        ids = {packet.set_id for packet in result.packets}
        for set_id in ids:
            pile = self.found.setdefault((prefix, set_id), _Pile())
            whole, unreadable = not (result.damaged or result.unreadable), result.unreadable > 0
            pile.parity.append(ParityFile(file.path, file.length, whole, unreadable, shared=len(ids) > 1))
        for packet in result.packets:
            self._put(self.found[prefix, packet.set_id], packet.body)
        return bool(ids)

    def _put(self, pile: _Pile, body: Main | Description | Checksums | Recovery | None) -> None:
        """Packets repeat in every volume; one that says other things of a file is forged, or the others are."""
        if isinstance(body, Main) and pile.main is None:
            if self._has_room(16 * len(body.files)):
                pile.main = body
        elif isinstance(body, Description):
            if (known := pile.descriptions.get(body.file_id)) is not None:
                pile.contradicts |= known != body
            elif self._has_room(len(body.name)):
                pile.descriptions[body.file_id] = body
        elif isinstance(body, Checksums):
            if (sums := pile.checksums.get(body.file_id)) is not None:
                pile.contradicts |= sums != body
            elif self._has_room(len(body.pairs)):
                pile.checksums[body.file_id] = body
        elif isinstance(body, Recovery):
            pile.exponents.setdefault(body.length, set()).add(body.exponent)

    def _has_room(self, length: int) -> bool:
        self._described += length
        if self._described > budgets.ALL_DESCRIBED.most:
            self._over.append(budgets.ALL_DESCRIBED.sentence)
        return self._described <= budgets.ALL_DESCRIBED.most


def _set_of(prefix: str, set_id: bytes, pile: _Pile) -> ParitySet | None:
    """A set that is described fully and harmlessly, or None."""
    if pile.main is None or pile.contradicts or set_id != set_id_of(pile.main):
        return None
    if any(each not in pile.descriptions for each in pile.main.files):
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
    made.highest, made.exponents = max(exponents, default=-1), frozenset(exponents)
    return made


def _is_sound(file: Description, pile: _Pile, slice_length: int) -> bool:
    checksums = pile.checksums.get(file.file_id)
    ours = is_segment_name(file.name.decode("ascii", "replace")) and 0 < file.length < _MAX_LENGTH
    return (
        ours
        and file.file_id == file_id_of(file)
        and checksums is not None
        and checksums.slices == slices_of(file.length, slice_length)
    )


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
