"""Orders and choices that join the catalogue with what a listener did: lists, what is like this, what is heard."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar, get_args

from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.listening import Ranking
from magnitizdat.library.index.overview import AlbumLine, ArtistLine, GenreLine, Overview, artist_id, genre_key
from magnitizdat.library.library import Library
from magnitizdat.ops.listen import listening

AlbumOrder = Literal[
    "random", "newest", "highest", "frequent", "recent", "alphabeticalByName", "alphabeticalByArtist", "starred",
    "byYear", "byGenre",
]  # fmt: skip
ALBUM_ORDERS: dict[str, AlbumOrder] = {order: order for order in get_args(AlbumOrder)}
Years = tuple[int, int]

_RANKINGS: dict[AlbumOrder, Ranking] = {
    "starred": "starred",
    "frequent": "frequent",
    "recent": "recent",
    "highest": "highest",
}
_NOTES_LIMIT = 256 << 10

_chance = secrets.SystemRandom()
T = TypeVar("T")


def albums(
    library: Library,
    listener: str,
    order: AlbumOrder,
    *,
    offset: int,
    size: int,
    genre: str = "",
    years: Years = (0, 9999),
) -> list[AlbumLine]:
    """One page of albums. `years` from the first to the last, backwards where the first is later."""
    overview = library.browse.overview()
    if order == "random":
        return _some(overview.albums, size)
    ranking = _RANKINGS.get(order)
    if ranking is not None:
        ids = listening.ranked(library, listener, "album", ranking)
        places: Sequence[int] = [overview.album_at[album] for album in ids if album in overview.album_at]
    elif order == "newest":
        places = overview.newest
    elif order == "alphabeticalByName":
        places = overview.by_title
    elif order == "alphabeticalByArtist":
        return overview.albums[offset : offset + size]
    elif order == "byYear":
        places = _of_years(overview, years)
    else:
        places = _genre(overview, genre).albums
    return [overview.albums[place] for place in places[offset : offset + size]]


def artist(library: Library, name_or_id: str) -> ArtistLine | None:
    """An artist by id, or by name in any case."""
    overview = library.browse.overview()
    place = overview.artist_at.get(name_or_id)
    if place is None:
        place = overview.artist_at.get(artist_id(name_or_id))
    return None if place is None else overview.artists[place]


def albums_of(library: Library, line: ArtistLine) -> list[AlbumLine]:
    """Albums by an artist, then those that they are heard on."""
    overview = library.browse.overview()
    return [overview.albums[place] for place in line.albums if place < len(overview.albums)]


def songs_of(library: Library, line: ArtistLine) -> list[SongLine]:
    """Every song by an artist, album by album."""
    return [
        song
        for album in albums_of(library, line)
        for song in library.browse.songs_of(album.id)
        if line.id in artist_ids(song)
    ]


def artist_ids(song: SongLine) -> set[str]:
    """Whom a song or its album is by."""
    return {artist_id(name) for name in (*(each.name for each in song.track.by), *song.album.artists)}


def songs_by_genre(library: Library, genre: str, *, offset: int, count: int) -> list[SongLine]:
    """One page of a genre's songs."""
    keys = _genre(library.browse.overview(), genre).songs
    return library.browse.songs(keys[offset : offset + count])


def random_songs(library: Library, *, size: int, genre: str = "", years: Years = (0, 9999)) -> list[SongLine]:
    """Some songs in no order."""
    overview = library.browse.overview()
    if years == (0, 9999):
        return library.browse.songs(_some(_genre(overview, genre).songs if genre else overview.keys, size))
    places = set(_of_years(overview, years))
    if genre:
        places &= set(_genre(overview, genre).albums)
    lines = [
        line
        for place in _some(sorted(places), size)
        for line in library.browse.songs_of(overview.albums[place].id)
        if not genre or genre_key(genre) in map(genre_key, line.track.genres)
    ]
    return _some(lines, size)


def similar_songs(library: Library, target: str, *, count: int) -> list[SongLine] | None:
    """Songs like a song, an album or an artist: by the same artist, then of the same genres; None of an unknown one."""
    overview = library.browse.overview()
    album = library.browse.album(target)
    song = library.browse.named([target]).get(target)
    line = artist(library, song.track.by[0].name if song else album.artists[0] if album else target)
    if line is None:
        return None
    own = [each for each in songs_of(library, line) if each.song != target]
    found = _some(own, count)
    genres = {genre_key(name) for each in (song,) if each for name in each.track.genres}
    genres |= {genre_key(name) for each in own[:50] for name in each.track.genres}
    keys = sorted({key for name in genres for key in _some(_genre(overview, name).songs, count)})
    known = {each.key for each in found} | ({song.key} if song else set())
    others = library.browse.songs(_some([key for key in keys if key not in known], count - len(found)))
    return found + others


def top_songs(library: Library, listener: str, line: ArtistLine, *, count: int) -> list[SongLine]:
    """An artist's songs, those that were heard most first."""
    own = songs_of(library, line)
    marks = listening.marks(library, listener, "track", [each.track.id for each in own])
    plays = {track: mark.plays for track, mark in marks.items()}
    return sorted(own, key=lambda each: -plays.get(each.track.id, 0))[:count]


def recordings(library: Library, tracks: Iterable[str]) -> list[SongLine]:
    """Tracks by their own ids, as far as they play here."""
    return [line for line in map(library.browse.recording, tracks) if line is not None]


def notes(library: Library, album: str) -> str | None:
    """What the label wrote about an album, in the first language that is here; as it was written, Markdown."""
    release = library.browse.releases([album]).get(album)
    for file in release.notes.values() if release else ():
        if file.length <= _NOTES_LIMIT and library.shelf.holds(file):
            return b"".join(library.blob(file.sha256).pieces()).decode("utf-8", errors="replace")
    return None


def _genre(overview: Overview, name: str) -> GenreLine:
    return overview.genres.get(genre_key(name)) or GenreLine(name, overview.keys[:0], ())


def _of_years(overview: Overview, years: Years) -> list[int]:
    first, last = sorted(years)
    lines = overview.albums
    found = [place for place, line in enumerate(lines) if line.year and first <= line.year <= last]
    return sorted(found, key=lambda place: lines[place].year, reverse=years[0] > years[1])


def _some(sequence: Sequence[T], count: int) -> list[T]:
    return _chance.sample(sequence, max(0, min(count, len(sequence))))
