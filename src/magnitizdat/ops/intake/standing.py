"""Which album that stands in the library files belong to that come now, and what becomes of its fields. Pure.

So that music which comes in parts ends as it would have at once, whatever came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import structs

from magnitizdat.model import Release, Track
from magnitizdat.ops.intake.grouping import AlbumGroup, Place, collide, most_genres, place
from magnitizdat.ops.intake.likeness import UNKNOWN, album_artist, are_related, are_same, fold, is_various
from magnitizdat.ops.intake.said import corrected, grown


class AlbumHere(NamedTuple):
    """An album that is here, with its tracks."""

    release: Release
    is_here: bool = False
    """Files of the same folder stand on it."""
    is_near: bool = False
    """Files of the folder above, below, or beside it do."""


class Host(NamedTuple):
    """An album that files join; `discs` stand on it before them, where they are further ones."""

    release: Release
    discs: int = 0


def host_of(found: AlbumGroup, standing: Iterable[AlbumHere]) -> Host | None:
    """The album that these files belong to, whatever the order of `standing`; None where they make one of their own."""
    ranked = [(rank, each) for each in standing if (rank := _rank(found, each)) is not None]
    if not ranked:
        return None
    _, best = min(ranked, key=lambda each: (each[0], each[1].release.id))
    shared = _shared(found.tracks, best.release.tracks)
    goes_on = shared and not best.is_here and _clash(found, best.release)
    return Host(best.release, max(track.disc for track in best.release.tracks) if goes_on else 0)


def _rank(found: AlbumGroup, standing: AlbumHere) -> tuple[bool, ...] | None:
    """How well they fit, the best least; None where they do not."""
    release, marks = standing.release, found.marks
    is_known, is_old = release.id in marks.ids, release.id in marks.ids[1:]
    if not (is_known or (fold(release.title) == marks.title and _is_by_them(found, standing))):
        return None
    is_anybodys = is_various(release.artist) or release.artist == UNKNOWN
    if is_anybodys and not (is_known or standing.is_here or _agree(found, release)):
        return None  # compilations of one title are many
    if not _has_room(found, standing, is_old=is_old):
        return None
    return (release.id != marks.ids[0], not standing.is_here, not _agree(found, release), not is_old)


def _is_by_them(found: AlbumGroup, standing: AlbumHere) -> bool:
    ours, theirs = found.release.artist, standing.release.artist
    if are_same(ours, theirs):
        return True
    if not standing.is_here:
        return False
    return are_related(ours, theirs) or not (found.marks.is_loose or _clash(found, standing.release))


def _has_room(found: AlbumGroup, standing: AlbumHere, *, is_old: bool) -> bool:
    """Whether these tracks can stand there beside those that do."""
    release = standing.release
    if _clash(found, release):
        if are_copies(found.tracks, release.tracks):
            return standing.is_here and _formats(found.tracks) == _formats(release.tracks)
        if standing.is_here and is_old:
            return True
        return not differ(found, release) and (standing.is_here or _goes_on(found, standing))
    if standing.is_here or release.id == found.marks.ids[0]:
        return True
    return not differ(found, release) and not _are_discs_of_copies(found.tracks, release.tracks)


def may_go_on(found: AlbumGroup, release: Release) -> bool:
    """Whether it matters that these lie beside that album."""
    return not found.marks.has_discs and _clash(found, release) and not are_copies(found.tracks, release.tracks)


def _goes_on(found: AlbumGroup, standing: AlbumHere) -> bool:
    """Whether these are further discs: of a folder beside, and nobody said a number."""
    if found.marks.has_discs or not standing.is_near:
        return False
    return _agree(found, standing.release) or fold(found.release.title) != fold(found.release.artist)


def _agree(found: AlbumGroup, release: Release) -> bool:
    """Whether both say the same edition."""
    if found.marks.musicbrainz_id and release.musicbrainz_id:
        return found.marks.musicbrainz_id == release.musicbrainz_id
    return bool(found.marks.year) and found.marks.year == _year(release)


def differ(found: AlbumGroup, release: Release) -> bool:
    """Whether they say different editions."""
    if found.marks.musicbrainz_id and release.musicbrainz_id:
        return found.marks.musicbrainz_id != release.musicbrainz_id
    return bool(found.marks.year and _year(release)) and found.marks.year != _year(release)


def _year(release: Release) -> str:
    return (release.released or release.date)[:4]


def _formats(tracks: Iterable[Track]) -> set[str]:
    return {track.file.media_type for track in tracks}


def _are_discs_of_copies(ours: Sequence[Track], theirs: Sequence[Track]) -> bool:
    """Whether they are other discs, in other formats: of two copies that came in parts, rather than of one."""
    discs = [{track.disc for track in tracks} for tracks in (ours, theirs)]
    return not (discs[0] & discs[1] or _formats(ours) & _formats(theirs))


def _clash(found: AlbumGroup, release: Release) -> bool:
    here = {track.id for track in found.tracks}
    others = {place(track) for track in release.tracks if track.id not in here}
    return collide({place(track) for track in found.tracks}, others)


def _shared(ours: Iterable[Track], theirs: Iterable[Track]) -> dict[Place, tuple[Track, Track]]:
    there = {place(track): track for track in theirs}
    return {place(track): (track, there[place(track)]) for track in ours if place(track) in there}


def are_copies(ours: Sequence[Track], theirs: Sequence[Track]) -> bool:
    """Whether most tracks in the same places have the same titles: other files of the same album."""
    pairs = _shared(ours, theirs).values()
    return 2 * sum(fold(one.title) == fold(other.title) for one, other in pairs) >= len(pairs) > 0


def merge(existing: Release, found: AlbumGroup) -> Release:
    """Fields of an album that more comes to: what a person edited stays, the rest is what all its tracks say."""
    bare = structs.replace(existing, tracks=())
    tracks = (*existing.tracks, *found.tracks)
    if _is_by_its_tracks(existing):
        artists = [track.artist for track in tracks]
        artist, is_compilation = album_artist(found.marks.named_by, artists, mixed=_is_mixed(existing, found))
        bare = corrected(bare, {"artist": _as_before(artist, existing.artist), "kind": _kind(is_compilation)})
    if existing.genres == most_genres(existing.tracks):
        bare = structs.replace(bare, genres=most_genres(tracks))
    missing = ("cover", "date", "released", "musicbrainz_id")
    added = {name: getattr(found.release, name) for name in missing if not getattr(bare, name)}
    return grown(structs.replace(bare, **added), found.release)


def _as_before(artist: str, before: str) -> str:
    return before if fold(artist) == fold(before) else artist


def _kind(is_compilation: bool) -> str:  # noqa: FBT001 -- one word of two
    return "compilation" if is_compilation else "album"


def _is_by_its_tracks(release: Release) -> bool:
    """Whether artist and kind are what its tracks make of them, and nobody said otherwise."""
    artists = [track.artist for track in release.tracks]
    made = (album_artist((), artists, mixed=mixed) for mixed in (False, True))
    return any(fold(artist) == fold(release.artist) and _kind(mixed) == release.kind for artist, mixed in made)


def _is_mixed(existing: Release, found: AlbumGroup) -> bool:
    """What its artists alone do not make a compilation was called one."""
    _, by_artists = album_artist((), [track.artist for track in existing.tracks], mixed=False)
    return found.marks.is_mixed or (existing.kind == "compilation" and not by_artists)
