"""Boxes of MP4, one behind the other. PURE.

Source: ISO/IEC 14496-12, section 4.2.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import say


class Box(NamedTuple):
    """Bytes `start` to `end` of the file; what it holds begins at `inside`."""

    name: bytes
    start: int
    inside: int
    end: int


def boxes(audio: bytes, start: int, end: int) -> list[Box]:
    """Those that fill these bytes.

    Raises: DamagedError.
    """
    found = []
    while start + 8 <= end:
        length, name = struct.unpack_from(">I4s", audio, start)
        header = 16 if length == 1 else 8
        if length == 1:
            length = int.from_bytes(audio[start + 8 : start + 16], "big")
        stop = start + length if length else end
        if stop < start + header or stop > end:
            raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy"))
        found.append(Box(name, start, start + header, stop))
        start = stop
    return found


def named(audio: bytes, within: Box, name: bytes) -> list[Box]:
    """Those of one name that lie right in a box.

    Raises: DamagedError.
    """
    return [box for box in boxes(audio, within.inside, within.end) if box.name == name]
