"""Entries of playlists that are not here keep their places, whatever a player does with those that it sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.contents import song_ids
from magnitizdat.ops.listen import playlists
from tests.fakes_library import make_library, put_album

ABSENT = [f"{number:024x}{'ab' * 4}" for number in range(3)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with make_library(tmp_path_factory.mktemp("absent") / "lib") as found:
        put_album(found, lengths=(50, 40, 30), numbered=False)
        yield found


@pytest.fixture(scope="module")
def here(library):
    (view,) = library.shelf.albums()
    return song_ids(library, view.id)


lists = st.lists(st.integers(-3, 2), max_size=12)


def entries_of(here, numbers):
    return [here[number] if number >= 0 else ABSENT[-1 - number] for number in numbers]


def absent(entries):
    return [entry for entry in entries if entry in ABSENT]


@given(numbers=lists, places=st.sets(st.integers(0, 14)))
def test_what_a_player_takes_out_is_what_it_saw(library, here, numbers, places):
    entries = entries_of(here, numbers)
    left = playlists.without(library, entries, places)
    seen = [entry for entry in entries if entry in here]
    assert [entry for entry in left if entry in here] == [each for at, each in enumerate(seen) if at not in places]
    assert absent(left) == absent(entries)


@given(numbers=lists, then=st.lists(st.integers(0, 2), max_size=8))
def test_songs_come_in_the_new_order_and_nothing_is_lost(library, here, numbers, then):
    entries, songs = entries_of(here, numbers), [here[number] for number in then]
    found = playlists.reordered(library, entries, songs)
    assert [entry for entry in found if entry in here] == songs
    assert sorted(absent(found)) == sorted(absent(entries))


@given(numbers=lists)
def test_the_same_order_changes_nothing(library, here, numbers):
    entries = entries_of(here, numbers)
    assert playlists.reordered(library, entries, [entry for entry in entries if entry in here]) == entries


def test_it_is_the_same_song_on_whichever_album_it_stands_now(tmp_path):
    with make_library(tmp_path / "lib") as library:
        one, _ = put_album(library, "One", lengths=(50, 40), numbered=False)
        other, _ = put_album(library, "Other", lengths=(30,), numbered=False)
        first, second = song_ids(library, one)
        editing.merge_albums(library, other, [one])
        _, now_first, now_second = song_ids(library, other)
        assert {first, second}.isdisjoint({now_first, now_second})
        entries = [first, ABSENT[0], second]
        assert playlists.reordered(library, entries, [now_second, now_first]) == [now_second, now_first, ABSENT[0]]
