"""The packet of Vorbis comments, in FLAC and every Ogg; entries that are no valid text stay as they are.

Source: Vorbis I, section 5; RFC 7845, section 5.2; RFC 9639, section 8.6.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import say
from magnitizdat.workers.raw_tags import FIELDS
from magnitizdat.workers.rewriting.wishes import TagEntry, Wishes, field_of, rewritten

EMPTY = struct.pack("<II", 0, 0)
"""No vendor and no comments."""
NAMES = {
    "album_artist": "ALBUMARTIST",
    "album_artists": "ALBUMARTISTS",
    "artists_sort": "ARTISTSORT",
    "album_artists_sort": "ALBUMARTISTSORT",
    "title_sort": "TITLESORT",
    "album_sort": "ALBUMSORT",
    "composer_sort": "COMPOSERSORT",
    "disc_title": "DISCSUBTITLE",
    "original_date": "ORIGINALDATE",
    "release_date": "RELEASEDATE",
    "track": "TRACKNUMBER",
    "track_total": "TRACKTOTAL",
    "disc": "DISCNUMBER",
    "disc_total": "DISCTOTAL",
    "musicbrainz_recording": "MUSICBRAINZ_TRACKID",
    "musicbrainz_release": "MUSICBRAINZ_ALBUMID",
}
"""What most taggers call a field, where that is not our name for it."""
_YEARS = {"YEAR", "ORIGINALYEAR"}


class _CommentPacket(NamedTuple):
    """What stands in front of the comments, them, and what stands behind: a framing bit, padding, data of others."""

    vendor: bytes
    comments: list[bytes]
    rest: bytes


class _CommentForm:
    pairs = False

    def made(self, field: str, texts: tuple[str, ...], old: TagEntry | None) -> list[TagEntry]:
        name = old.raw.split(b"=", 1)[0].decode("ascii", "replace") if old else NAMES.get(field, field.upper())
        if name.upper() in _YEARS:
            texts = tuple(text[:4] for text in texts)
        return [TagEntry(name.upper(), field, (text,), f"{name}={text}".encode()) for text in texts]


def rewritten_comments(packet: bytes, wishes: Wishes) -> bytes:
    """The packet, behind its own header, with other values.

    Raises: DamagedError.
    """
    vendor, comments, rest = _split(packet)
    entries = rewritten(map(_entry, comments), wishes, _CommentForm())
    body = b"".join(struct.pack("<I", len(entry.raw)) + entry.raw for entry in entries)
    made = vendor + struct.pack("<I", len(entries)) + body
    return made + _padded(rest, len(packet) - len(made))


def _padded(rest: bytes, room: int) -> bytes:
    """Noughts at the end make room, and take what is left over where there were any."""
    kept = rest.rstrip(b"\0")
    return kept.ljust(room, b"\0") if len(kept) < len(rest) else rest


def _split(packet: bytes) -> _CommentPacket:
    try:
        at = 4 + struct.unpack_from("<I", packet)[0]
        (count,) = struct.unpack_from("<I", packet, at)
        vendor, at, comments = packet[:at], at + 4, []
        for _ in range(count):
            (length,) = struct.unpack_from("<I", packet, at)
            comments.append(packet[at + 4 : at + 4 + length])
            at += 4 + length
    except struct.error as exc:
        raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy")) from exc
    if at > len(packet):
        raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy"))
    return _CommentPacket(vendor, comments, packet[at:])


def _entry(raw: bytes) -> TagEntry:
    name, equals, value = raw.partition(b"=")
    known = name.decode("ascii", "replace")
    field = field_of(FIELDS.get(known.lower(), "")) if equals else ""
    return TagEntry(known.upper(), field, (value.decode("utf-8", "replace"),) if field else (), raw)
