"""What stands on an album as it is here: its songs by the names that players use, and its liner notes."""

from __future__ import annotations

from magnitizdat.library.library import Library
from magnitizdat.model import TEXT_TYPES, Release

MAX_NOTES_LENGTH = 1 << 20


def song_ids(library: Library, album: str) -> list[str]:
    """What players call the tracks of an album, in the order of `Shelf.release`."""
    return list(library.index.tracks.songs_of(album).values())


def notes_of(library: Library, release: Release) -> dict[str, str]:
    """Liner notes by language, as they were written; those that are not here are left out."""
    return {
        language: library.blob(file.sha256).read_at(0, MAX_NOTES_LENGTH).decode("utf-8", "replace")
        for language, file in release.notes.items()
        if file.media_type in TEXT_TYPES and library.shelf.holds(file)
    }
