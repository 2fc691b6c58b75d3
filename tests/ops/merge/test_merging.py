"""Two libraries of one person become one: nothing is lost, nothing forks, and it is the same from both sides."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryBusyError, UsageError
from magnitizdat.library import journal
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums.undo import undo_on
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.labels.friends import add_friend, my_card
from magnitizdat.ops.listen import listening, playlists
from magnitizdat.ops.merge import other as others
from magnitizdat.ops.merge.merging import merge
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, contents_of, make_library, put_album, rows
from tests.fakes_spool import is_sound, new_label, publish_all, write_spool

LATER = NOW + timedelta(days=1)


def opened(folder):
    return Library(folder, unlock(folder, PASSPHRASE))


def clone(library, folder):
    """The library as somebody copied it, who did not tell us."""
    shutil.copytree(library.directory, folder)
    return folder


def take(library, folder, **options):
    """`mag merge`: what it took, and that the other library has not changed by a byte."""
    before = state_of(folder)
    with others.opened(library, folder, unlock(folder, PASSPHRASE)) as other:
        report = merge(library, other, now=NOW, **options)
    assert state_of(folder) == before
    assert not list(library.directory.glob("other.db*"))
    return report


def state_of(folder):
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}


def known(library):
    """All that a person sees, whatever wrote it when."""
    albums = {}
    for view in library.shelf.albums():
        release = library.shelf.release(view.id)
        albums[view.id] = (view.own, view.complete, view.imprint, release)
    kept = [journal.decode_row(body) for (body,) in rows(library, "SELECT body FROM kept ORDER BY subject")]
    plays = rows(library, "SELECT listener, track, album, at, count FROM play ORDER BY 1, 2, 3, 4, 5")
    marks = rows(library, "SELECT * FROM mark WHERE starred <> '' OR rating OR plays ORDER BY 1, 2, 3")
    listed = {}
    for view in library.shelf.labels():
        held = labels.held_state(library, view.imprint)
        listed[view.imprint] = (
            view.standing,
            view.heard,
            sorted(labels.review(held, now=NOW).targets) if held.files else [],
        )
    keys = {name: library.member(name) for name in library.index.cells.members_like("keys/*")}
    return {
        "albums": albums,
        "kept": {row.subject: row for row in kept if not type(row).__name__.endswith("Gone")},
        "plays": plays,
        "marks": marks,
        "friends": library.shelf.friends(),
        "labels": listed,
        "keys": keys,
    }


def rebuilt(library):
    """The same out of its cells."""
    folder = library.directory.with_name(f"{library.directory.name} rebuilt")
    shutil.rmtree(folder, ignore_errors=True)
    backup(library, folder, disk=Disk(private=True))
    listening.flush_tail(library)
    rebuild(folder, library.secrets, now=NOW, disk=Disk(private=True))
    with Library(folder, library.secrets) as copy:
        return known(copy)


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


@pytest.fixture
def hers(tmp_path):
    with make_library(tmp_path / "hers") as library:
        yield library


def closed(library):
    library.close()
    return library.directory


def test_another_library_with_keys_of_its_own(mine, hers):
    put_album(mine, "Here", lengths=(30_000,))
    album, contents = put_album(hers, "There", lengths=(1_300_000, 5000))
    publish_all(hers, [album])
    song = hers.shelf.release(album).tracks[0].id
    listening.star(hers, "", "track", [song], now=NOW)
    listening.rate(hers, "", "album", album, 4)
    listening.scrobble(hers, "", song, at=NOW, album=album)
    playlists.create(hers, "", "Evening", entries=[song], now=NOW)
    add_friend(hers, my_card(mine, name="Natalia"))
    before = known(hers)
    folder = closed(hers)
    report = take(mine, folder)
    assert (report.missing, report.files) == ((), 3)
    assert contents_of(mine, album) == contents
    after = known(mine)
    for what in ("albums", "kept", "friends", "keys"):
        assert before[what].items() <= after[what].items(), what
    assert after["plays"] == before["plays"]
    assert is_sound(mine)
    assert rebuilt(mine) == after
    again = take(mine, folder)
    assert (again.rows, again.files, again.albums, again.missing) == (0, 0, 0, ())
    assert known(mine) == after


def pair(library, tmp_path):
    """Two copies of a library that go on apart, both knowing it or not."""
    folder = closed(library)
    return opened(folder), opened(shutil.copytree(folder, tmp_path / "clone"))


def both_ways(one, two, tmp_path):
    """What each knows after it took up the other, as they were before."""
    first, second = closed(one), closed(two)
    shutil.copytree(first, tmp_path / "first")
    shutil.copytree(second, tmp_path / "second")
    with opened(first) as library:
        take(library, second)
        ours = known(library)
        assert is_sound(library)
        assert rebuilt(library) == ours
    with opened(tmp_path / "second") as library:
        take(library, tmp_path / "first")
        theirs = known(library)
        take(library, first)
        assert known(library) == theirs
    return ours, theirs


def test_a_copy_that_nobody_told_of_goes_on_beside_the_library(mine, tmp_path):
    """Both count rows under one name, and neither's are lost."""
    album, _ = put_album(mine, "Kept", lengths=(20_000, 3000))
    tracks = [track.id for track in mine.shelf.release(album).tracks]
    one, two = pair(mine, tmp_path)
    assert one.device == two.device
    for library, track, stars in ((one, tracks[0], 3), (two, tracks[1], 5)):
        listening.star(library, "", "track", [track], now=NOW)
        listening.rate(library, "", "track", track, stars)
        for _ in range(2):
            listening.scrobble(library, "", track, at=NOW, album=album)
        put_album(library, f"New {stars}", lengths=(1000,))
        listening.flush_tail(library)
    ours, theirs = both_ways(one, two, tmp_path)
    assert ours == theirs
    assert len(ours["albums"]) == 3
    assert sorted((mark[4], mark[5]) for mark in ours["marks"] if mark[1] == "track") == [(3, 2), (5, 2)]
    assert len(ours["plays"]) == 4


