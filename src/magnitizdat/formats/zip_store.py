"""ZIP files of stored members: written exactly, read strictly. PURE. Source: PKWARE APPNOTE 6.3.10, 4.3.

The reader takes nothing that two programs could read in two ways: no compression, gaps, overlaps, links, encryption,
data descriptors, comments or odd names. ZIP64 is not needed below 4 GiB.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.formats.checksum import crc32
from magnitizdat.model import ReadAt
from magnitizdat.sentence import say

PAD_NAME = "pad"
MAX_MEMBERS = 65534
"""One below the count that stands for "see ZIP64"."""
MAX_LENGTH = 0xFFFFFFFE
"""Bytes of a whole ZIP, for the same reason."""
Buffer = bytes | bytearray | memoryview

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
LOCAL_MAGIC, CENTRAL_MAGIC, _END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION = 10
_UTF8 = 1 << 11
_MADE_BY = 3 << 8 | 20  # Unix
_REGULAR_0644 = 0o100644 << 16
_DATE, _TIME = (1980 - 1980) << 9 | 1 << 5 | 1, 0
_NAME = re.compile(r"[a-z0-9][a-z0-9._+-]*(?:/[a-z0-9][a-z0-9._+-]*)*")
_DOS_NOT_A_FILE = 0x10 | 0x08  # folder, volume label
_HIGHEST_VERSION = 20
_ZEROS = bytes(1 << 20)
END_LENGTH = _END.size
"""Bytes behind the directory."""


class Unread(NamedTuple):
    """Content of `length` bytes that `read` brings when it is its turn; good until the next content is asked for."""

    length: int
    read: Callable[[], Buffer]


class Streamed(NamedTuple):
    """Content of `length` bytes and a known CRC-32 that `parts` brings bit by bit when it is its turn."""

    length: int
    crc32: int
    parts: Callable[[], Iterable[Buffer]]


Content = Buffer | Unread | Streamed


class Member(NamedTuple):
    """A stored file; `offset` is that of its bytes within the ZIP."""

    name: str
    offset: int
    length: int
    crc32: int


def local_length(name: str) -> int:
    """Bytes of the header before a member's own."""
    return _LOCAL.size + len(name.encode())


def entry_length(name: str) -> int:
    """Bytes of a member's entry in the directory."""
    return _CENTRAL.size + len(name.encode())


def member_cost(name: str, length: int) -> int:
    """Bytes of the ZIP that a member takes in all."""
    return local_length(name) + entry_length(name) + length


def zip_length(sizes: Iterable[tuple[str, int]]) -> int:
    """Exact length in bytes of the ZIP that `write_zip` makes of these (name, length) without padding."""
    return _END.size + sum(member_cost(name, length) for name, length in sizes)


def min_padding() -> int:
    """Bytes that the smallest `pad` takes."""
    return member_cost(PAD_NAME, 0)


def write_zip(members: Sequence[tuple[str, Content]], *, length: int | None = None) -> Iterator[Buffer]:
    """The ZIP in parts; with `length`, a member `pad` of zeros fills it up to exactly that many bytes.

    Raises: ValueError, before the first part, if it does not fit or a name is odd or taken.
    """
    sizes = [(name, length_of(content)) for name, content in members]
    padding = None if length is None else _padding_length(length - zip_length(sizes))
    _check_names([name for name, _ in sizes], padded=padding is not None)
    if zip_length(sizes) + (0 if padding is None else member_cost(PAD_NAME, padding)) > MAX_LENGTH:
        raise ValueError("a ZIP holds less than 4 GiB")
    return _parts(members, padding)


def _check_names(names: list[str], *, padded: bool) -> None:
    odd = next((name for name in names if not _is_plain_name(name)), None)
    if odd is not None or PAD_NAME in names:
        raise ValueError(f"{odd or PAD_NAME!r} is no name for a member")
    if len(names) + padded > MAX_MEMBERS or not _are_distinct(names):
        raise ValueError("there are too many members, or two of one name")


def length_of(content: Content) -> int:
    """Bytes of a member's content."""
    return content.length if isinstance(content, Unread | Streamed) else memoryview(content).nbytes


