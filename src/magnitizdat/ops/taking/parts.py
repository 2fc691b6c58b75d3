"""Releases that a source has in part, on purpose: what of them is elsewhere is no loss, and what is lost is told.

A reel of a playlist carries its tracks and the papers of their albums. Which files these are stands in the unsigned
hint of the source; whoever lies there makes a dub tell of less that is missing, and of nothing that came.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from magnitizdat.errors import SourceError
from magnitizdat.formats.spool_index import Files, partly
from magnitizdat.model import File, Release, Track, Value
from magnitizdat.ops.places.spool import Spool

Parts = Mapping[tuple[str, str], Files]
"""By imprint and release id the digests of what a source has of it; what it has whole is not in there."""


class PartTaken(Value, frozen=True, kw_only=True):
    """An album of which a source has `there` of its `tracks`."""

    id: str
    title: str
    there: int
    tracks: int


def parts_of(source: Spool) -> Parts:
    """What the source says of itself; nothing where it says nothing readable."""
    try:
        return partly(source.index())
    except SourceError:
        return {}


def part_there(release: Release, files: Files) -> Release:
    """Of a release the tracks that a source has some version of."""
    return structs.replace(release, tracks=tuple(each for each in release.tracks if _is_among(each, files)))


def taken(release: Release, files: Files) -> PartTaken:
    """How much of it that is."""
    there = len(part_there(release, files).tracks)
    return PartTaken(id=release.id, title=release.title, there=there, tracks=len(release.tracks))


def _is_among(track: Track, files: Files) -> bool:
    versions: tuple[File | None, ...] = (track.file, track.small)
    return any(file is not None and file.sha256 in files for file in versions)
