"""A courier's stash: what it lacks comes in, what a stick lacks goes out, and nothing goes that may be the last."""

from __future__ import annotations

import json
import shutil
import stat
from datetime import UTC, datetime, timedelta

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import (
    EXIT_DONE,
    EXIT_PARTLY,
    LibraryBusyError,
    NotFoundError,
    NotSureError,
    SourceError,
    TargetError,
    UsageError,
)
from magnitizdat.formats import budgets
from magnitizdat.ops.stash import giving, taking
from magnitizdat.ops.stash.book import LIST_NAME, digest_of, open_stash
from magnitizdat.ops.stash.keeping import drop
from magnitizdat.reel.check import check
from magnitizdat.reel.copy import reel_files
from tests.fakes_reel import cut_reel, noise, overwrite, spool_of
from tests.fakes_stash import NOW, Courier, digests_in, new_stick, tiny_reel

LETTER = b"age-encryption.org/v1\nletter".ljust(1 << 16)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A reel with spare parts, a letter beside it."""
    reel = cut_reel(tmp_path_factory.mktemp("pristine") / "abcdefgh", spool_of([300_000] * 12))
    (reel.folder / "post").mkdir()
    (reel.folder / "post" / "k3f9a2qz.age").write_bytes(LETTER)
    return reel.folder


@pytest.fixture
def courier(tmp_path):
    return Courier(tmp_path / "stash")


@pytest.fixture
def stick(pristine, tmp_path):
    return new_stick(tmp_path / "stick", pristine)


def listed(courier):
    return json.loads((courier.folder / LIST_NAME).read_text())


def test_a_reel_comes_in_whole_with_its_letters_and_goes_out_to_a_stick_that_lacks_it(courier, stick, tmp_path):
    report = courier.take(stick)
    (name,) = [each.name for each in report.taken]
    assert report.outcome().exit_code == EXIT_DONE
    there = {path.name: path.read_bytes() for path in (stick / "abcdefgh").rglob("*") if path.is_file()}
    here = {path.name: path.read_bytes() for path in (courier.folder / name).rglob("*") if path.is_file()}
    assert here == there
    other = new_stick(tmp_path / "other")
    assert courier.give(other).sticks[0].given == (name,)
    assert check(other / name).is_valid
    assert (other / name / "post" / "k3f9a2qz.age").read_bytes() == LETTER


@pytest.mark.parametrize("name", ["reel", "k3f9a2qz"])
def test_a_reel_in_the_folder_of_a_reel_is_another(courier, pristine, tmp_path, name):
    outer = shutil.copytree(pristine, tmp_path / "stick")
    inner = cut_reel(outer / name, spool_of([300_000] * 4)).folder
    alone = {path: digest_of(reel_files(path)) for path in (pristine, inner)}
    assert digest_of(reel_files(outer)) == alone[pristine]
    assert check(outer) == check(pristine)
    assert len(courier.take(outer).taken) == 2
    assert {each["digest"] for each in listed(courier)["reels"].values()} == {*alone.values()}
    assert courier.give(outer).sticks[0].already == 2


def test_what_lies_in_a_stash_is_for_its_owners_eyes_alone_and_what_goes_onto_a_stick_is_like_others(
    courier, stick, tmp_path
):
    courier.take(stick)
    here = [courier.folder, *courier.folder.rglob("*")]
    assert {stat.S_IMODE(each.stat().st_mode) & 0o77 for each in here} == {0}
    other = new_stick(tmp_path / "other")
    (name,) = courier.give(other).sticks[0].given
    assert all(each.stat().st_mode & 0o44 == 0o44 for each in (other / name).rglob("*.age"))


def test_what_is_here_is_not_taken_twice_and_what_is_there_is_not_given(courier, stick):
    courier.take(stick)
    again = courier.take(stick)
    assert (again.taken, again.already) == ((), 1)
    given = courier.give(stick)
    assert (given.sticks[0].given, given.sticks[0].already) == ((), 1)
    assert set(courier.copies().values()) == {0}


def test_the_list_says_no_place_no_hour_and_no_name(courier, stick, pristine):
    courier.take(stick)
    (name,) = listed(courier)["reels"]
    files = [each for each in reel_files(pristine) if not each.path.startswith("post/")]
    assert listed(courier) == {
        "reels": {
            name: {
                "digest": digest_of(files),
                "bytes": sum(each.length for each in files),
                "week": "2026-W49",
                "copies": 0,
                "going": False,
            }
        },
        "quota": None,
    }
    times = {path.stat().st_mtime_ns for path in [courier.folder, *courier.folder.rglob("*")] if path.name != ".lock"}
    assert len(times) == 1


def test_a_hurt_copy_is_mended_on_the_way_and_is_then_the_reel_itself(courier, stick, pristine):
    damaged, lost, *_ = sorted((stick / "abcdefgh").glob("*.age"))
    overwrite(damaged, 1000, noise(50))
    lost.unlink()
    (taken,) = courier.take(stick).taken
    assert taken.mended
    assert check(courier.folder / taken.name).is_valid
    assert courier.digests() == {digest_of(reel_files(pristine))}


def test_what_cannot_be_mended_is_not_taken_and_stops_nothing(courier, stick, tmp_path):
    for path in sorted((stick / "abcdefgh").glob("*.age"))[:6]:
        path.unlink()
    other = tiny_reel(stick / "zzzzzzzz")
    report = courier.take(stick)
    assert report.outcome().exit_code == EXIT_PARTLY
    assert courier.digests() == {other}
    assert "find another copy" in report.missing[0].reason
    assert courier.kept().unfinished == ()


def test_a_reel_that_was_hurt_in_the_stash_is_mended_before_it_counts(courier, stick, tmp_path):
    (taken,) = courier.take(stick).taken
    damaged, lost, *_ = sorted((courier.folder / taken.name).glob("*.age"))
    overwrite(damaged, 1000, noise(50))
    lost.unlink()
    other = new_stick(tmp_path / "other")
    assert courier.give(other).missing == ()
    assert check(other / taken.name).is_valid
    assert check(courier.folder / taken.name).is_valid
    assert set(courier.copies().values()) == {1}


def test_a_reel_that_cannot_be_mended_any_more_is_told_and_does_not_count(courier, stick, tmp_path):
    (taken,) = courier.take(stick).taken
    for path in sorted((courier.folder / taken.name).glob("*.age"))[:6]:
        path.write_bytes(noise(path.stat().st_size))
    report = courier.give(new_stick(tmp_path / "other"))
    assert report.outcome().exit_code == EXIT_PARTLY
    assert "take another copy" in report.missing[0].reason
    assert set(courier.copies().values()) == {0}


def test_least_handed_on_goes_first_and_what_finds_no_room_is_told(courier, tmp_path, monkeypatch):
    box = tmp_path / "box"
    digests = [tiny_reel(box / name) for name in ("aaaaaaaa", "bbbbbbbb", "cccccccc")]
    courier.take(box)
    first = courier.kept().reels[0]
    monkeypatch.setattr(giving._StickRun, "has_room", lambda run, _lacking: len(run.given) < 1)
    given = [courier.give(new_stick(tmp_path / f"stick{number}")) for number in range(3)]
    assert given[0].sticks[0].given == (first.name,)
    assert {name for each in given for name in each.sticks[0].given} == {each.name for each in courier.kept().reels}
    assert given[0].outcome().exit_code == EXIT_PARTLY
    assert "no room for 2 more reels" in given[0].missing[0].reason
    assert courier.copies() == dict.fromkeys(digests, 1)


def test_several_sticks_are_given_at_once_and_each_counts(courier, stick, tmp_path):
    courier.take(stick)
    report = courier.give(new_stick(tmp_path / "first"), new_stick(tmp_path / "second"))
    assert [len(each.given) for each in report.sticks] == [1, 1]
    assert set(courier.copies().values()) == {2}


def proven_reel(folder):
    """A reel with spare parts; its digest comes back."""
    cut_reel(folder, spool_of([3000] * 2))
    return digest_of(reel_files(folder))


def test_nothing_goes_for_what_no_spare_parts_prove(courier, tmp_path):
    """Of a file that begins like a sealed one and goes on in zeros nobody without a key can tell more."""
    first = proven_reel(tmp_path / "first" / "aaaaaaaa")
    courier.take(tmp_path / "first", quota=1 << 20)
    courier.give(new_stick(tmp_path / "one"), new_stick(tmp_path / "two"))
    tiny_reel(tmp_path / "second" / "aaaaaaaa", length=20_000)
    quota = courier.kept().bytes
    report = courier.take(tmp_path / "second", quota=quota)
    assert (report.taken, report.let_go, report.is_full) == ((), (), False)
    assert report.outcome().exit_code == EXIT_PARTLY
    assert "do not prove that it is whole" in report.missing[0].reason
    hurt = new_stick(tmp_path / "third") / "aaaaaaaa"
    proven_reel(hurt)
    overwrite(min(hurt.glob("*.age")), 1000, noise(50))
    assert courier.take(tmp_path / "third", quota=courier.kept().bytes).let_go == ()
    assert courier.digests() == {first}


def test_what_is_larger_than_the_quota_has_a_sentence_of_its_own(courier, tmp_path):
    """Nothing that was never handed on is in the way, so nothing of that is said, and nothing goes."""
    first = tiny_reel(tmp_path / "first" / "aaaaaaaa")
    courier.take(tmp_path / "first")
    for name in ("one", "two"):
        courier.give(new_stick(tmp_path / name))
    tiny_reel(tmp_path / "second" / "aaaaaaaa")
    report = courier.take(tmp_path / "second", quota=courier.kept().bytes // 2)
    assert "larger than its quota" in report.outcome().headline
    assert (report.is_full, report.is_too_large, report.outcome().exit_code) == (False, True, EXIT_PARTLY)
    assert courier.digests() == {first}


def test_a_quota_alone_is_kept_where_nothing_is_plugged_in(courier, monkeypatch):
    monkeypatch.setattr("magnitizdat.ops.stash.taking.mounted", list)
    report = courier.take(quota=64 * 10**9)
    assert "at most 64.0 GB from now on. No stick is plugged in" in report.outcome().headline
    assert courier.kept().quota == 64 * 10**9
    with pytest.raises(NotFoundError):
        courier.take()


def test_without_a_source_the_quota_stays_as_it_was(courier, tmp_path):
    with pytest.raises(NotFoundError):
        courier.take(tmp_path / "nowhere", quota=1)
    tiny_reel(tmp_path / "first" / "aaaaaaaa")
    assert courier.take(tmp_path / "first").taken, "there is room for it"


def test_a_quota_lets_go_of_what_was_handed_on_twice_and_of_nothing_else(courier, tmp_path):
    first, second, third = (proven_reel(tmp_path / name / "aaaaaaaa") for name in ("first", "second", "third"))
    courier.take(tmp_path / "first")
    quota = courier.kept().bytes
    full = courier.take(tmp_path / "second", quota=quota)
    assert full.outcome().exit_code == EXIT_PARTLY
    assert "The stash is full of reels that you never handed on" in full.outcome().headline
    assert courier.digests() == {first}
    courier.give(new_stick(tmp_path / "one"))
    assert courier.take(tmp_path / "second").is_full
    courier.give(new_stick(tmp_path / "two"))
    done = courier.take(tmp_path / "second")
    assert (len(done.taken), len(done.let_go), courier.digests()) == (1, 1, {second})
    assert courier.take(tmp_path / "third").is_full
    assert courier.digests() == {second}
    assert third not in courier.digests()


@pytest.mark.parametrize(
    ("weeks", "copies", "goes"), [(27, 2, True), (27, 1, False), (26, 2, False), (-4000, 2, False)]
)
def test_after_26_weeks_goes_what_was_handed_on_twice(courier, tmp_path, weeks, copies, goes):
    old = tiny_reel(tmp_path / "first" / "aaaaaaaa")
    new = tiny_reel(tmp_path / "second" / "aaaaaaaa")
    courier.take(tmp_path / "first")
    for number in range(copies):
        courier.give(new_stick(tmp_path / f"stick{number}"))
    courier.take(
        tmp_path / "second",
        now=min(NOW + timedelta(weeks=weeks), datetime(2099, 1, 1, tzinfo=UTC))
        if weeks > 0
        else datetime(1970, 1, 1, tzinfo=UTC),
    )
    assert courier.digests() == ({new} if goes else {old, new})


def test_a_courier_feeds_two_villages_that_never_meet(courier, tmp_path):
    """What each puts on its stick is on the other's the week after, and every letter beside it."""
    upper, lower = new_stick(tmp_path / "upper"), new_stick(tmp_path / "lower")
    music = set()
    for week in range(4):
        for village in (upper, lower):
            music.add(tiny_reel(village / f"reel{week}aaaa"[:8].replace("0", "z").replace("1", "y")))
            now = NOW + timedelta(weeks=week)
            courier.take(village, now=now)
            courier.give(village, now=now)
    courier.give(upper)
    assert digests_in(upper) == digests_in(lower) == music == courier.digests()


