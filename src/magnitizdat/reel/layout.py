"""Counts and lengths of a reel: shapes of segments, padding in number, groups, parity, folders. PURE formulas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.formats import age_stream
from magnitizdat.formats.age_header import RECIPIENT_STEPS, header_length
from magnitizdat.formats.container import ContainerShape, shape_for
from magnitizdat.reel import par2_packets
from magnitizdat.sentence import advice, say

PIECES = (16, 8, 4, 2, 1)
SMALL_ZIPS = tuple(1 << bits for bits in range(19, 13, -1))
"""Lengths of ZIPs for reels whose members are all small: 512 down to 16 KiB."""

GROUP = 16
SLICES_PER_GROUP = 1000
LEAST_SLICE = 4096
VOLUMES = 2
FOLDER_FILES = 4000
"""Files of one folder: FAT looks names up one by one (DESIGN, section 2)."""
NAME_LENGTH = 8
SEGMENT_SUFFIX = ".age"
PARITY_SUFFIX = ".par2"
WORD_SEGMENTS = 2
"""Of a reel that words open: in different groups where there are two, so that no one loss beyond parity closes it."""
POST_FOLDER = "post"
"""Letters beside the segments: no business of parity."""
"""Names are small letters; a system that knows 8.3 alone shows them in capitals."""
_SCRYPT_LINE = len("scrypt ") + 22 + len(" ")
_X25519_LINE = len("X25519 ") + 43
_KEEP_WORDS_LONGER = 64


def padme(count: int) -> int:
    """`count` rounded up so that it says little: at most 12 % more.

    Source: Nikitin, Barman, Lueks, Underwood, Hubaux, Ford, "Reducing Metadata Leakage from Encrypted Files", 2019.
    """
    exponent = count.bit_length() - 1
    if exponent < 1:
        return count
    mask = (1 << exponent - exponent.bit_length()) - 1
    return (count + mask) & ~mask


def recipient_step(recipients: int) -> int:
    """How many recipients a header shows.

    Raises: UsageError for none, or more than the last step.
    """
    if recipients < 1:
        raise UsageError(
            advice(
                terminal=say("nobody was named to seal the reel to; name a friend with --for"),
                page=say("nobody was named to seal the reel to; choose a friend, a club or six words"),
            )
        )
    for step in RECIPIENT_STEPS:
        if recipients <= step:
            return step
    raise UsageError(
        say(
            "a reel opens for at most {recipient_steps} people; cut another one for the rest",
            recipient_steps=RECIPIENT_STEPS[-1],
        )
    )


def scrypt_header_length(work_factor: int) -> int:
    """Bytes of a header that names nothing but a passphrase."""
    return header_length(1) - _X25519_LINE + _SCRYPT_LINE + len(str(work_factor))


def shapes(recipients: int) -> tuple[ContainerShape, ...]:
    """Shapes of segments, longest first. No header takes over an eighth, and each length also suits a scrypt file."""
    step = recipient_step(recipients)
    small = [ContainerShape(length, step) for length in SMALL_ZIPS if 8 * header_length(step) <= length]
    return tuple(_suit_words(shape) for shape in [*(shape_for(pieces, step) for pieces in PIECES), *small])


def _suit_words(shape: ContainerShape) -> ContainerShape:
    """A shape whose length a passphrase file can have too: no last chunk of it is shorter than its tag."""
    try:
        for work_factor in (1, 10):
            age_stream.plain_length(shape.sealed_length - scrypt_header_length(work_factor))
    except DamagedError:
        return ContainerShape(shape.zip_length + _KEEP_WORDS_LONGER, shape.recipients)
    return shape


def is_named_as_sealed(path: str) -> bool:
    """Whether a file is called as segments are, in whatever letters."""
    return path.lower().endswith(SEGMENT_SUFFIX)


@dataclass(frozen=True)
class Layout:
    """Everything about a reel that follows from four numbers. Segments count from 0; segment i is in group i mod G."""

    shape: ContainerShape
    data_segments: int
    parity_percent: int
    word_segments: int

    def __post_init__(self) -> None:
        if not 0 <= self.parity_percent <= 100:
            raise UsageError(
                advice(
                    terminal=say("spare parts are a percentage from 0 to 100; leave --parity away for 10"),
                    page=say("spare parts are a percentage from 0 to 100; choose another number"),
                )
            )

    @cached_property
    def segments(self) -> int:
        """How many, the words' own and padding included."""
        return padme(self.data_segments + self.word_segments)

    @property
    def segment_length(self) -> int:
        """Bytes of each."""
        return self.shape.sealed_length

    @cached_property
    def groups(self) -> int:
        """G: groups of about 16 segments, never under 10 where the reel has as many; two are worked on at a time."""
        nearest = (self.segments + GROUP // 2) // GROUP
        return max(1, nearest if nearest < 3 else nearest // 2 * 2)

    def group(self, number: int) -> range:
        """Segments of a group."""
        return range(number, self.segments, self.groups)

    @cached_property
    def slice_length(self) -> int:
        """Bytes of a PAR2 slice: about a thousand in a group, a multiple of four."""
        largest = len(self.group(0))
        count = max(1, min(SLICES_PER_GROUP // largest, self.segment_length // LEAST_SLICE))
        return -(-self.segment_length // (4 * count)) * 4

    @cached_property
    def slices(self) -> int:
        """Slices of each segment."""
        return par2_packets.slices_of(self.segment_length, self.slice_length)

    def blocks(self, group: int) -> int:
        """Recovery slices of a group: the asked percentage, and at least one and a half segments."""
        return blocks_for(len(self.group(group)), self.slices, self.parity_percent)

    def volumes(self, group: int) -> tuple[int, ...]:
        """Recovery slices of each volume, as par2 deals them out."""
        return volumes_for(self.blocks(group))

    def parity_lengths(self, group: int) -> tuple[int, ...]:
        """Bytes of a group's par2 files: the one without recovery slices, then the volumes."""
        name_length = NAME_LENGTH + len(SEGMENT_SUFFIX)
        critical = par2_packets.critical_length(len(self.group(group)), self.slices, name_length)
        lengths = (par2_packets.volume_length(critical, self.slice_length, blocks) for blocks in self.volumes(group))
        return (par2_packets.index_length(critical), *lengths)

    @cached_property
    def parity_bytes(self) -> int:
        """Bytes of all par2 files."""
        return sum(count * sum(lengths) for count, lengths in self._kinds())

    @property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return self.segments * self.segment_length + self.parity_bytes

    def _kinds(self) -> list[tuple[int, tuple[int, ...]]]:
        """(how many groups, lengths of their par2 files): groups differ by one segment at most."""
        larger = self.segments % self.groups or self.groups
        return [(larger, self.parity_lengths(0)), (self.groups - larger, self.parity_lengths(self.groups - 1))]

    @cached_property
    def folders(self) -> int:
        """Subfolders; 0 where everything lies in the reel's own."""
        per_group = len(self.group(0)) + 1 + VOLUMES
        if self.groups * per_group <= FOLDER_FILES:
            return 0
        return -(-self.groups // (FOLDER_FILES // per_group))

    def folder(self, group: int) -> int:
        """Which subfolder a group lies in."""
        return group % self.folders


def blocks_for(segments: int, slices: int, parity_percent: int) -> int:
    """Recovery slices for a group of so many segments of `slices` slices each."""
    return max(-(-3 * slices // 2), -(-segments * slices * parity_percent // 100))


def volumes_for(blocks: int) -> tuple[int, ...]:
    """Recovery slices of each of the volumes that `par2 create -u -n2` writes."""
    return (blocks - blocks // VOLUMES, blocks // VOLUMES) if blocks >= VOLUMES else (blocks,)
