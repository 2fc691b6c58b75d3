"""Editing and removing: identity stays, space comes back, and what is whole reads back bit by bit in any order."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_USAGE, UsageError
from magnitizdat.library.journal import AlbumRow, TrackGone, TrackRow
from magnitizdat.library.library import Library, unlock
from magnitizdat.library.reclaim import reclaim
from magnitizdat.model import Artist
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.small_files import seal_small
from magnitizdat.ops.albums.undo import undo_on
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.listen.searching import find
from tests.fakes_audio import PNG
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album
from tests.fakes_spool import catalogue_of, is_sound

PICTURE = PNG


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


def cell_files(library):
    return list((library.directory / "vault").rglob("*.age"))


# -- the law ----------------------------------------------------------------------------------------------------------

NAMES = ("A", "B", "C")
STEPS = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(NAMES), st.lists(st.sampled_from([10, 70_000, 1_200_000]), max_size=3)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES)),
    st.tuples(st.just("edit"), st.sampled_from(NAMES), st.sampled_from(["1982", "1990-01"])),
    st.tuples(st.just("cover"), st.sampled_from(NAMES), st.integers(0, 2)),
    st.tuples(st.just("undo"), st.sampled_from(NAMES)),
    st.tuples(st.just("merge"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("carry")),
    st.tuples(st.just("rebuild")),
)


class Life:
    """A library and, beside it, what must be in it: the bytes of each album's tracks."""

    def __init__(self, folder):
        self.folder = folder
        self.library = make_library(folder / "library")
        self.expected = {}

    def step(self, kind, *arguments):
        with suppress(UsageError):  # not there, nothing to undo: said, and nothing changed
            getattr(self, kind)(*arguments)
        assert is_sound(self.library)
        found = {}
        for view in self.library.shelf.albums():
            found[view.title] = sorted(contents_of(self.library, view.id))
            assert view.complete
        assert found == {name: sorted(contents) for name, contents in self.expected.items()}

    def put(self, name, lengths):
        if name not in self.expected:
            _, self.expected[name] = put_album(self.library, name, lengths=tuple(lengths))

    def remove(self, name):
        editing.remove(self.library, [name])
        del self.expected[name]

    def edit(self, name, date):
        editing.edit(self.library, name, {"date": date})

    def cover(self, name, number):
        path = self.folder / f"{number}.png"
        path.write_bytes(PICTURE + bytes([number]))
        editing.edit(self.library, name, {}, cover=path)

    def undo(self, name):
        undo_on(self.library, name)

    def merge(self, into, other):
        editing.merge_albums(self.library, into, [other])
        self.expected[into] = self.expected[into] + self.expected.pop(other)

    def carry(self):
        gather(self.library, now=NOW)

    def rebuild(self):
        before = catalogue_of(self.library)
        self.library.close()
        secrets = unlock(self.folder / "library", PASSPHRASE)
        rebuild(self.folder / "library", secrets, now=NOW, disk=Disk(private=True))
        self.library = Library(self.folder / "library", secrets)
        assert catalogue_of(self.library) == before


@given(steps=st.lists(STEPS, max_size=10))
@example(steps=[("put", "B", [10]), ("remove", "B"), ("put", "B", [10]), ("undo", "B")])
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_put_edited_and_removed_the_rest_is_whole(steps):
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder))
        try:
            for step in steps:
                life.step(*step)
            life.step("rebuild")
        finally:
            life.library.close()


# -- space ------------------------------------------------------------------------------------------------------------


def test_removing_gives_the_space_back(mine):
    kept, contents = put_album(mine, "Kept", lengths=(1_200_000, 1000))
    before = len(cell_files(mine))
    put_album(mine, "Gone", lengths=(3_500_000, 900_000))
    removed, freed = editing.remove(mine, ["Gone"])
    assert [each.title for each in removed] == ["Gone"]
    assert freed >= 4 * mine.vault.cell_length
    assert len(cell_files(mine)) <= before + 2  # pages of the journal
    assert contents_of(mine, kept) == contents
    assert is_sound(mine)


def test_what_two_albums_share_stays_for_the_other(mine):
    first, contents = put_album(mine, "First", lengths=(1_200_000,))
    editing.split_album(mine, [f"{first}/1"], "Second")
    with mine.changes() as changes:  # the same recording on both
        from magnitizdat.library.journal import TrackRow

        track = mine.shelf.release(mine.shelf.find("Second").id).tracks[0]
        changes.row(TrackRow(release_id=first, track=track))
        changes.commit()
    editing.remove(mine, ["Second"])
    assert contents_of(mine, first) == contents
    assert is_sound(mine)


