"""Which files make an album. Pure: parsed values in, releases out.

An album is named by what its maker wrote: album artist and title; without an album artist by title and folder, so that
a compilation stays one album. Discs in folders of their own (`CD1`, `Disc 2`, `Диск 3`) belong together.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from magnitizdat.model import File, Release, Track, corrected
from magnitizdat.ops.intake.said import album_fields, grown, with_one_pregap
from magnitizdat.workers.discs import disc_folder, disc_in
from magnitizdat.workers.values import Tags

VARIOUS = "Various Artists"
UNKNOWN = "Unknown Artist"
_VARIOUS_NAMES = frozenset({"various artists", "various", "va", "v.a.", "разные исполнители", "diverse kunstnere"})


class Taken(NamedTuple):
    """One parsed file: where it lay, what it said, and the track that it becomes."""

    hint: str
    tags: Tags
    track: Track
    cover: File | None = None
    """Its embedded front cover."""
    raw: Tags | None = None
    """Tags before old Cyrillic was repaired."""
    as_written: Track | None = None
    """The track by those, where anything of it was repaired."""


class AlbumGroup(NamedTuple):
    """Files that belong together."""

    release: Release
    """Fields; `tracks` is empty."""
    tracks: tuple[Track, ...]
    as_written: Release | None = None
    """Fields before old Cyrillic was repaired, where they differ."""
    tracks_as_written: tuple[Track, ...] = ()


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _album_folder(hint: str) -> str:
    """Name of the folder that stands for the album: what names a disc is passed over."""
    folders = hint.split("/")[:-1]
    while len(folders) > 1 and (found := disc_folder(folders[-1])):
        folders.pop()
        if found.album:
            return found.album
    return folders[-1] if folders else ""


def disc_of(hint: str, album: str = "") -> int:
    """Disc number that the folder's name says to a file of that album, or 0."""
    found = disc_in(hint.split("/")[:-1], album=album)
    return found.number if found else 0


def _key(taken: Taken) -> tuple[str, ...]:
    tags = taken.tags
    folder = _fold(_album_folder(taken.hint))
    if not tags.album:
        return ("", "", folder)
    artist = _fold(tags.album_artist)
    if artist and artist not in _VARIOUS_NAMES:
        return (artist, _fold(tags.album))
    return ("", _fold(tags.album), folder)


def release_id(key: Sequence[str]) -> str:
    """The id of an own album: the same files imported again come to the same album."""
    return hashlib.sha256("\x1f".join(("magnitizdat album", *key)).encode()).hexdigest()[:32]


def group(taken: Sequence[Taken], *, folder_cover: File | None = None) -> list[AlbumGroup]:
    """Albums of one folder (or one zip), in the order of their first file."""
    by_key: dict[tuple[str, ...], list[Taken]] = {}
    for each in taken:
        by_key.setdefault(_key(each), []).append(each)
    sole = len(by_key) == 1
    return [_compose(key, members, folder_cover if sole else None) for key, members in by_key.items()]


def _compose(key: tuple[str, ...], members: list[Taken], folder_cover: File | None) -> AlbumGroup:
    first = members[0].tags
    artists = {_fold(each.track.artist): each.track.artist for each in members}
    named = first.album_artist
    compilation = any(each.tags.compilation for each in members) or _fold(named) in _VARIOUS_NAMES
    if named and _fold(named) not in _VARIOUS_NAMES:
        artist = named
    elif compilation or len(artists) > 1:
        artist, compilation = VARIOUS, True
    else:
        artist = next(iter(artists.values()))
    title = first.album or _album_folder(members[0].hint) or members[0].track.title
    cover = folder_cover or next((each.cover for each in members if each.cover is not None), None)
    genres = tuple(dict.fromkeys(genre for each in members for genre in each.tags.genres))[:16]
    release = Release(
        id=release_id(key),
        title=title[:512],
        artist=artist[:512],
        kind="compilation" if compilation else "album",
        genres=genres,
        cover=cover,
        **album_fields([(each.tags, each.track) for each in members], artist),
    )
    tracks = with_one_pregap([_with_cover(each, cover) for each in members])
    raw_tracks = tuple(_with_cover(each._replace(track=each.as_written), cover) for each in members if each.as_written)
    return AlbumGroup(release, tracks, _as_written(release, members[0]), raw_tracks)


def _as_written(release: Release, first: Taken) -> Release | None:
    raw, tags = first.raw, first.tags
    if raw is None or (raw.album, raw.album_artist, raw.artist) == (tags.album, tags.album_artist, tags.artist):
        return None
    artist = {tags.album_artist: raw.album_artist, tags.artist: raw.artist}.get(release.artist, release.artist)
    title = raw.album if release.title == tags.album else release.title
    written = corrected(release, {"title": title or release.title, "artist": artist or release.artist})
    return written if written != release else None


def _with_cover(taken: Taken, album_cover: File | None) -> Track:
    own = taken.cover if taken.cover is not None and taken.cover != album_cover else None
    return msgspec.structs.replace(taken.track, cover=own)


def merge(existing: Release, found: AlbumGroup) -> Release:
    """Fields of an album that has been here before: what the person edited stays, new artists make a compilation."""
    artists = {_fold(track.artist) for track in (*existing.tracks, *found.tracks)}
    bare = msgspec.structs.replace(existing, tracks=())
    was_one = {_fold(track.artist) for track in existing.tracks} == {_fold(existing.artist)}
    if was_one and len(artists) > 1 and found.release.artist != existing.artist:
        bare = corrected(bare, {"artist": VARIOUS, "kind": "compilation"})
    if bare.cover is None and found.release.cover is not None:
        bare = msgspec.structs.replace(bare, cover=found.release.cover)
    return grown(bare, found.release)
