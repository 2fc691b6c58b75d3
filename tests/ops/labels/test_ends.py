"""Following ends: unfollowed, blocked and let in again, called otherwise; a friend's card forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from magnitizdat.errors import EXIT_DONE, NotSureError, UsageError
from magnitizdat.library.journal import LabelRow
from magnitizdat.ops.dub.from_sources import outcome
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.labels import ends, labels
from magnitizdat.ops.labels.friends import add_friend, my_card, remove_friend
from magnitizdat.ops.labels.removing import remove_label
from magnitizdat.ops.places.spool import FolderSpool
from magnitizdat.ops.post.blocking import Silenced, note_silence
from magnitizdat.ops.post.renaming import rename
from tests.fakes_library import NOW, make_library, put_album
from tests.fakes_spool import is_sound, publish_all, write_spool

LATER = NOW + timedelta(days=3)


@pytest.fixture
def both(tmp_path):
    """A maker, and a listener who dubbed them."""
    with make_library(tmp_path / "maker") as maker, make_library(tmp_path / "fan") as fan:
        publish_all(maker, [put_album(maker, lengths=(1000,))[0]])
        write_spool(maker, tmp_path / "spool")
        dub(fan, FolderSpool(tmp_path / "spool"), now=NOW)
        yield maker, fan


def name_of(library):
    (view,) = [view for view in library.shelf.labels() if view.standing != "carrier"]
    return view.name


def test_a_label_is_unfollowed_and_what_is_here_stays(both):
    _, fan = both
    labels.follow(fan, name_of(fan))
    assert labels.find_label(fan, name_of(fan)).standing == "followed"
    ends.unfollow(fan, name_of(fan))
    assert labels.find_label(fan, name_of(fan)).standing == "new"
    assert [album.title for album in fan.shelf.albums()] == ["45"]
    with pytest.raises(UsageError, match="you do not follow"):
        ends.unfollow(fan, name_of(fan))


def test_of_a_blocked_label_nothing_comes_in_until_it_is_let_in(both, tmp_path):
    _, fan = both
    name = name_of(fan)
    with pytest.raises(NotSureError):
        ends.block(fan, name, now=NOW)
    ends.block(fan, name, now=NOW, sure=True)
    assert (list(fan.shelf.albums()), fan.shelf.labels()) == ([], [])
    report = dub(fan, FolderSpool(tmp_path / "spool"), now=LATER)
    assert (list(fan.shelf.albums()), fan.shelf.labels()) == ([], [])
    assert report.blocked == (name,)
    assert any(f"«{name}» is blocked here" in str(line) for line in outcome(report).lines)
    assert outcome(report).exit_code == EXIT_DONE, "it was the person's own wish"
    assert ends.unblock(fan, name.upper(), now=LATER) == name
    dub(fan, FolderSpool(tmp_path / "spool"), now=LATER)
    assert [view.name for view in fan.shelf.labels()] == [name]
    assert is_sound(fan)
    with pytest.raises(UsageError, match="is blocked; give"):
        ends.unblock(fan, name, now=LATER)


@pytest.mark.parametrize("blocked", [False, True])
def test_whose_letters_are_silenced_gives_music_unless_the_label_is_blocked_too(both, tmp_path, blocked):
    _, fan = both
    view = labels.find_label(fan, name_of(fan))
    if blocked:
        ends.block(fan, view.name, now=NOW, sure=True)
    else:
        remove_label(fan, view.name, sure=True)
    for silent in (True, False, True):
        with fan.changes() as changes:
            note_silence(fan, changes, {view.imprint}, set(), silent=silent, now=LATER)
            changes.commit()
        assert (view.imprint in Silenced(fan).labels) == silent
        assert [row.imprint for row in ends.blocked_rows(fan)] == [view.imprint] * blocked
    report = dub(fan, FolderSpool(tmp_path / "spool"), now=LATER)
    assert [each.name for each in fan.shelf.labels()] == ([] if blocked else [view.name])
    assert bool(report.blocked) == blocked


def test_an_own_label_is_not_blocked(both):
    maker, _ = both
    with pytest.raises(UsageError, match="your own"):
        ends.block(maker, name_of(maker), now=NOW, sure=True)


def test_what_was_passed_on_is_followed_by_nobody(both):
    _, fan = both
    view = labels.find_label(fan, name_of(fan))
    with fan.changes() as changes:
        changes.row(LabelRow(imprint=view.imprint, name=view.name, standing="carrier", heard=view.heard))
        changes.commit()
    with pytest.raises(UsageError, match="nobody to follow"):
        labels.follow(fan, view.name, sure=True)


def test_a_label_that_is_called_otherwise_is_the_same_label(both, tmp_path):
    maker, fan = both
    before = labels.find_label(maker, name_of(maker))
    assert rename(maker, before.name, "Zoopark Records", now=LATER)[0] == before.name
    assert labels.find_label(maker, "Zoopark Records").imprint == before.imprint
    write_spool(maker, tmp_path / "spool", now=LATER)
    dub(fan, FolderSpool(tmp_path / "spool"), now=LATER)
    assert labels.find_label(fan, "Zoopark Records").imprint == before.imprint
    with pytest.raises(UsageError, match="its name already"):
        rename(maker, "Zoopark Records", "Zoopark Records", now=LATER)


def test_a_label_is_not_called_as_another_one_is(both):
    maker, _ = both
    known = name_of(maker)
    labels.create(maker, "Other Tapes", now=NOW)
    with pytest.raises(UsageError, match="would be mistaken"):
        rename(maker, "Other Tapes", known, now=NOW)


def test_a_friend_is_forgotten_by_name_in_any_case(both):
    maker, fan = both
    add_friend(fan, my_card(maker), name="Natalia", sure=True)
    assert remove_friend(fan, "natalia") == "Natalia"
    assert fan.shelf.friends() == {}
    with pytest.raises(UsageError, match="is not a friend"):
        remove_friend(fan, "Natalia")
