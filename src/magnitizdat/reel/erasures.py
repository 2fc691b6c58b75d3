"""Reading where the medium refuses: an erasure, not an end (law 6). PURE but for the source."""

from __future__ import annotations

from magnitizdat.model import ReadAt

SECTOR = 4096
"""Bytes that are asked for one by one where a larger read failed."""


def read_around(source: ReadAt, offset: int, length: int) -> bytes:
    """Bytes of a source with zeros for the sectors that it refuses; zeros behind its end too."""
    try:
        content = source.read_at(offset, length)
    except OSError:
        if length <= SECTOR:
            return bytes(length)
        parts = range(offset, offset + length, SECTOR)
        return b"".join(read_around(source, at, min(SECTOR, offset + length - at)) for at in parts)
    return content + bytes(length - len(content))
