"""What is on the shelf, as small arrays and a line for each album and artist: enough to page through any order.

Made once for each state of the catalogue. Whole tracks are never held: `browse` reads those that are asked for.
"""

from __future__ import annotations

import hashlib
import unicodedata
from array import array
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from magnitizdat.formats.spelling.words import ARTICLES
from magnitizdat.library.index.closed import ClosedFiles
from magnitizdat.library.index.database import Database
from magnitizdat.model import Artist

_ALBUMS = """
SELECT a.id, a.title, a.artist, a.date, coalesce(a.added, 0), coalesce(l.name, ''), a.body FROM album a
    LEFT JOIN label l ON l.imprint = a.imprint AND l.standing <> 'carrier'
"""
_TRACKS = """
SELECT t.key, t.album, t.artist, t.duration_s, t.body, coalesce(b.complete, 0) FROM track t
    LEFT JOIN blob b ON b.digest = t.blob LEFT JOIN blob s ON s.digest = t.small
    WHERE b.complete OR s.complete ORDER BY t.key
"""


class _TrackFields(msgspec.Struct):
    """Of a track's body, what is counted for all of them."""

    genres: tuple[str, ...] = ()
    artists: tuple[Artist, ...] = ()


class _Spellings(msgspec.Struct):
    """Of a release's fields, how it is sorted, and whom it is by, with how these are sorted and looked for."""

    sort_name: str = ""
    aliases: tuple[str, ...] = ()
    artists: tuple[Artist, ...] = ()
    title_sort: str = ""


_to_track_fields = msgspec.msgpack.Decoder(_TrackFields).decode
_to_spellings = msgspec.msgpack.Decoder(_Spellings).decode
_NO_SPELLINGS = _Spellings()


class AlbumLine(NamedTuple):
    """An album, as lists show it: `songs` and `duration_s` are of what plays here; `year` is 0 where none is known.

    `artist` is the line of all `artists`, `artist_id` the first of these.
    """

    id: str
    title: str
    artist: str
    artist_id: str
    year: int
    added: int
    label: str
    songs: int
    duration_s: float
    newest_key: int
    artists: tuple[str, ...]


class ArtistLine(NamedTuple):
    """A name that albums or tracks are by. `albums`: places in `Overview.albums`; the first `own` are by it.

    `sorted_as` is the name, or what its releases say; `aliases` are other spellings on these.
    """

    id: str
    name: str
    order: str
    albums: tuple[int, ...]
    own: int
    sorted_as: str
    aliases: tuple[str, ...]


class GenreLine(NamedTuple):
    """A genre, with the keys of its songs and the places of its albums."""

    name: str
    songs: array[int]
    albums: tuple[int, ...]


class Overview(NamedTuple):
    """`albums` stand in the order of a shelf (artist, year, title), `artists` in that of their names."""

    albums: list[AlbumLine]
    album_at: dict[str, int]
    by_title: array[int]
    newest: array[int]
    artists: list[ArtistLine]
    artist_at: dict[str, int]
    genres: dict[str, GenreLine]
    keys: array[int]
    small: frozenset[int]


