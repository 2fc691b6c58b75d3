"""What people say of an album, and what they compiled, as it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.kinds import target_path
from magnitizdat.catalogue.voices import COMPILATION, Compilation, CompiledTrack
from magnitizdat.errors import UsageError
from magnitizdat.formats.names import clean_lines, clean_text
from magnitizdat.library.index.voices import VoiceLine
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.voices.reviewing import SaidOfAlbum, as_shown, counting, said_in
from magnitizdat.sentence import say

__all__ = ["AlbumVoices", "SaidOfAlbum", "about_album", "averages", "compilation", "compilations"]


class AlbumVoices(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What is said of an album: own labels, followed ones by name, and how many others that nobody here knows.

    `average` is over `ratings` labels that are followed; strangers, own labels and the album's own count in neither.
    """

    own: tuple[SaidOfAlbum, ...] = ()
    followed: tuple[SaidOfAlbum, ...] = ()
    average: float | None = None
    ratings: int = 0
    strangers: int = 0


class ShownTrack(Value, frozen=True, kw_only=True):
    """A track of a compilation; `song` is what players call it here, empty where it is not here."""

    track_id: str
    title: str
    artist: str
    duration_s: float = 0.0
    imprint: str = ""
    release_id: str = ""
    song: str = ""


class ShownCompilation(Value, frozen=True, kw_only=True):
    """A signed playlist. `key` names it here: the imprint of its label, a dot, and its id."""

    key: str
    label: str
    imprint: str
    own: bool
    name: str
    tracks: int
    here: int
    date: str = ""


class OpenCompilation(Value, frozen=True, kw_only=True):
    """The same with its notes by language, and its tracks."""

    shown: ShownCompilation
    notes: dict[str, str]
    tracks: tuple[ShownTrack, ...]


def about_album(library: Library, album_id: str) -> AlbumVoices:
    """What is said of an album that is here; of a label that says two things of it one counts."""
    lines = counting(library.index.voices.about_album(album_id, known=True))
    said = [_said(library, line) for line in lines]
    followed = tuple(each for each in said if not each.own)
    signer = library.index.voices.signers([album_id]).get(album_id, "")
    ratings = [each.rating for each in followed if each.rating is not None and each.imprint != signer]
    return AlbumVoices(
        own=tuple(each for each in said if each.own),
        followed=followed,
        average=round(sum(ratings) / len(ratings), 2) if ratings else None,
        ratings=len(ratings),
        strangers=library.index.voices.strangers_about(album_id),
    )


def averages(library: Library, albums: Iterable[str]) -> dict[str, float]:
    """What followed labels give these albums on the average, 1 to 5; those that none of them rates are left out.

    What a label says of an album of its own does not count.
    """
    lines: dict[str, list[VoiceLine]] = {}
    signers = library.index.voices.signers(asked := tuple(albums))
    for line in library.index.voices.about_albums(asked):
        if line.imprint != signers.get(line.album):
            lines.setdefault(line.album, []).append(line)
    rated = {album: [each.rating for each in counting(said) if each.rating] for album, said in lines.items()}
    return {album: round(sum(ratings) / len(ratings), 2) for album, ratings in rated.items() if ratings}


def _said(library: Library, line: VoiceLine) -> SaidOfAlbum:
    return as_shown(said_in(library, line), line.label, line.imprint, own=line.standing == "own")


def compilations(library: Library) -> tuple[ShownCompilation, ...]:
    """Those of own and followed labels, the newest first."""
    lines = library.index.voices.of_kind(COMPILATION, known=True)
    return tuple(_shown(library, line) for line in lines)


def compilation(library: Library, key: str) -> OpenCompilation:
    """One of them. Raises: UsageError where there is none."""
    imprint, _, voice_id = key.partition(".")
    path = target_path(COMPILATION, voice_id) if re.fullmatch("[0-9a-f]{32}", voice_id) else ""
    line = library.index.voices.at(imprint, path)
    if line is None:
        raise UsageError(say("there is no such compilation here"))
    signed = cast("Compilation", kinds.read(path, library.index.documents.content(imprint, path)).value)
    return OpenCompilation(
        shown=_shown(library, line),
        notes={language: clean_lines(text) for language, text in signed.notes.items()},
        tracks=tuple(_track(library, each) for each in signed.tracks),
    )


def _shown(library: Library, line: VoiceLine) -> ShownCompilation:
    tracks, here = library.index.voices.tracks(line.imprint, line.path)
    return ShownCompilation(
        key=f"{line.imprint}.{line.id}",
        label=line.label,
        imprint=line.imprint,
        own=line.standing == "own",
        name=line.title,
        tracks=tracks,
        here=here,
        date=line.date,
    )


def _track(library: Library, track: CompiledTrack) -> ShownTrack:
    found = library.browse.recording(track.track_id)
    return ShownTrack(
        track_id=track.track_id,
        title=clean_text(track.title),
        artist=clean_text(track.artist),
        duration_s=track.duration_s,
        imprint=track.imprint,
        release_id=track.release_id,
        song=found.song if found is not None else "",
    )