def test_a_letter_put_beside_a_reel_that_is_known_goes_on_too(courier, stick, tmp_path):
    courier.take(stick)
    (stick / "abcdefgh" / "post" / "zzzzzzzz.age").write_bytes(LETTER)
    (stick / "abcdefgh" / "post" / "yyyyyyyy.age").write_bytes(LETTER + b"of no length of ours")
    assert courier.take(stick).letters == 1
    other = new_stick(tmp_path / "other")
    courier.give(other)
    assert {path.name for path in other.rglob("post/*")} == {"k3f9a2qz.age", "zzzzzzzz.age"}
    (stick / "abcdefgh" / "post" / "xxxxxxxx.age").write_bytes(LETTER)
    courier.take(stick)
    assert courier.give(other).sticks[0].given == ()
    assert len(list(other.rglob("post/*"))) == 3
    assert set(courier.copies().values()) == {1}, "letters alone are no copy of the reel"


def test_of_more_letters_than_a_source_may_have_those_are_told_that_were_taken(courier, stick, monkeypatch):
    courier.take(stick)
    for name in ("vvvvvvvv", "wwwwwwww", "zzzzzzzz"):
        (stick / "abcdefgh" / "post" / f"{name}.age").write_bytes(LETTER)
    monkeypatch.setattr(taking.budgets, "LETTERS", budgets.LETTERS._replace(most=2))
    assert courier.take(stick).letters == 1