def artist_id(name: str) -> str:
    """What players call an artist: the same for all spellings that differ in case or composition alone."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return f"ar-{hashlib.sha256(folded.encode()).hexdigest()[:16]}"


def order_of(name: str) -> str:
    """What names are sorted by: case, accents and a leading article do not count."""
    plain = unicodedata.normalize("NFKD", name.strip()).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    first, space, rest = plain.partition(" ")
    return rest if space and rest and first in ARTICLES else plain


def genre_key(name: str) -> str:
    """What spellings of one genre have in common."""
    return unicodedata.normalize("NFC", name).casefold().strip()


class _AlbumTally:
    """What is counted of an album while its tracks go by."""

    __slots__ = ("artists", "duration_s", "genres", "newest_key", "songs")

    def __init__(self) -> None:
        self.songs = self.newest_key = 0
        self.duration_s = 0.0
        self.artists: dict[str, None] = {}
        self.genres: set[str] = set()


class _Count:
    """All tracks, counted by album, artist and genre."""

    def __init__(self) -> None:
        self.albums: dict[str, _AlbumTally] = {}
        self.keys = array("q")
        self.small: set[int] = set()
        self.genres: dict[str, tuple[str, array[int]]] = {}
        self.sorts: dict[str, str] = {}

    def add(self, line: tuple[Any, ...]) -> None:
        key, album, artist, duration_s, body, complete = line
        self.keys.append(key)
        if not complete:
            self.small.add(key)
        found = self.albums.get(album)
        if found is None:
            found = self.albums[album] = _AlbumTally()
        found.songs += 1
        found.duration_s += duration_s
        found.newest_key = key
        counted = _to_track_fields(body)
        for each in counted.artists:
            found.artists[each.name] = None
            if each.sort_name:
                self.sorts.setdefault(each.name, each.sort_name)
        if not counted.artists:
            found.artists[artist] = None
        for folded, name in {genre_key(name): name for name in reversed(counted.genres)}.items():
            entry = self.genres.get(folded)
            if entry is None:
                entry = self.genres[folded] = (name, array("q"))
            entry[1].append(key)
            found.genres.add(folded)


def read_overview(db: Database) -> Overview:
    """Everything that plays, counted in one pass over the index. What is closed plays for nobody."""
    count, staying = _Count(), ClosedFiles(db).albums()
    for line in db.iterate(_TRACKS):
        if line[1] not in staying:
            count.add(line)
    lines = []
    titles: dict[str, str] = {}
    spellings: dict[str, _Spellings] = {}
    for album, title, artist, date, added, label, body in db.iterate(_ALBUMS):
        found = count.albums.get(album)
        if found is not None:
            year = int(date[:4] or 0)
            numbers = (found.songs, found.duration_s, found.newest_key)
            said = _to_spellings(body)
            by = tuple(each.name for each in said.artists) or (artist,)
            lines.append(AlbumLine(album, title, artist, artist_id(by[0]), year, added, label, *numbers, by))
            titles[album] = order_of(said.title_sort or title)
            if said.artists:
                for each in said.artists:
                    _note(spellings, artist_id(each.name), _Spellings(each.sort_name))
            else:
                _note(spellings, lines[-1].artist_id, said)
    for name, sort_name in count.sorts.items():
        _note(spellings, artist_id(name), _Spellings(sort_name))
    orders = {line.artist_id: order_of(_sorted_as(spellings, line.artist_id, line.artists[0])) for line in lines}
    lines.sort(key=lambda line: (orders[line.artist_id], line.year, titles[line.id], line.id))
    places = range(len(lines))
    artists = _artists(lines, count, spellings)
    return Overview(
        albums=lines,
        album_at={line.id: place for place, line in enumerate(lines)},
        by_title=array("q", sorted(places, key=lambda place: (titles[lines[place].id], place))),
        newest=array("q", sorted(places, key=lambda place: (-lines[place].added, -lines[place].newest_key))),
        artists=artists,
        artist_at={artist.id: place for place, artist in enumerate(artists)},
        genres=_genres(lines, count),
        keys=count.keys,
        small=frozenset(count.small),
    )


def _note(spellings: dict[str, _Spellings], artist: str, said: _Spellings) -> None:
    """What one more release says of its artist."""
    if said.sort_name or said.aliases:
        known = spellings.get(artist, _NO_SPELLINGS)
        aliases = tuple(dict.fromkeys((*known.aliases, *said.aliases)))
        spellings[artist] = _Spellings(known.sort_name or said.sort_name, aliases)


def _sorted_as(spellings: dict[str, _Spellings], artist: str, name: str) -> str:
    return spellings.get(artist, _NO_SPELLINGS).sort_name or name


def _artists(lines: list[AlbumLine], count: _Count, spellings: dict[str, _Spellings]) -> list[ArtistLine]:
    own: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for place, line in enumerate(lines):
        for name in line.artists:
            named = artist_id(name) if len(line.artists) > 1 else line.artist_id
            own.setdefault(named, []).append(place)
            names.setdefault(named, name)
    guests: dict[str, list[int]] = {}
    ids: dict[str, str] = {}
    for place, line in enumerate(lines):
        for name in count.albums[line.id].artists:
            named = ids.get(name) or ids.setdefault(name, artist_id(name))
            names.setdefault(named, name)
            if name not in line.artists and named != line.artist_id:
                guests.setdefault(named, []).append(place)
    found = []
    for named, name in names.items():
        sorted_as = _sorted_as(spellings, named, name)
        albums = _once(own.get(named, ()), guests.get(named, ()))
        aliases = spellings.get(named, _NO_SPELLINGS).aliases
        found.append(ArtistLine(named, name, order_of(sorted_as), albums, len(own.get(named, ())), sorted_as, aliases))
    return sorted(found, key=lambda artist: (artist.order, artist.id))


def _once(*places: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(place for each in places for place in each))


def _genres(lines: list[AlbumLine], count: _Count) -> dict[str, GenreLine]:
    albums: dict[str, list[int]] = {}
    for place, line in enumerate(lines):
        for folded in count.albums[line.id].genres:
            albums.setdefault(folded, []).append(place)
    return {
        folded: GenreLine(name, keys, tuple(albums.get(folded, ())))
        for folded, (name, keys) in sorted(count.genres.items())
    }
