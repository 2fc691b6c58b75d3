"""Libraries for tests: low work factor, and albums put in without parsing (random bytes that say they are music)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from magnitizdat.library.index.database import Database
from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Library
from magnitizdat.model import Release, Track
from magnitizdat.ops.albums.small_files import describe, seal_small

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
PASSPHRASE = "one two three four five six"


def make_library(directory: Path, passphrase: str = PASSPHRASE) -> Library:
    return Library.create(directory, passphrase, work_factor=1)


def database_of(library: Library) -> Database:
    """What the index keeps to itself: a test may look inside, and hurt it."""
    return library.index._db


def rows(library: Library, statement: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
    """What the index says to a statement; one that changes it says nothing."""
    return database_of(library).all(statement, values)


def like_sound(content: bytes) -> bytes:
    """Bytes by chance that begin like no page: one in 256 would be named as text in an open spool."""
    return bytes(byte | 0x80 for byte in content[:1]) + content[1:]


def put_album(
    library: Library,
    title: str = "45",
    artist: str = "Виктор",
    *,
    lengths: tuple[int, ...] = (2_500_000, 300_000, 10),
    contents: Sequence[bytes] = (),
    numbered: bool = True,
    **told: Any,
) -> tuple[str, list[bytes]]:
    """An own, unsigned album of tracks with these lengths in bytes, or these bytes: (its id, their bytes)."""
    contents = list(contents) or [like_sound(os.urandom(length)) for length in lengths]
    release_id = hashlib.sha256(f"{artist}/{title}".encode()).hexdigest()[:32]
    with library.changes() as changes:
        cover = seal_small(library, changes, b"\x89PNG\r\n\x1a\n" + title.encode(), "image/png")
        changes.row(AlbumRow(release=Release(id=release_id, title=title, artist=artist, cover=cover, **told)))
        for number, content in enumerate(contents, 1):
            file = seal_small(library, changes, content, "audio/flac")
            track = Track(
                id=hashlib.sha256(b"packets" + content).hexdigest(),
                title=f"Песня {number}",
                artist=artist,
                file=describe(content, "audio/flac"),
                duration_s=3.0,
                position=number if numbered else 0,
                genres=told.get("genres", []),
            )
            assert track.file == file
            changes.row(TrackRow(release_id=release_id, track=track))
        changes.commit()
    return release_id, contents


def contents_of(library: Library, album: str) -> list[bytes]:
    """The bytes of all tracks of an album, as the library gives them back."""
    release = library.shelf.release(album)
    assert release is not None
    return [b"".join(library.blob(track.file.sha256).pieces()) for track in release.tracks]
