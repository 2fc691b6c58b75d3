"""Undo takes back a whole command, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.ids import track_numbers
from magnitizdat.ops.albums.undo import log, undo, undo_on
from magnitizdat.ops.keep.rebuild import rebuild
from tests.fakes_audio import PNG
from tests.fakes_library import PASSPHRASE, make_library, put_album


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "lib") as library:
        yield library


def contents(library: Library) -> dict[str, object]:
    """All own albums, without what no person says."""
    views = [view.id for view in library.shelf.own_albums()]
    return {album: library.shelf.release(album) for album in sorted(views)}


def two_albums(library: Library) -> tuple[str, str]:
    one, _ = put_album(library, title="One", lengths=(1000, 1100))
    other, _ = put_album(library, title="Other", lengths=(1200, 1300))
    return one, other


def test_a_merge_is_taken_back_whole(mine):
    one, other = two_albums(mine)
    editing.edit(mine, one, {"title": "First"})
    before = contents(mine)
    editing.merge_albums(mine, one, [other])
    merged = contents(mine)
    assert merged != before
    undo_on(mine, one)
    assert contents(mine) == before
    undo(mine)
    assert contents(mine) == merged
    undo(mine)
    assert contents(mine) == before


def test_a_split_is_taken_back_whole(mine):
    one, _ = two_albums(mine)
    before = contents(mine)
    editing.split_album(mine, [f"{one}/2"], "Apart")
    undo(mine)
    assert contents(mine) == before


def test_one_in_the_middle_leaves_what_came_later(mine):
    one, _ = two_albums(mine)
    editing.edit(mine, one, {"title": "First"})
    editing.edit(mine, one, {"date": "1982"})
    undo(mine, 1)
    release = mine.shelf.release(one)
    assert (release.title, release.date) == ("One", "1982")


def test_what_was_changed_again_is_said_and_stays(mine):
    one, other = two_albums(mine)
    editing.edit(mine, one, {"title": "First"})
    editing.edit(mine, one, {"title": "Second"})
    before = contents(mine)
    with pytest.raises(UsageError, match="changed again"):
        undo(mine, 1)
    editing.merge_albums(mine, one, [other])
    editing.edit(mine, f"{one}/1.1", {"title": "Song"})
    undo(mine, 4)
    undo(mine, 3)
    assert contents(mine) == before


def test_a_removal_comes_back_where_its_files_are_here(mine):
    one, sounds = put_album(mine, title="One", lengths=(1000, 1100))
    put_album(mine, title="Twin", contents=sounds)
    before = contents(mine)
    editing.remove(mine, [one])
    assert one not in contents(mine)
    undo(mine)
    after = contents(mine)
    assert structs.replace(before[one], cover=None) == structs.replace(after[one], cover=None)


def test_a_removal_whose_space_was_given_back_says_so(mine):
    one, _ = two_albums(mine)
    editing.remove(mine, [one])
    with pytest.raises(UsageError, match="given back"):
        undo(mine)
    assert one not in contents(mine)


def test_a_cover_that_was_replaced_comes_back(mine, tmp_path):
    one, _ = two_albums(mine)
    before = contents(mine)
    (tmp_path / "cover.png").write_bytes(PNG)
    editing.edit(mine, one, {}, cover=tmp_path / "cover.png")
    assert contents(mine) != before
    editing.edit(mine, one, {"date": "1982"})
    undo(mine)
    undo(mine, 1)
    assert contents(mine) == before
    cover = mine.shelf.release(one).cover
    assert b"".join(mine.blob(cover.sha256).pieces())


def test_words_that_are_not_here_any_more_do_not_come_back(mine, tmp_path):
    one, other = two_albums(mine)
    (tmp_path / "words").write_text("la", encoding="utf-8")
    editing.edit(mine, f"{one}/1", {"title": "Song"}, lyrics=tmp_path / "words")
    with_words = mine.shelf.release(one)
    editing.edit(mine, f"{one}/1", {"title": "Again"}, no_lyrics=True)
    undo(mine)
    assert mine.shelf.release(one) == with_words
    undo(mine)
    editing.edit(mine, one, {"title": "Uno"})
    editing.remove(mine, [other])  # here their space is given back
    undo(mine, 2)
    track = mine.shelf.release(one).tracks[0]
    assert (track.title, track.lyrics) == ("Song", ())
    assert mine.shelf.album(one).complete


def test_the_log_says_what_was_done(mine):
    one, other = two_albums(mine)
    editing.edit(mine, one, {"title": "First"})
    editing.merge_albums(mine, one, [other])
    undo(mine)
    said = log(mine)
    assert said.total == 3
    assert [(each.number, each.verb, each.albums) for each in said.commands] == [
        (3, "undo", ("First", "Other")),
        (2, "merge", ("First", "Other")),
        (1, "edit", ("One",)),
    ]
    assert [(each.undoes, each.is_undone) for each in said.commands] == [(2, False), (0, True), (0, False)]
    assert log(mine, offset=1, count=1).commands == said.commands[1:2]
    with pytest.raises(UsageError, match="taken back already"):
        undo(mine, 2)
    with pytest.raises(UsageError, match="no command 9"):
        undo(mine, 9)


def test_a_rebuild_knows_what_was_done(tmp_path):
    with make_library(tmp_path / "lib") as library:
        one, other = two_albums(library)
        before = contents(library)
        editing.merge_albums(library, one, [other])
        said = log(library)
    directory = tmp_path / "lib"
    rebuild(directory, unlock(directory, PASSPHRASE), now=datetime(2026, 7, 1, tzinfo=UTC), disk=Disk(private=True))
    with Library(directory, unlock(directory, PASSPHRASE)) as library:
        assert log(library) == said
        undo(library)
        assert contents(library) == before


def test_nothing_to_take_back(mine):
    with pytest.raises(UsageError, match="nothing was done"):
        undo(mine)


KINDS = ["title", "date", "track", "merge", "split"]


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["title", "date", "track", "merge", "split"]), st.integers(0, 9)), max_size=6
    )
)
def test_all_of_it_backwards_is_how_it_was(tmp_path_factory, steps):
    with make_library(tmp_path_factory.mktemp("undo") / "lib") as library:
        two_albums(library)
        states = [contents(library)]
        for what, number in steps:
            _step(library, what, number)
            if log(library).total == len(states):
                states.append(contents(library))
        for number in range(len(states) - 1, 0, -1):
            undo(library, number)
            assert contents(library) == states[number - 1]


def _step(library: Library, what: str, number: int) -> None:
    albums = [view.id for view in library.shelf.own_albums()]
    album = albums[number % len(albums)]
    if what == "title":
        editing.edit(library, album, {"title": f"T{number}"})
    elif what == "date":
        editing.edit(library, album, {"date": f"198{number}"})
    elif what == "track":
        editing.edit(library, first_track(library, album), {"title": f"S{number}"})
    elif what == "merge" and len(albums) > 1:
        editing.merge_albums(library, album, [each for each in albums if each != album][:1])
    elif what == "split" and len(library.shelf.release(album).tracks) > 1:
        editing.split_album(library, [first_track(library, album)], f"Split {number}")


def first_track(library: Library, album: str) -> str:
    return f"{album}/{track_numbers(library.shelf.release(album))[0]}"
