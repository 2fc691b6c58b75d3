"""Checking a reel without any key and without par2: MD5 of every file, slices only where a file differs.

A read error is an erasure, not an end: the slice is counted as lost and reading goes on behind it (law 6).

Where damage is known, CRC-32 tells the rest as fast as it can be read, `by_crc`: par2 will hash all of that group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from magnitizdat.disk.reading import REFUSED, FileReader, md5_of, stands_in_the_way
from magnitizdat.formats import budgets
from magnitizdat.formats.checksum import crc32
from magnitizdat.model import Progress, Silent
from magnitizdat.reel.archive_sums import ArchiveSums
from magnitizdat.reel.erasures import read_around
from magnitizdat.reel.folder import FolderFile, begins_as_age, is_long_enough, is_sealed, survey
from magnitizdat.reel.layout import PARITY_SUFFIX
from magnitizdat.reel.one_file import is_broken, reader_of, table_of
from magnitizdat.reel.par2_packets import Checksums, Description
from magnitizdat.reel.paths import LEFTOVER
from magnitizdat.reel.reports import CheckReport, FileState, GroupReport, SegmentReport
from magnitizdat.reel.sets import READERS, Gathered, ParitySet, gather
from magnitizdat.sentence import Sentence, say

__all__ = ["check"]

_FIRST_16K = 16384


@dataclass
class Examined:
    """One file of a set as it was found. `lost` are numbers of slices; `is_hashed`: whole by its MD5 too."""

    file: Description
    path: str
    lost: set[int]
    is_whole: bool = False
    is_hashed: bool = False
    exists: bool = True
    unreadable: bool = False
    length: int = 0
    found_as: str = ""
    crc32: int | None = None
    """Of all its bytes, where these were read to the end."""
    leftovers: list[str] = field(default_factory=list)

    @property
    def state(self) -> FileState:
        """In one word."""
        if self.is_whole:
            return "whole"
        if self.found_as:
            return "renamed"
        return "damaged" if self.exists or self.leftovers else "missing"


@dataclass
class Inspection:
    """Everything found in a folder: each set with its files, then what belongs to none."""

    folder: Path
    groups: list[tuple[ParitySet, list[Examined]]]
    unprotected: list[str]
    useless: list[str]
    foreign: list[str]
    over: list[Sentence]
    archive_broken: bool = False
    mislisted: tuple[str, ...] = ()

    def report(self) -> CheckReport:
        """As values."""
        return CheckReport(
            groups=tuple(_group_report(parity, files) for parity, files in self.groups),
            unprotected=tuple(self.unprotected),
            useless=tuple(self.useless),
            foreign=tuple(self.foreign),
            over=tuple(self.over),
            archive_broken=self.archive_broken,
            mislisted=self.mislisted,
        )


def check(folder: Path, *, progress: Progress | None = None) -> CheckReport:
    """What of a reel is whole, damaged or missing, and whether it can be mended. Needs no key and changes nothing.

    Raises: SourceError if the folder cannot be listed.
    """
    return inspect(folder, progress=progress).report()


def inspect(
    folder: Path,
    *,
    verified: Collection[str] = (),
    gathered: Gathered | None = None,
    by_crc: bool = False,
    progress: Progress | None = None,
) -> Inspection:
    """The same with all that mending needs. Files that somebody has just `verified` or `gathered` are not read again.

    `by_crc`: once damage is found in a group, its other files are whole if the CRC-32 of every slice is right.
    """
    watcher = progress or Silent()
    over = _looked_through(folder, watcher)
    found = survey(folder)
    watcher.start(say("check"), sum(each.length for each in found))
    sets, useless, over_parity = gathered or gather(folder, found)
    watcher.advance(sum(each.length for each in found if each.path.lower().endswith(PARITY_SUFFIX)))
    lengths = {each.path: each.length for each in found}
    jobs = [(parity, file) for parity in sets for file in parity.files]
    hurt = {parity.name for parity, file in jobs if lengths.get(parity.path_of(file)) != file.length}

    def look(job: tuple[ParitySet, Description]) -> Examined:
        parity, file = job
        path = parity.path_of(file)
        if path in verified:
            examined = Examined(file, path, set(), is_whole=True, is_hashed=True)
        else:
            examined = examine(folder, parity, file, by_crc=by_crc and parity.name in hurt)
        if not examined.is_whole:
            hurt.add(parity.name)
        watcher.advance(lengths.get(examined.path, 0))
        return examined

    with ThreadPoolExecutor(READERS, "check") as pool:
        results = iter(list(pool.map(look, jobs)))
    groups = [(parity, [next(results) for _ in parity.files]) for parity in sets]
    rest = _claim(folder, groups, found)
    unprotected: list[str] = []
    foreign: list[str] = []
    for path in rest:
        is_one = is_long_enough(FolderFile(path, lengths[path])) and is_sealed(folder / path)
        (unprotected if is_one else foreign).append(path)
    broken, mislisted = is_broken(folder), _mislisted(folder, groups, watcher)
    return Inspection(folder, groups, unprotected, useless, foreign, [*over, *over_parity], broken, mislisted)


def _looked_through(folder: Path, progress: Progress) -> list[Sentence]:
    """Of a reel as one file what is in it: that may take long where it is broken. Which budget that was over."""
    is_all = not folder.is_file() or table_of(folder, progress=progress).is_all
    return [] if is_all else [budgets.REEL_MEMBERS.sentence]


def _mislisted(folder: Path, groups: Sequence[tuple[ParitySet, list[Examined]]], progress: Progress) -> tuple[str, ...]:
    """What other programs would take for damaged, though nothing else says that it is."""
    files = [each for _, examined in groups for each in examined]
    known = {each.path: each.crc32 for each in files if each.crc32 is not None}
    hurt = {each.path for each in files if not each.is_whole}
    hurt |= {each.path for parity, _ in groups for each in parity.parity if not each.whole}
    sums = ArchiveSums(folder)
    progress.start(say("comparing the list of the archive"), sums.unread(known))
    return tuple(sorted(sums.wrong(known, progress) - hurt))


def examine(
    folder: Path, parity: ParitySet, file: Description, *, at: str | None = None, by_crc: bool = False
) -> Examined:
    """One file of a set, at its own place. `by_crc` takes it for whole if the CRC-32 of every slice is right."""
    path, checksums = at or parity.path_of(file), parity.checksums[file.file_id]
    every = set(range(checksums.slices))
    try:
        source = reader_of(folder / path)
    except REFUSED:
        is_file = (folder / path).exists() and not stands_in_the_way(folder / path)
        return Examined(file, path, every, exists=is_file)
    lost, is_whole = set[int](), False
    if source.length == file.length:  # of a file of another length only what is there is looked at
        with suppress(*REFUSED):
            md5, crc, lost = _read_once(source, checksums, parity.slice_length, by_crc=by_crc)
            is_whole = not lost and (by_crc or md5 == file.md5)
    if is_whole:
        return Examined(file, path, set(), is_whole=True, is_hashed=not by_crc, crc32=crc)
    unreadable = False
    if not lost or source.length != file.length:
        lost, unreadable = lost_slices(source, file, checksums, parity.slice_length)
    return Examined(file, path, lost, unreadable=unreadable, length=source.length)


def _read_once(
    source: FileReader, checksums: Checksums, slice_length: int, *, by_crc: bool
) -> tuple[bytes, int, set[int]]:
    """A file's MD5 if all of it is right, its CRC-32, and slices with another one than they should have.

    Raises: OSError.
    """
    hashed, crc, lost = hashlib.md5(usedforsecurity=False), 0, set[int]()
    buffer = memoryview(bytearray(slice_length))
    for number in range(checksums.slices):
        length = source.read_into(buffer, number * slice_length)
        content = buffer[:length]
        crc = crc32(content, crc)
        if crc32(bytes(slice_length - length), crc32(content)) != checksums.crc32(number):
            lost.add(number)
        if not (by_crc or lost):
            hashed.update(content)
    return hashed.digest(), crc, lost


def lost_slices(
    source: FileReader, file: Description, checksums: Checksums, slice_length: int
) -> tuple[set[int], bool]:
    """Slices that do not verify at their place, and whether the medium refused any."""
    lost, unreadable = set(), False
    for number in range(checksums.slices):
        length = min(slice_length, file.length - number * slice_length)
        try:
            sealed = source.read_at(number * slice_length, length)
        except REFUSED:
            sealed = read_around(source, number * slice_length, length)  # some give way when asked for less
            unreadable = True
        if len(sealed) != length or not _is_slice(sealed, checksums, number, bytes(slice_length - length)):
            lost.add(number)
    return lost, unreadable


def _is_slice(content: bytes, checksums: Checksums, number: int, padding: bytes) -> bool:
    if crc32(padding, crc32(content)) != checksums.crc32(number):
        return False
    hashed = hashlib.md5(content, usedforsecurity=False)
    hashed.update(padding)
    return hashed.digest() == checksums.md5(number)


def _claim(folder: Path, groups: Iterable[tuple[ParitySet, list[Examined]]], found: list[FolderFile]) -> list[str]:
    """Find renamed files and leftovers of an interrupted mend; returns the files that belong to no set."""
    groups = list(groups)
    known = {examined.path: (parity, examined) for parity, files in groups for examined in files}
    rest: dict[str, int] = {}
    for each in found:
        if each.path in known or each.path.lower().endswith(PARITY_SUFFIX):
            continue
        leftover = LEFTOVER.fullmatch(each.path)
        if leftover and leftover[1] in known:
            _add_leftover(folder, *known[leftover[1]], each.path)
        else:
            rest[each.path] = each.length
    bad = [examined for _, files in groups for examined in files if not examined.is_whole]
    sought = {(examined.file.length, examined.file.md5_16k): examined for examined in bad}
    lengths = {length for length, _ in sought}
    displaced = {examined.path: examined.length for examined in bad if examined.exists}
    for path, length in (displaced | rest).items():
        found_as = _recognise(folder, path, length, sought) if length in lengths else None
        if found_as is not None:
            found_as.found_as, found_as.lost = path, set()
            rest.pop(path, None)
    return list(rest)


def _add_leftover(folder: Path, parity: ParitySet, examined: Examined, path: str) -> None:
    examined.leftovers.append(path)
    if examined.is_whole:
        return
    try:
        checksums = parity.checksums[examined.file.file_id]
        source = reader_of(folder / path)
        lost, _ = lost_slices(source, examined.file, checksums, parity.slice_length)
        if not lost and _is_segment(folder / path, examined.file):
            examined.found_as = examined.found_as or path
    except REFUSED:
        return
    examined.lost &= lost


def _recognise(folder: Path, path: str, length: int, sought: dict[tuple[int, bytes], Examined]) -> Examined | None:
    """The file that lies there whole, under a name that is not its own."""
    try:
        first = hashlib.md5(reader_of(folder / path).read_at(0, _FIRST_16K), usedforsecurity=False).digest()
        examined = sought.get((length, first))
        if examined is None or examined.found_as or examined.path == path:
            return None
        if _is_segment(folder / path, examined.file):
            return examined
    except REFUSED:
        pass
    return None


def _is_segment(path: Path, file: Description) -> bool:
    """Whether a file under another name is this one to the last byte, and sealed. Raises: SourceError, OSError."""
    source = reader_of(path)
    sealed = source.length == file.length and begins_as_age(source)
    return sealed and md5_of(source) == file.md5


def _group_report(parity: ParitySet, files: list[Examined]) -> GroupReport:
    return GroupReport(
        name=parity.name,
        segments=tuple(
            SegmentReport(
                path=each.path,
                state=each.state,
                length=each.file.length,
                slices=parity.checksums[each.file.file_id].slices,
                lost=len(each.lost),
                unreadable=each.unreadable,
                found_as=each.found_as,
            )
            for each in files
        ),
        slice_length=parity.slice_length,
        needed=sum(len(each.lost) for each in files),
        available=parity.blocks,
        planned=parity.planned,
        damaged_parity=tuple(each.path for each in parity.parity if not each.whole),
        main_lost=parity.main_lost,
    )
