"""What a reel will be, to the byte, before the first byte is written. PURE.

Spool files in the order of listening are cut into pieces, pieces packed into segments of one length, the number of
segments padded (Padmé), segments dealt into groups (i mod G) with parity each. Everything is a formula over counts, so
a plan of 64 GiB holds two small arrays, and the members of a segment are made when asked for.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from magnitizdat.errors import NoSpaceError, UsageError
from magnitizdat.formats.container import ContainerShape, member_cost, room, shape_for
from magnitizdat.formats.zip_store import END_LENGTH, MAX_LENGTH, MAX_MEMBERS
from magnitizdat.model import PIECE_LENGTH, SpoolFile
from magnitizdat.reel.layout import NAME_LENGTH, PIECES, WORD_SEGMENTS, Layout, shapes
from magnitizdat.reel.paths import Paths
from magnitizdat.reel.post import NO_POST, PostCount, letter_path
from magnitizdat.sentence import Sentence, advice, say, size_words

__all__ = ["MemberRef", "ReelPlan", "at_most", "fits", "plan"]

MOST_AS_ONE_FILE = MAX_LENGTH
"""Bytes of a reel as one file: what every ZIP reader takes, and the longest file of FAT32."""
OPEN_SEGMENTS = 4
"""Segments that are filled at the same time: short tails go where there is room, and albums stay together."""
_PIECE_BITS = 24
_PIECE_SUFFIX = re.compile(r"\.\d{4,7}$")
_PATH = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")


class MemberRef(NamedTuple):
    """A member of a segment: piece `piece` of the spool file `path`, under `name` in the ZIP, `length` bytes."""

    path: str
    piece: int
    name: str
    length: int


@dataclass(frozen=True)
class ReelPlan:
    """A reel to the byte. The first segments hold the words' identity where there are any; the last ones padding."""

    files: Sequence[SpoolFile] = field(repr=False)
    layout: Layout
    post: PostCount
    as_one_file: bool
    _members: array[int] = field(repr=False)
    _starts: array[int] = field(repr=False)

    @property
    def segments(self) -> int:
        """How many, the words' own and padding included."""
        return self.layout.segments

    @property
    def total_bytes(self) -> int:
        """Bytes of all files together: segments, parity and post; as one file, with the archive around them."""
        return _length(self.layout, self.post, as_one_file=self.as_one_file)

    @property
    def needed_bytes(self) -> int:
        """Bytes that have to be free: the same, and of one file those that lie beside it while it is made."""
        return _needed(self.layout, self.post, as_one_file=self.as_one_file)

    @property
    def music_bytes(self) -> int:
        """Bytes of the spool files inside."""
        return sum(file.length for file in self.files)

    def members(self, segment: int) -> tuple[MemberRef, ...]:
        """What goes into a segment, in order; nothing for the words' own and for padding."""
        at = segment - self.layout.word_segments
        if not 0 <= at < self.layout.data_segments:
            return ()
        return tuple(self._member(packed) for packed in self._members[self._starts[at] : self._starts[at + 1]])

    def _member(self, packed: int) -> MemberRef:
        number, piece = packed >> _PIECE_BITS, packed & (1 << _PIECE_BITS) - 1
        return _reference(self.files[number], piece)


def plan(
    files: Sequence[SpoolFile],
    *,
    recipients: int = 1,
    parity_percent: int = 10,
    word_sealed: bool = False,
    max_bytes: int | None = None,
    precious: frozenset[str] = frozenset(),
    post: PostCount = NO_POST,
    as_one_file: bool = False,
) -> ReelPlan:
    """The reel that carries `files`, each path once; those whose paths are `precious` twice, in different segments.

    `recipients` are X25519 ones, before they are filled up with throw-away ones; a reel sealed to words has one, its
    own. `post`: how many letters lie beside. `as_one_file`: all of it shall lie in one archive.

    Raises: UsageError if there is nothing to carry or nobody to seal to, NoSpaceError if it takes over `max_bytes`,
    ValueError for a path that is none of a spool, or one path with two lengths.
    """
    once = _each_once(files)
    if not once:
        raise UsageError(say("there is nothing to put on the reel; import or publish some music first"))
    shape = _shape(_payload(once, precious), max(map(_largest, once)), recipients)
    packer = _Packer(room(shape))
    packed, where = array("Q"), array("I")
    again: list[tuple[int, int, int]] = []
    for number, file in enumerate(once):
        for piece in range(_pieces(file)):
            cost = _piece_cost(file, piece)
            packed.append(number << _PIECE_BITS | piece)
            where.append(packer.place(cost))
            if file.path in precious:
                again.append((packed[-1], cost, where[-1]))
    if packer.count > 1:
        for member, cost, first in again:
            packed.append(member)
            where.append(packer.place(cost, but_not=first))
    layout = Layout(shape, packer.count, parity_percent, WORD_SEGMENTS * word_sealed)
    total_bytes = _length(layout, post, as_one_file=as_one_file)
    if as_one_file and total_bytes > MOST_AS_ONE_FILE:
        raise NoSpaceError(_too_much_for_one_file(total_bytes))
    if max_bytes is not None and total_bytes > max_bytes:
        raise NoSpaceError(
            advice(
                terminal=say(
                    "the reel takes {total_bytes} and {max_bytes} are there; take a larger stick, or choose less"
                    " with --size or --label",
                    total_bytes=size_words(total_bytes),
                    max_bytes=size_words(max_bytes),
                ),
                page=say(
                    "the reel takes {total_bytes} and {max_bytes} are there; take a larger stick, or choose less",
                    total_bytes=size_words(total_bytes),
                    max_bytes=size_words(max_bytes),
                ),
            )
        )
    return ReelPlan(once, layout, post, as_one_file, *_by_segment(packed, where, packer.count))


