"""Publishing: what is signed stays, a copy of a library does not sign over another, nothing half is signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_USAGE, UsageError
from magnitizdat.library.journal import TrackRow
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from magnitizdat.ops.keep.upkeep import doctor
from magnitizdat.ops.labels import labels, publish
from magnitizdat.ops.places.spool import FolderSpool
from tests.fakes_library import NOW, PASSPHRASE, make_library, put_album, rows
from tests.fakes_spool import catalogue_of, is_sound, new_label, publish_all, write_spool

LATER = NOW + timedelta(days=40)


@pytest.fixture
def maker(tmp_path):
    with make_library(tmp_path / "maker") as library:
        yield library


def version(library, label):
    return labels.freshness(library, labels.find_label(library, label.imprint), now=NOW).version


def test_the_same_is_not_signed_twice_and_a_correction_is(maker):
    album, _ = put_album(maker, lengths=(1000,))
    label = new_label(maker)
    first = publish.publish(maker, [album], label, now=NOW)
    assert ([each.title for each in first.releases], first.unchanged, first.version) == (["45"], (), 2)
    again = publish.publish(maker, [album], label, now=LATER)
    assert (again.releases, again.unchanged, again.version) == ((), first.releases, 2)
    editing.edit(maker, album, {"title": "46"})
    third = publish.publish(maker, [album], label, now=LATER)
    assert ([each.title for each in third.releases], third.version) == (["46"], 3)
    assert maker.shelf.find("46").label == label.name


def test_two_albums_of_one_title_are_told_apart(maker):
    label = new_label(maker)
    first, _ = put_album(maker, "Live", artist="Кино")
    other, _ = put_album(maker, "Live", artist="Аквариум")
    publish.publish(maker, [first], label, now=NOW)
    report = publish.publish(maker, [first, other], label, now=LATER)
    assert [(each.id, each.title) for each in report.releases] == [(other, "Live")]
    assert [each.id for each in report.unchanged] == [first]
    said = report.outcome()
    assert said.headline.endswith("albums: 1.")
    assert [other[:8] in line for line in said.lines] == [True, False]
    assert [first[:8] in line for line in said.lines] == [False, True]


def test_nothing_of_many_is_signed_where_one_cannot_be(maker):
    good, _ = put_album(maker, lengths=(1000,))
    empty, _ = put_album(maker, "Empty", lengths=())
    label = new_label(maker)
    before = catalogue_of(maker)
    with pytest.raises(UsageError, match="not whole"):
        publish.publish(maker, [good, empty], label, now=NOW)
    assert catalogue_of(maker) == before
    assert is_sound(maker)


def test_a_correction_does_not_make_a_record_younger(maker, tmp_path):
    album, _ = put_album(maker, lengths=(1000,))
    label = publish_all(maker, [album])
    editing.edit(maker, album, {"title": "46"})
    publish.publish(maker, [album], label, now=LATER)
    write_spool(maker, tmp_path / "spool", now=LATER)
    with make_library(tmp_path / "other") as other:
        dub(other, FolderSpool(tmp_path / "spool"), now=LATER)
        assert other.shelf.release(other.shelf.find("46").id).released == NOW.date().isoformat()


def test_only_whole_own_albums_are_signed(maker, tmp_path):
    label = new_label(maker)
    empty, _ = put_album(maker, "Empty", lengths=())
    album, _ = put_album(maker, "Hurt", lengths=(2_000_000,))
    for cell in {cell for (cell,) in rows(maker, "SELECT cell FROM piece WHERE number = 1")}:
        maker.vault.cell_path(cell).unlink()
    doctor(maker)
    before = catalogue_of(maker)
    for target, said in ((empty, "not whole"), (album, "not whole"), ("Nothing", "no album")):
        with pytest.raises(UsageError, match=said) as caught:
            publish.publish(maker, [target], label, now=NOW)
        assert caught.value.exit_code == EXIT_USAGE
    assert catalogue_of(maker) == before
    with make_library(tmp_path / "other") as other:
        good, _ = put_album(other, lengths=(1000,))
        publish_all(other, [good], "Others")
        write_spool(other, tmp_path / "spool")
    dub(maker, FolderSpool(tmp_path / "spool"), now=NOW)
    with pytest.raises(UsageError, match="only its label can correct it"):
        publish.publish(maker, ["45"], label, now=NOW)
    with pytest.raises(UsageError, match="no key of that label"):
        publish.publish(maker, [put_album(maker, "Mine", lengths=(5,))[0]], labels.find_label(maker, "Others"), now=NOW)
    assert is_sound(maker)


def test_several_or_none(maker):
    label = new_label(maker)
    first, _ = put_album(maker, "First", lengths=(1000,))
    with pytest.raises(UsageError):
        publish.publish(maker, [first, "Missing"], label, now=NOW)
    assert version(maker, label) == 1
    assert maker.shelf.find("First").imprint == ""


@pytest.mark.parametrize("how", ["backup", "rebuild"])
def test_a_copy_signs_nothing_until_it_has_heard_or_is_the_only_one(maker, tmp_path, how):
    album, _ = put_album(maker, lengths=(1000,))
    label = publish_all(maker, [album])
    write_spool(maker, tmp_path / "spool")
    if how == "backup":
        backup(maker, tmp_path / "copy", disk=Disk(private=True))
        directory = tmp_path / "copy"
    else:
        maker.close()
        directory = maker.directory
        rebuild(directory, unlock(directory, PASSPHRASE), now=NOW, disk=Disk(private=True))
    with Library(directory, unlock(directory, PASSPHRASE)) as copy:
        editing.edit(copy, album, {"title": "From the copy"})
        with pytest.raises(UsageError, match="--only-copy"):
            publish.publish(copy, [album], label, now=NOW)
        assert version(copy, label) == 2
        dub(copy, FolderSpool(tmp_path / "spool"), now=NOW)
        assert publish.publish(copy, [album], label, now=NOW).version == 3


def test_the_only_copy_skips_versions_once(maker, tmp_path):
    album, _ = put_album(maker, lengths=(1000,))
    label = publish_all(maker, [album])
    backup(maker, tmp_path / "copy", disk=Disk(private=True))
    with Library(tmp_path / "copy", unlock(tmp_path / "copy", PASSPHRASE)) as copy:
        editing.edit(copy, album, {"title": "One"})
        report = publish.publish(copy, [album], label, now=NOW, only_copy=True)
        assert report.version >= 1000
        assert any("only this library may sign as" in line for line in report.outcome().lines)
        last = version(copy, label)
        editing.edit(copy, album, {"title": "Two"})
        assert publish.publish(copy, [album], label, now=NOW).version == last + 1
    editing.edit(maker, album, {"title": "The first library goes on"})
    assert publish.publish(maker, [album], label, now=NOW).version == 3


def test_withdrawn_and_signed_again(maker):
    album, _ = put_album(maker, lengths=(1000,))
    label = publish_all(maker, [album])
    publish.publish(maker, [album], label, now=NOW, withdraw=True, reason="wrong mix")
    assert maker.shelf.find("45").withdrawn
    publish.publish(maker, [album], label, now=NOW)
    assert not maker.shelf.find("45").withdrawn


def test_half_a_track_is_signed_by_whoever_says_so(maker):
    album, _ = put_album(maker, lengths=(1000,))
    label = new_label(maker)
    release = maker.shelf.release(album)
    torn = structs.replace(release.tracks[0], cut_off=True, promised_s=60.0)
    with maker.changes() as changes:
        changes.row(TrackRow(release_id=album, track=torn))
        changes.commit()
    with pytest.raises(UsageError, match="too early"):
        publish.publish(maker, [album], label, now=NOW)
    assert publish.publish(maker, [album], label, now=NOW, cut_off=True).releases
    assert publish.publish(maker, [album], label, now=LATER, withdraw=True).withdrawn


def test_the_day_of_an_edition_is_not_the_day_it_was_signed(maker, tmp_path):
    album, _ = put_album(maker, lengths=(1000,))
    editing.edit(maker, album, {"date": "1971", "released": "1994-07-19"})
    label = publish_all(maker, [album])
    editing.edit(maker, album, {"title": "46"})
    publish.publish(maker, [album], label, now=LATER)
    write_spool(maker, tmp_path / "spool", now=LATER)
    with make_library(tmp_path / "other") as other:
        dub(other, FolderSpool(tmp_path / "spool"), now=LATER)
        found = other.shelf.release(other.shelf.find("46").id)
    assert (found.date, found.released, found.published) == ("1971", "1994-07-19", NOW.date().isoformat())