def test_a_link_in_the_place_of_a_reel_is_neither_read_nor_written_through(courier, stick, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(stick / "abcdefgh", elsewhere)
    before = {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}
    courier.folder.mkdir()
    (courier.folder / "linkaaaa").symlink_to(elsewhere)
    (courier.folder / LIST_NAME).write_text(
        json.dumps(
            {"reels": {"linkaaaa": {"digest": "0" * 64, "bytes": 1, "week": "2026-W01", "copies": 9, "going": True}}}
        )
    )
    courier.take(stick)
    other = new_stick(tmp_path / "other")
    courier.give(other)
    with pytest.raises(UsageError):
        drop(courier.folder, ["linkaaaa"], Disk(), now=NOW, sure=True)
    assert {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()} == before
    assert len(courier.kept().reels) == 1


def test_a_link_on_a_stick_where_a_reel_would_go_is_not_written_through(courier, stick, tmp_path):
    (taken,) = courier.take(stick).taken
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = new_stick(tmp_path / "other")
    (other / taken.name).symlink_to(elsewhere)
    assert len(courier.give(other).sticks[0].given) == 1
    assert list(elsewhere.iterdir()) == []


def test_a_list_that_is_a_link_is_not_followed(courier, stick, tmp_path):
    courier.take(stick)
    precious = tmp_path / "precious.json"
    (courier.folder / LIST_NAME).rename(precious)
    (courier.folder / LIST_NAME).symlink_to(precious)
    before = precious.read_bytes()
    assert courier.take(stick).warnings
    assert precious.read_bytes() == before
    assert len(courier.kept().reels) == 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b'{"reels": {"../../etc": {}}}', b"x" * (5 << 20), b'{"quota": -1}']
)
def test_a_list_that_cannot_be_read_makes_no_reel_one_that_may_go(courier, stick, tmp_path, content):
    courier.take(stick)
    courier.give(new_stick(tmp_path / "one"), new_stick(tmp_path / "two"))
    (courier.folder / LIST_NAME).write_bytes(content)
    report = courier.take(stick)
    assert report.warnings
    assert list(courier.copies().values()) == [0]


