"""Rows of the library as parts of answers, each with what the listener has marked: one question for many rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from magnitizdat.formats.names import portable_name
from magnitizdat.formats.spelling.words import folded, sort_name
from magnitizdat.formats.transcodes import OPUS_TYPE
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.listening import Mark
from magnitizdat.library.index.overview import AlbumLine, ArtistLine, artist_id
from magnitizdat.model import MEDIA_TYPES, Gain, Release, Track
from magnitizdat.ops.albums.analysis import album_gains, track_gains
from magnitizdat.ops.albums.quality import plays_anywhere
from magnitizdat.ops.listen import listening
from magnitizdat.ops.voices.shown import averages
from magnitizdat.web.subsonic.calls import Call, moment
from magnitizdat.web.subsonic.model import (
    AlbumID3,
    AlbumWithSongs,
    Artist,
    ArtistID3,
    Child,
    Contributor,
    DiscTitle,
    ItemDate,
    ItemGenre,
    Node,
    RecordLabel,
    ReplayGain,
)

NO_MARK = Mark()
MOST_ALIASES = 16
_NAME_LIMIT = 512


def songs(call: Call, lines: Sequence[SongLine]) -> tuple[Child, ...]:
    """Songs, in this order."""
    marks = listening.marks(call.library, call.listener, "track", [line.track.id for line in lines])
    gains = track_gains(call.library, [line.track for line in lines])
    whole = album_gains(call.library, {line.album.id for line in lines})
    return tuple(
        song(
            line,
            marks.get(line.track.id, NO_MARK),
            _gain(gains.get(line.track.file.sha256), whole.get(line.album.id) or line.track.album_gain),
        )
        for line in lines
    )


def song(line: SongLine, mark: Mark, gain: ReplayGain | None) -> Child:
    """One song."""
    track, album, file = line.track, line.album, line.file
    suffix = MEDIA_TYPES.get(file.media_type, "")[1:]
    is_original = file is track.file
    plays = plays_anywhere(track) or not is_original
    return Child(
        id=line.song,
        is_dir=False,
        title=track.title,
        parent=album.id,
        album=album.title,
        artist=track.artist,
        track=track.number,
        year=album.year or None,
        genre=track.genres[0] if track.genres else None,
        cover_art=f"mf-{line.song}" if track.cover else f"al-{album.id}",
        size=file.length,
        content_type=file.media_type,
        suffix=suffix,
        transcoded_content_type=None if plays else OPUS_TYPE,
        transcoded_suffix=None if plays else "opus",
        duration=round(track.duration_s),
        bit_rate=bit_rate(line),
        bit_depth=track.bit_depth or None if is_original else None,
        sampling_rate=track.sample_rate or None if is_original else None,
        channel_count=track.channels or None,
        path=_path(album, track, suffix),
        is_video=False,
        user_rating=mark.rating or None,
        play_count=mark.plays,
        disc_number=track.disc,
        created=moment(album.added),
        starred=mark.starred or None,
        played=mark.played or None,
        album_id=album.id,
        artist_id=named(track.by[0].name).id,
        type="music",
        media_type="song",
        comment=track.comment or None,
        sort_name=_sorted(track.title_sort, track.title),
        music_brainz_id=track.musicbrainz_id or None,
        isrc=(track.isrc,) if track.isrc else (),
        genres=_genres(track.genres),
        artists=tuple(named(each.name, each.sort_name) for each in track.by),
        display_artist=track.artist,
        album_artists=tuple(map(named, album.artists)),
        display_album_artist=album.artist,
        contributors=_contributors(track),
        display_composer=track.composer or None,
        moods=(),
        replay_gain=gain,
    )


def albums(call: Call, lines: Sequence[AlbumLine]) -> tuple[AlbumID3, ...]:
    """Albums, in this order."""
    return tuple(AlbumID3(**each) for each in _album_fields(call, lines))


def album_with_songs(call: Call, line: AlbumLine, tracks: Sequence[SongLine]) -> AlbumWithSongs:
    """An album and all that plays of it."""
    (fields,) = _album_fields(call, [line])
    return AlbumWithSongs(**fields, song=songs(call, tracks))


def album_folders(call: Call, lines: Sequence[AlbumLine]) -> tuple[Child, ...]:
    """Albums as folders."""
    marks, rated = _album_marks(call, lines), averages(call.library, [line.id for line in lines])
    return tuple(
        Child(
            id=line.id,
            is_dir=True,
            title=line.title,
            name=line.title,
            album=line.title,
            parent=line.artist_id,
            artist=line.artist,
            artist_id=line.artist_id,
            year=line.year or None,
            cover_art=f"al-{line.id}",
            song_count=line.songs,
            duration=round(line.duration_s),
            created=moment(line.added),
            starred=marks[line.id].starred or None,
            user_rating=marks[line.id].rating or None,
            average_rating=rated.get(line.id),
            play_count=marks[line.id].plays,
            played=marks[line.id].played or None,
            media_type="album",
        )
        for line in lines
    )


def artists(call: Call, lines: Iterable[ArtistLine]) -> tuple[ArtistID3, ...]:
    """Artists, in this order."""
    marks = artist_marks(call)
    return tuple(artist(line, marks.get(line.id, NO_MARK)) for line in lines)


def artist(line: ArtistLine, mark: Mark) -> ArtistID3:
    """One artist; of tracks alone where no album is theirs."""
    return ArtistID3(
        id=line.id,
        name=line.name,
        cover_art=line.id,
        album_count=len(line.albums),
        starred=mark.starred or None,
        user_rating=mark.rating or None,
        sort_name=_spellings(line.sorted_as if line.sorted_as != line.name else "", line.name, line.aliases),
        roles=("albumartist", "artist") if line.own else ("artist",),
    )


def artist_folders(call: Call, lines: Iterable[ArtistLine]) -> tuple[Artist, ...]:
    """Artists as folders."""
    marks = artist_marks(call)
    return tuple(
        Artist(
            id=line.id,
            name=line.name,
            starred=marks.get(line.id, NO_MARK).starred or None,
            user_rating=marks.get(line.id, NO_MARK).rating or None,
        )
        for line in lines
    )


def artist_marks(call: Call) -> Mapping[str, Mark]:
    """Of the artists that a listener has starred: there are few of them, and many artists."""
    marked = listening.starred(call.library, call.listener, "artist")
    return listening.marks(call.library, call.listener, "artist", marked)


@lru_cache(maxsize=8192)
def named(name: str, sorted_as: str = "") -> ArtistID3:
    """A reference to an artist."""
    return ArtistID3(id=artist_id(name), name=name, sort_name=sorted_as or None)


def _contributors(track: Track) -> tuple[Contributor, ...]:
    """Those whom the label credits, and the composer whom the tags name, each once."""
    found = {(each.role, each.name): Contributor(role=each.role, artist=named(each.name)) for each in track.credits}
    if track.composer:
        composer = track.composer[:_NAME_LIMIT]
        said = Contributor(role="composer", artist=named(composer, track.composer_sort))
        found.setdefault(("composer", composer), said)
    return tuple(found.values())


def _album_marks(call: Call, lines: Sequence[AlbumLine]) -> dict[str, Mark]:
    ids = [line.id for line in lines]
    marks = listening.marks(call.library, call.listener, "album", ids)
    return {album: marks.get(album, NO_MARK) for album in ids}


def _album_fields(call: Call, lines: Sequence[AlbumLine]) -> Iterable[dict[str, Any]]:
    marks = _album_marks(call, lines)
    ids = [line.id for line in lines]
    releases, rated = call.library.browse.releases(ids), averages(call.library, ids)
    for line in lines:
        fields = _fields_of(line, releases.get(line.id), marks[line.id])
        yield {**fields, "average_rating": rated.get(line.id)}


def _fields_of(line: AlbumLine, release: Release | None, mark: Mark) -> dict[str, Any]:
    genres = release.genres if release else ()
    fields: dict[str, Any] = {
        "id": line.id,
        "name": line.title,
        "song_count": line.songs,
        "duration": round(line.duration_s),
        "created": moment(line.added),
        "artist": line.artist,
        "artist_id": line.artist_id,
        "cover_art": f"al-{line.id}",
        "play_count": mark.plays,
        "starred": mark.starred or None,
        "year": line.year or None,
        "genre": genres[0] if genres else None,
        "played": mark.played or None,
        "user_rating": mark.rating or None,
        "record_labels": (RecordLabel(name=line.label),) if line.label else (),
        "genres": _genres(genres),
        "artists": tuple(named(name) for name in line.artists),
        "display_artist": line.artist,
        "moods": (),
        "disc_titles": (),
        "sort_name": _spellings("", line.title, release.aliases if release else ()),
    }
    if release is not None:
        fields |= {
            "sort_name": _spellings(release.title_sort, line.title, release.aliases),
            "artists": tuple(named(each.name, each.sort_name) for each in release.by),
            "disc_titles": tuple(DiscTitle(disc=each.disc, title=each.title) for each in release.disc_titles),
            "release_types": (release.kind,),
            "original_release_date": _date(release.date),
            "release_date": _date(release.released),
            "is_compilation": release.kind == "compilation",
        }
    return fields


def _spellings(said: str, name: str, aliases: Sequence[str]) -> str | None:
    """What sorts a name; where it has other spellings, in Latin letters with these: players that search look here."""
    if not aliases:
        return _sorted(said, name)
    found = dict.fromkeys((sort_name(said or name), *map(folded, aliases[:MOST_ALIASES])))
    return " ".join(filter(None, found)) or None


def _sorted(said: str, name: str) -> str | None:
    """As tags say it, with that in Latin letters where it is in others; else the name in these."""
    if said.isascii():
        return said or sort_name(name) or None
    return " ".join(dict.fromkeys((said, sort_name(said)))).strip()


@lru_cache(maxsize=512)
def _genres(names: tuple[str, ...]) -> tuple[ItemGenre, ...]:
    return tuple(ItemGenre(name=name) for name in names)


def _date(text: str) -> ItemDate | None:
    if not text:
        return None
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    return ItemDate(
        year=year, month=month if 1 <= month <= 12 else None, day=day if 1 <= month <= 12 and 1 <= day <= 31 else None
    )


def bit_rate(line: SongLine) -> int | None:
    """Kilobits a second of what is to be heard: as it was counted, or as its length says."""
    track, file = line.track, line.file
    bits = track.bit_rate if file is track.file else 0
    if not bits and track.duration_s:
        bits = round(file.length * 8 / track.duration_s)
    return min(round(bits / 1000), 1 << 30) or None


def _gain(track: Gain | None, album: Gain | None) -> ReplayGain | None:
    """What was measured here, or what the tags say."""
    if _decibels(track) is None and _decibels(album) is None:
        return None
    return ReplayGain(
        track_gain=_decibels(track), track_peak=_peak(track), album_gain=_decibels(album), album_peak=_peak(album)
    )


def _decibels(gain: Gain | None) -> float | None:
    return round(gain.gain_db, 2) if gain is not None and math.isfinite(gain.gain_db) else None


def _peak(gain: Gain | None) -> float | None:
    peak = gain.peak if gain is not None else None
    return round(peak, 6) if peak is not None and 0 <= peak < math.inf else None


def _path(album: AlbumLine, track: Track, suffix: str) -> str:
    """A path that no file has: players that store copies name them by it, so it must be harmless on every system."""
    number = f"{track.disc}-{track.position:02d}" if track.disc > 1 else f"{track.position:02d}"
    name = portable_name(f"{number} {track.title}", max_bytes=100)
    return f"{_folder(album.artist)}/{_folder(album.title)}/{name}.{suffix}"


@lru_cache(maxsize=4096)
def _folder(name: str) -> str:
    return portable_name(name, max_bytes=100)


def fields(node: Node) -> dict[str, Any]:
    """The fields of a part, for a larger one that begins with them."""
    return {name: getattr(node, name) for name in node.__struct_fields__}
