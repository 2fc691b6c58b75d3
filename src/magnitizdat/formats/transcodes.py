"""Where each byte of a transcode is, before any of them is made: it has a length and ranges like any file. PURE.

Bit rate is constant, so packets of Opus and frames of MP3 have one length, and a byte is a time. A transcode is made in
blocks, each by an encoder of its own that is warmed up before it: a block is the same whenever and by whomever it is
asked for, and so are the bytes of every range.

Source: RFC 3533 (pages of Ogg), RFC 7845 (Opus in Ogg), ISO 11172-3, 2.4.2.3 and 2.4.3.1 (frames of MP3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from magnitizdat.errors import DamagedError
from magnitizdat.formats.checksum import crc32
from magnitizdat.model import Value
from magnitizdat.sentence import say

RATE = 48_000
"""Samples a second of every transcode: whole packets and whole frames take the same number of bytes there."""
BLOCK_S = 6
"""Seconds of a block: whole numbers of packets, frames and pages, and of samples at every rate."""
BLOCK_SAMPLES = BLOCK_S * RATE
PAGE_PACKETS = 50
"""Packets of Opus on a page: a second of them, so that players seek to the second."""
PACKET_SAMPLES, OPUS_DELAY = 960, 312
FRAME_SAMPLES, MP3_DELAY = 1152, 1105
"""Samples of a unit, and how many the encoder is behind (`initial_padding` of FFmpeg's libopus and libmp3lame)."""
OPUS_RATES = tuple(1000 * rate for rate in (32, 48, 64, 96, 128, 160, 192, 256))
MP3_RATES = tuple(1000 * rate for rate in (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320))
"""Bits a second that a transcode may have."""

_SERIAL = 1
_FIRST, _LAST = 2, 4
_BACKWARDS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

TranscodeCodec = Literal["opus", "mp3"]
OPUS_TYPE, MP3_TYPE = "audio/ogg", "audio/mpeg"
"""What a server says that they are."""


class Encoding(Value, frozen=True, kw_only=True):
    """How a transcode sounds; `bit_rate` in bits a second, one of the codec's own."""

    codec: TranscodeCodec
    bit_rate: Annotated[int, Meta(ge=32_000, le=320_000)]
    channels: Literal[1, 2] = 2

    @property
    def media_type(self) -> str:
        """Of the whole file."""
        return OPUS_TYPE if self.codec == "opus" else MP3_TYPE

    @property
    def unit_samples(self) -> int:
        """Samples that one packet, or frame, stands for."""
        return PACKET_SAMPLES if self.codec == "opus" else FRAME_SAMPLES

    @property
    def unit_length(self) -> int:
        """Bytes of one packet, or frame."""
        return self.bit_rate * self.unit_samples // RATE // 8

    @property
    def delay(self) -> int:
        """Samples of nothing at the beginning."""
        return OPUS_DELAY if self.codec == "opus" else MP3_DELAY

    @property
    def block_units(self) -> int:
        """Packets, or frames, of a whole block."""
        return BLOCK_SAMPLES // self.unit_samples


class TranscodeLayout:
    """A transcode of so many `samples` at 48 kHz."""

    def __init__(self, encoding: Encoding, samples: int) -> None:
        self.encoding, self.samples = encoding, samples
        self.units = -(-(samples + encoding.delay) // encoding.unit_samples)
        self.head = _opus_head(encoding) if encoding.codec == "opus" else b""
        self._block_length = self._length_of(encoding.block_units)
        self.blocks, rest = divmod(self.units, encoding.block_units)
        self.length = len(self.head) + self.blocks * self._block_length + self._length_of(rest)
        self.blocks += bool(rest)

    def units_of(self, block: int) -> int:
        """Packets, or frames, in that block."""
        return min(self.encoding.block_units, self.units - block * self.encoding.block_units)

    def blocks_of(self, offset: int, length: int) -> range:
        """The blocks that hold something of these bytes."""
        start, end = max(0, offset - len(self.head)), min(offset + length, self.length) - len(self.head)
        return range(start // self._block_length, max(0, -(-end // self._block_length)))

    def start_of(self, block: int) -> int:
        """The byte at which a block begins."""
        return len(self.head) + block * self._block_length

    def wrapped(self, block: int, units: bytes) -> bytes:
        """A block as it stands in the file, of its packets or frames.

        Raises: DamagedError where they are not as long as they should be.
        """
        if len(units) != self.units_of(block) * self.encoding.unit_length:
            raise DamagedError(say("its audio cannot be decoded; get an undamaged copy"))
        return b"".join(self._pages(block, units)) if self.encoding.codec == "opus" else units

    def _pages(self, block: int, packets: bytes) -> Iterator[bytes]:
        length = self.encoding.unit_length
        first = block * self.encoding.block_units
        for start in range(0, len(packets) // length, PAGE_PACKETS):
            part = packets[start * length : (start + PAGE_PACKETS) * length]
            end = first + start + len(part) // length
            position = min(end * PACKET_SAMPLES, self.samples + OPUS_DELAY)
            flags = _LAST if end == self.units else 0
            yield _page(part, length, flags=flags, position=position, number=2 + (first + start) // PAGE_PACKETS)

    def _length_of(self, units: int) -> int:
        length = units * self.encoding.unit_length
        if self.encoding.codec == "mp3":
            return length
        return length + 27 * -(-units // PAGE_PACKETS) + units * len(_lacing(self.encoding.unit_length))


def _opus_head(encoding: Encoding) -> bytes:
    """Two pages. Source: RFC 7845, section 5."""
    said = b"".join((b"OpusHead\x01", bytes([encoding.channels]), OPUS_DELAY.to_bytes(2, "little")))
    head = said + RATE.to_bytes(4, "little") + bytes(3)
    tags = b"OpusTags" + bytes(8)
    return _page(head, len(head), flags=_FIRST, position=0, number=0) + _page(tags, len(tags), number=1)


def _lacing(length: int) -> bytes:
    return bytes([255] * (length // 255) + [length % 255])


def _page(packets: bytes, length: int, *, flags: int = 0, position: int = 0, number: int) -> bytes:
    """A page of packets that have one length. Its checksum is CRC-32 from the other end of each byte.

    Source: RFC 3533, section 6.
    """
    table = _lacing(length) * (len(packets) // length)
    numbers = b"".join(each.to_bytes(4, "little") for each in (_SERIAL, number, 0))
    start = b"OggS\0" + bytes([flags]) + position.to_bytes(8, "little") + numbers
    page = start + bytes([len(table)]) + table + packets
    turned = crc32(page.translate(_BACKWARDS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return page[:22] + turned.to_bytes(4, "big").translate(_BACKWARDS) + page[26:]