def test_a_reel_put_there_by_hand_is_taken_in_and_half_of_one_is_not(courier, pristine, tmp_path):
    courier.folder.mkdir()
    shutil.copytree(pristine, courier.folder / "handaaaa")
    shutil.copytree(pristine, courier.folder / "halfaaaa")
    min((courier.folder / "halfaaaa").glob("*.age")).unlink()
    with pytest.raises(SourceError):
        courier.take(new_stick(tmp_path / "empty"))
    assert courier.kept().reels == ()
    assert courier.give(new_stick(tmp_path / "stick")).sticks[0].given == ("handaaaa",)
    assert [each.name for each in courier.kept().reels] == ["handaaaa"]
    assert courier.kept().unfinished == ("halfaaaa",)
    drop(courier.folder, ["halfaaaa"], Disk(), now=NOW)
    assert courier.kept().unfinished == ()


def test_a_copy_that_was_interrupted_is_gone_on_with(courier, stick):
    courier.folder.mkdir()
    shutil.copytree(stick / "abcdefgh", courier.folder / "halfaaaa")
    min((courier.folder / "halfaaaa").glob("*.age")).unlink()
    assert [each.name for each in courier.take(stick).taken] == ["halfaaaa"]
    assert courier.kept().unfinished == ()


def test_a_folder_that_is_gone_is_told_and_forgotten(courier, stick):
    (taken,) = courier.take(stick).taken
    shutil.rmtree(courier.folder / taken.name)
    assert courier.kept().lost == (taken.name,)
    assert len(courier.take(stick).taken) == 1
    assert courier.kept().lost == ()


