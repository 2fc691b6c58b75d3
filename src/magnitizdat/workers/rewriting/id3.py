"""ID3v2 tags of every version, which stay of it, and ID3v1.

Source: ID3v2.2.0, ID3v2.3.0, ID3v2.4.0 structure and frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mutagen import id3

from magnitizdat.errors import UnsupportedError
from magnitizdat.sentence import say
from magnitizdat.workers import tags_id3
from magnitizdat.workers.raw_tags import FIELDS, SEVERAL
from magnitizdat.workers.rewriting.comments import NAMES
from magnitizdat.workers.rewriting.wishes import TagEntry, Wishes, field_of, rewritten
from magnitizdat.workers.sniff import id3_length
from magnitizdat.workers.text import iso_date
from magnitizdat.workers.values import Tags

PADDING = 1024
"""Bytes that a tag grows by beyond what it needs."""
_UNSYNCHRONISED, _EXTENDED, _FOOTER, _COMPRESSED = 0x80, 0x40, 0x10, 0x40
_NAME = re.compile(rb"[A-Z][A-Z0-9]{2}[A-Z0-9 ]?")
_CANONICAL = {
    "genre": "TCON",
    "comment": "COMM",
    "musicbrainz_recording": "UFID",
    "musicbrainz_release": "TXXX:MusicBrainz Album Id",
    "artists": "TXXX:ARTISTS",
    "album_artists": "TXXX:ALBUMARTISTS",
    "track_total": "TXXX:TRACKTOTAL",
    "disc_total": "TXXX:DISCTOTAL",
    **{field: frame for frame, field in reversed(tags_id3.FRAMES.items())},
}
_FIELDS = {**tags_id3.FRAMES, "TCON": "genre", "TYER": "date", "TDAT": "date", "TIME": "date", "TORY": "original_date"}
_OLD_NAMES = {old: form.__bases__[0].__name__ for old, form in id3.Frames_2_2.items()}
_OLDER_NAMES = {new: old for old, new in _OLD_NAMES.items()}
_OLD_DATES = {"TDRC": "TYER", "TDRL": "TXXX:RELEASEDATE", "TDOR": "TORY"}
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


class _Tag(NamedTuple):
    """`frames` as they stand; `rest` is padding, or not understood; `plain_lengths`: iTunes wrote such into 2.4."""

    version: int
    flags: int
    frames: list[bytes]
    rest: bytes
    plain_lengths: bool


class _Frames:
    pairs = True

    def __init__(self, tag: _Tag) -> None:
        self._tag = tag

    def made(self, field: str, texts: tuple[str, ...], old: TagEntry | None) -> list[TagEntry]:
        name = old.name if old else self._name(field)
        if name in {"TDAT", "TIME"}:  # their year brings them along
            return []
        if name == "TYER":
            return [self._text(name, field, (texts[0][:4],)), *self._day(field, texts[0])]
        if name == "TORY":
            year, exact = self._text(name, field, (texts[0][:4],)), self._text("TXXX:ORIGINALDATE", field, texts)
            return [year, exact] if len(texts[0]) > 4 else [year]
        return [self._text(name, field, texts, old)]

    def _name(self, field: str) -> str:
        name = _CANONICAL[field]
        if self._tag.version == 2 and name.partition(":")[0] not in _OLDER_NAMES and name not in _OLD_DATES:
            return f"TXXX:{NAMES.get(field, field.upper())}"
        return name if self._tag.version == 4 else _OLD_DATES.get(name, name)

    def _day(self, field: str, date: str) -> list[TagEntry]:
        """TDAT: day and month. Source: ID3v2.3.0, section 4.2.1."""
        return [self._text("TDAT", field, (f"{date[8:]}{date[5:7]}",))] if len(date) == 10 else []

    def _text(self, name: str, field: str, texts: tuple[str, ...], old: TagEntry | None = None) -> TagEntry:
        frame, _, described = name.partition(":")
        if frame == "UFID":
            content = tags_id3.MUSICBRAINZ.encode() + b"\0" + texts[0].encode("ascii", "replace")
            return TagEntry(name, field, texts, self._raw(frame, content))
        joined = ("\0" if self._tag.version == 4 else SEVERAL.get(field, "/")).join(texts)
        encoding = 0 if (described + joined).isascii() else 3 if self._tag.version == 4 else 1
        page = _ENCODINGS[encoding]
        end = b"\0\0" if encoding == 1 else b"\0"
        content = joined.encode(page)
        if frame in {"TXXX", "COMM"}:
            content = described.encode(page) + end + content
        if frame == "COMM":
            content = (_language(old, self._tag) if old else b"und") + content
        return TagEntry(name, field, texts, self._raw(frame, bytes([encoding]) + content))

    def _raw(self, frame: str, content: bytes) -> bytes:
        length = len(content)
        if self._tag.version == 2:
            return _OLDER_NAMES[frame].encode() + length.to_bytes(3, "big") + content
        is_plain = self._tag.version < 4 or self._tag.plain_lengths
        return frame.encode() + (length.to_bytes(4, "big") if is_plain else _synchsafe(length)) + b"\0\0" + content


def rewritten_id3(tag: bytes, wishes: Wishes) -> bytes:
    """The ID3v2 tag `tag`, of the same version and, where it has room, of the same length.

    Raises: UnsupportedError.
    """
    split = _split(tag)
    entries = rewritten((_entry(raw, split) for raw in split.frames), wishes, _Frames(split))
    return _joined(split, b"".join(entry.raw for entry in entries), len(tag))


def new_id3(wishes: Wishes) -> bytes:
    """A tag where there is none; it says all that the file does, for whoever finds it looks for no other."""
    tag = _Tag(4, 0, [], b"", plain_lengths=False)
    entries = rewritten((), Wishes.of(Tags(), wishes.after), _Frames(tag)) if wishes.fields else []
    return _joined(tag, b"".join(entry.raw for entry in entries), 0) if entries else b""


def _split(tag: bytes) -> _Tag:
    version, flags, body = tag[3], tag[5], tag[10 : id3_length(tag) - (10 if tag[5] & _FOOTER else 0)]
    if version not in {2, 3, 4} or (version == 2 and flags & _COMPRESSED):
        raise UnsupportedError(say("its tags are of a kind that cannot be rewritten"))
    if flags & _UNSYNCHRONISED and version < 4:
        body = body.replace(b"\xff\x00", b"\xff")
    if flags & _EXTENDED and version > 2:
        length = _number(body[:4]) if version == 4 else 4 + int.from_bytes(body[:4], "big")
        body = body[length:]
    ways = [(plain, *_frames(body, version, plain=plain)) for plain in ((False, True) if version == 4 else (True,))]
    plain, frames, rest = min(ways, key=lambda way: len(way[2].lstrip(b"\0")))
    return _Tag(version, flags, frames, rest, plain)


def _frames(body: bytes, version: int, *, plain: bool) -> tuple[list[bytes], bytes]:
    """The frames of a tag, whole, and what stands behind the last one."""
    found, at, names, header = list[bytes](), 0, (3 if version == 2 else 4), (6 if version == 2 else 10)
    while _NAME.fullmatch(body[at : at + names]):
        size = body[at + names : at + 2 * names]
        end = at + header + (int.from_bytes(size, "big") if plain else _number(size))
        if end > len(body):
            break
        found.append(body[at:end])
        at = end
    return found, body[at:]


def _entry(raw: bytes, tag: _Tag) -> TagEntry:
    name = raw[:3].decode() if tag.version == 2 else raw[:4].decode().rstrip()
    name = _OLD_NAMES.get(name, name) if tag.version == 2 else name
    field, content = field_of(_FIELDS.get(name, "")), _content(raw, tag)
    if content and name in {"TXXX", "COMM"}:
        described, *texts = _texts(content[0:1] + content[4:] if name == "COMM" else content)
        if name == "TXXX":
            field = field_of(FIELDS.get(described.lower(), ""))
        elif not described or described.lower() in tags_id3.COMMENTS:
            field = "comment"
        return TagEntry(f"{name}:{described}" if described else name, field, tuple(texts), raw)
    if name == "UFID" and content.startswith(tags_id3.MUSICBRAINZ.encode() + b"\0"):
        return TagEntry(name, "musicbrainz_recording", (), raw)
    return TagEntry(
        name, field, tuple(_texts(content)) if field and content and name not in {"TDAT", "TIME"} else (), raw
    )


def _content(raw: bytes, tag: _Tag) -> bytes:
    """What a frame holds; nothing where it is packed or encrypted. Source: ID3v2.4.0 structure, section 4.1.2."""
    if tag.version == 2:
        return raw[6:]
    packing = raw[9] & (0xC0 if tag.version == 3 else 0x0C)
    if packing:
        return b""
    grouped = raw[9] & (0x20 if tag.version == 3 else 0x40)
    content = raw[11:] if grouped else raw[10:]
    if tag.version == 4:
        content = content[4:] if raw[9] & 1 else content
        content = content.replace(b"\xff\x00", b"\xff") if (raw[9] & 2 or tag.flags & _UNSYNCHRONISED) else content
    return content


def _texts(content: bytes) -> list[str]:
    encoding = content[0] if content and content[0] < len(_ENCODINGS) else 0
    if encoding != 1:
        return content[1:].decode(_ENCODINGS[encoding], "replace").rstrip("\0").split("\0")
    return [part.decode("utf-16", "replace") for part in _wide(content[1:])]


def _wide(content: bytes) -> Iterator[bytes]:
    """The texts between double noughts; each begins with its own mark."""
    start = 0
    for at in range(0, len(content) - 1, 2):
        if content[at : at + 2] == b"\0\0":
            yield content[start:at]
            start = at + 2
    if start < len(content) - 1 or not content:
        yield content[start:]


def _language(old: TagEntry, tag: _Tag) -> bytes:
    return _content(old.raw, tag)[1:4]


def _joined(tag: _Tag, body: bytes, length: int) -> bytes:
    """Header, frames and padding, again of `length` bytes where they fit."""
    padding = b"" if tag.rest.strip(b"\0") else tag.rest
    rest = tag.rest if not padding else b""
    footer = bool(tag.flags & _FOOTER)
    written = _unsynchronised(body + rest) if tag.flags & _UNSYNCHRONISED and tag.version < 4 else body + rest
    room = length - 10 - len(written)
    if not footer and not rest:
        written += bytes(room if room >= 0 and length else PADDING)
    flags = tag.flags & ~_EXTENDED if tag.version > 2 else tag.flags
    header = bytes([tag.version, 0, flags]) + _synchsafe(len(written))
    return b"ID3" + header + written + (b"3DI" + header if footer else b"")


def _unsynchronised(body: bytes) -> bytes:
    return re.sub(rb"\xff(?=[\xe0-\xff\x00]|\Z)", b"\xff\x00", body)


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _number(synchsafe: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(synchsafe, (21, 14, 7, 0), strict=True))


def rewritten_id3v1(tag: bytes, wishes: Wishes) -> bytes:
    """The 128 bytes at the end of an old file: what fits of the fields. Source: ID3v1.1."""
    made = bytearray(tag)
    places = {"title": (3, 30), "artist": (33, 30), "album": (63, 30), "date": (93, 4), "comment": (97, 28)}
    for field in wishes.fields:
        texts = wishes.texts(field)
        if field in places:
            start, length = places[field]
            text = iso_date(texts[0])[:4] if field == "date" and texts else ", ".join(texts)
            made[start : start + length] = text.encode("latin-1", "replace")[:length].ljust(length, b"\0")
        elif field == "track" and not made[125]:
            made[126] = min(int(texts[0]) if texts else 0, 255)
        elif field == "genre":
            made[127] = id3.TCON.GENRES.index(texts[0]) if texts and texts[0] in id3.TCON.GENRES else 255
    return bytes(made)
