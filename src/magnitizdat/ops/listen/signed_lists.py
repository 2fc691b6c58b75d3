"""What followed labels pick and compile, as playlists that nobody can change: what is here of it, in its order."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import NamedTuple, cast

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.voices import COMPILATION, Compilation
from magnitizdat.errors import NotFoundError
from magnitizdat.formats.names import clean_line, clean_lines
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.library import Library
from magnitizdat.ops.voices.shown import compilations
from magnitizdat.sentence import say

PREFIX = "signed-"
"""What ids of these begin with; those of other playlists are hex."""
_NEVER = "1970-01-01"
_NOTES_LENGTH = 1000


class SignedList(NamedTuple):
    """A playlist: `owner` is its label's name, `on` its day. Either a compilation (`key`), or picked `albums`."""

    id: str
    name: str
    owner: str
    on: str
    key: str = ""
    albums: tuple[str, ...] = ()


def signed_lists(library: Library) -> list[SignedList]:
    """Picks of each label that is followed, and its compilations; by name of the label."""
    picked = _picked(library)
    compiled = [
        SignedList(_id(each.key), clean_line(each.name) or each.label, each.label, _day(each.date), key=each.key)
        for each in compilations(library)
        if not each.own
    ]
    return sorted(picked + compiled, key=lambda each: (each.owner.casefold(), bool(each.key), each.name, each.id))


def signed_list(library: Library, wanted: str) -> SignedList:
    """One of them by its id. Raises: NotFoundError."""
    found = next((each for each in signed_lists(library) if each.id == wanted), None)
    if found is None:
        raise NotFoundError(say("there is no such playlist; it may have been removed"))
    return found


def songs_of(library: Library, wanted: SignedList) -> list[SongLine]:
    """What plays of it: of picks whole albums, the last pick first."""
    if not wanted.key:
        return [song for album in wanted.albums for song in library.browse.songs_of(album)]
    tracks = [track.track_id for track in _signed(library, wanted.key).tracks]
    here = library.browse.recordings(tracks)
    return [here[track] for track in tracks if track in here]


def length_of(library: Library, wanted: SignedList) -> tuple[int, float]:
    """How many songs of it play, and for how many seconds."""
    if wanted.key:
        songs = songs_of(library, wanted)
        return len(songs), sum(song.track.duration_s for song in songs)
    albums = [line for line in map(library.browse.album, wanted.albums) if line is not None]
    return sum(line.songs for line in albums), sum(line.duration_s for line in albums)


def notes_of(library: Library, wanted: SignedList) -> str:
    """What a compilation says of itself, in its first language."""
    notes = _signed(library, wanted.key).notes.values() if wanted.key else ()
    return clean_lines(next(iter(notes), ""))[:_NOTES_LENGTH]


def _signed(library: Library, key: str) -> Compilation:
    imprint, _, voice_id = key.partition(".")
    path = kinds.target_path(COMPILATION, voice_id)
    return cast("Compilation", kinds.read(path, library.index.documents.content(imprint, path)).value)


def _picked(library: Library) -> list[SignedList]:
    albums: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for imprint, label, album, on in library.index.discovering.picks():
        albums.setdefault((imprint, label), []).append((album, on))
    return [
        SignedList(_id(imprint), f"Picks of {label}", label, _day(on), albums=tuple(album for album, _ in picks))
        for (imprint, label), picks in albums.items()
        for _, on in picks[:1]
    ]


def _id(key: str) -> str:
    return PREFIX + hashlib.sha256(key.encode()).hexdigest()[:24]


def _day(text: str) -> str:
    """A day that there is: labels may say any digits."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return _NEVER