# -- own labels -------------------------------------------------------------------------------------------------------


def version(library, label):
    return publish._version(library.label_files(label.imprint))


def listed(library, label):
    return set(labels.review(labels.held_state(library, label.imprint), now=NOW).targets)


def sign(library, title, label, **options):
    album, _ = put_album(library, title, lengths=(900,))
    return publish.publish(library, [album], label, now=NOW, small=False, **options)


def become_copy(library):
    with library.index.transaction():
        library.index.settings.become_copy("0" * 15 + "1")
        library.index.settings.unsettle()


def test_what_both_listed_is_signed_on_top_and_readers_go_on(mine, tmp_path):
    """One signed on, the other skipped ahead: both lists stand in one that every reader takes."""
    label = publish_all(mine, [put_album(mine, "Kept", lengths=(900,))[0]])
    one, two = pair(mine, tmp_path)
    sign(one, "Here", label)
    become_copy(two)
    sign(two, "There", label, only_copy=True)
    assert version(two, label) > version(one, label) + 999
    for number, library in enumerate((one, two)):
        write_spool(library, tmp_path / f"spool {number}")
    lists = [listed(library, label) for library in (one, two)]
    assert lists[0] != lists[1]
    folder = closed(two)
    report = take(one, folder)
    assert report.signed_anew == (label.name,)
    assert listed(one, label) == lists[0] | lists[1]
    assert is_sound(one)
    write_spool(one, tmp_path / "spool 2")
    for number in (0, 1):
        with make_library(tmp_path / f"reader {number}") as reader:
            assert not dub(reader, FolderSpool(tmp_path / f"spool {number}"), now=NOW).refused
            assert not dub(reader, FolderSpool(tmp_path / "spool 2"), now=NOW).refused
            assert len(list(reader.shelf.albums())) == 3
    newest = version(one, label)
    with opened(folder) as library:
        take(library, closed(one))
        assert listed(library, label) == lists[0] | lists[1]
        assert version(library, label) == newest


def test_one_version_signed_twice_is_left_to_the_person(mine, tmp_path):
    label = publish_all(mine, [put_album(mine, "Kept", lengths=(900,))[0]])
    one, two = pair(mine, tmp_path)
    sign(one, "Here", label)
    sign(two, "There", label)
    assert version(one, label) == version(two, label)
    both = listed(one, label) | listed(two, label)
    before, folder = version(one, label), closed(two)
    report = take(one, folder)
    assert report.forked == (label.name,)
    assert version(one, label) == before
    fork = labels.held_state(one, label.imprint).memory.forks[0]
    again = take(one, folder)
    assert (again.forked, again.rows) == ((label.name,), 0)
    labels.choose_branch(one, label.name, fork.held)
    report = take(one, folder)
    assert (report.signed_anew, report.forked) == ((label.name,), ())
    assert listed(one, label) == both
    assert version(one, label) > before + 999
    assert is_sound(one)


def test_a_correction_is_not_undone_by_a_copy_that_did_not_know_it(mine, tmp_path):
    label = publish_all(mine, [put_album(mine, "Kept", lengths=(900,))[0]])
    one, two = pair(mine, tmp_path)
    editing.edit(one, "Kept", {"date": "1982"})
    publish.publish(one, ["Kept"], label, now=NOW, small=False)
    become_copy(two)
    sign(two, "There", label, only_copy=True)
    take(one, closed(two))
    (album,) = [view for view in one.shelf.albums() if view.title == "Kept"]
    held = one.index.signed.release(label.imprint, album.release_id)
    assert held.sha256 in {
        each.sha256 for each in labels.review(labels.held_state(one, label.imprint), now=NOW).targets.values()
    }
    assert album.date == "1982"
    assert publish.publish(one, ["Kept"], label, now=NOW, small=False).unchanged


