"""Which album a label's release is here, and whether it is wanted."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Literal

from magnitizdat.errors import LibraryError
from magnitizdat.library.journal import AlbumBack, decode_row
from magnitizdat.library.library import Library
from magnitizdat.library.sealed_rows import page_lines
from magnitizdat.model import Release, Track

LastWord = Literal["gone", "back", ""]


def album_id(imprint: str, release_id: str) -> str:
    """Id of a label's release on this shelf. Two labels may sign the same release id; they never share an album."""
    return hashlib.sha256(f"magnitizdat release\x1f{imprint}\x1f{release_id}".encode()).hexdigest()[:32]


def track_numbers(release: Release) -> list[str]:
    """What each track of an album is called after the slash: `3`, `2.3` (disc 2), or its place where numbers repeat."""
    discs = {track.disc for track in release.tracks}
    numbers = [
        f"{track.disc}.{track.position}" if len(discs) > 1 else str(place if track.number is None else track.number)
        for place, track in enumerate(release.tracks, 1)
    ]
    return numbers if len(set(numbers)) == len(numbers) else [str(place) for place in range(1, len(numbers) + 1)]


def numbered_track(release: Release, number: str) -> Track | None:
    """The track with that number; a number without its disc means the only track that has it."""
    exact = dict(zip(track_numbers(release), release.tracks, strict=True)).get(number)
    alike = [track for track in release.tracks if str(track.position) == number]
    return exact or (alike[0] if len(alike) == 1 else None)


def is_wanted(library: Library, imprint: str, release: Release) -> bool:
    """Not wanted: what the person removed here, and carried music that is here already under whatever name."""
    if was_removed(library, imprint, release.id):
        return False
    is_known = library.index.signed.release(imprint, release.id) is not None
    return is_known or not (release.carried and is_here(library, release))


def was_removed(library: Library, imprint: str, release_id: str) -> bool:
    """Whether the person took a label's release out, here or in another library that this one took up."""
    signed = library.index.signed.release(imprint, release_id)
    return signed.is_gone if signed is not None else last_word(library, imprint, release_id) == "gone"


def last_word(library: Library, imprint: str, release_id: str) -> LastWord:
    """What the journal says of a label's release at last; what a damaged page says of one is that it is gone.

    A label's release is spoken of nowhere else than where somebody removed it, or wanted it again.
    """
    place = library.index.pages.last_said(f"album:{imprint}{release_id}")
    if place is None:
        return ""
    with suppress(LibraryError):
        line = page_lines(library, place.device, place.first).get(place.counter)
        if line is not None and isinstance(decode_row(line), AlbumBack):
            return "back"
    return "gone"


def is_here(library: Library, release: Release) -> bool:
    """Whether every recording of a release is in this library, whole and in full."""
    return all(library.index.tracks.is_whole(track.id) for track in release.tracks)


def plays_here(library: Library, release: Release) -> bool:
    """Whether every recording of a release can be heard here, in full or small."""
    return all(library.index.tracks.plays(track.id) for track in release.tracks)
