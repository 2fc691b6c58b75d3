"""Where the fragments of an MP4 lie, after what stands before them grew. PURE.

mutagen moves what the first one says of it, and no other (`findings/mp4-tags-silence-fragments.sh`).

Source: ISO/IEC 14496-12, sections 8.8.7 (`tfhd`) and 8.8.10 (`tfra`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from magnitizdat.workers.rewriting.boxes import Box, boxes, named

_SAYS_WHERE = 1
"""Flag of `tfhd`: where in the file its sound begins follows."""


class _WrittenPlace(NamedTuple):
    """`width` bytes from `at` on that say a place in the file."""

    at: int
    width: int


def fragments_moved(before: bytes, after: bytes) -> bytes:
    """`after`, where a box is longer than in `before`, with all fragments and their index at their new places.

    Raises: DamagedError.
    """
    old, new = boxes(before, 0, len(before)), boxes(after, 0, len(after))
    if all(box.name != b"moof" for box in old) or [box.name for box in old] != [box.name for box in new]:
        return after
    moved = bytearray(after)
    for was, now in zip(old, new, strict=True):
        for at, width in _places(before, was):
            place = _moved(int.from_bytes(before[at : at + width], "big"), old, new)
            written = now.start + at - was.start
            moved[written : written + width] = place.to_bytes(9, "big")[-width:]
    return bytes(moved)


def _moved(place: int, old: Sequence[Box], new: Sequence[Box]) -> int:
    """Where that place is now: it moved with the box that it lies in."""
    found = bisect_right(old, place, key=lambda box: box.start) - 1
    return place + new[found].start - old[found].start


def _places(audio: bytes, box: Box) -> Iterator[_WrittenPlace]:
    """What a box of the file says of places."""
    if box.name == b"moof":
        for track in named(audio, box, b"traf"):
            for header in named(audio, track, b"tfhd"):
                if header.inside + 16 <= header.end and audio[header.inside + 3] & _SAYS_WHERE:
                    yield _WrittenPlace(header.inside + 8, 8)
    elif box.name == b"mfra":
        for index in named(audio, box, b"tfra"):
            yield from _indexed(audio, index)


def _indexed(audio: bytes, index: Box) -> Iterator[_WrittenPlace]:
    """An entry is a time, a place, and three numbers of one to four bytes each."""
    if index.inside + 16 > index.end:
        return
    width = 8 if audio[index.inside] else 4
    sizes = audio[index.inside + 11]
    entry = 2 * width + 3 + (sizes >> 4 & 3) + (sizes >> 2 & 3) + (sizes & 3)
    count = int.from_bytes(audio[index.inside + 12 : index.inside + 16], "big")
    first = index.inside + 16
    for number in range(min(count, (index.end - first) // entry)):
        yield _WrittenPlace(first + number * entry + width, width)
