"""Lists of albums and songs, and search, which without a query is how players mirror everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.overview import AlbumLine, ArtistLine, artist_id
from magnitizdat.library.journal import Kind
from magnitizdat.ops.listen import browsing, listening, searching
from magnitizdat.web.subsonic import render
from magnitizdat.web.subsonic.browsing import in_folder
from magnitizdat.web.subsonic.calls import Answer, Call
from magnitizdat.web.subsonic.model import AlbumList, AlbumList2, SearchResult, SearchResult2, SearchResult3, Songs
from magnitizdat.web.subsonic.params import Params

LIST_LIMIT = 500
"""Of lists, by the specification."""
SEARCH_LIMIT = 10_000
"""Of search, so that no answer fills the memory."""
DEFAULT_COUNT = 20


def album_list(call: Call) -> Answer:
    return Answer("albumList", AlbumList(album=render.album_folders(call, _albums(call))))


def album_list2(call: Call) -> Answer:
    return Answer("albumList2", AlbumList2(album=render.albums(call, _albums(call))))


def random_songs(call: Call) -> Answer:
    size = call.params.number("size", 10, most=LIST_LIMIT)
    genre = call.params.optional("genre") or ""
    lines = browsing.random_songs(call.library, size=size, genre=genre, years=_years(call.params))
    return Answer("randomSongs", Songs(song=render.songs(call, lines if in_folder(call) else [])))


def songs_by_genre(call: Call) -> Answer:
    count = call.params.number("count", 10, most=LIST_LIMIT)
    offset = call.params.number("offset", 0)
    lines = browsing.songs_by_genre(call.library, call.params.text("genre"), offset=offset, count=count)
    return Answer("songsByGenre", Songs(song=render.songs(call, lines if in_folder(call) else [])))


def starred(call: Call) -> Answer:
    return Answer("starred", _by_folders(call, _starred(call)))


def starred2(call: Call) -> Answer:
    return Answer("starred2", _by_tags(call, _starred(call)))


def search(call: Call) -> Answer:
    """The oldest search: any of its words, songs alone."""
    words = [call.params.optional(name) or "" for name in ("any", "artist", "album", "title")]
    count = call.params.number("count", DEFAULT_COUNT, most=SEARCH_LIMIT)
    offset = call.params.number("offset", 0)
    found = searching.find(call.library, " ".join(filter(None, words)), tracks=(offset, count))
    songs = render.songs(call, _lines_of(call, found.tracks))
    return Answer("searchResult", SearchResult(offset=offset, total_hits=offset + len(songs), match=songs))


def search2(call: Call) -> Answer:
    return Answer("searchResult2", _by_folders(call, _found(call)))


def search3(call: Call) -> Answer:
    return Answer("searchResult3", _by_tags(call, _found(call)))


class FoundLines(NamedTuple):
    """Some of each kind."""

    artists: Sequence[ArtistLine] = ()
    albums: Sequence[AlbumLine] = ()
    songs: Sequence[SongLine] = ()


def _by_tags(call: Call, found: FoundLines) -> SearchResult3:
    return SearchResult3(
        artist=render.artists(call, found.artists),
        album=render.albums(call, found.albums),
        song=render.songs(call, found.songs),
    )


def _by_folders(call: Call, found: FoundLines) -> SearchResult2:
    return SearchResult2(
        artist=render.artist_folders(call, found.artists),
        album=render.album_folders(call, found.albums),
        song=render.songs(call, found.songs),
    )


def _found(call: Call) -> FoundLines:
    """Exactly the stretch that was asked for of each kind; of everything, in one order, where there is no query."""
    if not in_folder(call):
        return FoundLines()
    artists, albums, songs = (_stretch(call.params, kind) for kind in ("artist", "album", "song"))
    query = (call.params.optional("query") or "").strip()
    if query.strip("\"'* "):
        found = searching.find(call.library, query, artists=artists, albums=albums, tracks=songs)
        overview = call.library.browse.overview()
        named = (overview.artist_at.get(artist_id(each.name)) for each in found.artists)
        return FoundLines(
            artists=[overview.artists[place] for place in named if place is not None],
            albums=[
                overview.albums[overview.album_at[each.id]] for each in found.albums if each.id in overview.album_at
            ],
            songs=_lines_of(call, found.tracks),
        )
    overview = call.library.browse.overview()
    return FoundLines(
        artists=overview.artists[artists[0] : sum(artists)],
        albums=overview.albums[albums[0] : sum(albums)],
        songs=call.library.browse.songs(overview.keys[songs[0] : sum(songs)]),
    )


def _lines_of(call: Call, tracks: Sequence[searching.TrackFound]) -> list[SongLine]:
    lines = call.library.browse.named(track.song for track in tracks)
    return [lines[track.song] for track in tracks if track.song in lines]


def _stretch(params: Params, kind: str) -> tuple[int, int]:
    offset = params.number(f"{kind}Offset", 0)
    return offset, params.number(f"{kind}Count", DEFAULT_COUNT, most=SEARCH_LIMIT)


def _starred(call: Call) -> FoundLines:
    if not in_folder(call):
        return FoundLines()
    overview = call.library.browse.overview()
    kinds: tuple[Kind, ...] = ("artist", "album", "track")
    of_kind = {kind: listening.starred(call.library, call.listener, kind) for kind in kinds}
    return FoundLines(
        artists=[
            overview.artists[overview.artist_at[each]] for each in of_kind["artist"] if each in overview.artist_at
        ],
        albums=[overview.albums[overview.album_at[each]] for each in of_kind["album"] if each in overview.album_at],
        songs=browsing.recordings(call.library, of_kind["track"]),
    )


def _albums(call: Call) -> list[AlbumLine]:
    order = call.params.one_of("type", browsing.ALBUM_ORDERS)
    genre = call.params.text("genre") if order == "byGenre" else ""
    if order == "byYear":
        call.params.number("fromYear")
        call.params.number("toYear")
    size = call.params.number("size", 10, most=LIST_LIMIT)
    offset = call.params.number("offset", 0)
    if not in_folder(call):
        return []
    years = _years(call.params)
    return browsing.albums(call.library, call.listener, order, offset=offset, size=size, genre=genre, years=years)


def _years(params: Params) -> browsing.Years:
    return params.number("fromYear", 0, most=9999), params.number("toYear", 9999, most=9999)
