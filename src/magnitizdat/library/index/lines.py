"""What stands in the lines of the shelf's tables. PURE."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from magnitizdat.model import DiscImage, File, Rendition, Track

TRACK = """
INSERT INTO track (key, album, id, disc, position, blob, title, artist, duration_s, body, small, song)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
"""Of values as `track_line` gives them."""
to_body = msgspec.msgpack.Encoder().encode
"""A release or track without digests of pieces, as it stands in a line."""


def identity(track: Track) -> tuple[str, str]:
    """What makes it the same track on an album: its audio and its file."""
    return track.id, track.file.sha256


def song_name(album: str, track: Track, taken: set[str]) -> str:
    """What players call a track on an album: both ids, with a number where the same audio stands there twice.

    It is put with the names that are `taken`.
    """
    first = f"{track.id[:24]}{album[:8]}"
    names = itertools.chain([first], (f"{first}-{number}" for number in itertools.count(2)))
    song = next(name for name in names if name not in taken)
    taken.add(song)
    return song


def track_line(key: int, album: str, track: Track, song: str) -> tuple[Any, ...]:
    """The values of `TRACK`; `song` is what players call it."""
    return (
        key,
        album,
        bytes.fromhex(track.id),
        *track.place,
        bytes.fromhex(track.file.sha256),
        track.title,
        track.artist,
        track.duration_s,
        to_body(_strip_pieces(track)),
        bytes.fromhex(track.small.sha256) if track.small is not None else None,
        song,
    )


def _strip_pieces(track: Track) -> Track:
    if not track.file.pieces and not track.renditions:
        return track
    renditions = tuple(
        Rendition(kind=rendition.kind, file=msgspec.structs.replace(rendition.file, pieces=()))
        for rendition in track.renditions
    )
    return msgspec.structs.replace(track, file=msgspec.structs.replace(track.file, pieces=()), renditions=renditions)


def strip_image(image: DiscImage) -> DiscImage:
    """Without the digests of its pieces, which stand in `blob`."""
    return msgspec.structs.replace(image, file=msgspec.structs.replace(image.file, pieces=()))


def blob_values(file: File) -> tuple[object, ...]:
    """Digest, length, media type and digests of pieces."""
    return bytes.fromhex(file.sha256), file.length, file.media_type, b"".join(map(bytes.fromhex, file.pieces))


def split_pieces(pieces: bytes) -> tuple[str, ...]:
    """Digests of pieces, as they stand in a file."""
    return tuple(pieces[start : start + 32].hex() for start in range(0, len(pieces), 32))
