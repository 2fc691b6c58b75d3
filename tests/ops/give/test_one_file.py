"""A reel as one file, as people make it, take from it, mend it and carry it on."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import (
    EXIT_PARTLY,
    DamagedError,
    LibraryBusyError,
    NoSpaceError,
    SourceError,
    UsageError,
)
from magnitizdat.formats.zip_salvage import salvage_table
from magnitizdat.library.library import CUT_FILE
from magnitizdat.model import Silent
from magnitizdat.ops.dub.checking import check_reel
from magnitizdat.ops.dub.from_sources import dub_all, outcome, together
from magnitizdat.ops.give import planned as planned_module
from magnitizdat.ops.give.chosen import StickWish
from magnitizdat.ops.give.copying import copy_reel
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.cut_file import cut_reel_as_one_file
from magnitizdat.ops.give.fill import fill
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.give.handing_on import HandedOn
from magnitizdat.ops.give.mending import mend_reel
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.ops.places.sticks import Sticks
from magnitizdat.ops.stash.keeping import kept
from magnitizdat.ops.stash.taking import take
from magnitizdat.reel import one_file
from magnitizdat.reel import plan as plan_module
from magnitizdat.reel.check import check
from magnitizdat.reel.one_file import table_of
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_reel import overwrite
from tests.fakes_spool import publish_all


@pytest.fixture
def library(tmp_path):
    with make_library(tmp_path / "maker") as made:
        yield made


@pytest.fixture
def friend(tmp_path):
    with make_library(tmp_path / "friend") as made:
        yield made


def to(friend):
    return [friend.secrets.addresses[0].recipient]


def cut(library, folder, *, recipients=(), disk=None, **options):
    return cut_reel_as_one_file(
        library,
        gather(library, now=NOW),
        folder,
        recipients=recipients,
        work_factor=1,
        disk=disk or Disk(),
        **options,
    )


def cut_as_folder(library, folder, **options):
    return cut_reel(library, gather(library, now=NOW), folder, work_factor=1, disk=Disk(), **options)


def taken(friend, source, words=""):
    return list(dub_all(friend, str(source), now=lambda: NOW, words=words))


@pytest.fixture
def music(library):
    album, contents = put_album(library, lengths=(300_000, 50_000))
    publish_all(library, [album])
    return contents


def test_with_its_words_a_friend_takes_from_it(library, friend, music, tmp_path):
    told = []
    report = cut(library, tmp_path / "out", planned=told.append)
    (file,) = (tmp_path / "out").iterdir()
    assert report.file == str(file)
    assert file.suffix == ".zip"
    assert file.stat().st_size == told[0].total_bytes == report.cut.total_bytes
    assert len(report.words.split()) == 6
    taken(friend, file, report.words)
    assert contents_of(friend, next(friend.shelf.albums()).id) == music


@pytest.mark.parametrize("where", ["file", "folder"])
def test_sealed_to_a_friend_it_is_found_beside_other_things(library, friend, music, tmp_path, where):
    cut(library, tmp_path / "out", recipients=to(friend))
    (file,) = (tmp_path / "out").iterdir()
    (tmp_path / "out" / "holiday.zip").write_bytes(b"PK\x03\x04")
    sources = list(open_sources(friend, str(file if where == "file" else tmp_path / "out")))
    assert [each.name for each in sources] == [str(file)]
    (stick,) = Sticks(lambda: [tmp_path / "out"]).look(friend.secrets.addresses)
    assert [(each.folder, each.mine, each.words, each.is_file) for each in stick.reels] == [(file, True, False, True)]
    taken(friend, tmp_path / "out")
    assert contents_of(friend, next(friend.shelf.albums()).id) == music


@pytest.fixture
def several(library, friend, music, tmp_path):
    """A stick with three reels for a friend, each as one file; the first two of them broken."""
    for _number in range(3):
        cut(library, tmp_path / "stick", recipients=to(friend))
    files = sorted((tmp_path / "stick").iterdir())
    for each in files[:2]:
        each.write_bytes(each.read_bytes()[:-60])
    return files


def test_of_several_on_a_stick_broken_ones_are_named_with_their_command_and_stop_no_other(several, friend, music):
    found = taken(friend, several[0].parent)
    assert [name for name, _ in found] == [str(each) for each in several]
    assert contents_of(friend, next(friend.shelf.albums()).id) == music
    end = outcome(together([report for _, report in found]))
    assert end.exit_code == EXIT_PARTLY
    assert [each.what for each in end.missing] == [str(each) for each in several[:2]]
    assert all(f"`mag reel mend {each.what}`" in each.reason for each in end.missing)


def test_what_is_whole_in_a_broken_one_comes_and_the_rest_after_it_was_mended(several, friend, music):
    """Its end is gone, and one of its files was hit: as from a folder, all but that one comes."""
    several[1].unlink()
    several[2].unlink()
    hit = max(table_of(several[0]).members.values(), key=lambda member: member.length)
    overwrite(several[0], hit.offset + hit.length // 2, b"XXXX")
    end = outcome(together([report for _, report in taken(friend, several[0])]))
    assert end.exit_code == EXIT_PARTLY
    assert {str(several[0]), "45"} <= {str(each.what) for each in end.missing}
    taken(friend, mend_reel(several[0], Disk()).folder)
    assert contents_of(friend, next(friend.shelf.albums()).id) == music


def test_one_of_which_nothing_is_whole_is_refused(several, friend):
    several[1].unlink()
    several[2].unlink()
    for member in table_of(several[0]).members.values():
        overwrite(several[0], member.offset, b"XXXX")
    with pytest.raises(DamagedError, match="`mag reel mend`"):
        taken(friend, several[0])
    assert not list(friend.shelf.albums())


def test_of_several_places_at_once_those_in_each_are_named(several, friend, library, tmp_path):
    (tmp_path / "other").mkdir()
    several[2].rename(tmp_path / "other" / several[2].name)
    found = dub_all(friend, str(tmp_path / "other"), others=[str(several[0].parent)], now=lambda: NOW, words="")
    end = outcome(together([report for _, report in found]))
    assert [each.what for each in end.missing] == [str(each) for each in several[:2]]
    assert list(friend.shelf.albums())


def test_those_that_are_whole_are_handed_on_and_the_others_named(several):
    handed_on = HandedOn([several[0].parent])
    handed_on.look(Silent())
    assert [each.found is not None for each in handed_on.reels] == [False, False, True]
    assert [each.what for each in handed_on.missing] == [each.name for each in several[:2]]
    assert all("`mag reel mend" in each.reason for each in handed_on.missing)
    with pytest.raises(DamagedError, match=f"mend {several[0]}"):
        HandedOn([several[2], several[0]]).look(Silent())


def test_the_folder_stands_for_the_one_file_when_it_is_copied(library, music, tmp_path):
    cut(library, tmp_path / "out")
    assert copy_reel(tmp_path / "out", [tmp_path / "copy"], disk=Disk()).outcome().exit_code == 0
    assert check(tmp_path / "copy").is_valid
    cut(library, tmp_path / "out")
    with pytest.raises(UsageError, match="several reels lie in"):
        copy_reel(tmp_path / "out", [tmp_path / "second"], disk=Disk())


def test_a_broken_one_on_a_stick_is_seen_without_being_looked_through(several, friend, monkeypatch):
    with several[0].open("ab") as file:
        file.truncate(9 << 20)
    lengths = list[int]()

    def salvage(source, **how):
        lengths.append(source.length)
        return salvage_table(source, **how)

    monkeypatch.setattr(one_file, "_GLANCE", 1 << 20)
    monkeypatch.setattr(one_file, "salvage_table", salvage)
    (stick,) = Sticks(lambda: [several[0].parent]).look(friend.secrets.addresses)
    assert [(each.folder, each.mine, each.length) for each in stick.reels] == [
        (each, True, each.stat().st_size) for each in several
    ]
    assert lengths == [1 << 20] * 2


def test_what_a_crash_left_goes_and_the_words_stay(library, friend, music, tmp_path):
    """Killed at every write: the same command ends with one file, that opens with the words that are told then."""
    number, folder = 0, tmp_path / "out"
    while True:
        number += 7
        try:
            report = cut(library, folder, disk=FaultyDisk(fail_at=number, kill=True))
            break
        except Killed:
            assert library.job(CUT_FILE, str(folder)) is not None or not list(folder.glob("*"))
    (file,) = folder.iterdir()
    assert file.stat().st_size == report.cut.total_bytes
    assert library.job(CUT_FILE, str(folder)) is None
    taken(friend, file, report.words)
    assert contents_of(friend, next(friend.shelf.albums()).id) == music


def test_another_reel_than_was_begun_makes_room_for_itself(library, friend, music, tmp_path):
    with pytest.raises(Killed):
        cut(library, tmp_path / "out", disk=FaultyDisk(fail_at=12, kill=True))
    assert list((tmp_path / "out").iterdir())
    cut(library, tmp_path / "out", recipients=to(friend))
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_destination_that_is_a_file_and_a_reel_of_four_gibibytes_are_refused(library, music, tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="name the folder"):
        cut(library, tmp_path / "file")
    monkeypatch.setattr(plan_module, "MOST_AS_ONE_FILE", 10_000)
    with pytest.raises(NoSpaceError, match="less than 4 GiB"):
        cut(library, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(planned_module, "MOST_AS_ONE_FILE", 10_000)
    with pytest.raises(NoSpaceError, match="not even one album"):
        cut(library, tmp_path / "out", size=1 << 40)


def test_filled_as_a_wish_it_says_where_it_is_and_open_it_is_refused(library, music, tmp_path):
    wish = StickWish(one_file=True)
    done = fill(library, tmp_path / "out", wish, now=NOW, disk=Disk(), tell=lambda _: None, progress=Silent())
    (file,) = (tmp_path / "out").iterdir()
    assert done.facts()["file"] == str(file)
    assert str(file) in done.outcome().headline
    wish = StickWish(one_file=True, is_open=True)
    with pytest.raises(UsageError, match="--one-file"):
        fill(library, tmp_path / "out", wish, now=NOW, disk=Disk(), tell=lambda _: None, progress=Silent())


@pytest.mark.parametrize("both", [(True, True), (True, False), (False, True), (False, False)])
def test_of_two_cuts_at_once_into_one_folder_the_second_waits_and_destroys_nothing(
    library, friend, music, tmp_path, both
):
    """As one file or as a folder, and through a link too; into another folder it goes on."""
    (tmp_path / "link").symlink_to(tmp_path)
    writers = {True: cut, False: cut_as_folder}

    def meanwhile(_order):
        with pytest.raises(LibraryBusyError, match=r"another mag is cutting a reel into .*wait"):
            writers[both[1]](library, tmp_path / "link" / "out")
        if not (tmp_path / "other").exists():
            cut(library, tmp_path / "other")

    report = writers[both[0]](library, tmp_path / "out", planned=meanwhile)
    taken(friend, tmp_path / "out", report.words)
    assert contents_of(friend, next(friend.shelf.albums()).id) == music
    assert len(list((tmp_path / "other").iterdir())) == 1


def test_where_a_reel_of_many_files_lies_no_file_comes_beside_it(library, music, tmp_path):
    cut_as_folder(library, tmp_path / "out")
    before = sorted((tmp_path / "out").rglob("*"))
    with pytest.raises(UsageError, match="there is a reel in that folder already"):
        cut(library, tmp_path / "out")
    assert sorted((tmp_path / "out").rglob("*")) == before


def test_another_one_beside_it_is_named(library, music, tmp_path):
    first = cut(library, tmp_path / "out")
    assert first.beside == ()
    wish = StickWish(one_file=True)
    done = fill(library, tmp_path / "out", wish, now=NOW, disk=Disk(), tell=lambda _: None, progress=Silent())
    (name,) = done.report.beside
    assert first.file.endswith(name)
    assert any(name in line for line in done.outcome().lines)


@pytest.mark.parametrize("name", ["tape.zip", "TAPE.ZIP"])
def test_a_destination_that_is_called_like_the_file_is_refused(library, music, tmp_path, name):
    with pytest.raises(UsageError, match=rf"a name of its own.*not {name}"):
        cut(library, tmp_path / name)
    assert not (tmp_path / name).exists()


# -- without any key --------------------------------------------------------------------------------------------------


@pytest.fixture
def file(library, friend, music, tmp_path):
    cut(library, tmp_path / "out", recipients=to(friend))
    (found,) = (tmp_path / "out").iterdir()
    return found


def test_checked_with_a_key_it_tells_of_albums(file, friend):
    found = check_reel(file, friend, now=NOW)
    assert found.report.is_valid
    assert [(each.tracks, each.whole) for each in found.held.albums] == [(2, 2)]


def test_a_whole_one_is_left_alone(file):
    assert mend_reel(file, Disk()).folder == ""
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("hurt", ["content", "list", "cut off"])
def test_a_hurt_one_is_mended_in_a_folder_and_stays(file, friend, music, hurt):
    if hurt == "content":
        overwrite(file, 200, bytes(50))
    else:
        sealed = file.read_bytes()
        file.write_bytes(sealed[:-40] if hurt == "cut off" else sealed[:-100] + bytes(100))
    before = file.read_bytes()
    found = check_reel(file, None, now=NOW)
    assert found.outcome().exit_code == EXIT_PARTLY
    report = mend_reel(file, Disk())
    assert report.folder == str(file.with_suffix(""))
    assert report.folder in " ".join(report.outcome().lines)
    assert report.after.is_valid
    assert file.read_bytes() == before
    taken(friend, report.folder)
    assert contents_of(friend, next(friend.shelf.albums()).id) == music


def test_of_one_that_breaks_off_before_its_spare_parts_what_is_whole_is_taken(file, friend):
    """Every sentence leads on: check and dub to mend, mend to a folder, and the folder to the music that came."""
    members = table_of(file).members
    first = min(member.offset for name, member in members.items() if name.endswith(".par2"))
    file.write_bytes(file.read_bytes()[: first - 80])
    came = sum(name.endswith(".age") and "/" not in name for name in table_of(file).members)
    found = check_reel(file, None, now=NOW).outcome()
    assert f"breaks off, or its end is damaged: {came} of its sealed files came" in found.headline
    assert any("`mag reel mend`" in line for line in found.lines)
    (said, *_) = outcome(together([each for _, each in taken(friend, file)])).missing
    assert re.search(rf"breaks off.*`mag reel mend {file}`.*`mag dub`", str(said.reason))
    assert list(friend.shelf.albums())
    report = mend_reel(file, Disk())
    end = report.outcome()
    assert (end.exit_code, report.is_remnant) == (EXIT_PARTLY, True)
    assert report.folder in end.headline
    assert any("`mag dub`" in line for line in end.lines)
    assert not any("not a reel" in line for line in (end.headline, *end.lines))


def test_the_folder_that_it_was_cut_into_stands_for_it(file, friend, music):
    assert check_reel(file.parent, friend, now=NOW).report.is_valid
    assert mend_reel(file.parent, Disk()).folder == ""
    second = file.with_name("second.zip")
    second.write_bytes(file.read_bytes())
    for look in (lambda: check_reel(file.parent, None, now=NOW), lambda: mend_reel(file.parent, Disk())):
        with pytest.raises(UsageError, match=r"several reels lie in .*second\.zip"):
            look()
    second.unlink()
    overwrite(file, 200, bytes(50))
    report = mend_reel(file.parent, Disk())
    assert (report.folder, report.after.is_valid) == (str(file.with_suffix("")), True)


def test_of_another_zip_it_is_said_to_take_it_apart(tmp_path):
    with zipfile.ZipFile(tmp_path / "again.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("My Reel/abcdefgh.age", b"age-encryption.org/v1\n" * 100)
    with pytest.raises(SourceError, match="take it apart"):
        check_reel(tmp_path / "again.zip", None, now=NOW)
    (tmp_path / "song.zip").write_bytes(b"fLaC")
    with pytest.raises(SourceError, match="name the folder that holds a reel"):
        check_reel(tmp_path / "song.zip", None, now=NOW)


def test_mended_once_more_it_is_found_as_it_lies_there(file):
    """Though its spare parts have other names by now, since some were lost with the end of the file."""
    file.write_bytes(file.read_bytes()[:-150_000])
    first = mend_reel(file, Disk())
    assert first.renewed_parity
    before = sorted(Path(first.folder).rglob("*"))
    again = mend_reel(file, Disk())
    assert (again.folder, again.after.is_valid, again.missing) == (first.folder, True, ())
    assert sorted(Path(first.folder).rglob("*")) == before


def test_mended_where_somebody_says_and_nothing_else_may_lie_there(file, tmp_path):
    overwrite(file, 200, bytes(50))
    assert mend_reel(file, Disk(), into=tmp_path / "there").folder == str(tmp_path / "there")
    assert check(tmp_path / "there").is_valid
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "abcdefgh.age").write_bytes(b"another reel")
    for place, why in (("taken", "another reel"), ("no/such/place", "is not there")):
        report = mend_reel(file, Disk(), into=tmp_path / place)
        assert why in report.missing[0].reason
        outcome = report.outcome()
        assert outcome.exit_code == EXIT_PARTLY
        assert "could not be taken apart" in outcome.headline
        assert any(f"`mag reel mend {file} --into FOLDER`" in line for line in outcome.lines)


def test_it_mends_a_folder_that_lost_more_than_its_spare_parts(file, tmp_path):
    overwrite(file, 200, bytes(50))
    folder = tmp_path / "copy"
    mend_reel(file, Disk(), into=folder)
    for path in sorted(folder.glob("*.age"))[1:]:
        path.unlink()
    for path in folder.glob("*.par2"):
        path.unlink()
    assert mend_reel(folder, Disk(), others=[file]).after.is_valid


def test_a_courier_takes_it_into_the_stash(file, tmp_path):
    overwrite(file, 200, bytes(50))
    report = take(tmp_path / "stash", [file.parent], Disk(), now=NOW)
    assert [each.mended for each in report.taken] == [True]
    assert check(tmp_path / "stash" / report.taken[0].name).is_valid
    again = take(tmp_path / "stash", [file], Disk(), now=NOW)
    assert (again.taken, again.already) == ((), 1)
    assert len(kept(tmp_path / "stash", Disk()).reels) == 1
