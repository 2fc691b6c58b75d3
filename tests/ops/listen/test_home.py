"""Home: laws of what stands on it, and an album that somebody is on the way through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.library.index.listening import HeardSong
from magnitizdat.ops.listen import home, listening
from tests.fakes_library import make_library, put_album

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
ALBUMS = st.sets(st.text("0123456789abcdef", min_size=8, max_size=8), min_size=1, max_size=30)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(albums=ALBUMS, day=DAYS, more=ALBUMS)
def test_what_comes_or_goes_changes_the_picture_of_a_day_only_by_being_it(albums, day, more):
    picture = home.picture_of(albums, day)
    assert picture in albums
    assert home.picture_of(sorted(albums, reverse=True), day) == picture
    assert home.picture_of(albums | more, day) in {picture, *more}
    assert home.picture_of({picture, *more}, day) in {picture, *more}


def test_every_album_has_its_day_and_no_day_is_without():
    albums = [f"{number:08x}" for number in range(12)]
    year = [home.picture_of(albums, TODAY + timedelta(days=day)) for day in range(365)]
    assert set(year) == set(albums)
    assert max(map(year.count, albums)) < 3 * 365 / len(albums)
    assert home.picture_of([], TODAY) == ""


HEARD = st.lists(st.sampled_from(["", "2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"]), min_size=1, max_size=9)


@given(played=HEARD)
def test_an_album_is_begun_where_some_of_it_was_heard_and_some_was_not(played):
    songs = [HeardSong("album", f"song-{number}", at) for number, at in enumerate(played)]
    begun = home._begun("album", songs)
    heard = [song for song in songs if song.played]
    if not heard or len(heard) == len(songs):
        assert begun is None
    elif len(heard) > 1 or len(songs) == 2:
        assert begun is not None
        assert (begun.heard, begun.of) == (len(heard), len(songs))
        goes_on = next(song for song in songs if song.song == begun.next)
        assert not goes_on.played
    else:
        assert begun is None, "one song alone may have been met by chance"


def test_home_goes_on_where_somebody_stopped_and_shows_no_album_twice(tmp_path):
    library = make_library(tmp_path / "library")
    albums = [put_album(library, f"Album {number}", lengths=(9,) * 4)[0] for number in range(5)]
    for at, (album, heard) in enumerate([(albums[0], 4), (albums[1], 2), (albums[2], 1)]):
        for line in library.browse.songs_of(album)[:heard]:
            moment = NOW - timedelta(hours=at)
            listening.scrobble(library, "", line.track.id, at=moment, album=album)
    found = home.home(library, "", today=TODAY)
    assert [(each.album, each.heard, each.of) for each in found.begun] == [(albums[1], 2, 4)]
    assert found.begun[0].next == library.browse.songs_of(albums[1])[2].song
    shelves = [*(each.album for each in found.begun), *found.followed, *found.added, *found.played]
    assert sorted(shelves) == sorted(albums)
    assert found.picture in albums
    assert home.home(library, "guest", today=TODAY).begun == []
