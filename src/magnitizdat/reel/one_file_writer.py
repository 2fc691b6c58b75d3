"""Cutting a reel as one file: seal, write, flush, then make parity from what the medium gives back.

Order of writes: into a draft beside the name it will have, segments of all groups by turns, then letters; one flush,
and what the system holds of it in memory is dropped. Of each group, one after the other, the segments are read back
into a folder beside, where par2 makes spare parts of them: it opens files, and knows no parts of one. The CRC-32 of
each slice that it read must be ours. Spare parts go into the draft, and the folder away. The list of the archive is
last; all that nobody read back yet is read back, and only then the file gets its name. So next to the reel there is
room for one group, on the same medium, which holds nothing then that it does not hold anyway. What is interrupted is no
reel yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader, Portion, forget_cached
from magnitizdat.disk.space import space
from magnitizdat.disk.writer import Buffer, Writer
from magnitizdat.errors import DamagedError, MagError, NoSpaceError
from magnitizdat.formats import zip_store
from magnitizdat.formats.age_keys import X25519Recipient
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.zip_store import GrowingZip, Member, Unread
from magnitizdat.model import Progress, Silent
from magnitizdat.reel.group_parity import GroupParity
from magnitizdat.reel.one_file import SUFFIX
from magnitizdat.reel.paths import Names, Paths
from magnitizdat.reel.plan import ReelPlan
from magnitizdat.reel.post import letter_path
from magnitizdat.reel.sealing import ReadMemberInto, SegmentSealer
from magnitizdat.reel.words import WordLock
from magnitizdat.reel.writer import CutReport, medium_gone, medium_lied, written_as_planned
from magnitizdat.sentence import Sentence, advice, say, size_words

_CHUNK = 1 << 20
_THREADS = 2
_DRAFT = ".part"


class Places(NamedTuple):
    """Where a reel as one file comes to lie, and where it is made: a draft, and a folder for one group."""

    target: Path
    draft: Path
    bench: Path


def places_of(folder: Path, names: Names, number: int) -> Places:
    """In `folder`, by the name with this number, which nothing in the reel has."""
    base = names(number)
    return Places(folder / (base + SUFFIX), folder / (base + _DRAFT), folder / base)


def clear(places: Places, disk: Disk) -> None:
    """Nothing stays of what an earlier run left there. Raises: TargetError."""
    disk.remove(places.draft)
    disk.remove(places.target)
    disk.remove_tree(places.bench)


def cut_one_file(
    reel: ReelPlan,
    read_member: ReadMemberInto,
    recipients: Sequence[X25519Recipient],
    folder: Path,
    disk: Disk,
    *,
    names: Names,
    lock: WordLock | None = None,
    letters: Sequence[Unread] = (),
    progress: Progress | None = None,
) -> CutReport:
    """Write a reel that was planned `as_one_file` into one in `folder`; see `writer.cut`, and `places_of`.

    What is there under these names goes first. Whatever fails, nothing stays.

    Raises: as `writer.cut`.
    """
    sealer = SegmentSealer(reel, read_member, recipients, lock, letters)
    if not reel.as_one_file or reel.layout.folders:
        raise ValueError("the reel was not planned as one file")
    disk.confine(folder, alike=True)
    work = _OneFileCut(reel, folder, disk, names, progress or Silent())
    try:
        work.prepare()
        work.write(sealer, letters)
    except BaseException as exc:
        work.withdraw()
        if isinstance(exc, OSError):
            raise medium_gone(folder) from exc
        raise
    return written_as_planned(reel)


class _OneFileCut:
    """One cut under way."""

    def __init__(self, reel: ReelPlan, folder: Path, disk: Disk, names: Names, progress: Progress) -> None:
        self._reel, self._layout, self._folder, self._disk = reel, reel.layout, folder, disk
        self._progress, self._names, self._paths = progress, names, Paths(reel.layout, names)
        self._places = places_of(folder, names, reel.layout.segments + reel.layout.groups)
        self._zip = GrowingZip()
        self._crcs: dict[int, bytes] = {}
        self._digests: dict[str, bytes] = {}
        """Of members that par2 does not read."""
        self._made_folder = not folder.is_dir()
        self._is_named = False

    def prepare(self) -> None:
        """Remove what an earlier run left, and refuse what will not fit."""
        clear(self._places, self._disk)
        needed = self._reel.needed_bytes
        free = space(self._folder).free
        if free is not None and free < needed:
            raise NoSpaceError(_too_little(self._folder, needed, self._reel.total_bytes, free))
        self._disk.mkdir(self._folder)

    def write(self, sealer: SegmentSealer, letters: Sequence[Unread]) -> None:
        """All of it, in order."""
        with self._disk.create(self._places.draft) as writer:
            self._write_segments(writer, sealer)
            self._write_letters(writer, letters)
            writer.settle()
            forget_cached(self._places.draft)
            self._write_parity(writer)
            writer.write(self._zip.end())
        self._disk.flush()
        self._read_back()
        self._disk.rename(self._places.draft, self._places.target)
        self._is_named = True
        self._disk.flush()

    def _append(self, writer: Writer, name: str, content: Buffer) -> None:
        writer.write(self._zip.begin(name, memoryview(content).nbytes, crc32(content)))
        writer.write(content)

    def _write_segments(self, writer: Writer, sealer: SegmentSealer) -> None:
        numbers = self._by_turns()
        self._progress.start(say("sealed files"), len(numbers) * self._layout.segment_length)
        for index, (sealed, crcs) in sealer.each(numbers):
            self._append(writer, self._paths.segment(index), sealed)
            self._crcs[index] = crcs
            self._progress.advance(len(sealed))

    def _by_turns(self) -> list[int]:
        """Segments of all groups by turns, in each in the order of their names: a gap in the file is shared by groups.

        Which group a segment is in spare parts say to everybody.
        """
        groups = sorted(range(self._layout.groups), key=self._paths.base)
        turns = [sorted(self._layout.group(group), key=self._paths.segment) for group in groups]
        return [index for turn in zip_longest(*turns) for index in turn if index is not None]

    def _write_letters(self, writer: Writer, letters: Sequence[Unread]) -> None:
        paths = {letter_path(self._names, number): letter for number, letter in enumerate(letters)}
        for path, letter in sorted(paths.items()):
            content = letter.read()
            self._append(writer, path, content)
            self._digests[path] = hashlib.blake2b(content).digest()

    def _write_parity(self, writer: Writer) -> None:
        """One group at a time: next to the file lies no more than one."""
        groups = sorted(range(self._layout.groups), key=self._paths.parity)
        self._progress.start(say("spare parts"), self._layout.segments * self._layout.segment_length)
        segments = {member.name: member for member in self._zip.members}
        for group in groups:
            self._disk.mkdir(self._places.bench)
            for index in self._layout.group(group):
                path = self._paths.segment(index)
                self._disk.write_new(self._places.bench / path, self._parts(segments[path]))
            parity = GroupParity(self._layout, self._paths, group, self._crcs)
            parity.make(self._places.bench, self._disk, threads=_THREADS)
            made = [self._places.bench / path for path in self._paths.parity(group)]
            if not parity.is_whole(made):
                raise medium_lied(self._folder, 1)
            for each in made:
                self._append_file(writer, each)
            self._disk.remove_tree(self._places.bench)
            self._progress.advance(len(self._layout.group(group)) * self._layout.segment_length)

    def _append_file(self, writer: Writer, path: Path) -> None:
        with FileReader(path) as reader:
            crc = 0
            for chunk in _chunks(reader):
                crc = crc32(chunk, crc)
            writer.write(self._zip.begin(path.name, reader.length, crc))
            hashed = hashlib.blake2b()
            for chunk in _chunks(reader):
                hashed.update(chunk)
                writer.write(chunk)
            self._digests[path.name] = hashed.digest()

    def _parts(self, member: Member) -> Iterator[Buffer]:
        """A member as the medium gives it back."""
        draft = self._places.draft
        with FileReader(draft, part=Portion(draft / member.name, member.offset, member.length)) as reader:
            yield from _chunks(reader)

    def _read_back(self) -> None:
        """What no par2 read, and the archive itself. Raises: TargetError."""
        forget_cached(self._places.draft)
        with FileReader(self._places.draft) as source:
            try:
                is_whole = zip_store.read_table(source) == tuple(self._zip.members)
                for member in self._zip.members:
                    zip_store.check_local(source, member)
            except DamagedError:
                is_whole = False
            if not is_whole or source.length != self._reel.total_bytes:
                raise medium_lied(self._folder, 1)
        for member in self._zip.members:
            if member.name in self._digests:
                hashed = hashlib.blake2b()
                for part in self._parts(member):
                    hashed.update(part)
                if hashed.digest() != self._digests[member.name]:
                    raise medium_lied(self._folder, 1)

    def withdraw(self) -> None:
        """Take all of it back, as far as a failing medium lets it be done; nothing that somebody else has named."""
        for path in (self._places.draft, *([self._places.target] if self._is_named else [])):
            with suppress(MagError, OSError):
                self._disk.remove(path)
        with suppress(MagError, OSError):
            self._disk.remove_tree(self._places.bench)
        if self._made_folder:
            with suppress(MagError, OSError):
                self._disk.remove_folder(self._folder)


def _chunks(reader: FileReader) -> Iterator[bytes]:
    return (reader.read_at(offset, _CHUNK) for offset in range(0, reader.length, _CHUNK))


def _too_little(folder: Path, needed: int, length: int, free: int) -> Sentence:
    return advice(
        terminal=say(
            "the reel takes {length} as one file, and {needed} while it is made; {free} are free in {folder}; nothing"
            " was written; free some, or choose less with --size",
            length=size_words(length),
            needed=size_words(needed),
            free=size_words(free),
            folder=folder,
        ),
        page=say(
            "the reel takes {length} as one file, and {needed} while it is made; {free} are free in {folder}; nothing"
            " was written; free some, or choose less",
            length=size_words(length),
            needed=size_words(needed),
            free=size_words(free),
            folder=folder,
        ),
    )
