"""The table of songs: however sorted, no song is lost or there twice, and equal ones stand as on the shelf."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec import structs

from magnitizdat.library.index.overview import order_of
from magnitizdat.library.index.songs import SongSort
from magnitizdat.library.journal import AlbumRow
from magnitizdat.ops.listen import browsing, listening
from magnitizdat.ops.listen.songs import SongWish, songs
from tests.fakes_library import make_library, put_album

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    library = make_library(tmp_path_factory.mktemp("songs") / "library")
    dates = {"Zoo": "1991", "45": "1982", "Ёлка": "", "apple": "1988"}
    for title, date in dates.items():
        album, _ = put_album(library, title, artist=f"{title[::-1]} & Co", lengths=(9, 9, 9))
        release = library.shelf.release(album)
        with library.changes() as changes:
            genres = ("Rock",) if date > "1985" else ()
            fields = structs.replace(release, tracks=(), date=date, genres=genres)
            changes.row(AlbumRow(release=fields))
            changes.commit()
    lines = library.browse.songs(library.browse.overview().keys)
    for at, line in enumerate(lines[::2]):
        for _ in range(at % 3):
            listening.scrobble(library, "", line.track.id, at=NOW - timedelta(hours=at))
        listening.rate(library, "", "track", line.track.id, at % 5)
    listening.star(library, "", "track", [lines[3].track.id], now=NOW)
    return library


def value(library, sort, line):
    mark = listening.marks(library, "", "track", [line.track.id]).get(line.track.id, listening.Mark())
    marked = {"plays": mark.plays, "rating": mark.rating, "played": mark.played, "starred": mark.starred}
    told = {
        "title": order_of(line.track.title),
        "artist": order_of(line.track.artist),
        "album": order_of(line.album.title),
        "year": line.album.year,
        "duration": line.track.duration_s,
        "added": line.album.added,
    }
    return {**marked, **told}[sort]


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("sort", get_args(SongSort))
def test_every_order_has_every_song_once(library, sort, down):
    found = list(songs(library, "", SongWish(sort=sort, down=down)))
    assert sorted(found) == sorted(library.browse.overview().keys)
    if sort != "shelf":
        values = [value(library, sort, line) for line in library.browse.songs(found)]
        assert values == sorted(values, reverse=down)


def test_some_songs_are_those_of_which_it_holds(library):
    lines = library.browse.songs(library.browse.overview().keys)
    marks = listening.marks(library, "", "track", [line.track.id for line in lines])
    wishes = {
        "starred": lambda line: line.track.id in marks and marks[line.track.id].starred,
        "rated": lambda line: line.track.id in marks and marks[line.track.id].rating,
        "unheard": lambda line: line.track.id not in marks or not marks[line.track.id].plays,
    }
    for only, holds in wishes.items():
        found = songs(library, "", SongWish(only=only, sort="title"))
        assert set(found) == {line.key for line in lines if holds(line)}
    found = songs(library, "", SongWish(since=1985, until=1990))
    assert set(found) == {line.key for line in lines if line.album.year == 1988}
    assert songs(library, "", SongWish(genre=browsing.genre_id("none"))) == []
    assert set(songs(library, "guest", SongWish(only="unheard"))) == {line.key for line in lines}


def test_an_order_is_of_the_shelf_as_it_stands(tmp_path):
    library = make_library(tmp_path / "library")
    put_album(library, "One", lengths=(9,))
    assert len(songs(library, "", SongWish(sort="title"))) == 1
    put_album(library, "Two", lengths=(9, 9))
    assert len(songs(library, "", SongWish(sort="title"))) == 3
