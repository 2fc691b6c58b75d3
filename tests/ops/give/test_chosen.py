"""What is chosen goes, and nothing else: to the guests of an evening, by playlist, song and search."""

from __future__ import annotations

import pytest

from magnitizdat.errors import UsageError
from magnitizdat.ops.give import sharing
from magnitizdat.ops.listen.choosing import Choice, choose
from magnitizdat.ops.listen.playlists import create
from tests.fakes_library import NOW, make_library, put_album


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "mine") as made:
        put_album(made, "45", lengths=(900, 800, 700))
        put_album(made, "Группа крови", lengths=(900, 800, 700))
        put_album(made, "Nat i juni", lengths=(600, 500))
        yield made


@pytest.fixture
def albums(library):
    return {view.title: view.id for view in library.shelf.albums()}


def songs_of(library, album):
    return [line.song for line in library.browse.songs_of(album)]


def heard(shared):
    return {(album.view.title, each.track.position) for album in shared.albums for each in album.tracks}


def test_guests_hear_whole_albums_and_of_others_the_songs_alone(library, albums):
    songs = (songs_of(library, albums["Группа крови"])[1], songs_of(library, albums["45"])[0])
    found = choose(library, Choice(albums=(albums["45"],), songs=songs), now=NOW)
    shared = sharing.choose(library, found.albums, songs=found.songs)
    assert heard(shared) == {("45", 1), ("45", 2), ("45", 3), ("Группа крови", 2)}
    assert shared.missing == ()


def test_a_playlist_goes_in_its_order_each_song_once(library, albums):
    first, second = songs_of(library, albums["45"])[:2]
    create(library, "", "Ночь", entries=[second, first, second, "0" * 32], now=NOW)
    found = choose(library, Choice(playlists=("ночь",)), now=NOW)
    assert found.songs == (second, first)
    assert [group.name for group in found.groups] == ["Ночь"]
    assert len(found.absent) == 1


def test_a_search_is_albums_by_name_and_songs_of_others(library, albums):
    found = choose(library, Choice(searches=("gruppa krovi",)), now=NOW)
    assert [view.id for view in found.albums] == [albums["Группа крови"]]
    assert not {library.browse.named([song])[song].album.id for song in found.songs} & {
        view.id for view in found.albums
    }


@pytest.mark.parametrize(
    "choice", [Choice(searches=("zzzzqqq",)), Choice(albums=("0" * 32,)), Choice(playlists=("x",))]
)
def test_what_means_nothing_is_said(library, choice):
    with pytest.raises(UsageError):
        choose(library, choice, now=NOW)


def test_no_choice_is_no_error_and_songs_that_are_gone_leave_nothing_to_share(library):
    assert choose(library, Choice(), now=NOW).albums == ()
    gone = choose(library, Choice(songs=("0" * 32,)), now=NOW)
    with pytest.raises(UsageError):
        sharing.choose(library, gone.albums, songs=gone.songs)
