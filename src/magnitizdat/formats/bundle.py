"""A ZIP of whole files that is never made: its length and every byte of it follow from what goes in. PURE.

Members are stored, so any stretch of it can be read at once and a download that broke goes on where it was. Checksums
are asked for when a stretch needs them: the first byte of a long album waits for none but its first file's. Byte for
byte it is what `zip_store.write_zip` writes of the same members, where their names may stand there.
Source: PKWARE APPNOTE 6.3.10, 4.3, 4.4.4 (bit 11: names are UTF-8).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from magnitizdat.formats.zip_store import (
    END_LENGTH,
    MAX_LENGTH,
    MAX_MEMBERS,
    end_record,
    entry_length,
    headers,
    local_length,
)
from magnitizdat.model import ReadAt


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
        self._parts: list[tuple[Part, int]] = []
        self._pieces: list[ReadAt] = []
        self._starts: list[int] = []
        self.length = 0
        self._made: bytes | None = None
        for part in parts:
            offset = self.length
            self._parts.append((part, offset))
            self._append(_Later(local_length(part.name), partial(_local, part, offset)))
            self._append(part.content)
        self._start = self.length
        self._append(_Later(sum(entry_length(part.name) for part in parts) + END_LENGTH, self._directory))
        if self.length > MAX_LENGTH:
            raise ValueError("a ZIP holds less than 4 GiB")

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

    def _directory(self) -> bytes:
        """The list of all members and what ends it; made once, for there may be many."""
        if self._made is None:
            listed = b"".join(_headers(part, offset)[1] for part, offset in self._parts)
            self._made = listed + end_record(len(self._parts), len(listed), self._start)
        return self._made


def _local(part: Part, offset: int) -> bytes:
    return _headers(part, offset)[0]


def _headers(part: Part, offset: int) -> tuple[bytes, bytes]:
    return headers(part.name, part.content.length, part.crc32(), offset)
