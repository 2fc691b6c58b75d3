"""Orders and choices that join the catalogue with what a listener did: lists, what is like this, what is heard."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar, get_args

from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.listening import Ranking
from magnitizdat.library.index.overview import AlbumLine, ArtistLine, GenreLine, Overview, artist_id, genre_key
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.listen import listening
from magnitizdat.pages.markup import as_plain_text

AlbumOrder = Literal[
    "random", "newest", "highest", "frequent", "recent", "alphabeticalByName", "alphabeticalByArtist", "starred",
    "byYear", "byGenre",
]  # fmt: skip
ALBUM_ORDERS: dict[str, AlbumOrder] = {order: order for order in get_args(AlbumOrder)}
Years = tuple[int, int]
LAST_YEAR = 9999

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
    """What the label wrote about an album, in the first language that is here, as plain text."""
    release = library.browse.releases([album]).get(album)
    for file in release.notes.values() if release else ():
        if file.length <= _NOTES_LIMIT and library.shelf.holds(file):
            return as_plain_text(b"".join(library.blob(file.sha256).pieces()).decode("utf-8", errors="replace"))
    return None


class Way(Value, frozen=True, kw_only=True):
    """A part of the shelf: a genre by its id, or a decade by its first year."""

    id: str
    name: str
    albums: int


def genre_id(name: str) -> str:
    """What the page calls a genre: nobody reads its name in an address."""
    return f"ge-{hashlib.sha256(genre_key(name).encode()).hexdigest()[:16]}"


def genre_named(library: Library, wanted: str) -> GenreLine | None:
    """A genre by its id."""
    genres = library.browse.overview().genres.values()
    return next((line for line in genres if genre_id(line.name) == wanted), None)


def genres(library: Library) -> list[Way]:
    """Those of which an album is here, the most albums first."""
    lines = [line for line in library.browse.overview().genres.values() if line.albums]
    found = [Way(id=genre_id(line.name), name=line.name, albums=len(line.albums)) for line in lines]
    return sorted(found, key=lambda way: (-way.albums, way.name))


def decades(library: Library) -> list[Way]:
    """Those that an album is of, the first one first; albums without a year are of none."""
    counted = Counter(line.year // 10 * 10 for line in library.browse.overview().albums if line.year)
    return [Way(id=str(year), name=str(year), albums=albums) for year, albums in sorted(counted.items())]


def letters(keys: Iterable[str]) -> list[tuple[str, int]]:
    """Where each first letter begins among sorted keys; all that is no letter is `#`."""
    found: dict[str, int] = {}
    for at, key in enumerate(keys):
        letter = key[:1].upper()
        found.setdefault(letter if letter.isalpha() else "#", at)
    return list(found.items())


def album_letters(library: Library) -> list[tuple[str, int]]:
    """The same of the shelf, which stands by artist."""
    overview = library.browse.overview()
    return letters(overview.artists[overview.artist_at[line.artist_id]].order for line in overview.albums)


def radio(library: Library, line: ArtistLine, *, count: int) -> list[SongLine]:
    """Songs by an artist, and twice as many like theirs, in no order; one of theirs begins."""
    own = _some(songs_of(library, line), count // 3 + 1)
    if not own:
        return []
    names = {genre_key(name) for song in own for name in song.track.genres}
    overview, theirs = library.browse.overview(), {song.key for song in own}
    keys = {key for name in sorted(names) for key in _some(_genre(overview, name).songs, count)} - theirs
    others = library.browse.songs(_some(sorted(keys), count - len(own)))
    first, *rest = own
    return [first, *_some([*rest, *others], count)]


def _genre(overview: Overview, name: str) -> GenreLine:
    return overview.genres.get(genre_key(name)) or GenreLine(name, overview.keys[:0], ())


def _of_years(overview: Overview, years: Years) -> list[int]:
    first, last = sorted(years)
    lines = overview.albums
    found = [place for place, line in enumerate(lines) if line.year and first <= line.year <= last]
    return sorted(found, key=lambda place: lines[place].year, reverse=years[0] > years[1])


def _some(sequence: Sequence[T], count: int) -> list[T]:
    return _chance.sample(sequence, max(0, min(count, len(sequence))))
