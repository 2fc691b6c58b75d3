"""A reel as guests take it along: one file below 4 GiB, or several, made while they are read. Needs no key.

A folder's files are read once beforehand: a ZIP says the checksum of each before its bytes, and what the medium does
not give is left out rather than promised. Files that are not called as those of a reel stay where they are, for whoever
takes a ZIP can read the names in it, and so do those that do not begin as sealed ones or spare parts do. No file is
held open: the medium can be taken away, and put back.
"""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.reading import REFUSED, FileReader
from magnitizdat.errors import DamagedError, SourceError
from magnitizdat.formats.bundle import Bundle, Part
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.zip_store import (
    END_LENGTH,
    MAX_LENGTH,
    MAX_MEMBERS,
    Member,
    member_cost,
    read_table,
    zip_length,
)
from magnitizdat.model import Progress, ReadAt, Silent
from magnitizdat.reel.copy import reel_files
from magnitizdat.reel.folder import begins_as_age
from magnitizdat.reel.layout import NAME_LENGTH, POST_FOLDER
from magnitizdat.reel.one_file import FoundFiles, table_of
from magnitizdat.reel.par2_packets import MAGIC
from magnitizdat.reel.paths import is_parity_name, is_segment_name
from magnitizdat.sentence import advice, say

SUFFIX = ".zip"
MOST_FILES = MAX_MEMBERS
"""Files of a reel that is handed out so: a terabyte of the usual ones."""
_READ_LENGTH = 1 << 20
_OUR_FOLDER = re.compile(rf"[a-z2-7]{{{NAME_LENGTH}}}|{POST_FOLDER}")


class Volume(NamedTuple):
    """One file to take (a `ReadAt` is `content`). `mark` changes with any name or byte; `name` is opaque."""

    name: str
    mark: str
    content: ReadAt

    @property
    def length(self) -> int:
        """Bytes of it."""
        return self.content.length


class Along(NamedTuple):
    """A reel that was read. `strange`: files that stay, for they are called otherwise; `unreadable`: those lost."""

    volumes: tuple[Volume, ...]
    strange: int = 0
    unreadable: int = 0

    @property
    def length(self) -> int:
        """Bytes of all files together."""
        return sum(volume.length for volume in self.volumes)


class _Same:
    """A file that is what it was when it was read, or refuses (a `ReadAt`)."""

    def __init__(self, path: Path, state: tuple[int, int]) -> None:
        self._path, self._state = path, state

    @property
    def length(self) -> int:
        """Bytes of it."""
        return self._state[0]

    def read_at(self, offset: int, length: int) -> bytes:
        """Raises: DamagedError where it was changed; what reading a file raises."""
        with FileReader(self._path) as reader:
            if reader.state != self._state:
                raise DamagedError(say("the reel was changed while it was handed out; share it again"))
            return reader.read_at(offset, length)


class _Fact(NamedTuple):
    """A member: which it is follows from that."""

    name: str
    length: int
    crc32: int


class _Summed(NamedTuple):
    """A file that was read, under its name in the ZIP."""

    name: str
    content: _Same
    crc32: int

    @property
    def member(self) -> _Fact:
        return _Fact(self.name, self.content.length, self.crc32)

    def part(self) -> Part:
        return Part(self.name, self.content, lambda: self.crc32)


def look_over(place: Path, *, progress: Progress | None = None, most: int = MAX_LENGTH) -> Along:
    """The reel in a folder, or that is a file, ready to be taken; everything is read once, `most` bytes go in a file.

    Raises: SourceError where there is no reel, or nothing of it that can be handed out.
    """
    progress = progress or Silent()
    return _file_along(place, progress) if place.is_file() else _folder_along(place, progress, most)


def require_listed(place: Path) -> None:
    """Refuse at once a reel as one file whose list already says that nothing of it can be handed out.

    Raises: SourceError.
    """
    if place.is_file():
        with FileReader(place, follow=True) as reader:
            _listed(place, reader)


def _folder_along(folder: Path, progress: Progress, most: int) -> Along:
    files = reel_files(folder)
    named = dict[str, Path]()
    for each in files:
        name = _name_of(each.path)
        if name:
            named.setdefault(name, folder / each.path)
    if not named:
        raise SourceError(
            say("no file in {folder} is called as those of a reel are; name the folder that it lies in", folder=folder)
        )
    if len(named) > MOST_FILES:
        raise SourceError(say("the reel has more files than can be handed out so; copy it to a stick instead"))
    progress.start(say("reading the reel"), sum(each.length for each in files))
    read = [found for name in sorted(named) if (found := _read(name, named[name], progress)) is not None]
    if not read:
        raise SourceError(say("nothing of the reel in {folder} can be read; try another copy of it", folder=folder))
    return Along(_volumes(read, most), len(files) - len(named), len(named) - len(read))


def _name_of(path: str) -> str:
    """What a file is called in the ZIP, in small letters; empty for what stays. Folders of other people's names go."""
    folder, _, name = path.lower().rpartition("/")
    if not (is_segment_name(name) or is_parity_name(name)):
        return ""
    return f"{folder}/{name}" if _OUR_FOLDER.fullmatch(folder) else name