def test_the_library_that_got_a_key_signs_far_ahead(mine, hers):
    label = new_label(hers)
    before = version(hers, label)
    report = take(mine, closed(hers))
    assert report.shared == (label.name,)
    assert sign(mine, "Here", label).version > before + 999
    with opened(hers.directory) as library:
        assert sign(library, "There", label).version == before + 1


def test_a_label_that_is_followed_there(mine, hers, tmp_path):
    with make_library(tmp_path / "maker") as maker:
        album, contents = put_album(maker, "Signed", lengths=(40_000, 10))
        publish_all(maker, [album])
        write_spool(maker, tmp_path / "spool")
    dub(hers, FolderSpool(tmp_path / "spool"), now=NOW)
    (view,) = hers.shelf.albums()
    labels.follow(hers, view.label)
    report = take(mine, closed(hers))
    assert (report.albums, report.missing) == (1, ())
    assert contents_of(mine, view.id) == contents
    assert mine.shelf.labels()[0].standing == "followed"
    editing.remove(mine, [view.id])
    with opened(hers.directory) as library:
        take(library, closed(mine))
        assert not list(library.shelf.albums())
    with opened(mine.directory) as library:
        assert take(library, hers.directory).rows == 0
        assert not list(library.shelf.albums())


# -- the other library is only read ------------------------------------------------------------------------------------


def test_the_library_itself_and_one_in_use_are_refused(mine, hers):
    with pytest.raises(UsageError, match="itself"):
        take(mine, mine.directory)
    with pytest.raises(LibraryBusyError, match="in use"):
        take(mine, hers.directory)


def test_what_a_stopped_mag_left_unsettled_there_is_read(mine, hers):
    """Its last marks are in SQLite's journal alone."""
    listening.star(hers, "", "artist", ["Майк"], now=NOW)
    copied = shutil.copytree(hers.directory, hers.directory.with_name("stopped"))
    assert (copied / "index.db-wal").stat().st_size
    take(mine, copied)
    assert listening.starred(mine, "", "artist") == ["Майк"]


def test_two_edits_of_one_album_are_joined_field_by_field(mine, tmp_path):
    put_album(mine, "Kept", lengths=(900, 80))
    one, two = pair(mine, tmp_path)
    editing.edit(one, "Kept", {"date": "1982"})
    editing.edit(two, "Kept", {"genres": ("rock",)})
    editing.edit(two, "Kept/2", {"title": "Перекур"})
    ours, theirs = both_ways(one, two, tmp_path)
    assert ours == theirs
    ((_, _, _, release),) = ours["albums"].values()
    assert (release.date, release.genres, release.tracks[1].title) == ("1982", ("rock",), "Перекур")


def test_two_playlists_that_were_one_stand_side_by_side(mine, tmp_path):
    made = playlists.create(mine, "", "Evening", entries=["a"], now=NOW)
    one, two = pair(mine, tmp_path)
    playlists.update(one, "", made.id, entries=["a", "b"], now=NOW)
    playlists.update(two, "", made.id, entries=["c", "a"], now=LATER)
    ours, theirs = both_ways(one, two, tmp_path)
    assert ours == theirs
    lists = sorted((row.name, row.entries) for row in ours["kept"].values())
    assert lists == [("Evening", ("c", "a")), (f"Evening ({NOW.date()})", ("a", "b"))]


def test_two_friends_of_one_name_are_two(mine, hers, tmp_path):
    with make_library(tmp_path / "a") as first, make_library(tmp_path / "b") as second:
        cards = [my_card(library, name="Мария") for library in (first, second)]
    for library, card in zip((mine, hers), cards, strict=True):
        add_friend(library, card)
    ours, theirs = both_ways(mine, hers, tmp_path)
    assert ours == theirs
    assert {card.imprint for card in ours["friends"].values()} == {card.imprint for card in cards}


def test_an_edit_that_was_made_there_is_taken_back_here(mine, tmp_path):
    """The rows before it stand on pages that the other device wrote, or on ones that were sealed for it."""
    one, two = pair(mine, tmp_path)
    put_album(two, "Kept", lengths=(90,))
    editing.edit(two, "Kept", {"date": "1982"})
    editing.edit(two, "Kept", {"date": "1983"})
    take(one, closed(two))
    (view,) = one.shelf.albums()
    assert view.date == "1983"
    assert undo_on(one, view.id) == 1
    assert one.shelf.album(view.id).date == "1982"
    assert is_sound(one)
