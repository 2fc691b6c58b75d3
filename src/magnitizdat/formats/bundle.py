"""A ZIP of whole files that is never made: its length and every byte of it follow from what goes in. PURE.

Members are stored, so any stretch of it can be read at once and a download that broke goes on where it was.
Source: PKWARE APPNOTE 6.3.10, 4.3, 4.4.4 (bit 11: names are UTF-8).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from magnitizdat.formats.age import BytesReader
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
    """A file that goes in, under a name with forward slashes."""

    name: str
    content: ReadAt
    crc32: int


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
        central = []
        for part in parts:
            local, entry = _headers(part, self.length)
            central.append(entry)
            self._append(BytesReader(local))
            self._append(part.content)
        directory, start = b"".join(central), self.length
        if start + len(directory) + _END.size > MAX_LENGTH:
            raise ValueError("a ZIP holds less than 4 GiB")
        end = _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(directory), start, 0)
        self._append(BytesReader(directory + end))

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


def _headers(part: Part, offset: int) -> tuple[bytes, bytes]:
    """(local header, central entry) of a part at `offset`."""
    if part.content.length > MAX_LENGTH or offset > MAX_LENGTH:
        raise ValueError("a ZIP holds less than 4 GiB")
    name = part.name.encode()
    length = part.content.length
    common = (_VERSION, _UTF8, 0, _TIME, _DATE, part.crc32, length, length, len(name), 0)
    entry = _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, *common, 0, 0, 0, _REGULAR_0644, offset)
    return _LOCAL.pack(b"PK\x03\x04", *common) + name, entry + name
