"""ZIP files of stored members: written exactly, read strictly. PURE. Source: PKWARE APPNOTE 6.3.10, 4.3.

The reader takes nothing that two programs could read in two ways: no compression, gaps, overlaps, links, encryption,
data descriptors, comments or odd names. ZIP64 is not needed below 4 GiB.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.model import ReadAt

PAD_NAME = "pad"
MAX_MEMBERS = 65535
Buffer = bytes | bytearray | memoryview

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_MAGIC, _CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 10
_MADE_BY = 3 << 8 | 20  # Unix
_REGULAR_0644 = 0o100644 << 16
_DATE, _TIME = (1980 - 1980) << 9 | 1 << 5 | 1, 0
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
_ZEROS = bytes(1 << 20)


class Member(NamedTuple):
    """A stored file; `offset` is that of its bytes within the ZIP."""

    name: str
    offset: int
    length: int
    crc32: int


def member_cost(name: str, length: int) -> int:
    """Bytes of the ZIP that a member takes in all."""
    return _LOCAL.size + _CENTRAL.size + 2 * len(name) + length


def zip_length(sizes: Iterable[tuple[str, int]]) -> int:
    """Exact length in bytes of the ZIP that `write_zip` makes of these (name, length) without padding."""
    return _END.size + sum(member_cost(name, length) for name, length in sizes)


def least_padding() -> int:
    """Bytes that the smallest `pad` takes."""
    return member_cost(PAD_NAME, 0)


def write_zip(members: Sequence[tuple[str, Buffer]], *, length: int | None = None) -> Iterator[Buffer]:
    """The ZIP in parts; with `length`, a member `pad` of zeros fills it up to exactly that many bytes.

    Raises: ValueError if it does not fit, or a name is odd.
    """
    entries: list[tuple[str, Buffer, int]] = [(name, content, zlib.crc32(content)) for name, content in members]
    if length is not None:
        entries += _padding(length - zip_length((name, len(content)) for name, content in members))
    central, offset = [], 0
    for name, content, crc in entries:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a member")
        encoded, size = name.encode("ascii"), len(content)
        yield _LOCAL.pack(_LOCAL_MAGIC, _VERSION, 0, 0, _TIME, _DATE, crc, size, size, len(encoded), 0) + encoded
        yield content
        fields = (_MADE_BY, _VERSION, 0, 0, _TIME, _DATE, crc, size, size, len(encoded), 0, 0, 0, 0, _REGULAR_0644)
        central.append(_CENTRAL.pack(_CENTRAL_MAGIC, *fields, offset) + encoded)
        offset += _LOCAL.size + len(encoded) + size
    directory = b"".join(central)
    count = len(entries)
    yield directory + _END.pack(_END_MAGIC, 0, 0, count, count, len(directory), offset, 0)


def _padding(missing: int) -> list[tuple[str, Buffer, int]]:
    if missing == 0:
        return []
    size = missing - least_padding()
    if size < 0:
        raise ValueError("the members do not fit")
    content = memoryview(_ZEROS)[:size] if size <= len(_ZEROS) else bytes(size)
    return [(PAD_NAME, content, zlib.crc32(content))]


def read_table(source: ReadAt, *, max_members: int = MAX_MEMBERS) -> tuple[Member, ...]:
    """All members but `pad`, in their order in the file.

    Raises: DamagedError for anything but stored members with plain names that tile the file exactly.
    """
    total = source.length
    end = source.read_at(total - _END.size, _END.size) if total >= _END.size else b""
    if len(end) != _END.size:
        raise DamagedError("the archive is cut off; copy it again")
    magic, disk, start_disk, here, count, size, offset, comment = _END.unpack(end)
    sound = magic == _END_MAGIC and disk == start_disk == comment == 0 and here == count <= max_members
    if not sound or offset + size + _END.size != total:
        raise DamagedError("the archive's end is malformed; copy it again")
    members = _read_directory(source.read_at(offset, size), count)
    expected = 0
    for member in members:
        if member.offset != expected + _LOCAL.size + len(member.name):
            raise DamagedError("the archive's members overlap or leave gaps; copy it again")
        expected = member.offset + member.length
    if expected != offset:
        raise DamagedError("the archive's members overlap or leave gaps; copy it again")
    if len({member.name for member in members}) != count:
        raise DamagedError("the archive names a member twice; copy it again")
    return tuple(member for member in members if member.name != PAD_NAME)


def _read_directory(directory: bytes, count: int) -> list[Member]:
    members, at = [], 0
    for _ in range(count):
        if len(directory) - at < _CENTRAL.size:
            raise DamagedError("the archive's directory is cut off; copy it again")
        magic, *fields = _CENTRAL.unpack_from(directory, at)
        (_, _, flags, method, _, _, crc, packed, size, name_length, extra, comment, disk, _, attributes, offset) = fields
        raw = directory[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        at += _CENTRAL.size + name_length
        plain = magic == _CENTRAL_MAGIC and flags == method == extra == comment == disk == 0 and packed == size
        kind = attributes >> 28
        if not plain or kind not in {0, 8} or not _is_plain_name(raw, name_length):
            raise DamagedError("the archive holds a member that is not a plain stored file; ask for another copy")
        members.append(Member(raw.decode("ascii"), offset + _LOCAL.size + name_length, size, crc))
    if at != len(directory):
        raise DamagedError("the archive's directory is malformed; copy it again")
    return members


def _is_plain_name(raw: bytes, length: int) -> bool:
    return len(raw) == length and raw.isascii() and _NAME.fullmatch(raw.decode("ascii")) is not None


def read_member(source: ReadAt, member: Member) -> bytes:
    """A member's bytes, checked against its local header and CRC.

    Raises: DamagedError.
    """
    start = member.offset - _LOCAL.size - len(member.name)
    content = source.read_at(start, _LOCAL.size + len(member.name) + member.length)
    fields = _LOCAL.unpack_from(content) if len(content) >= _LOCAL.size else ()
    name = content[_LOCAL.size : member.offset - start]
    wanted = (member.crc32, member.length, member.length, len(member.name), 0)
    if not fields or fields[0] != _LOCAL_MAGIC or fields[2:4] != (0, 0) or fields[6:] != wanted:
        raise DamagedError("a member's local header contradicts the archive's directory; ask for another copy")
    plain = content[member.offset - start :]
    if name != member.name.encode("ascii") or len(plain) != member.length or zlib.crc32(plain) != member.crc32:
        raise DamagedError("a member of the archive is damaged; mend it or copy it again")
    return plain
