"""Which album a label's release is here, and whether it is wanted."""

from __future__ import annotations

import hashlib

from magnitizdat.library.library import Library
from magnitizdat.model import Release


def album_id(imprint: str, release_id: str) -> str:
    """Id of a label's release on this shelf. Two labels may sign the same release id; they never share an album."""
    return hashlib.sha256(f"magnitizdat release\x1f{imprint}\x1f{release_id}".encode()).hexdigest()[:32]


def is_wanted(library: Library, imprint: str, release: Release) -> bool:
    """Not wanted: what the person removed here, and carried music that is here already under whatever name."""
    gone = library.db.one("SELECT gone FROM release WHERE imprint = ? AND release_id = ?", (imprint, release.id))
    if gone is not None:
        return not gone[0]
    return not (release.carried and is_here(library, release))


def is_here(library: Library, release: Release) -> bool:
    """Whether every recording of a release is in this library, whole."""
    statement = "SELECT 1 FROM track t JOIN blob b ON b.digest = t.blob WHERE t.id = ? AND b.complete LIMIT 1"
    return all(library.db.one(statement, (bytes.fromhex(track.id),)) is not None for track in release.tracks)
