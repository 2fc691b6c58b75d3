"""Songs keep their turn: what rows say of it, and what the index makes of the same rows."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.library.journal import AlbumGone, AlbumRow, TrackGone, TrackRow
from magnitizdat.library.turns import Turns, in_turn, named, placed, turns
from magnitizdat.model import File, Release, Track
from tests.fakes_library import make_library

ALBUM = "ab" * 16
SONGS = "abcdef"
songs = st.sampled_from(SONGS)
orders = st.lists(songs, unique=True)


def track(name, **told):
    digest = hashlib.sha256(name.encode()).hexdigest()
    file = File(sha256=digest, length=1, media_type="audio/flac")
    return Track(id=digest, title=told.pop("title", name), artist="x", file=file, duration_s=1.0, **told)


NAMES = {named(track(name)): name for name in SONGS}


def comes(name, before="", **told):
    return TrackRow(release_id=ALBUM, track=track(name, **told), before=named(track(before)) if before else "")


def goes(name):
    return TrackGone(release_id=ALBUM, track=track(name))


rows = st.one_of(
    st.builds(comes, songs, st.sampled_from(["", *SONGS]), title=st.sampled_from("xyz")),
    st.builds(goes, songs),
    st.just(AlbumGone(release_id=ALBUM)),
)


def told(order):
    return [NAMES[song] for song in order]


@given(order=orders, song=songs, title=st.text(min_size=1, max_size=3))
def test_who_is_told_anew_keeps_their_turn(order, song, title):
    rows = [comes(each) for each in order]
    assert told(turns([*rows, comes(song, title=title)])) == (order if song in order else [*order, song])


@given(order=orders, song=songs, before=songs)
def test_one_is_put_right_before_another_and_nobody_else_moves(order, song, before):
    now = placed(order, song, before)
    assert [each for each in now if each != song] == [each for each in order if each != song]
    if before in order and before != song:
        assert now.index(song) + 1 == now.index(before)


@given(order=orders, then=st.permutations(SONGS), gone=st.sets(songs))
def test_rows_in_turn_make_any_order(order, then, gone):
    then = [song for song in then if song not in gone]
    standing = Turns(turns([comes(song) for song in order if song not in gone]))
    for row in in_turn([comes(song) for song in then], [named(track(song)) for song in then]):
        standing.apply(row)
    assert told(standing.songs) == then


@settings(max_examples=40)
@given(said=st.lists(rows, max_size=24))
def test_the_index_says_the_same_and_players_call_each_song_as_before(said):
    with TemporaryDirectory() as folder, make_library(Path(folder) / "lib") as library:
        standing, called = Turns(), dict[str, str]()
        for row in said:
            with library.changes() as changes:
                changes.row(AlbumRow(release=Release(id=ALBUM, title="45", artist="x")))
                changes.row(row)
                changes.commit()
            standing.apply(row)
            release = library.shelf.release(ALBUM)
            tracks = [] if release is None else release.tracks
            assert [named(each) for each in tracks] == standing.songs
            seats = library.shelf.seats.of(ALBUM)
            names = {sound: seat.song for (sound, _), (seat,) in seats.items()}
            assert all(names.get(sound, song) == song for sound, song in called.items())
            called = names
