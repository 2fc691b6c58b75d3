"""What somebody passed on and nobody signed is corrected for oneself, and stays the same album."""

from __future__ import annotations

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.formats.names import imprint_text
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.edit_form import AlbumPatch, editable, revise
from magnitizdat.ops.albums.undo import undo
from magnitizdat.ops.clubs.staying import gate
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give.desk import unsigned
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album
from tests.fakes_spool import is_sound, publish_all, write_spool


@pytest.fixture
def spool(tmp_path):
    with make_library(tmp_path / "giver") as giver:
        put_album(giver, lengths=(1000, 900))
        write_spool(giver, tmp_path / "spool")
    return FolderSpool(tmp_path / "spool")


@pytest.fixture
def mine(tmp_path, spool):
    with make_library(tmp_path / "mine") as library:
        dub(library, spool, now=NOW)
        yield library


def only(library):
    (view,) = library.shelf.albums()
    return view


def test_its_tags_are_put_right_and_it_stays_the_same_album(mine, spool):
    before, sound = only(mine), contents_of(mine, only(mine).id)
    assert (before.own, before.carried) == (False, True)
    editing.edit(mine, before.id, {"title": "46", "artist": "Somebody"})
    editing.edit(mine, f"{before.id}/1", {"title": "First"})
    after = only(mine)
    assert (after.id, after.title, after.artist, after.carried) == (before.id, "46", "Somebody", True)
    assert mine.shelf.release(after.id).tracks[0].title == "First"
    assert contents_of(mine, after.id) == sound
    dub(mine, spool, now=NOW)
    assert only(mine).title == "46", "the next stick does not undo it"
    assert unsigned(mine) == [], "and nobody is asked to sign what others made"
    assert is_sound(mine)


def test_what_was_put_right_can_be_taken_back(mine):
    editing.edit(mine, only(mine).id, {"title": "46"})
    undo(mine, now=NOW)
    assert (only(mine).title, only(mine).complete) == ("45", True)


def test_the_page_puts_it_right_as_well(mine):
    album = only(mine).id
    assert editable(mine, album)["title"] == "45"
    assert not only(mine).own, "looking changes nothing"
    revise(mine, album, AlbumPatch(title="46"))
    assert only(mine).title == "46"


def test_what_came_through_a_club_is_not_made_ones_own_and_stays_there(tmp_path, spool):
    with make_library(tmp_path / "member") as member:
        dub(member, spool, now=NOW, club=imprint_text(bytes(32)))
        album = only(member).id
        for correct in (
            lambda: editing.edit(member, album, {"title": "46"}),
            lambda: editing.edit(member, f"{album}/1", {"title": "46"}),
            lambda: revise(member, album, AlbumPatch(title="46")),
        ):
            with pytest.raises(UsageError, match="came to you through a club and stays there"):
                correct()
        assert (only(member).title, only(member).own) == ("45", False)
        assert gate(member).reason(only(member).imprint) is not None
        with pytest.raises(UsageError, match="there is no whole album to put there"):
            write_spool(member, tmp_path / "for anybody")


def test_what_was_removed_afterwards_stays_away(mine, spool):
    editing.edit(mine, only(mine).id, {"title": "46"})
    editing.remove(mine, [only(mine).id])
    dub(mine, spool, now=NOW)
    assert list(mine.shelf.albums()) == []


@pytest.mark.parametrize("removed", [False, True])
def test_a_rebuild_finds_it_so(tmp_path, spool, removed):
    with make_library(tmp_path / "mine") as library:
        dub(library, spool, now=NOW)
        editing.edit(library, only(library).id, {"title": "46"})
        if removed:
            editing.remove(library, [only(library).id])
    secrets = unlock(tmp_path / "mine", PASSPHRASE)
    rebuild(tmp_path / "mine", secrets, now=NOW, disk=Disk(private=True))
    with Library(tmp_path / "mine", secrets) as again:
        assert [view.title for view in again.shelf.albums()] == ([] if removed else ["46"])


def test_what_a_label_signed_is_its_labels_to_correct(tmp_path):
    with make_library(tmp_path / "maker") as maker, make_library(tmp_path / "fan") as fan:
        publish_all(maker, [put_album(maker, lengths=(1000,))[0]])
        write_spool(maker, tmp_path / "spool")
        dub(fan, FolderSpool(tmp_path / "spool"), now=NOW)
        with pytest.raises(UsageError, match="only its label can correct it"):
            editing.edit(fan, only(fan).id, {"title": "46"})