def _parts(members: Sequence[tuple[str, Content]], padding: int | None) -> Iterator[Buffer]:
    growing = GrowingZip()
    for name, content in members:
        crc, parts = _brought(content)
        yield growing.begin(name, length_of(content), crc)
        yield from parts
    if padding is not None:
        yield growing.begin(PAD_NAME, padding, _crc_of_zeros(padding))
        yield from _zeros(padding)
    yield growing.end()


class GrowingZip:
    """A ZIP that is written member by member: what goes before each, and what ends it."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self._listed: list[bytes] = []
        self._length = 0

    def begin(self, name: str, length: int, crc: int) -> bytes:
        """What stands before the `length` bytes of the next member."""
        local, entry = headers(name, length, crc, self._length)
        self._listed.append(entry)
        self.members.append(Member(name, self._length + len(local), length, crc))
        self._length += len(local) + length
        return local

    def end(self) -> bytes:
        """What stands behind the last one."""
        directory = b"".join(self._listed)
        return directory + end_record(len(self._listed), len(directory), self._length)


def _brought(content: Content) -> tuple[int, Iterable[Buffer]]:
    """(CRC-32, parts) of a member whose turn it is."""
    if isinstance(content, Streamed):
        return content.crc32, content.parts()
    plain = content.read() if isinstance(content, Unread) else content
    return crc32(plain), (plain,)


def headers(name: str, length: int, crc: int, offset: int) -> tuple[bytes, bytes]:
    """(local header, central entry) of a member whose local header is at `offset`. Names beyond ASCII are UTF-8."""
    encoded = name.encode()
    flags = 0 if name.isascii() else _UTF8
    common = (_VERSION, flags, 0, _TIME, _DATE, crc, length, length, len(encoded), 0)
    local = _LOCAL.pack(LOCAL_MAGIC, *common)
    entry = _CENTRAL.pack(CENTRAL_MAGIC, _MADE_BY, *common, 0, 0, 0, _REGULAR_0644, offset)
    return local + encoded, entry + encoded


def end_record(members: int, directory_length: int, offset: int) -> bytes:
    """What stands behind a directory that begins at `offset`."""
    return _END.pack(_END_MAGIC, 0, 0, members, members, directory_length, offset, 0)


def _padding_length(missing: int) -> int | None:
    """Zeros in the `pad` that takes `missing` bytes in all; None for no pad."""
    if missing == 0:
        return None
    if missing < min_padding():
        raise ValueError("the members do not fit")
    return missing - min_padding()


def _zeros(length: int) -> Iterator[Buffer]:
    view = memoryview(_ZEROS)
    for start in range(0, length, len(_ZEROS)):
        yield view[: length - start]


@lru_cache(maxsize=64)
def _crc_of_zeros(length: int) -> int:
    crc = 0
    for zeros in _zeros(length):
        crc = crc32(zeros, crc)
    return crc


def read_table(source: ReadAt, *, max_members: int = MAX_MEMBERS) -> tuple[Member, ...]:
    """All members but `pad`, in their order in the file.

    Raises: OverBudgetError for more than `max_members`, DamagedError for anything but stored members with plain names
    that tile the file exactly.
    """
    members, offset = _listed(source, max_members)
    expected = 0
    for member in members:
        if member.offset != expected + _LOCAL.size + len(member.name):
            raise DamagedError(say("the files in the archive overlap or leave gaps; copy it again"))
        expected = member.offset + member.length
    if expected != offset:
        raise DamagedError(say("the files in the archive overlap or leave gaps; copy it again"))
    if not _are_distinct([member.name for member in members]):
        raise DamagedError(say("the archive names a file twice; ask for another copy"))
    return tuple(member for member in members if member.name != PAD_NAME)


def listed_members(source: ReadAt, *, max_members: int) -> list[Member]:
    """What an archive lists alone, wherever that lies: nobody is to believe it. Raises: as `read_table`."""
    return _listed(source, max_members)[0]


def _listed(source: ReadAt, max_members: int) -> tuple[list[Member], int]:
    """Members as they are listed, and where the list begins."""
    total = source.length
    end = source.read_at(total - _END.size, _END.size) if total >= _END.size else b""
    if len(end) != _END.size or total > MAX_LENGTH:
        raise DamagedError(say("the archive is cut off; copy it again"))
    magic, disk, start_disk, here, count, size, offset, comment = _END.unpack(end)
    sound = magic == _END_MAGIC and disk == start_disk == comment == 0 and here == count <= MAX_MEMBERS
    if not sound or offset + size + _END.size != total:
        raise DamagedError(say("the archive's end is damaged; copy it again"))
    if count > max_members:
        raise budgets.OverBudgetError(budgets.ZIP_MEMBERS.sentence)
    if size > count * (_CENTRAL.size + budgets.NAME.most):  # before it is read
        raise DamagedError(say("the archive's list of files is damaged; copy it again"))
    return _read_directory(source.read_at(offset, size), count), offset


def _read_directory(directory: bytes, count: int) -> list[Member]:
    members: list[Member] = []
    at = 0
    for _ in range(count):
        if len(directory) - at < _CENTRAL.size:
            raise DamagedError(say("the archive's list of files is cut off; copy it again"))
        member = _read_entry(directory, at)
        at += _CENTRAL.size + len(member.name)
        members.append(member)
    if at != len(directory):
        raise DamagedError(say("the archive's list of files is damaged; copy it again"))
    return members


def _read_entry(directory: bytes, at: int) -> Member:
    magic, _, needs, flags, method, _, _, crc, packed, *rest = _CENTRAL.unpack_from(directory, at)
    size, name_length, extra, comment, disk, _, attributes, offset = rest
    raw = directory[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
    plain = magic == CENTRAL_MAGIC and flags == method == extra == comment == disk == 0 and packed == size
    kind = attributes >> 28  # of the Unix mode: 8 is a regular file, 0 where the writer knew none
    is_file = kind in {0, 8} and not attributes & _DOS_NOT_A_FILE and needs & 0xFF <= _HIGHEST_VERSION
    name = raw.decode("ascii", "replace")
    if not plain or not is_file or len(raw) != name_length or not _is_plain_name(name):
        raise DamagedError(say("the archive holds something that is not a plain file; ask for another copy"))
    return Member(name, offset + _LOCAL.size + name_length, size, crc)


def _is_plain_name(name: str) -> bool:
    return len(name) <= budgets.NAME.most and _NAME.fullmatch(name) is not None


def _are_distinct(names: list[str]) -> bool:
    """Whether no name stands twice, nor as a file and as a folder."""
    known = set(names)
    if len(known) != len(names):
        return False
    folders: set[str] = set()
    for name in names:
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders.isdisjoint(known)


def read_member(source: ReadAt, member: Member) -> bytes:
    """A member's bytes, checked against its local header and CRC.

    Raises: DamagedError.
    """
    check_local(source, member)
    plain = source.read_at(member.offset, member.length)
    if len(plain) != member.length or crc32(plain) != member.crc32:
        raise DamagedError(say("a file in the archive is damaged; mend it or copy it again"))
    return plain


def check_local(source: ReadAt, member: Member) -> None:
    """Whether the archive says the same of a member where it lists it and where it lies.

    Raises: DamagedError.
    """
    start = member.offset - _LOCAL.size - len(member.name)
    if not _is_local_header(source.read_at(start, member.offset - start), member):
        raise DamagedError(say("the archive contradicts itself about a file; ask for another copy"))


def member_at(header: bytes, offset: int) -> Member | None:
    """What a local header alone says that lies at `offset`, and begins `header`; None for none of a stored member."""
    if len(header) < _LOCAL.size or header[: len(LOCAL_MAGIC)] != LOCAL_MAGIC:
        return None
    _, _, flags, method, _, _, crc, packed, size, name_length, extra = _LOCAL.unpack_from(header)
    name = header[_LOCAL.size : _LOCAL.size + name_length].decode("ascii", "replace")
    if flags or method or extra or packed != size or len(name) != name_length or not _is_plain_name(name):
        return None
    return Member(name, offset + _LOCAL.size + name_length, size, crc)


def _is_local_header(header: bytes, member: Member) -> bool:
    if len(header) != _LOCAL.size + len(member.name):
        return False
    magic, _, flags, method, _, _, *sizes = _LOCAL.unpack_from(header)
    wanted = [member.crc32, member.length, member.length, len(member.name), 0]
    sound = magic == LOCAL_MAGIC and flags == method == 0 and sizes == wanted
    return sound and header[_LOCAL.size :] == member.name.encode("ascii")