def _read(name: str, path: Path, progress: Progress) -> _Summed | None:
    """Read it whole; None where the medium does not give it, or it is neither sealed nor a spare part."""
    try:
        with FileReader(path) as reader:
            if not _is_sound(name, reader):
                return None
            found = 0
            for offset in range(0, reader.length, _READ_LENGTH):
                part = reader.read_at(offset, _READ_LENGTH)
                found = crc32(part, found)
                progress.advance(len(part))
            return _Summed(name, _Same(path, reader.state), found)
    except REFUSED:
        return None


def _is_sound(name: str, content: ReadAt) -> bool:
    """Whether it begins as its name says: nothing plain is ever handed out by mistake."""
    if is_parity_name(name.rpartition("/")[2]):
        return content.read_at(0, len(MAGIC)) == MAGIC
    return begins_as_age(content)


def _volumes(read: Sequence[_Summed], most: int) -> tuple[Volume, ...]:
    groups = list(_grouped(read, most))
    marks = [_mark(each.member for each in group) for group in groups]
    base = _opaque(each.member for each in read)
    names = [base] if len(groups) == 1 else [f"{base}-{number}" for number, _ in zip(count(1), groups, strict=False)]
    return tuple(
        Volume(f"{name}{SUFFIX}", mark, Bundle([each.part() for each in group]))
        for name, mark, group in zip(names, marks, groups, strict=True)
    )


def _grouped(read: Sequence[_Summed], most: int) -> Iterator[list[_Summed]]:
    """Whole files, in order, as many as fit a ZIP. Raises: SourceError for one that fits none."""
    group, length = list[_Summed](), END_LENGTH
    for each in read:
        cost = member_cost(each.name, each.content.length)
        if END_LENGTH + cost > most:
            raise SourceError(say("a file of the reel is longer than can be handed out so; copy it to a stick instead"))
        if length + cost > most:
            yield group
            group, length = [], END_LENGTH
        group.append(each)
        length += cost
    yield group


def _file_along(path: Path, progress: Progress) -> Along:
    """Raises: SourceError where it is no reel in one file, or not sound."""
    with FileReader(path, follow=True) as reader:
        members = _listed(path, reader)
        progress.start(say("reading the reel"), reader.length)
        for member in members:
            if _sum_of(reader, member, progress) != member.crc32:
                raise _damaged(path)
        content = _Same(path.resolve(), reader.state)
    facts = [_Fact(each.name, each.length, each.crc32) for each in members]
    return Along((Volume(f"{_opaque(facts)}{SUFFIX}", _mark(facts), content),))


def _listed(path: Path, reader: FileReader) -> tuple[Member, ...]:
    """Raises: as `_file_along`."""
    if members := _members(reader):
        return members
    try:
        found = table_of(path)
    except SourceError:
        found = FoundFiles({}, is_strict=True)
    if found.is_strict and not any(_is_of_a_reel(reader, each) for each in found.members.values()):
        raise SourceError(say("{name} is no reel in one file; name a reel, or its folder", name=path.name))
    if found.is_strict:  # nothing is there to mend
        raise SourceError(
            say(
                "{name} holds other things beside the reel, which do not go to guests; take it apart with any ZIP"
                " program, and name the folder that comes of it",
                name=path.name,
            )
        )
    raise _damaged(path)


def _damaged(path: Path) -> DamagedError:
    return DamagedError(
        advice(
            terminal=say(
                "the reel {name} is damaged; mend it first: `mag reel mend {path}`",
                name=path.name,
                path=shlex.quote(str(path)),
            ),
            page=say("the reel {name} is damaged; mend it first", name=path.name),
        )
    )


def _members(source: ReadAt) -> tuple[Member, ...]:
    """All that is in the file; none where it is no reel, or holds anything else."""
    try:
        members = read_table(source)
    except DamagedError:
        return ()
    is_all = zip_length((each.name, each.length) for each in members) == source.length
    return members if is_all and all(_is_of_a_reel(source, each) for each in members) else ()


def _is_of_a_reel(source: ReadAt, member: Member) -> bool:
    return _name_of(member.name) == member.name and _is_sound(
        member.name, _Within(source, member.offset, member.length)
    )


class _Within(NamedTuple):
    """A part of something as `ReadAt`."""

    source: ReadAt
    start: int
    length: int

    def read_at(self, offset: int, length: int) -> bytes:
        return self.source.read_at(self.start + offset, max(0, min(length, self.length - offset)))


def _sum_of(source: ReadAt, member: Member, progress: Progress) -> int:
    found, end = 0, member.offset + member.length
    for offset in range(member.offset, end, _READ_LENGTH):
        part = source.read_at(offset, min(_READ_LENGTH, end - offset))
        found = crc32(part, found)
        progress.advance(len(part))
    return found


def _mark(members: Iterable[_Fact]) -> str:
    """64 hex digits that say which members these are: a ZIP of stored ones follows from them and their bytes."""
    listed = "\n".join(f"{each.name} {each.length} {each.crc32:08x}" for each in members)
    return hashlib.sha256(listed.encode()).hexdigest()


def _opaque(members: Iterable[_Fact]) -> str:
    """A name that says nothing, the same for the same reel in whatever order: whoever has it already sees that."""
    digest = hashlib.sha256(_mark(sorted(members)).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:NAME_LENGTH]
