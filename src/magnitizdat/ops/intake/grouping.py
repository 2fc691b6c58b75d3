"""Which files make an album, looking at a whole folder. Pure: parsed values in, releases out (ADR 0050).

Files of one title belong together, unless they are by several bands, of several editions or in several formats and each
of these has its own track 1, 2, 3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec

from magnitizdat.formats.folding import folded
from magnitizdat.model import File, Release, Track
from magnitizdat.ops.intake.likeness import (
    UNKNOWN,
    VARIOUS,
    album_artist,
    fold,
    is_various,
    leading,
    of_most_spelled,
    without_guests,
)
from magnitizdat.ops.intake.said import album_fields, corrected, of_most, with_one_pregap
from magnitizdat.ops.intake.scan import natural_order
from magnitizdat.workers.discs import disc_folder, disc_in
from magnitizdat.workers.from_path import year_of
from magnitizdat.workers.values import Tags, Undecided

__all__ = ["UNKNOWN", "VARIOUS"]

NON_ALBUM = "[non-album tracks]"
"""What songs stand under that are of no album. Source: MusicBrainz Picard, "Non-album tracks"."""
HEAP = 40
"""Songs by chance that one folder may have and be taken for what somebody put together: two discs full."""
_OLD_VARIOUS = frozenset({"various artists", "various", "va", "v.a.", "разные исполнители", "diverse kunstnere"})
Place = tuple[int, int] | str


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
    code_page: str = ""
    undecided: tuple[Undecided, ...] = ()
    """As in `Parsed`."""

    @property
    def name(self) -> tuple[str, str, int]:
        """A recording in its place on an album."""
        return name_of(self.track.id, self.tags)


def name_of(track: str, tags: Tags) -> tuple[str, str, int]:
    """The same before it is taken."""
    return track, tags.album.casefold(), tags.track


class Marks(NamedTuple):
    """What tells an album from others of its title, beside its fields."""

    ids: tuple[str, ...] = ()
    """Its own, then those that older versions gave it."""
    title: str = ""
    """Folded."""
    year: str = ""
    musicbrainz_id: str = ""
    named_by: tuple[str, ...] = ()
    """Whom tracks name as the album's artist."""
    is_mixed: bool = False
    """A track says that it is on a compilation."""
    has_discs: bool = False
    """Tags or folders say which disc each track is on."""
    is_loose: bool = False
    """It lay among others in a folder that is no album's."""


class AlbumGroup(NamedTuple):
    """Files that belong together."""

    release: Release
    """Fields; `tracks` is empty."""
    tracks: tuple[Track, ...]
    as_written: Release | None = None
    """Fields before old Cyrillic was repaired, where they differ."""
    tracks_as_written: tuple[Track, ...] = ()
    marks: Marks = Marks()


def album_folder(hint: str) -> str:
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


def release_id(key: Sequence[str]) -> str:
    """The id of an own album: the same files imported again come to the same album."""
    return hashlib.sha256("\x1f".join(("magnitizdat album", *key)).encode()).hexdigest()[:32]


def place(track: Track) -> Place:
    """Where a track stands on its album; one without a number by its title."""
    return (track.disc, track.position) if track.position or track.pregap else fold(track.title)


def group(
    taken: Iterable[Taken], *, folder_cover: File | None = None, around: Collection[str] = ()
) -> list[AlbumGroup]:
    """Albums of one folder (or one zip), in the order of their first file, whatever the order of `taken`.

    `around`: folded titles of albums that other files of the folder stand on already.
    """
    members = sorted(taken, key=_listening_order)
    heap = _is_heap(members)
    titled = _by(members, lambda each: fold(_title(each, heap=heap)))
    is_loose = len({*titled, *around}) > 2
    loose = {title: is_loose and not _is_named_after(titled[title][0], title) for title in titled}
    found = [(title, part) for title in titled for part in _albums(title, titled[title], is_loose=loose[title])]
    cover = folder_cover if len(found) == 1 else None
    return [
        _compose(part, _title(part[0], heap=heap) or part[0].track.title, cover, is_loose=loose[title])
        for title, part in found
    ]


