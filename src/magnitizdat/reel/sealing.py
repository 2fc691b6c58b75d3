"""Sealing the segments of a reel: several at once, each in memory while the one before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle
from typing import NamedTuple

from magnitizdat.disk.writer import Buffer
from magnitizdat.errors import DamagedError
from magnitizdat.formats.age_keys import X25519Recipient, pad_recipients
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.container import Sealer
from magnitizdat.formats.zip_store import Unread
from magnitizdat.lookahead import ahead
from magnitizdat.model import PIECE_LENGTH
from magnitizdat.reel.layout import Layout
from magnitizdat.reel.plan import MemberRef, ReelPlan
from magnitizdat.reel.post import PostCount
from magnitizdat.reel.words import WordLock
from magnitizdat.sentence import say
from magnitizdat.ways import AGAIN

ReadMemberInto = Callable[[str, int, memoryview], int]
_SEALERS = 2
_AHEAD = 4
"""Segments in memory: two that are sealed, one that is written, one that waits for that."""


class Sealed(NamedTuple):
    """A segment, and the CRC-32 of each parity slice of it, little-endian, as PAR2 has them."""

    sealed: Buffer
    crcs: bytes


class SegmentSealer:
    """Seals the segments of a planned reel to recipients, or to a `lock` instead.

    `read_member(path, piece, buffer)` fills a buffer with a piece and says how long that is; other threads call it.

    Raises: ValueError where the reel was planned for others, or for other `letters`.
    """

    def __init__(
        self,
        reel: ReelPlan,
        read_member: ReadMemberInto,
        recipients: Sequence[X25519Recipient],
        lock: WordLock | None,
        letters: Sequence[Unread],
    ) -> None:
        if (lock is None) == (not recipients) or (lock is not None) != bool(reel.layout.word_segments):
            raise ValueError("a reel is sealed either to recipients or to words, as planned")
        self._recipients = pad_recipients([lock.identity.recipient] if lock else recipients)
        if len(self._recipients) != reel.layout.shape.recipients:
            raise ValueError("the reel was planned for another number of recipients")
        if PostCount.of(each.length for each in letters) != reel.post:
            raise ValueError("the reel was planned for other letters")
        self._reel, self._read_member, self._lock = reel, read_member, lock

    def each(self, numbers: Sequence[int]) -> Iterator[tuple[int, Sealed]]:
        """Sealed segments in order, valid until the next is asked for: while one is written others are sealed."""
        layout, lock = self._reel.layout, self._lock
        seats = [_Seat(layout, self._recipients, self._read_member) for _ in range(min(_AHEAD, len(numbers)))]

        def seal(place: tuple[int, _Seat]) -> Sealed:
            index, seat = place
            if lock is not None and index < layout.word_segments:
                return _sealed(lock.seal(layout.segment_length), layout)
            return seat.seal(self._reel.members(index))

        places = zip(numbers, cycle(seats), strict=False)
        with ThreadPoolExecutor(_SEALERS, "sealer") as pool:
            for (index, _), sealed in ahead(pool, seal, places, most=len(seats)):
                yield index, sealed.result()


class _Seat:
    """Reads and seals one segment at a time, valid until the next: piece by piece, while each is in the processor."""

    def __init__(self, layout: Layout, recipients: Sequence[X25519Recipient], read_member: ReadMemberInto) -> None:
        self._layout = layout
        self._read_member = read_member
        self._piece = memoryview(bytearray(PIECE_LENGTH))
        self._sealer = Sealer(layout.shape, recipients)

    def seal(self, wanted: Iterable[MemberRef]) -> Sealed:
        """A sealed segment, and what its slices will be compared with."""
        members = [(each.name, Unread(each.length, partial(self._read, each))) for each in wanted]
        return _sealed(self._sealer.seal(members), self._layout)

    def _read(self, wanted: MemberRef) -> Buffer:
        plain = self._piece[: wanted.length]
        if self._read_member(wanted.path, wanted.piece, plain) != wanted.length:
            raise DamagedError(say("a file of the library is not as long as it was planned; {then}", then=AGAIN))
        return plain


def _sealed(segment: Buffer, layout: Layout) -> Sealed:
    return Sealed(segment, slice_crcs([segment], layout))


def slice_crcs(chunks: Iterable[Buffer], layout: Layout) -> bytes:
    """CRC-32 of each parity slice of a segment that comes in chunks of whole slices (or at once)."""
    crcs = bytearray()
    for chunk in chunks:
        view = memoryview(chunk)
        for start in range(0, len(view), layout.slice_length):
            part = view[start : start + layout.slice_length]
            padding = bytes(layout.slice_length - len(part))
            crcs += crc32(padding, crc32(part)).to_bytes(4, "little")
    return bytes(crcs)
