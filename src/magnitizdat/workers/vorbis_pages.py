"""The packets of a plain Ogg Vorbis file, a page at a time. PURE over a file.

Such a file has four thousand packets in a megabyte, and PyAV takes two microseconds for each, of which libavformat has
a sixth. Behind one another the packets of a stream are the bodies of its pages: so where nothing is in doubt, their
digest is had without taking them apart. Whatever is not plain is left to the demuxer.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from magnitizdat.formats.checksum import crc32

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_HEADER = struct.Struct("<4sBBqIIIB")
_LONGEST_PAGE = 27 + 255 + 255 * 255
_BLOCK_LENGTH = 1 << 20
_CONTINUED, _FIRST, _LAST = 1, 2, 4
_HEADER_PACKETS = 3
_EMPTY_PACKET = re.compile(rb"[^\xff]\0", re.DOTALL)
_BACKWARDS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class PlainStream(NamedTuple):
    """All audio packets of a file: their digest, bytes and number, and the position in samples at which they end."""

    digest: Hash
    length: int
    packets: int
    end: int


class _Page(NamedTuple):
    flags: int
    position: int
    serial: int
    number: int
    table: bytes
    body: bytes

    @property
    def packets(self) -> int:
        """How many end on it."""
        return len(self.table) - self.table.count(255)

    @property
    def is_closed(self) -> bool:
        """Whether a packet ends with it."""
        return self.table[-1:] != b"\xff"


class _DoubtError(Exception):
    """It is not as plain as that."""


def plain_stream(file: BinaryIO) -> PlainStream | None:
    """What the pages of a Vorbis file hold: of one stream, every page whole and in its turn, up to an end mark.

    None where it is otherwise. Source: RFC 3533, section 6; Vorbis I, A.2.
    """
    digest, length, packets, end, last = hashlib.sha256(), 0, 0, 0, None
    try:
        pages = _in_turn(file)
        _pass_headers(pages)
        for last in pages:
            _require(not last.packets or last.position >= end)
            digest.update(last.body)
            length += len(last.body)
            packets += last.packets
            end = max(end, last.position)
    except _DoubtError:
        return None
    is_ended = last is not None and last.flags & _LAST and last.is_closed and last.packets
    return PlainStream(digest, length, packets, end) if is_ended else None


def _pass_headers(pages: Iterator[_Page]) -> None:
    """They end with a page, as they must; the first has one to itself."""
    ended = 0
    for page in pages:
        ended += page.packets
        _require(page.number > 0 or (ended == 1 and page.body.startswith(b"\x01vorbis")))
        if ended >= _HEADER_PACKETS:
            _require(ended == _HEADER_PACKETS and page.is_closed)
            return


def _in_turn(file: BinaryIO) -> Iterator[_Page]:
    serial, was_closed, was_last = None, True, False
    for number, page in enumerate(_pages(file)):
        serial = page.serial if serial is None else serial
        _require(page.serial == serial and page.number == number and not was_last)
        _require(bool(page.flags & _FIRST) == (number == 0))
        _require(bool(page.flags & _CONTINUED) == (not was_closed))
        _require(not _EMPTY_PACKET.search(page.table) and not (was_closed and page.table[:1] == b"\0"))
        was_closed, was_last = page.is_closed, bool(page.flags & _LAST)
        yield page


def _pages(file: BinaryIO) -> Iterator[_Page]:
    file.seek(0)
    block, offset = b"", 0
    while True:
        if len(block) - offset < _LONGEST_PAGE:
            block, offset = block[offset:] + file.read(_BLOCK_LENGTH), 0
        if offset == len(block):
            return
        page, offset = _page(block, offset)
        yield page


def _page(block: bytes, offset: int) -> tuple[_Page, int]:
    """A page and where it ends."""
    _require(len(block) - offset >= _HEADER.size)
    magic, version, flags, position, serial, number, _, segments = _HEADER.unpack_from(block, offset)
    start = offset + _HEADER.size + segments
    table = block[offset + _HEADER.size : start]
    end = start + sum(table)
    _require(magic == b"OggS" and version == 0 and end <= len(block))
    _require(_is_sound(block[offset:end]))
    return _Page(flags, position, serial, number, table, block[start:end]), end


def _is_sound(page: bytes) -> bool:
    """Its checksum is CRC-32 from the other end of each byte, without what ZIP turns over before and after."""
    turned = page.translate(_BACKWARDS)
    found = crc32(turned[26:], crc32(bytes(4), crc32(turned[:22], 0xFFFFFFFF))) ^ 0xFFFFFFFF
    return found == int.from_bytes(turned[22:26], "big")


def _require(is_plain: bool) -> None:  # noqa: FBT001 - reads as what it requires
    if not is_plain:
        raise _DoubtError