def _listening_order(taken: Taken) -> tuple[object, ...]:
    track = taken.track
    return track.disc, track.position, natural_order(taken.hint), track.id, track.file.sha256


def _by(members: Iterable[Taken], of: Callable[[Taken], str]) -> dict[str, list[Taken]]:
    parts: dict[str, list[Taken]] = {}
    for each in members:
        parts.setdefault(of(each), []).append(each)
    return parts


# -- titles -----------------------------------------------------------------------------------------------------------


def _title(taken: Taken, *, heap: bool) -> str:
    """What its album is called; empty for songs that came together from no folder."""
    tags = taken.tags
    if tags.album and not (heap and tags.from_folder):
        return tags.album
    if tags.artist:
        return NON_ALBUM
    return album_folder(taken.hint)


def _is_heap(members: Sequence[Taken]) -> bool:
    """Whether a folder of songs that name no album is no mixtape of somebody's: many, by many, without numbers."""
    loose = [each for each in members if each.tags.from_folder and not each.tags.album_artist]
    numbered = sum(bool(each.track.position) for each in loose)
    artists = {fold(leading(each.track.artist)) for each in loose}
    return len(loose) > HEAP and 2 * numbered < len(loose) and 8 * len(artists) > len(loose)


def _is_named_after(taken: Taken, title: str) -> bool:
    folder = fold(album_folder(taken.hint))
    return bool(folder) and (folder in title or title in folder)


# -- apart ------------------------------------------------------------------------------------------------------------


def _albums(title: str, members: list[Taken], *, is_loose: bool) -> list[list[Taken]]:
    """Files of one title, apart where they are of several albums."""
    if title == NON_ALBUM:
        return list(_by(members, lambda each: fold(without_guests(each.track.artist))).values())
    found = _by_artist(members, is_loose=is_loose)
    for of in (_musicbrainz_id, _year):
        found = [part for parts in found for part in _apart(parts, of)]
    return [part for parts in found for part in ([parts] if _is_pair(parts) else _apart(parts, _format))]


def _is_pair(members: Sequence[Taken]) -> bool:
    """Whether these are two files without numbers: two recordings that happen to have one name, and no album twice."""
    return len(members) == 2 and not any(each.track.position for each in members)


def _musicbrainz_id(taken: Taken) -> str:
    return taken.tags.musicbrainz_release.casefold()


def _year(taken: Taken) -> str:
    tags = taken.tags
    return (tags.released or tags.date or year_of(album_folder(taken.hint)))[:4]


def _format(taken: Taken) -> str:
    return taken.track.file.media_type


def _by_artist(members: list[Taken], *, is_loose: bool) -> list[list[Taken]]:
    """One title by several bands: several albums, unless it is a compilation."""
    if any(each.tags.compilation or is_various(each.tags.album_artist) for each in members):
        return [members]
    named = {fold(leading(each.tags.album_artist)) for each in members if each.tags.album_artist}
    parts = _by(members, lambda each: fold(leading(each.tags.album_artist or each.track.artist)))
    if len(parts) == 1:
        return [members]
    one_each = 2 * len(parts) > len(members)
    places = [place(each.track) for each in members]
    if len(named) > 1:
        is_compilation = one_each and len(parts) > 2 and not is_loose and len(set(places)) == len(places)
        return [members] if is_compilation else _gathered(parts, lambda name: name in named)
    if is_loose:
        return list(parts.values())
    return [members] if one_each else _gathered(parts, lambda _: False)


def _apart(members: list[Taken], of: Callable[[Taken], str]) -> list[list[Taken]]:
    """Parts that say different things, where each has tracks in places that another has too."""
    parts = _by(members, of)
    return _gathered(parts, lambda _: False) if len(parts) > 1 else [members]


