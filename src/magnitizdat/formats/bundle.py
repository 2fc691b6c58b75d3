"""A ZIP of whole files that is never made: its length and every byte of it follow from what goes in. PURE.

Members are stored, so any stretch of it can be read at once and a download that broke goes on where it was. Checksums
are asked for when a stretch needs them: the first byte of a long album waits for none but its first file's.
Source: PKWARE APPNOTE 6.3.10, 4.3, 4.4.4 (bit 11: names are UTF-8).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from magnitizdat.formats.zip_store import MAX_LENGTH, MAX_MEMBERS
from magnitizdat.model import ReadAt

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_VERSION, _UTF8 = 20, 1 << 11
_MADE_BY = 3 << 8 | _VERSION  # Unix
_REGULAR_0644 = 0o100644 << 16
_DATE, _TIME = 1 << 5 | 1, 0  # 1980-01-01: whoever gets it learns no date of ours


class Part(NamedTuple):
    """A file that goes in, under a name with forward slashes. `crc32` is called whenever it is needed."""

    name: str
    content: ReadAt
    crc32: Callable[[], int]


class _Later:
    """Bytes of which only the number is known until they are read (a `ReadAt`)."""

    def __init__(self, length: int, make: Callable[[], bytes]) -> None:
        self.length, self._make = length, make

    def read_at(self, offset: int, length: int) -> bytes:
        """The slice."""
        return self._make()[offset : offset + length]


class Bundle:
    """The bytes of the ZIP of these parts (a `ReadAt`).

    Raises: ValueError where a ZIP without its 64-bit extension cannot hold them.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        if len(parts) > MAX_MEMBERS:
            raise ValueError("a ZIP holds fewer files")
        self._pieces: list[ReadAt] = []
        self._starts: list[int] = []
        self.length = 0
        members = []
        for part in parts:
            member = _PartHeaders(part, self.length)
            members.append(member)
            self._append(_Later(_LOCAL.size + len(member.name), member.local))
            self._append(part.content)
        length, start = sum(_CENTRAL.size + len(member.name) for member in members), self.length
        if start + length + _END.size > MAX_LENGTH:
            raise ValueError("a ZIP holds less than 4 GiB")
        end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), length, start, 0)
        self._append(_Later(length + len(end), lambda: b"".join(each.central() for each in members) + end))

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes `offset:offset + length`, cut off at the end like a slice."""
        end = min(offset + length, self.length)
        read = []
        while offset < end:
            number = bisect_right(self._starts, offset) - 1
            within = offset - self._starts[number]
            part = self._pieces[number].read_at(within, end - offset)
            read.append(part)
            offset += len(part)
        return read[0] if len(read) == 1 else b"".join(read)

    def _append(self, piece: ReadAt) -> None:
        if piece.length:
            self._pieces.append(piece)
            self._starts.append(self.length)
            self.length += piece.length


class _PartHeaders:
    """What a ZIP says of a part that begins at `offset`."""

    def __init__(self, part: Part, offset: int) -> None:
        if part.content.length > MAX_LENGTH or offset > MAX_LENGTH:
            raise ValueError("a ZIP holds less than 4 GiB")
        self.name = part.name.encode()
        self._part, self._offset = part, offset

    def local(self) -> bytes:
        """The header before it."""
        return _LOCAL.pack(b"PK\x03\x04", *self._common()) + self.name

    def central(self) -> bytes:
        """Its entry in the directory."""
        return _CENTRAL.pack(
            b"PK\x01\x02", _MADE_BY, *self._common(), 0, 0, 0, _REGULAR_0644, self._offset
        ) + self.name  # fmt: skip

    def _common(self) -> tuple[int, ...]:
        length = self._part.content.length
        return (_VERSION, _UTF8, 0, _TIME, _DATE, self._part.crc32(), length, length, len(self.name), 0)
