"""APEv2 tags (WavPack, and behind many MP3 files).

Source: Hydrogenaudio wiki, "APE Tags Header" and "APE Tag Item".
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import say
from magnitizdat.workers.raw_tags import FIELDS
from magnitizdat.workers.rewriting.comments import NAMES
from magnitizdat.workers.rewriting.wishes import TagEntry, Wishes, field_of, rewritten
from magnitizdat.workers.values import Tags

_MARK = b"APETAGEX"
_HEADER_LENGTH = 32
_HAS_HEADER, _IS_HEADER, _KIND = 1 << 31, 1 << 29, 6
_NAMES = {
    **NAMES,
    "album_artist": "Album Artist",
    "album_artists": "Albumartists",
    "date": "Year",
    "track": "Track",
    "disc": "Disc",
    "isrc": "ISRC",
}


class ApeSpan(NamedTuple):
    """Where a tag stands: bytes `start` to `end` of the file, its items from `first` to `last`."""

    start: int
    first: int
    last: int
    end: int


class _Items:
    pairs = True

    def made(self, field: str, texts: tuple[str, ...], old: TagEntry | None) -> list[TagEntry]:
        name = old.name if old else _NAMES.get(field, field.title())
        value = "\0".join(texts).encode()
        raw = struct.pack("<II", len(value), 0) + name.encode("ascii", "replace") + b"\0" + value
        return [TagEntry(name, field, texts, raw)]


def find_ape(audio: bytes, end: int) -> ApeSpan | None:
    """The tag that ends at `end` bytes of the file."""
    footer = audio[end - _HEADER_LENGTH : end] if end >= _HEADER_LENGTH else b""
    if footer[:8] != _MARK:
        return None
    length, _, flags = struct.unpack_from("<III", footer, 12)
    first = end - length
    start = first - (_HEADER_LENGTH if flags & _HAS_HEADER else 0)
    if flags & _IS_HEADER or length < _HEADER_LENGTH or start < 0:
        return None
    return ApeSpan(start, first, end - _HEADER_LENGTH, end)


def rewritten_ape(tag: bytes, span: ApeSpan, wishes: Wishes) -> bytes:
    """The tag with other items; `span` counts from its own beginning.

    Raises: DamagedError.
    """
    items = rewritten(_items(tag[span.first : span.last]), wishes, _Items())
    body = b"".join(item.raw for item in items)
    return _framed(body, len(items), tag[span.last : span.end], has_header=span.first > span.start)


def new_ape(wishes: Wishes) -> bytes:
    """A tag where there is none; it says all that the file does."""
    items = rewritten((), Wishes.of(Tags(), wishes.after), _Items())
    footer = _MARK + struct.pack("<IIII8x", 2000, 0, 0, 0)
    return _framed(b"".join(item.raw for item in items), len(items), footer, has_header=True) if items else b""


def _framed(body: bytes, count: int, footer: bytes, *, has_header: bool) -> bytes:
    version = footer[:12]
    (flags,) = struct.unpack_from("<I", footer, 20)
    flags = flags | _HAS_HEADER if has_header else flags
    lengths = struct.pack("<II", len(body) + _HEADER_LENGTH, count)
    made = body + version + lengths + struct.pack("<I", flags) + footer[24:]
    header = version + lengths + struct.pack("<I", flags | _IS_HEADER) + footer[24:]
    return (header if has_header else b"") + made


def _items(body: bytes) -> list[TagEntry]:
    found, at = [], 0
    while at < len(body):
        name_end = body.find(b"\0", at + 8)
        if name_end < 0:
            raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy"))
        length, flags = struct.unpack_from("<II", body, at)
        end = name_end + 1 + length
        if end > len(body):
            raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy"))
        found.append(_entry(body[at:end], body[at + 8 : name_end], body[name_end + 1 : end], flags))
        at = end
    return found


def _entry(raw: bytes, name: bytes, value: bytes, flags: int) -> TagEntry:
    known = name.decode("ascii", "replace")
    field = "" if flags & _KIND else field_of(FIELDS.get(known.lower(), ""))
    return TagEntry(known, field, tuple(value.decode("utf-8", "replace").split("\0")) if field else (), raw)