def test_the_same_bytes_twice_in_one_commit(mine):
    """A cell holds a name once, or its table would be refused."""
    with mine.changes() as changes:
        one = seal_small(mine, changes, b"same", "text/plain")
        two = seal_small(mine, changes, b"same", "text/plain")
        changes.put_member("labels/x", b"first word")
        changes.put_member("labels/x", b"last word")
        changes.commit()
    assert one == two
    assert mine.blob(one.sha256).read_at(0, 10) == b"same"
    assert mine.member("labels/x") == b"last word"
    assert is_sound(mine)


def test_pieces_that_belong_to_nothing_are_given_back(mine):
    with mine.changes() as changes:
        changes.put_member(f"blobs/ab/{'ab' * 32}.0003", bytes(1 << 20))
        changes.commit()
    before = len(cell_files(mine))
    with mine.changes() as changes:
        reclaim(mine, changes)
    assert len(cell_files(mine)) == before - 1
    assert is_sound(mine)


# -- edits ------------------------------------------------------------------------------------------------------------


def test_identity_stays_through_edits(mine):
    album, contents = put_album(mine, lengths=(1000, 2000))
    ids = [track.id for track in mine.shelf.release(album).tracks]
    editing.edit(mine, album, {"title": "46", "artist": "Майк"})
    editing.edit(mine, "46/1", {"title": "Другая песня", "position": 9})
    release = mine.shelf.release(album)
    assert sorted(track.id for track in release.tracks) == sorted(ids)
    assert [track.title for track in release.tracks] == ["Песня 2", "Другая песня"]
    assert sorted(contents_of(mine, album)) == sorted(contents)
    assert [found.title for found in find(mine, "другая").tracks] == ["Другая песня"]
    assert not find(mine, "45").tracks


def test_a_cover_that_comes_back_is_there(mine, tmp_path):
    """Edited away and edited back: between the two nobody used it."""
    album, _ = put_album(mine, lengths=(1000,))
    for content in (b"one", b"two", b"one", b"two"):
        (tmp_path / "cover.png").write_bytes(PICTURE + content)
        editing.edit(mine, album, {}, cover=tmp_path / "cover.png")
        cover = mine.shelf.release(album).cover
        assert mine.blob(cover.sha256).read_at(0, 1000) == PICTURE + content
    assert mine.shelf.album(album).complete


def test_undo_takes_back_and_puts_on_again(mine):
    album, _ = put_album(mine, lengths=(1000,))
    with pytest.raises(UsageError, match="nothing to undo"):
        undo_on(mine, album)
    editing.edit(mine, album, {"title": "46"})
    undo_on(mine, album)
    assert mine.shelf.album(album).title == "45"
    undo_on(mine, album)
    assert mine.shelf.album(album).title == "46"


def test_undo_after_the_old_cover_is_gone_keeps_the_album_whole(mine, tmp_path):
    album, _ = put_album(mine, lengths=(1000,))
    (tmp_path / "cover.png").write_bytes(PICTURE)
    editing.edit(mine, album, {"title": "46"}, cover=tmp_path / "cover.png")
    undo_on(mine, album)
    view = mine.shelf.album(album)
    assert (view.title, view.complete) == ("45", True)
    assert is_sound(mine)


@pytest.mark.parametrize(
    ("target", "fields", "said"),
    [
        ("45", {"date": "last summer"}, "no date that can be written"),
        ("45", {"date": "1982-13-40"}, "no date that can be written"),
        ("45", {"released": "1982-02-30"}, "no date that can be written"),
        ("45", {"kind": "opera"}, "not a kind of release"),
        ("45", {"title": ""}, "cannot be written"),
        ("45", {"disc": 1}, "has no disc"),
        ("45/1", {"date": "1982"}, "has no date"),
        ("45/1", {"position": -1}, "cannot be written"),
        ("45", {}, "nothing to change"),
        ("44", {"title": "x"}, "no album"),
        ("45/9", {"title": "x"}, "there is no track"),
        ("45/", {"title": "x"}, "there is no track"),
    ],
)
def test_what_cannot_be_written_changes_nothing(mine, target, fields, said):
    put_album(mine, lengths=(10,))
    before = catalogue_of(mine)
    with pytest.raises(UsageError, match=said) as caught:
        editing.edit(mine, target, fields)
    assert caught.value.exit_code == EXIT_USAGE
    assert catalogue_of(mine) == before


