"""PAR2 packets: exact lengths of what par2 writes, and a strict reader of what it wrote. PURE.

Only what describes files and counts recovery slices is read; the arithmetic of repair is par2's own.
Source: "Parity Volume Set Specification 2.0", 2003 (Nahas, Clements, Nettle, Gallagher).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.model import ReadAt
from magnitizdat.reel.erasures import read_around

MAGIC = b"PAR2\0PKT"
HEADER_LENGTH = 64
MAX_CRITICAL_LENGTH = 4 << 20
"""Bytes of a packet other than a recovery slice that we read: 32 768 slices of 20 bytes and more."""
MAX_SLICE_LENGTH = 64 << 20
MAX_FILES = 32768
CREATOR_LENGTH = HEADER_LENGTH + 44
"""`Created by par2cmdline-turbo version 1.4.0.` filled up to a multiple of four; also where a number has two digits."""

_HEADER = struct.Struct("<8sQ16s16s16s")
_MAIN = struct.Struct("<QI")
_DESCRIPTION = struct.Struct("<16s16s16sQ")
_MAIN_TYPE = b"PAR 2.0\0Main\0\0\0\0"
_DESCRIPTION_TYPE = b"PAR 2.0\0FileDesc"
_CHECKSUMS_TYPE = b"PAR 2.0\0IFSC\0\0\0\0"
_RECOVERY_TYPE = b"PAR 2.0\0RecvSlic"
_HASHED_FROM = 32
_FIRST_SCAN, _SCAN = 1 << 12, 1 << 20
_WASTE = 4


class Main(NamedTuple):
    """Slice length in bytes and the ids of the files of a set, in its order."""

    slice_length: int
    files: tuple[bytes, ...]


class Description(NamedTuple):
    """A file of a set. `name` is whatever the packet says: nothing to trust."""

    file_id: bytes
    md5: bytes
    md5_16k: bytes
    length: int
    name: bytes


class Checksums(NamedTuple):
    """MD5 and CRC-32 of each slice of a file, the last one filled up with zeros."""

    file_id: bytes
    pairs: bytes

    @property
    def slices(self) -> int:
        """How many."""
        return len(self.pairs) // 20

    def md5(self, number: int) -> bytes:
        """16 bytes."""
        return self.pairs[number * 20 : number * 20 + 16]

    def crc32(self, number: int) -> int:
        """As `checksum.crc32` has it."""
        return int.from_bytes(self.pairs[number * 20 + 16 : number * 20 + 20], "little")

    def all_crc32(self) -> bytes:
        """Every CRC-32, four little-endian bytes each."""
        return b"".join(self.pairs[at + 16 : at + 20] for at in range(0, len(self.pairs), 20))


class Recovery(NamedTuple):
    """A recovery slice that verified; its bytes are not kept."""

    exponent: int
    length: int


class Packet(NamedTuple):
    """A packet whose MD5 was right. `body` is None for kinds that we do not know (Creator, and whatever comes)."""

    set_id: bytes
    body: Main | Description | Checksums | Recovery | None


class Scan(NamedTuple):
    """All sound packets of one file. `damaged` bytes lie between them; `unreadable` are those the medium refused."""

    packets: tuple[Packet, ...]
    damaged: int
    unreadable: int


def slices_of(length: int, slice_length: int) -> int:
    """Slices that a file of `length` bytes takes."""
    return -(-length // slice_length)


def critical_length(files: int, slices: int, name_length: int) -> int:
    """Bytes of one copy of the packets that describe `files` files of `slices` slices each."""
    padded_name = -(-name_length // 4) * 4
    main = HEADER_LENGTH + _MAIN.size + 16 * files
    description = HEADER_LENGTH + _DESCRIPTION.size + padded_name
    return main + files * (description + HEADER_LENGTH + 16 + 20 * slices)


def index_length(critical: int) -> int:
    """Bytes of the par2 file without recovery slices."""
    return critical + CREATOR_LENGTH


def volume_length(critical: int, slice_length: int, blocks: int) -> int:
    """Bytes of a volume of `blocks` recovery slices: par2 repeats the critical packets once for each binary digit."""
    return blocks * (HEADER_LENGTH + 4 + slice_length) + blocks.bit_length() * critical + CREATOR_LENGTH


def scan(source: ReadAt, *, most: int | None = None) -> Scan:
    """Every sound packet of a par2 file, whatever lies between them; of equal ones each is the same object.

    Ranges that the medium refuses (OSError) are skipped: an erasure, not an end. Work stays in proportion to the
    length: once that many bytes of bad packets were hashed in vain, nothing is looked for inside such packets.

    Raises: OverBudgetError where more than `most` packets begin in it, or they say more than par2 does.
    """
    most = budgets.PACKETS.allowed(source.length) if most is None else most
    packets: list[Packet] = []
    known = _Known()
    offset = sound = unreadable = wasted = begun = 0
    while offset + HEADER_LENGTH <= source.length:
        begun += 1
        if begun > most:
            raise budgets.OverBudgetError(budgets.PACKETS.sentence)
        step, packet = 1, None
        try:
            length = _length_at(source, offset)
            if length:
                packet = _packet_at(source, offset, length, known)
                wasted += 0 if packet else length
                step = length if packet or wasted > _WASTE * source.length else 1
        except budgets.OverBudgetError:
            raise
        except (OSError, DamagedError):
            unreadable += 1
        offset += step
        if packet is None:
            offset = _next_magic(source, offset)
        else:
            packets.append(packet)
            sound += length
    return Scan(tuple(packets), source.length - sound, unreadable)


def _length_at(source: ReadAt, offset: int) -> int:
    """Length of the packet that seems to begin here, 0 where none does."""
    header = source.read_at(offset, HEADER_LENGTH)
    if len(header) < HEADER_LENGTH:
        return 0
    magic, length, _, _, kind = _HEADER.unpack(header)
    limit = MAX_SLICE_LENGTH + HEADER_LENGTH + 4 if kind == _RECOVERY_TYPE else MAX_CRITICAL_LENGTH
    if magic != MAGIC or length % 4 or not HEADER_LENGTH <= length <= min(limit, source.length - offset):
        return 0
    return int(length)


class _Known:
    """Packets of one file by their MD5: par2 repeats in a volume what describes its set."""

    def __init__(self) -> None:
        self._packets: dict[bytes, Packet] = {}
        self._length = 0

    def packet(self, digest: bytes, set_id: bytes, kind: bytes, body: memoryview) -> Packet:
        found = self._packets.get(digest)
        if found is None:
            found = Packet(set_id, _parse(kind, body))
            if found.body is not None and kind != _RECOVERY_TYPE:
                self._length += len(body)
                budgets.DESCRIBED.check(self._length)
                self._packets[digest] = found
        return found


def _packet_at(source: ReadAt, offset: int, length: int, known: _Known) -> Packet | None:
    content = memoryview(source.read_at(offset, length))
    _, _, digest, set_id, kind = _HEADER.unpack(content[:HEADER_LENGTH])
    if hashlib.md5(content[_HASHED_FROM:], usedforsecurity=False).digest() != digest:
        return None
    return known.packet(digest, set_id, kind, content[HEADER_LENGTH:])


def _parse(kind: bytes, body: memoryview) -> Main | Description | Checksums | Recovery | None:
    if kind == _MAIN_TYPE and len(body) >= _MAIN.size:
        slice_length, count = _MAIN.unpack_from(body)
        ids = bytes(body[_MAIN.size :])
        sound = 0 < slice_length <= MAX_SLICE_LENGTH and slice_length % 4 == 0 and 0 < count <= MAX_FILES
        if sound and len(ids) >= 16 * count and len(ids) % 16 == 0:
            return Main(slice_length, tuple(ids[at : at + 16] for at in range(0, 16 * count, 16)))
    elif kind == _DESCRIPTION_TYPE and len(body) > _DESCRIPTION.size:
        file_id, md5, md5_16k, length = _DESCRIPTION.unpack_from(body)
        return Description(file_id, md5, md5_16k, length, bytes(body[_DESCRIPTION.size :]).rstrip(b"\0"))
    elif kind == _CHECKSUMS_TYPE and len(body) > 16 and (len(body) - 16) % 20 == 0:
        return Checksums(bytes(body[:16]), bytes(body[16:]))
    elif kind == _RECOVERY_TYPE and len(body) > 4:
        return Recovery(int.from_bytes(body[:4], "little"), len(body) - 4)
    return None


def _next_magic(source: ReadAt, offset: int) -> int:
    """Where the next packet may begin; the length of the source if nowhere. Damage may have shifted packets."""
    for start, window in _windows(source, offset):
        at = window.find(MAGIC)
        if at >= 0:
            return start + at
    return source.length


def _windows(source: ReadAt, offset: int) -> Iterator[tuple[int, bytes]]:
    overlap, step = len(MAGIC) - 1, _FIRST_SCAN
    while offset < source.length:
        yield offset, read_around(source, offset, min(step + overlap, source.length - offset))
        offset += step
        step = min(_SCAN, step << 2)


def packet_of(set_id: bytes, body: Main | Description | Checksums) -> bytes:
    """A packet as par2 would write it."""
    match body:
        case Main(slice_length, files):
            return _packet(set_id, _MAIN_TYPE, _MAIN.pack(slice_length, len(files)) + b"".join(files))
        case Description(file_id, md5, md5_16k, length, name):
            padded = name + bytes(-len(name) % 4)
            return _packet(set_id, _DESCRIPTION_TYPE, _DESCRIPTION.pack(file_id, md5, md5_16k, length) + padded)
        case Checksums(file_id, pairs):
            return _packet(set_id, _CHECKSUMS_TYPE, file_id + pairs)


def _packet(set_id: bytes, kind: bytes, body: bytes) -> bytes:
    hashed = set_id + kind + body
    digest = hashlib.md5(hashed, usedforsecurity=False).digest()
    return MAGIC + (HEADER_LENGTH + len(body)).to_bytes(8, "little") + digest + hashed


def set_id_of(main: Main) -> bytes:
    """What the id of a set has to be."""
    body = _MAIN.pack(main.slice_length, len(main.files)) + b"".join(main.files)
    return hashlib.md5(body, usedforsecurity=False).digest()


def file_id_of(file: Description) -> bytes:
    """What the id of a file has to be."""
    said = file.md5_16k + file.length.to_bytes(8, "little") + file.name
    return hashlib.md5(said, usedforsecurity=False).digest()


def recovery_packets(source: ReadAt, set_id: bytes, slice_length: int) -> Iterator[tuple[int, bytes]]:
    """Exponent and all bytes of each sound recovery packet of a set; what lies between them is passed over."""
    length = HEADER_LENGTH + 4 + slice_length
    wanted = MAGIC + length.to_bytes(8, "little")
    offset = wasted = 0
    while offset + length <= source.length and wasted <= _WASTE * source.length:
        header = read_around(source, offset, HEADER_LENGTH)
        if header[:16] != wanted or header[32:] != set_id + _RECOVERY_TYPE:
            offset = _next_magic(source, offset + 1)
            continue
        content = read_around(source, offset, length)
        if hashlib.md5(memoryview(content)[_HASHED_FROM:], usedforsecurity=False).digest() == header[16:32]:
            yield int.from_bytes(content[HEADER_LENGTH : HEADER_LENGTH + 4], "little"), content
            offset += length
        else:
            wasted += length
            offset = _next_magic(source, offset + 1)
