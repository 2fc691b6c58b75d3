"""Reading where the medium refuses: an erasure, not an end (law 6). PURE but for the source."""

from __future__ import annotations

from magnitizdat.errors import DamagedError
from magnitizdat.model import ReadAt

SECTOR = 4096
"""Bytes that are given up at least where a read fails: what lies around them is read by halves."""


def salvage(source: ReadAt, offset: int, length: int) -> tuple[bytes, list[int]]:
    """Bytes of a source with zeros for the sectors that it refuses, and where these begin; zeros behind its end too."""
    try:
        content = source.read_at(offset, length)
    except (OSError, DamagedError):
        if length <= SECTOR:
            return bytes(length), [offset]
        half = max(offset // SECTOR + 1, (offset + length // 2) // SECTOR) * SECTOR
        first, lost = salvage(source, offset, half - offset)
        second, more = salvage(source, half, offset + length - half)
        return first + second, lost + more
    return content + bytes(length - len(content)), []


def read_around(source: ReadAt, offset: int, length: int) -> bytes:
    """The bytes alone."""
    return salvage(source, offset, length)[0]