def test_a_cover_that_is_no_picture(mine, tmp_path):
    put_album(mine, lengths=(10,))
    before = catalogue_of(mine)
    (tmp_path / "cover.png").write_bytes(b"MZ this is a program")
    with pytest.raises(UsageError, match="a picture is no"):
        editing.edit(mine, "45", {}, cover=tmp_path / "cover.png")
    assert catalogue_of(mine) == before


def test_merge_and_split(mine):
    first, one = put_album(mine, "First", lengths=(1000, 2000))
    second, two = put_album(mine, "Second", lengths=(3000,))
    editing.merge_albums(mine, first, [second])
    assert sorted(contents_of(mine, first)) == sorted(one + two)
    assert [view.title for view in mine.shelf.albums()] == ["First"]
    with pytest.raises(UsageError, match="into itself"):
        editing.merge_albums(mine, first, [first])
    assert [(track.disc, track.position) for track in mine.shelf.release(first).tracks] == [(1, 1), (1, 2), (2, 1)]
    album = editing.split_album(mine, [f"{first}/2"], "Apart")
    assert contents_of(mine, album) == [one[1]]
    assert len(contents_of(mine, first)) == 2
    put_album(mine, "Third", lengths=(10,))
    with pytest.raises(UsageError, match="several albums"):
        editing.split_album(mine, [f"{first}/1.1", "Third/1"], "Mixed")


def test_removing_several_or_none(mine):
    put_album(mine, "A", lengths=(10,))
    put_album(mine, "B", lengths=(10,))
    with pytest.raises(UsageError):
        editing.remove(mine, ["A", "C"])
    assert [view.title for view in mine.shelf.albums()] == ["A", "B"]
    assert [each.title for each in editing.remove(mine, ["A", "B"])[0]] == ["A", "B"]
    assert not list(mine.shelf.albums())


def test_a_failure_after_the_commit_is_none_of_the_removal(tmp_path):
    """The cells of what is gone stay for now: it is told, and the next change takes them."""
    with make_library(tmp_path / "library") as library:
        put_album(library)
        secrets = library.secrets

    class StuckDisk(Disk):
        def _unlink(self, path):
            if path.suffix == ".age":
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            super()._unlink(path)

    with Library(tmp_path / "library", secrets, disk=StuckDisk(private=True)) as library:
        removed, freed = editing.remove(library, ["45"])
        assert [album.title for album in removed] == ["45"]
        assert freed == 0
        assert not list(library.shelf.albums())
        assert any("medium" in sentence for sentence in library.left_undone)
        stuck = cell_files(library)
    with Library(tmp_path / "library", secrets) as library:
        put_album(library, "Other", lengths=(10,))
        assert len(cell_files(library)) < len(stuck)


def test_what_sorted_a_name_goes_with_it(mine):
    album, _ = put_album(mine, lengths=(10,))
    release = mine.shelf.release(album)
    (track,) = release.tracks
    by = (Artist(name="Ann"), Artist(name="Bob"))
    with mine.changes() as changes:
        fields = {"artists": by, "title_sort": "Song, A", "pregap": True, "position": 0}
        changes.row(TrackGone(release_id=album, track=track))
        changes.row(TrackRow(release_id=album, track=msgspec.structs.replace(track, **fields)))
        bare = msgspec.structs.replace(release, tracks=(), sort_name="Z", title_sort="B", released="1994")
        changes.row(AlbumRow(release=bare))
        changes.commit()
    editing.edit(mine, f"{album}/0", {"comment": "kept"})
    editing.edit(mine, album, {"date": "1971", "released": "1994-05"})
    kept = mine.shelf.release(album)
    assert (kept.sort_name, kept.title_sort, kept.date, kept.released) == ("Z", "B", "1971", "1994-05")
    assert (kept.tracks[0].artists, kept.tracks[0].title_sort, kept.tracks[0].number) == (by, "Song, A", 0)
    editing.edit(mine, f"{album}/0", {"artist": "Cid", "title": "Other", "position": 3})
    editing.edit(mine, album, {"artist": "Cid", "title": "Other"})
    changed = mine.shelf.release(album)
    assert (changed.sort_name, changed.title_sort) == ("", "")
    assert (changed.tracks[0].by, changed.tracks[0].title_sort, changed.tracks[0].number) == (
        (Artist(name="Cid"),),
        "",
        3,
    )
