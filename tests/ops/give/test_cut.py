"""Cutting: the size is told to the byte before, nothing names anything, the same command goes on after any accident."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_USAGE, MagError, NoSpaceError, UsageError
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.give import cut as cut_module
from magnitizdat.ops.give.cut import cut_reel
from magnitizdat.ops.give.gathering import gather
from magnitizdat.ops.places.sources import open_sources
from magnitizdat.reel import plan as plan_module
from tests.fakes import FaultyDisk, Killed
from tests.fakes_library import NOW, contents_of, make_library, put_album
from tests.fakes_spool import is_sound, publish_all


class Usage(NamedTuple):
    total: int
    used: int
    free: int


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


def bytes_in(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def dub_from(library, folder, words=""):
    source = next(iter(open_sources(library, str(folder), words=words)))
    assert source.shortfalls == ()
    return dub(library, source.spool, now=NOW)


@pytest.mark.parametrize("parity", [0, 10, 100])
@pytest.mark.parametrize("words", [True, False], ids=["words", "friend"])
def test_the_size_that_is_told_before_is_the_size_that_is_written(library, friend, tmp_path, words, parity):
    put_album(library, lengths=(1_500_000, 10))
    told = []
    report = cut_reel(
        library,
        gather(library, now=NOW),
        tmp_path / "reel",
        recipients=[] if words else to(friend),
        parity_percent=parity,
        work_factor=1,
        planned=lambda order: told.append((order.total_bytes, bytes_in(tmp_path / "reel"))),
        disk=Disk(),
    )
    assert told == [(report.cut.total_bytes, 0)]
    assert bytes_in(tmp_path / "reel") == report.cut.total_bytes
    assert bool(report.words) == words
    assert library.job("cut", str(tmp_path / "reel")) is None


def test_nothing_on_the_stick_names_anything(library, friend, tmp_path):
    publish_all(library, [put_album(library, "Chernoe Solnce", "Majk Naumenko", lengths=(200_000,))[0]])
    cargo = gather(library, now=NOW)
    cut_reel(library, cargo, tmp_path / "reel", recipients=to(friend), disk=Disk())
    names = [
        b"Chernoe",
        b"Majk",
        b"Zoopark",
        b"mag1",
        b"blobs/",
        b"labels/",
        b"fLaC",
        cargo.loaded[0].view.imprint.encode(),
    ]
    names += [file.path.rsplit("/", 1)[-1].encode() for file in cargo.files]
    sizes = set()
    for path in filter(Path.is_file, (tmp_path / "reel").rglob("*")):
        content = path.read_bytes()
        assert not [name for name in names if name in content or name in path.name.encode()]
        assert len(path.name.split(".")[0]) == 8
        if path.suffix == ".age":
            sizes.add((path.parent.name, len(content)))
    assert {folder for folder, _ in sizes} == {"reel", "post"}
    assert len(sizes) == 2


def test_two_cuts_share_no_bytes(library, friend, tmp_path):
    put_album(library, lengths=(1_500_000,))
    cargo = gather(library, now=NOW)
    blocks, names = [], []
    for name in ("first", "second"):
        cut_reel(library, cargo, tmp_path / name, recipients=to(friend), disk=Disk())
        files = [path for path in (tmp_path / name).rglob("*") if path.is_file()]
        names.append({path.name for path in files})
        sealed = [path.read_bytes() for path in files if path.suffix == ".age"]
        blocks.append({content[at : at + 16] for content in sealed for at in range(512, len(content) - 16, 16)})
    assert not names[0] & names[1]
    assert not blocks[0] & blocks[1]


def test_what_does_not_fit_is_left_out_whole_and_not_promised(library, friend, tmp_path):
    for number in range(4):
        put_album(library, f"Album {number}", lengths=(400_000,))
    cargo = gather(library, now=NOW)
    everything = []
    cut_reel(library, cargo, tmp_path / "all", recipients=to(friend), planned=everything.append, disk=Disk())
    size = everything[0].total_bytes * 2 // 3
    report = cut_reel(library, cargo, tmp_path / "some", recipients=to(friend), size=size, disk=Disk())
    assert report.cut.total_bytes <= size
    assert report.left_out
    assert sorted(each.title for each in report.albums + report.left_out) == [f"Album {number}" for number in range(4)]
    found = dub_from(friend, tmp_path / "some")
    assert found.missing == ()
    assert sorted(view.title for view in friend.shelf.albums()) == sorted(each.title for each in report.albums)
    assert dub_from(friend, tmp_path / "all").releases == len(report.left_out)


def test_a_size_that_takes_no_album(library, friend, tmp_path):
    put_album(library, lengths=(400_000,))
    with pytest.raises(NoSpaceError, match="not even one album") as caught:
        cut_reel(library, gather(library, now=NOW), tmp_path / "reel", recipients=to(friend), size=1000, disk=Disk())
    assert caught.value.exit_code == EXIT_USAGE
    assert not (tmp_path / "reel").exists()


def test_a_full_stick_is_refused_before_the_first_byte(library, friend, tmp_path, monkeypatch):
    put_album(library, lengths=(400_000,))
    cargo = gather(library, now=NOW)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(10_000_000, 9_900_000, 100_000))
    with pytest.raises(NoSpaceError, match="nothing was written"):
        cut_reel(library, cargo, tmp_path / "reel", recipients=to(friend), disk=Disk())
    assert not (tmp_path / "reel").exists()
    monkeypatch.undo()
    cut_reel(library, cargo, tmp_path / "reel", recipients=to(friend), disk=Disk())
    assert dub_from(friend, tmp_path / "reel").tracks == 1


def test_one_folder_holds_one_reel(library, friend, tmp_path):
    put_album(library, lengths=(1000,))
    cargo = gather(library, now=NOW)
    (tmp_path / "reel").mkdir()
    (tmp_path / "reel" / "holiday.jpg").write_bytes(b"mine")
    cut_reel(library, cargo, tmp_path / "reel", recipients=to(friend), disk=Disk())
    before = bytes_in(tmp_path / "reel")
    with pytest.raises(UsageError, match="there is a reel in that folder"):
        cut_reel(library, cargo, tmp_path / "reel", recipients=to(friend), disk=Disk())
    assert bytes_in(tmp_path / "reel") == before
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UsageError, match="is a file"):
        cut_reel(library, cargo, tmp_path / "file", recipients=to(friend), disk=Disk())


def accidents(library, cargo, place, *, step=1, recipients=(), **how):
    """A cut that fails at the Nth operation of its disk, for every N (or each `step`th): its folder after that."""
    number, passed = 1, False
    while not passed:
        folder = place / str(number)
        disk = FaultyDisk(fail_at=number, **how)
        try:
            cut_reel(library, cargo, folder, recipients=recipients, work_factor=1, disk=disk)
            passed = not disk.failed
        except (MagError, Killed) as exc:
            said = str(exc)
            assert isinstance(exc, Killed) or "again" in said or "another" in said  # noqa: PT017
        yield folder
        number += step
    assert number > 5


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_the_same_command_goes_on_after_any_failure(library, friend, tmp_path, code):
    _, contents = put_album(library, lengths=(300_000,))
    cargo = gather(library, now=NOW)
    folder = None
    how = {"code": code, "forever": True, "step": 2}
    for folder in accidents(library, cargo, tmp_path, recipients=to(friend), **how):
        if library.job("cut", str(folder)) is not None:
            report = cut_reel(library, cargo, folder, recipients=to(friend), disk=Disk())
            assert bytes_in(folder) == report.cut.total_bytes
    dub_from(friend, folder)
    assert contents_of(friend, next(friend.shelf.albums()).id) == contents


def test_the_same_command_goes_on_after_a_kill(library, friend, tmp_path, monkeypatch):
    """Nothing is written down when a process dies: what it left under our names makes room."""
    put_album(library, lengths=(300_000,))
    cargo = gather(library, now=NOW)

    def forgetful():
        monkeypatch.setattr(cut_module._ProgressSaver, "save", lambda _self: None)

    forgetful()
    for folder in accidents(library, cargo, tmp_path, recipients=to(friend), kill=True, step=3):
        monkeypatch.undo()
        if library.job("cut", str(folder)) is not None:
            report = cut_reel(library, cargo, folder, recipients=to(friend), disk=Disk())
            assert bytes_in(folder) == report.cut.total_bytes
        forgetful()


def test_another_reel_than_was_begun_makes_room_for_itself(library, friend, tmp_path):
    put_album(library, lengths=(300_000,))
    cargo = gather(library, now=NOW)
    for folder in accidents(library, cargo, tmp_path, recipients=to(friend), step=4):
        if library.job("cut", str(folder)) is not None:
            put_album(library, f"More {folder.name}", lengths=(1000,))
            report = cut_reel(library, gather(library, now=NOW), folder, recipients=to(friend), disk=Disk())
            assert bytes_in(folder) == report.cut.total_bytes
    assert is_sound(library)


def test_what_was_begun_when_words_opened_one_segment_is_begun_anew(library, friend, tmp_path, monkeypatch):
    _, contents = put_album(library, lengths=(300_000,))
    cargo = gather(library, now=NOW)
    with monkeypatch.context() as older:
        older.setattr(plan_module, "WORD_SEGMENTS", 1)
        older.setattr(cut_module, "WORDS_EDITION", 3)
        with pytest.raises(MagError):
            cut_reel(library, cargo, tmp_path / "reel", work_factor=1, disk=FaultyDisk(fail_at=9, forever=True))
    assert bytes_in(tmp_path / "reel")
    report = cut_reel(library, cargo, tmp_path / "reel", work_factor=1, disk=Disk())
    assert (report.cut.kept, bytes_in(tmp_path / "reel")) == (0, report.cut.total_bytes)
    dub_from(friend, tmp_path / "reel", report.words)
    assert contents_of(friend, next(friend.shelf.albums()).id) == contents


def test_words_stay_the_same_when_a_reel_is_taken_up_again(library, friend, tmp_path):
    _, contents = put_album(library, lengths=(300_000,))
    cargo = gather(library, now=NOW)
    with pytest.raises(MagError):
        cut_reel(library, cargo, tmp_path / "reel", work_factor=1, disk=FaultyDisk(fail_at=9, forever=True))
    words = cut_reel(library, cargo, tmp_path / "reel", work_factor=1, disk=Disk()).words
    assert len(words.split()) == 6
    dub_from(friend, tmp_path / "reel", words)
    assert contents_of(friend, next(friend.shelf.albums()).id) == contents
