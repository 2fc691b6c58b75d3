"""Which versions of tracks go along: one rule for reels, open spools and dubs.

`small`: of each track the small version where there is one, otherwise the original. `full`: the original, and the small
one only where that is all there is. `both`: whatever there is, renditions of kinds that nobody here knows too.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from magnitizdat.model import File, Quality, Release, Track

Has = Callable[[File], bool]

_PLAYED = frozenset(f"audio/{kind}" for kind in "flac mpeg ogg opus mp4 wav aac webm".split())
_NOT_PLAYED = frozenset({"alac", "speex", "mp2", "mp1"})


MOST_CHANNELS, MOST_RATE = 2, 96_000
"""Some players, and most of what they are plugged into, have no more channels and samples a second."""


def plays_anywhere(track: Track) -> bool:
    """Whether browsers and most players can play its original; where not, a small version or a transcode."""
    is_played = track.file.media_type in _PLAYED and track.codec not in _NOT_PLAYED
    return is_played and track.channels <= MOST_CHANNELS and track.sample_rate <= MOST_RATE


def pick(track: Track, quality: Quality, has: Has) -> tuple[File, ...]:
    """The versions of a track that go along, of those that are there."""
    there = tuple(file for file in (track.file, track.small) if file is not None and has(file))
    if quality == "both":
        return (*there, *filter(has, track.spare)) if there else ()
    wanted = track.small if quality == "small" else track.file
    return (wanted,) if wanted in there else there[:1]


def version_of(release: Release, quality: Quality, has: Has) -> Release | None:
    """The release as it goes along, each track naming what is there; None where something is missing.

    For packing, and for pages that link nothing that is not there. What is signed is the document alone. What tracks
    were cut from stays here.
    """
    tracks = []
    for track in release.tracks:
        files = pick(track, quality, has)
        if not files:
            return None
        renditions = tuple(each for each in track.renditions if each.file in files[1:])
        tracks.append(structs.replace(track, file=files[0], renditions=renditions))
    found = structs.replace(release, tracks=tuple(tracks), images=())
    return found if all(has(file) for file in found.files()) else None
