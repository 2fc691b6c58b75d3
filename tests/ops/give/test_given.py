"""What a friend's last reel lacked, and a reel of just that."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library, unlock
from magnitizdat.model import Silent
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.give.desk import desk
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.give.forgetting import forget_given
from magnitizdat.ops.give.given import friends_lack
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.labels.publish import publish
from magnitizdat.ops.merge import other as others
from magnitizdat.ops.merge.merging import merge
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album, rows
from tests.fakes_spool import is_sound, publish_all

LATER = NOW + timedelta(days=2)


@pytest.fixture
def pair(tmp_path):
    with make_library(tmp_path / "mine") as mine, make_library(tmp_path / "hers") as hers:
        add_friend(mine, my_card(hers, name="Natalia"))
        yield mine, hers


def lacks(library):
    (found,) = friends_lack(library)
    return {each.title for each in found.new}, {each.title for each in found.corrected}


def cut(library, folder, *, now=NOW, **wish):
    return fill(library, folder, StickWish(**wish), now=now, disk=Disk(), tell=lambda _said: None, progress=Silent())


def titles(done):
    return {each.title for each in done.report.albums}


def test_a_friend_lacks_what_their_reels_did_not_carry(pair, tmp_path):
    mine, _ = pair
    signed, loose = put_album(mine, "Signed", lengths=(1000,))[0], put_album(mine, "Loose", lengths=(900,))[0]
    label = publish_all(mine, [signed])
    assert lacks(mine) == ({"Signed", "Loose"}, set())
    assert friends_lack(mine)[0].at == ""
    cut(mine, tmp_path / "one", friends=("natalia",))
    assert lacks(mine) == (set(), set())
    put_album(mine, "New", lengths=(800,))
    editing.edit(mine, loose, {"title": "Looser"})
    editing.edit(mine, signed, {"title": "Signed again"})
    assert lacks(mine) == ({"New"}, {"Looser"}), "what is not signed again has nothing new for others"
    publish(mine, [signed], label, now=LATER)
    assert lacks(mine) == ({"New"}, {"Looser", "Signed again"})
    (waits,) = desk(mine).friends
    assert (waits.name, waits.at[:10]) == ("Natalia", NOW.date().isoformat())


def test_what_another_library_of_mine_corrected_is_corrected_here_once_both_are_one(pair, tmp_path):
    """By its own count the laptop wrote that before the reel was cut."""
    mine, _ = pair
    loose, kept = (put_album(mine, title, lengths=(900,))[0] for title in ("Loose", "Kept"))
    shutil.copytree(mine.directory, tmp_path / "laptop")
    with Library(tmp_path / "laptop", unlock(tmp_path / "laptop", PASSPHRASE)) as laptop:
        editing.edit(laptop, loose, {"title": "Looser"})
    for year in range(1981, 1990):
        editing.edit(mine, kept, {"date": str(year)})
    cut(mine, tmp_path / "one", friends=("natalia",))
    assert lacks(mine) == (set(), set())
    with others.opened(mine, tmp_path / "laptop", unlock(tmp_path / "laptop", PASSPHRASE)) as other:
        merge(mine, other, now=LATER)
    assert {view.title for view in mine.shelf.albums()} == {"Looser", "Kept"}
    assert lacks(mine) == (set(), {"Looser"})
    cut(mine, tmp_path / "two", now=LATER, friends=("natalia",))
    assert lacks(mine) == (set(), set())


def test_a_reel_of_what_is_new_carries_that_alone_and_is_whole_for_who_had_the_first(pair, tmp_path):
    mine, hers = pair
    first = put_album(mine, "First", lengths=(1000,))[0]
    label = publish_all(mine, [first])
    cut(mine, tmp_path / "one", friends=("Natalia",))
    list(dub_all(hers, str(tmp_path / "one"), now=lambda: NOW))
    second = put_album(mine, "Second", lengths=(900,))[0]
    publish(mine, [second], label, now=LATER)
    done = cut(mine, tmp_path / "two", now=LATER, new_for=("natalia",))
    assert titles(done) == {"Second"}
    list(dub_all(hers, str(tmp_path / "two"), now=lambda: LATER))
    assert {view.title for view in hers.shelf.albums()} == {"First", "Second"}
    assert all(view.complete for view in hers.shelf.albums())
    with pytest.raises(UsageError, match="nothing is new"):
        cut(mine, tmp_path / "three", now=LATER, new_for=("Natalia",))
    editing.edit(mine, second, {"title": "Second (fixed)"})
    with pytest.raises(UsageError, match="to be published first: «Second"):
        cut(mine, tmp_path / "three", now=LATER, new_for=("Natalia",))


def test_what_was_left_out_is_lacking_still_and_words_are_nobodys(pair, tmp_path):
    mine, _ = pair
    publish_all(mine, [put_album(mine, name, lengths=(4_000_000,))[0] for name in ("One", "Two")])
    cut(mine, tmp_path / "words")
    assert lacks(mine) == ({"One", "Two"}, set())
    done = cut(mine, tmp_path / "small", friends=("Natalia",), size=8_000_000, quality="full")
    assert len(done.left_out) == 1
    assert lacks(mine) == ({each.title for each in done.left_out}, set())


def test_of_whom_one_knows_nothing_nobody_asks(pair, tmp_path):
    mine, _ = pair
    put_album(mine, lengths=(1000,))
    with pytest.raises(UsageError, match="is not a friend"):
        cut(mine, tmp_path / "one", new_for=("Somebody",))
    with pytest.raises(UsageError, match="leave the other choices away"):
        cut(mine, tmp_path / "one", new_for=("Natalia",), albums=("45",))


def test_it_is_known_after_a_rebuild(tmp_path):
    with make_library(tmp_path / "mine") as mine, make_library(tmp_path / "hers") as hers:
        add_friend(mine, my_card(hers, name="Natalia"))
        put_album(mine, "Loose", lengths=(900,))
        publish_all(mine, [put_album(mine, lengths=(1000,))[0]])
        cut(mine, tmp_path / "one", friends=("Natalia",))
    secrets = unlock(tmp_path / "mine", PASSPHRASE)
    rebuild(tmp_path / "mine", secrets, now=NOW, disk=Disk(private=True))
    with Library(tmp_path / "mine", secrets) as again:
        assert lacks(again) == (set(), set())


def everything_sealed(library):
    """All that the cells hold of the journal, and all that the index keeps of it."""
    names = library.index.cells.members_like("rows/*")
    return b"".join(map(library.member, names)) + b"".join(
        bytes(body) for (body,) in rows(library, "SELECT body FROM kept UNION ALL SELECT body FROM tail")
    )


def test_what_a_friend_was_given_is_forgotten_without_a_trace_of_albums(pair, tmp_path):
    mine, _ = pair
    with make_library(tmp_path / "his") as his:
        add_friend(mine, my_card(his, name="Mike"))
    signed = put_album(mine, "Signed", lengths=(1000,))[0]
    publish_all(mine, [signed])
    reel = cut(mine, tmp_path / "one", friends=("Natalia",), slip=True).report.slip
    cut(mine, tmp_path / "two", friends=("Mike",))
    friend = mine.shelf.friends()["Natalia"].imprint
    assert f'"friend":"{friend}"'.encode() in everything_sealed(mine)
    report = forget_given(mine, "natalia", now=LATER)
    assert (report.name, report.albums) == ("Natalia", 1)
    sealed = everything_sealed(mine)
    assert f'"row":"given","friend":"{friend}"'.encode() not in sealed
    assert reel.encode() not in sealed
    assert {each.name: len(each.new) for each in friends_lack(mine)} == {"Natalia": 1, "Mike": 0}
    assert is_sound(mine)
    cut(mine, tmp_path / "three", friends=("Natalia",), now=LATER)
    assert {each.name: len(each.new) for each in friends_lack(mine)} == {"Natalia": 0, "Mike": 0}
    assert forget_given(mine, "Mike", now=LATER).albums == 1
    secrets = unlock(mine.directory, PASSPHRASE)
    mine.close()
    rebuild(mine.directory, secrets, now=LATER, disk=Disk(private=True))
    with Library(mine.directory, secrets) as again:
        assert {each.name: len(each.new) for each in friends_lack(again)} == {"Natalia": 0, "Mike": 1}
        assert is_sound(again)