def _gathered(parts: dict[str, list[Taken]], stands_alone: Callable[[str], bool]) -> list[list[Taken]]:
    """The largest first, each with those that have their tracks in other places than it."""
    found: list[list[Taken]] = []
    order = sorted(parts, key=lambda name: (not stands_alone(name), not name, -len(parts[name]), name))
    for name in order:
        open_ = () if stands_alone(name) else found
        host = next((each for each in open_ if not collide(_places(each), _places(parts[name]))), None)
        if host is None:
            found.append(list(parts[name]))
        else:
            host.extend(parts[name])
    return [sorted(each, key=_listening_order) for each in found]


def _places(members: Iterable[Taken]) -> set[Place]:
    return {place(each.track) for each in members}


def collide(one: Collection[Place], other: Collection[Place]) -> bool:
    """Whether two lists of tracks claim the same places, more than half of the shorter one."""
    return 2 * len({*one} & {*other}) > min(len(one), len(other))


# -- fields -----------------------------------------------------------------------------------------------------------


def _compose(members: list[Taken], title: str, folder_cover: File | None, *, is_loose: bool) -> AlbumGroup:
    title = of_most_spelled(each.tags.album for each in members if not each.tags.from_folder)[0] or title
    named_by = tuple(each.tags.album_artist for each in members if each.tags.album_artist)
    is_mixed = any(each.tags.compilation for each in members)
    artist, is_compilation = album_artist(named_by, [each.track.artist for each in members], mixed=is_mixed)
    cover = folder_cover or next((each.cover for each in members if each.cover is not None), None)
    marks = _marks(members, title, artist)
    release = Release(
        id=marks.ids[0],
        title=title[:512],
        artist=artist[:512],
        kind=_kind(title, is_compilation=is_compilation),
        genres=most_genres(each.track for each in members),
        cover=cover,
        musicbrainz_id=marks.musicbrainz_id,
        **album_fields([(each.tags, each.track) for each in members], artist),
    )
    if not (release.date or release.released) and title != NON_ALBUM:
        release = msgspec.structs.replace(release, date=year_of(album_folder(members[0].hint)))
    tracks = with_one_pregap([_with_cover(each, cover) for each in members])
    raw_tracks = tuple(_with_cover(each._replace(track=each.as_written), cover) for each in members if each.as_written)
    marks = marks._replace(named_by=named_by, is_mixed=is_mixed, is_loose=is_loose)
    return AlbumGroup(release, tracks, _as_written(release, members[0]), raw_tracks, marks)


def _kind(title: str, *, is_compilation: bool) -> str:
    if title == NON_ALBUM:
        return "other"
    return "compilation" if is_compilation else "album"


def most_genres(tracks: Iterable[Track]) -> tuple[str, ...]:
    """Genres of an album: what most tracks say first."""
    counts: dict[str, int] = {}
    for track in tracks:
        for genre in track.genres:
            counts[genre] = counts.get(genre, 0) + 1
    return tuple(sorted(counts, key=lambda genre: (-counts[genre], genre)))[:16]


def _marks(members: list[Taken], title: str, artist: str) -> Marks:
    edition = of_most(map(_musicbrainz_id, members)) or ""
    year = of_most(map(_year, members)) or ""
    formats = {*map(_format, members)}
    folder = fold(album_folder(members[0].hint)) if artist in {VARIOUS, UNKNOWN} else ""
    key = ["" if folder else fold(without_guests(artist)), fold(title), *([folder] if folder else [])]
    own = release_id(key if title == NON_ALBUM else [*key, edition or year, formats.pop() if len(formats) == 1 else ""])
    old = map(release_id, dict.fromkeys(_old_key(each) for each in members if title != NON_ALBUM))
    discs = all(each.tags.disc or disc_of(each.hint, each.tags.album) for each in members)
    return Marks((own, *old), fold(title), year, edition, has_discs=discs)


def _old_key(taken: Taken) -> tuple[str, ...]:
    """What versions before this one made an id of: each file for itself."""
    tags = taken.tags
    folder = folded(album_folder(taken.hint))
    if not tags.album:
        return ("", "", folder)
    artist = folded(tags.album_artist)
    if artist and artist not in _OLD_VARIOUS:
        return (artist, folded(tags.album))
    return ("", folded(tags.album), folder)


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
