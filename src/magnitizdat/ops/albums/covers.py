"""Covers for players and pages: whatever is asked for, the answer is a picture.

Of every cover three small versions are prepared by workers. What has none, or one that cannot be read, gets a sleeve
drawn from its names.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import NamedTuple
from weakref import WeakKeyDictionary

from magnitizdat.errors import DamagedError, LibraryError, MagError, UnsupportedError, UsageError
from magnitizdat.formats.drawing import Drawing, png, svg
from magnitizdat.formats.sleeve import album_sleeve, artist_sleeve, playlist_sleeve
from magnitizdat.library.index.prepared import Front
from magnitizdat.library.library import Library
from magnitizdat.model import File
from magnitizdat.workers.pool import ParserPool

SIDES = (160, 480, 1200)
"""Pixels of the longer side of what is prepared."""

KEPT_LENGTH = 512 << 20
"""Bytes of prepared pictures in an index from which on the largest of a cover is made when it is asked for."""

MEMORY_LENGTH = 16 << 20
READ_LENGTH = 32 << 20
"""Bytes of a cover beyond which it is not even read."""

_SONG = re.compile("[0-9a-f]{32}(-[0-9]+)?")
_ALBUM = re.compile("[0-9a-f]{32}")


class Picture(NamedTuple):
    body: bytes
    media_type: str


def cover(library: Library, pool: ParserPool, cover_id: str, size: int = 0) -> Picture:
    """The picture of `al-<album>`, `mf-<song>`, `ar-<artist>` or `pl-<playlist>`, or of an album's bare id.

    `size` in pixels: the smallest version that fills it; the largest for 0. Never fails for what a cover holds.

    Raises: LibraryError where the index itself cannot be read.
    """
    side = side_for(size)
    front = _front(library, cover_id)
    memory = _memories.setdefault(library, _PictureCache())
    for file in front.pictures if front else ():
        body = memory.get((file.sha256, side)) or _small(library, pool, file, side)
        if body:
            return Picture(memory.keep((file.sha256, side), body), "image/jpeg")
    drawing = _drawn(cover_id, front)
    body = memory.get((drawing, side)) or png(drawing, side)
    return Picture(memory.keep((drawing, side), body), "image/png")


def chosen(picture: bytes) -> tuple[bytes, str]:
    """A picture that a person chose for a cover, as players show it, and its media type.

    Raises: UsageError where it can be none.
    """
    with ParserPool(1) as pool:
        try:
            media_type, content = pool.portray(picture)
        except (DamagedError, UnsupportedError) as exc:
            raise UsageError(exc.sentence) from exc
    return content, media_type


def side_for(size: int) -> int:
    """Which of the prepared sides answers a request for so many pixels."""
    return next((side for side in SIDES if 0 < size <= side), SIDES[-1])


def sleeve_svg(library: Library, cover_id: str) -> str | None:
    """The drawn sleeve as SVG, sharp at any size; None where there is a cover to be shown instead."""
    front = _front(library, cover_id)
    prepared = library.index.prepared
    readable = (file for file in front.pictures if prepared.thumbnail(file.sha256, SIDES[0]) != b"") if front else ()
    return None if any(True for _ in readable) else svg(_drawn(cover_id, front))


def make_thumbnails(library: Library, pool: ParserPool, sha256: str) -> dict[int, bytes]:
    """The three versions of one cover; none where it cannot be read.

    Raises: LibraryError where its pieces cannot be read, MagError where no worker starts.
    """
    reader = library.blob(sha256)
    if reader.length > READ_LENGTH:
        return {}
    try:
        return dict(zip(SIDES, pool.scale(bytes(reader.read_at(0, reader.length)), SIDES), strict=True))
    except (DamagedError, UnsupportedError):
        return {}


def keep_thumbnails(library: Library, made: dict[str, dict[int, bytes]], *, room: int) -> int:
    """Keep prepared pictures, without the largest ones where there is room for no more; bytes that were kept."""
    total, kept = 0, {}
    for sha256, versions in made.items():
        small = versions if total < room else {side: body for side, body in versions.items() if side < SIDES[-1]}
        kept[sha256] = small
        total += sum(map(len, small.values()))
    library.index.prepared.keep_thumbnails(kept)
    return total


def _small(library: Library, pool: ParserPool, file: File, side: int) -> bytes:
    body = library.index.prepared.thumbnail(file.sha256, side)
    return _make_now(library, pool, file, side) if body is None else body


def _make_now(library: Library, pool: ParserPool, file: File, side: int) -> bytes:
    """Asked for before the background worker came to it; kept where nobody else is writing."""
    try:
        versions = make_thumbnails(library, pool, file.sha256)
    except MagError:  # a damaged cell or no worker: this time there is a sleeve, and nothing is written down
        return b""
    try:
        room = KEPT_LENGTH - library.index.prepared.thumbnails_length() if versions else 0
        keep_thumbnails(library, {file.sha256: versions}, room=room)
    except LibraryError:  # somebody is writing, or it is a medium that takes no writes
        return versions.get(side, b"")
    return versions.get(side, b"")


def _front(library: Library, cover_id: str) -> Front | None:
    kind, name = (cover_id[:2], cover_id[3:]) if cover_id[2:3] == "-" else ("", cover_id)
    prepared = library.index.prepared
    front = None
    if kind in {"al", ""} and _ALBUM.fullmatch(name):
        front = prepared.album_front(name)
    if front is None and kind in {"mf", ""} and _SONG.fullmatch(name):
        front = prepared.song_front(name)
    return front


def _drawn(cover_id: str, front: Front | None) -> Drawing:
    if front is not None:
        return album_sleeve(front.title, front.artist)
    return playlist_sleeve(cover_id) if cover_id.startswith("pl-") else artist_sleeve(cover_id)


Key = tuple[str | Drawing, int]


class _PictureCache:
    """The pictures asked for last, up to so many bytes, by what they show; safe in several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._pictures: OrderedDict[Key, bytes] = OrderedDict()
        self._length = 0

    def get(self, key: Key) -> bytes | None:
        with self._guard:
            return self._pictures.get(key)

    def keep(self, key: Key, body: bytes) -> bytes:
        """Put it, or put it back, on top."""
        with self._guard:
            self._length += len(body) - len(self._pictures.pop(key, b""))
            self._pictures[key] = body
            while self._length > MEMORY_LENGTH:
                self._length -= len(self._pictures.popitem(last=False)[1])
        return body


_memories: WeakKeyDictionary[Library, _PictureCache] = WeakKeyDictionary()
"""By open library: what was seen goes when the library is closed."""