def _too_much_for_one_file(total_bytes: int) -> Sentence:
    return advice(
        terminal=say(
            "the reel takes {total_bytes}, and as one file it may take less than 4 GiB; choose less with --size or"
            " --label, or leave --one-file away",
            total_bytes=size_words(total_bytes),
        ),
        page=say(
            "the reel takes {total_bytes}, and as one file it may take less than 4 GiB; choose less, or a folder",
            total_bytes=size_words(total_bytes),
        ),
    )


def _length(layout: Layout, post: PostCount, *, as_one_file: bool) -> int:
    files = layout.total_bytes + post.length
    return files + archive_length(layout, post) if as_one_file else files


def archive_length(layout: Layout, post: PostCount) -> int:
    """Bytes of the archive around the files of a reel that is one file."""
    paths = Paths(layout, _some_name)
    inside = layout.segments * member_cost(paths.segment(0), 0)
    inside += sum(member_cost(path, 0) for group in range(layout.groups) for path in paths.parity(group))
    return inside + post.files * member_cost(letter_path(_some_name, 0), 0) + END_LENGTH


def _some_name(_number: int) -> str:
    return "a" * NAME_LENGTH


def _needed(layout: Layout, post: PostCount, *, as_one_file: bool) -> int:
    beside = bench_length(layout) if as_one_file else 0
    return _length(layout, post, as_one_file=as_one_file) + beside


def bench_length(layout: Layout) -> int:
    """Bytes that lie beside a reel as one file while it is made, at most: one group."""
    return len(layout.group(0)) * layout.segment_length + sum(layout.parity_lengths(0))


def at_most(length: int, files: int) -> int:
    """Bytes that no reel of so many bytes in so many files takes: what surely fits need not be planned to tell.

    Headers, padding and parity make it no four times as long, but for a few segments that are there in any case.
    """
    return 4 * length + (files << 10) + 10 * shape_for(PIECES[0], 1).sealed_length


def fits(
    groups: Iterable[Sequence[SpoolFile]],
    max_bytes: int,
    *,
    recipients: int = 1,
    parity_percent: int = 10,
    word_sealed: bool = False,
    precious: frozenset[str] = frozenset(),
    post: PostCount = NO_POST,
    as_one_file: bool = False,
) -> int:
    """How many of the first groups (releases) fit: the largest n whose `plan` takes at most `max_bytes`.

    Exact, and more bytes never make it fewer. One pass over the files for each size of segment.
    """
    kept, seen = [], set[str]()
    for group in groups:
        kept.append([file for file in group if file.path not in seen])
        seen.update(file.path for file in group)
    chosen: list[ContainerShape] = []
    payload = largest = 0
    for group in kept:
        payload += _payload(group, precious)
        largest = max([largest, *map(_largest, group)])
        chosen.append(_shape(payload, largest, recipients))
    last = {shape: number for number, shape in enumerate(chosen, 1)}
    counts = {shape: _counts_after(kept[:number], room(shape), precious) for shape, number in last.items()}

    def takes(shape: ContainerShape, data_segments: int) -> int:
        layout = Layout(shape, data_segments, parity_percent, WORD_SEGMENTS * word_sealed)
        return _length(layout, post, as_one_file=as_one_file)

    for number in range(len(chosen), 0, -1):
        shape, count = chosen[number - 1], counts[chosen[number - 1]][number - 1]
        if count.least and takes(shape, count.least) <= max_bytes and takes(shape, count.exact()) <= max_bytes:
            return number
    return 0