def test_what_may_be_the_last_copy_is_dropped_by_somebody_who_is_sure(courier, stick):
    (taken,) = courier.take(stick).taken
    with pytest.raises(NotSureError):
        drop(courier.folder, [taken.name], Disk(), now=NOW)
    assert len(courier.kept().reels) == 1
    assert drop(courier.folder, [taken.name], Disk(), now=NOW, sure=True).bytes == taken.bytes
    assert not (courier.folder / taken.name).exists()


def test_what_cannot_be_meant_is_refused(courier, stick, tmp_path):
    with pytest.raises(UsageError, match="empty"):
        courier.give(stick)
    courier.take(stick)
    with pytest.raises(UsageError, match="twice"):
        courier.give(stick, stick)
    with pytest.raises(UsageError, match="itself"):
        courier.give(courier.folder)
    with pytest.raises(TargetError, match="not there"):
        courier.give(tmp_path / "gone")
    (tmp_path / "stick.iso").write_bytes(b"no folder")
    with pytest.raises(TargetError, match="is a file"):
        courier.give(tmp_path / "stick.iso")
    with pytest.raises(NotFoundError):
        courier.take(tmp_path / "gone")
    with pytest.raises(SourceError):
        courier.take(courier.folder)
    with pytest.raises(UsageError):
        drop(courier.folder, ["../stick"], Disk(), now=NOW, sure=True)


def test_one_at_a_time(courier, stick):
    with open_stash(courier.folder, Disk(), now=NOW), pytest.raises(LibraryBusyError):
        courier.take(stick)


def given_to(courier, devices, *sticks):
    return giving.give(courier.folder, sticks, Disk(), now=NOW, device_of=lambda folder: devices.get(folder.name, 0))


def test_two_folders_of_one_stick_are_one_copy(courier, tmp_path):
    tiny_reel(tmp_path / "box" / "aaaaaaaa")
    courier.take(tmp_path / "box")
    first, second, other = (new_stick(tmp_path / name) for name in ("first", "second", "other"))
    report = given_to(courier, {"first": 1, "second": 1}, first, second)
    assert [len(each.given) for each in report.sticks] == [1, 1]
    assert ["count as one copy" in each for each in report.warnings] == [True, True]
    assert set(courier.copies().values()) == {1}
    assert given_to(courier, {"other": 2}, other).warnings == ()
    assert set(courier.copies().values()) == {2}


def test_another_folder_of_a_stick_that_has_it_is_no_copy_more(courier, tmp_path, monkeypatch):
    tiny_reel(tmp_path / "box" / "aaaaaaaa")
    courier.take(tmp_path / "box")
    stick = tmp_path / "stick"
    monkeypatch.setattr(giving, "mounted", lambda: [stick])
    for name in ("one", "two"):
        assert len(given_to(courier, {"one": 1, "two": 1}, new_stick(stick / name)).sticks[0].given) == 1
    assert set(courier.copies().values()) == {1}


@pytest.mark.parametrize("second", [["two"], ["one", "two"], ["two", "one"]])
def test_another_folder_of_a_disk_that_has_it_is_no_copy_more(courier, tmp_path, second):
    tiny_reel(tmp_path / "box" / "aaaaaaaa")
    courier.take(tmp_path / "box")
    devices = dict.fromkeys(("disk", "one", "two"), 1)
    one, two, other = (new_stick(tmp_path / name) for name in ("disk/one", "disk/two", "other"))
    given_to(courier, devices, one)
    report = given_to(courier, devices, *({"one": one, "two": two}[name] for name in second))
    assert sum(len(each.given) for each in report.sticks) == 1
    assert set(courier.copies().values()) == {1}
    given_to(courier, {"other": 2}, other)
    assert set(courier.copies().values()) == {2}


def test_who_gives_onto_the_disk_of_the_stash_is_told(courier, stick, tmp_path):
    courier.take(stick)
    assert "lost with both" in courier.give(new_stick(tmp_path / "other")).warnings[0]


def test_what_was_overwritten_on_a_stick_is_not_called_there_and_is_no_new_copy(courier, stick, tmp_path):
    (taken,) = courier.take(stick).taken
    other = new_stick(tmp_path / "other")
    courier.give(other)
    for path in other.rglob("*.age"):
        path.write_bytes(noise(path.stat().st_size))
    again = courier.give(other).sticks[0]
    assert (again.given, again.already) == ((taken.name,), 0)
    assert check(other / taken.name).is_valid
    assert set(courier.copies().values()) == {1}
    assert "beginnings" in courier.give(other).sticks[0].sentence()