class _Packer:
    """Puts members into segments as they come; what it did with some never depends on those that follow."""

    def __init__(self, capacity: int) -> None:
        self.count = 0
        self._capacity = capacity
        self._open: list[list[int]] = []  # [bytes left, segment, members left], oldest first

    def copy(self) -> _Packer:
        """One that goes on from here by itself."""
        made = _Packer(self._capacity)
        made.count, made._open = self.count, [[*each] for each in self._open]
        return made

    def place(self, cost: int, *, but_not: int = -1) -> int:
        """The segment of the next member."""
        for each in self._open:
            if each[0] >= cost and each[2] > 0 and each[1] != but_not:
                each[0] -= cost
                each[2] -= 1
                return each[1]
        if len(self._open) == OPEN_SEGMENTS:
            self._open.remove(min(self._open))
        self._open.append([self._capacity - cost, self.count, MAX_MEMBERS - 2])
        self.count += 1
        return self.count - 1


class _SegmentCount(NamedTuple):
    """Segments in use after a group: `least` without second copies; with them it takes longer to tell."""

    packer: _Packer
    again: list[tuple[int, int]]
    copies: int

    @property
    def least(self) -> int:
        return self.packer.count

    def exact(self) -> int:
        """With second copies of what was precious so far."""
        packer = self.packer.copy()
        if packer.count > 1:
            for cost, first in self.again[: self.copies]:
                packer.place(cost, but_not=first)
        return packer.count


def _counts_after(
    groups: Sequence[Sequence[SpoolFile]], capacity: int, precious: frozenset[str]
) -> list[_SegmentCount]:
    """Segments in use after each group."""
    packer, counts, again = _Packer(capacity), list[_SegmentCount](), list[tuple[int, int]]()
    for group in groups:
        for file in group:
            for piece in range(_pieces(file)):
                cost = _piece_cost(file, piece)
                segment = packer.place(cost)
                if file.path in precious:
                    again.append((cost, segment))
        counts.append(_SegmentCount(packer.copy(), again, len(again)))
    return counts


def _payload(files: Iterable[SpoolFile], precious: frozenset[str]) -> int:
    """Bytes of all members, second copies included."""
    return sum(_cost(file) * (1 + (file.path in precious)) for file in files)


def _shape(payload: int, largest: int, recipients: int) -> ContainerShape:
    """The longest segments of which the payload fills sixteen; else the shortest that take its largest member."""
    candidates = [shape for shape in shapes(recipients) if room(shape) >= largest] or [shape_for(1, recipients)]
    for shape in candidates:
        if payload > 15 * room(shape):
            return shape
    return candidates[-1]


def _each_once(files: Sequence[SpoolFile]) -> Sequence[SpoolFile]:
    lengths: dict[str, int] = {}
    for file in files:
        if lengths.setdefault(file.path, file.length) != file.length:
            raise ValueError("one path stands for files of two lengths")
        if not _PATH.fullmatch(file.path) or _PIECE_SUFFIX.search(file.path) or file.length >> 44:
            raise ValueError(f"{file.path!r} is no path of a spool")
    if len(lengths) == len(files):
        return files
    return [SpoolFile(path=path, length=length) for path, length in lengths.items()]


def _pieces(file: SpoolFile) -> int:
    return max(1, -(-file.length // PIECE_LENGTH))


def _reference(file: SpoolFile, piece: int) -> MemberRef:
    name = file.path if file.length <= PIECE_LENGTH else f"{file.path}.{piece:04d}"
    return MemberRef(file.path, piece, name, min(PIECE_LENGTH, file.length - piece * PIECE_LENGTH))


def _piece_cost(file: SpoolFile, piece: int) -> int:
    reference = _reference(file, piece)
    return member_cost(reference.name, reference.length)


def _cost(file: SpoolFile) -> int:
    """Bytes of all members of a file."""
    last = _pieces(file) - 1
    return _piece_cost(file, last) + (last and last * _piece_cost(file, 0))


def _largest(file: SpoolFile) -> int:
    return max(_piece_cost(file, 0), _piece_cost(file, _pieces(file) - 1))


def _by_segment(packed: array[int], where: array[int], count: int) -> tuple[array[int], array[int]]:
    """Members sorted by segment, in order within each, and where each segment's begin."""
    starts = array("I", bytes(4 * (count + 1)))
    for segment in where:
        starts[segment + 1] += 1
    for segment in range(count):
        starts[segment + 1] += starts[segment]
    free, members = array("I", starts), array("Q", bytes(8 * len(packed)))
    for member, segment in zip(packed, where, strict=True):
        members[free[segment]] = member
        free[segment] += 1
    return members, starts
