"""One reading, many sticks: copies are identical, what happens to one stick stops no other, nobody is told too much."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_DONE, EXIT_PARTLY, NoSpaceError, SourceError, UsageError
from magnitizdat.model import Silent
from magnitizdat.reel import feed as feeding
from magnitizdat.reel.check import check
from magnitizdat.reel.copy import copy
from magnitizdat.reel.mend import mend
from tests.fakes import FaultyDisk, Killed
from tests.fakes_reel import BadSectors, CutReel, cut_reel, noise, overwrite, spool_of

LETTER = b"age-encryption.org/v1\nletter"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> CutReel:
    """Two groups of files of some 400 kB, and a letter."""
    reel = cut_reel(tmp_path_factory.mktemp("pristine") / "reel", spool_of([400_000] * 28))
    (reel.folder / "post").mkdir()
    (reel.folder / "post" / "k3f9a2qz.age").write_bytes(LETTER)
    return reel


@pytest.fixture
def reel(pristine, tmp_path) -> CutReel:
    shutil.copytree(pristine.folder, tmp_path / "reel")
    return CutReel(tmp_path / "reel", pristine.spool, pristine.identity, pristine.plan, pristine.report)


@pytest.fixture
def small_ring(monkeypatch):
    """Chunks of 64 KiB, two files of them kept, as of real reels: a stick that is not quick falls behind."""
    for module in ("feed", "copy"):
        monkeypatch.setattr(f"magnitizdat.reel.{module}.CHUNK", 1 << 16)
    monkeypatch.setattr(feeding, "KEPT_CHUNKS", 14)


def tree(folder: Path) -> dict[str, bytes]:
    found = folder.rglob("*") if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path.is_file()}


def sticks(tmp_path: Path, *disks: Disk) -> list[tuple[Path, Disk]]:
    return [(tmp_path / f"stick{number}", disk) for number, disk in enumerate(disks)]


def verdicts(report) -> list[str]:
    return [each.verdict for each in report.targets]


@pytest.mark.usefixtures("small_ring")
def test_copies_are_the_reel_to_the_byte_and_nothing_else(reel, tmp_path):
    before = tree(reel.folder)
    (reel.folder / "holiday.jpg").write_bytes(noise(5000))
    (reel.folder / "post" / "note.txt").write_text("hello")
    (reel.folder / "link.age").symlink_to(reel.segments()[0])
    targets = sticks(tmp_path, *(Disk() for _ in range(4)))
    report = copy(reel.folder, targets)
    assert all(tree(folder) == before for folder, _ in targets)
    assert check(targets[0][0]).is_valid
    assert verdicts(report) == ["done"] * 4
    assert {(each.files, each.length) for each in report.targets} == {(len(before), sum(map(len, before.values())))}
    assert report.missing() == ()
    assert "read back. Safe to pull." in report.targets[0].sentence()


class InStep(Disk):
    """A stick as fast as all others that share `step`: none writes more than one chunk before every other has."""

    def __init__(self, step: threading.Barrier) -> None:
        super().__init__()
        self._step = step

    def _write(self, descriptor: int, content: memoryview, path: Path) -> int:
        self._step.wait(timeout=60)
        return super()._write(descriptor, content, path)


def test_the_source_is_read_once_for_all_that_keep_up(reel, tmp_path):
    turn = threading.Barrier(8)
    report = copy(reel.folder, sticks(tmp_path, *(InStep(turn) for _ in range(8))))
    assert report.source_read == report.length


def test_sizes_are_told_before_the_first_byte(reel, tmp_path):
    def planned(files: int, length: int) -> None:
        found = tree(reel.folder)
        assert (files, length) == (len(found), sum(map(len, found.values())))
        assert not (tmp_path / "stick0").exists()
        raise LookupError

    with pytest.raises(LookupError):
        copy(reel.folder, sticks(tmp_path, Disk()), planned=planned)


class Heard(Silent):
    """Says when a stick is done."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.sentences: list[str] = []

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)
        self.done.set()


class Stuck(Disk):
    """A stick that takes nothing from its third write on, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self._writes = 0

    def _write(self, descriptor, content, path):
        self._writes += 1
        if self._writes > 2:
            assert self.let_go.wait(60)
        return super()._write(descriptor, content, path)


@pytest.mark.usefixtures("small_ring")
def test_a_stick_that_hangs_stalls_no_other_and_catches_up(reel, tmp_path):
    stuck = Stuck()
    targets = sticks(tmp_path, stuck, Disk())
    heard = {folder: Heard() for folder, _ in targets}
    seen = []

    def let_go_when_the_other_is_done() -> None:
        seen.append(heard[targets[1][0]].done.wait(60) and heard[targets[1][0]].sentences[0])
        stuck.let_go.set()

    watcher = threading.Thread(target=let_go_when_the_other_is_done)
    watcher.start()
    report = copy(reel.folder, targets, watch=heard.__getitem__)
    watcher.join()
    assert "Safe to pull" in seen[0]
    assert verdicts(report) == ["done"] * 2
    assert tree(targets[0][0]) == tree(reel.folder)
    assert report.length < report.source_read <= 2 * report.length


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.ENODEV])
def test_whatever_fails_fails_alone_and_the_same_command_goes_on(tmp_path, code):
    reel = cut_reel(tmp_path / "reel", spool_of([40_000] * 12))
    counted = FaultyDisk()
    copy(reel.folder, [(tmp_path / "count", counted)])
    source = tree(reel.folder)
    for at in range(1, len(counted.operations) + 1, max(1, len(counted.operations) // 12)):
        place = tmp_path / f"try{at}"
        place.mkdir()
        targets = sticks(place, FaultyDisk(fail_at=at, code=code), Disk())
        report = copy(reel.folder, targets)
        assert verdicts(report) == ["failed", "done"]
        assert [each.what for each in report.missing()] == [str(targets[0][0])]
        assert report.missing()[0].reason
        left = tree(targets[0][0])
        assert {path: source[path] for path in left} == left, "half a file was left"
        again = copy(reel.folder, [(targets[0][0], Disk())])
        assert verdicts(again) == ["done"]
        assert again.targets[0].kept == len(left)
        assert tree(targets[0][0]) == source


@pytest.mark.parametrize("seed", range(12))
def test_what_a_power_cut_leaves_is_a_reel_that_is_understood_and_made_whole(reel, tmp_path, seed):
    chance = random.Random(seed)
    target = tmp_path / "stick"
    disk = FaultyDisk(fail_at=chance.randrange(4, 90), kill=True)
    with pytest.raises(Killed):
        copy(reel.folder, [(target, disk)])
    disk.lose_power(chance)
    if any(path.endswith(".par2") for path in tree(target)):
        check(target).sentences()
    assert verdicts(copy(reel.folder, [(target, Disk())])) == ["done"]
    assert tree(target) == tree(reel.folder)


def test_a_stick_pulled_half_way_says_what_it_lacks(reel, tmp_path):
    target = tmp_path / "stick"
    with pytest.raises(Killed):
        copy(reel.folder, [(target, FaultyDisk(fail_at=40, kill=True))])
    report = check(target)
    assert len(report.groups) == 2
    assert report.count("missing") > 0
    assert "damaged more than its spare parts can mend" in report.sentences()[0]
    assert "copy it once more, and it goes on" in report.sentences()[-1]


class Forgetful(Disk):
    """Takes everything and keeps zeros of some, as sticks of fake capacity do."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def flush(self, paths=()):
        super().flush(paths)
        for path in sorted(self._folder.glob("*.age"))[:3]:
            overwrite(path, 1000, bytes(5000))


def test_a_stick_that_lies_is_found_by_reading_back_and_only_that_one(reel, tmp_path):
    targets = sticks(tmp_path, Disk(), Forgetful(tmp_path / "stick1"), Disk())
    report = copy(reel.folder, targets)
    assert verdicts(report) == ["done", "failed", "done"]
    reason = report.targets[1].reason
    assert "other bytes than were written (in 3 of" in reason
    assert "failing, or smaller than it says" in reason
    source, left = tree(reel.folder), tree(targets[1][0])
    assert len(left) == len(source) - 3
    assert {path: source[path] for path in left} == left


def test_what_was_there_before_is_kept_only_if_it_verifies(reel, tmp_path):
    target = tmp_path / "stick"
    copy(reel.folder, [(target, Disk())])
    names = sorted(path.name for path in target.glob("*.age"))
    overwrite(target / names[0], 70_000, b"other")
    os.truncate(target / names[1], 1000)
    (target / names[2]).unlink()
    inodes = {path: path.stat().st_ino for path in target.iterdir()}
    report = copy(reel.folder, [(target, Disk())])
    assert verdicts(report) == ["done"]
    assert report.targets[0].kept == report.files - 3
    assert tree(target) == tree(reel.folder)
    rewritten = {path.name for path in target.iterdir() if inodes.get(path) != path.stat().st_ino}
    assert rewritten <= set(names[:3])


@pytest.mark.usefixtures("small_ring")
def test_unreadable_sectors_of_the_source_are_erasures_that_a_copy_mends(reel, pristine, tmp_path, monkeypatch):
    first, second = reel.segments()[:2]
    volume = reel.parity()[1]
    expected = tree(pristine.folder)
    bad = {first: range(50_000, 58_192), second: range(4096), volume: range(8192, 12_288)}
    sectors = BadSectors(monkeypatch, bad)
    targets = sticks(tmp_path, Disk(), Disk())
    report = copy(reel.folder, targets)
    assert verdicts(report) == ["done", "done"]
    assert {each.what: each.reason for each in report.unreadable} == {
        first.name: "12.3 kB of it cannot be read",
        second.name: "4.1 kB of it cannot be read",
        volume.name: "4.1 kB of it cannot be read",
    }
    assert report.sentences() == [
        "Parts of 3 files of the source cannot be read; every copy can be mended without any key: `mag reel mend`."
    ]
    assert report.missing() == report.unreadable
    assert sectors.refused < 100
    copied = tree(targets[0][0])
    assert copied[first.name][58_192 + 4096 :] == expected[first.name][58_192 + 4096 :]
    mend(targets[0][0], Disk())
    assert check(targets[0][0]).is_valid
    assert {path: content for path, content in tree(targets[0][0]).items() if path.endswith(".age")} == {
        path: content for path, content in expected.items() if path.endswith(".age")
    }


def test_more_than_the_spare_parts_stand_for_is_said(reel, tmp_path, monkeypatch):
    BadSectors(monkeypatch, {path: range(1 << 30) for path in reel.segments()[::2]})
    report = copy(reel.folder, sticks(tmp_path, Disk()))
    assert not report.mendable
    assert "find another copy of the reel" in report.sentences()[0]


def test_a_better_copy_is_not_made_worse_by_a_source_that_fails_since(reel, pristine, tmp_path, monkeypatch):
    target = tmp_path / "stick"
    copy(reel.folder, [(target, Disk())])
    BadSectors(monkeypatch, {reel.segments()[0]: range(8192, 20_000)})
    report = copy(reel.folder, [(target, Disk())])
    assert report.targets[0].kept == report.files
    assert tree(target) == tree(pristine.folder)


def test_a_source_that_is_gone_ends_it_and_whole_files_stay(reel, tmp_path, monkeypatch):
    monkeypatch.setattr(feeding, "_PATIENCE", 1 << 20)
    BadSectors(monkeypatch, {path: range(1 << 30) for path in reel.segments()[3:]})
    report = copy(reel.folder, sticks(tmp_path, Disk()))
    assert verdicts(report) == ["failed"]
    assert "does not answer any more; plug it in again" in report.targets[0].reason


def test_a_source_that_is_pulled(reel, tmp_path):
    class Puller(Disk):
        def flush(self, paths=()):
            super().flush(paths)

        def _write(self, descriptor, content, path):
            if path.suffix == ".age" and reel.folder.exists():
                shutil.rmtree(reel.folder)
            return super()._write(descriptor, content, path)

    report = copy(reel.folder, sticks(tmp_path, Puller()))
    assert verdicts(report) == ["failed"]
    assert "plug it in again" in report.targets[0].reason


def test_a_stick_without_room_is_refused_before_its_first_byte(reel, tmp_path, monkeypatch):
    total = sum(map(len, tree(reel.folder).values()))
    free = {"stick0": total // 2, "stick1": 10 * total}
    for name in free:
        (tmp_path / name).mkdir()
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(total=10**12, free=free[Path(path).name]))
    targets = sticks(tmp_path, Disk(), Disk())
    report = copy(reel.folder, targets)
    assert verdicts(report) == ["refused", "done"]
    assert "are free there; nothing was written" in report.targets[0].reason
    assert tree(targets[0][0]) == {}


def test_two_copies_on_one_stick_need_room_for_both(reel, tmp_path, monkeypatch):
    total = sum(map(len, tree(reel.folder).values()))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=10**12, free=total * 3 // 2))
    assert verdicts(copy(reel.folder, sticks(tmp_path, Disk(), Disk()))) == ["done", "refused"]


def test_places_that_cannot_be_taken_are_refused_alone(reel, tmp_path):
    taken, blocked = tmp_path / "taken", tmp_path / "blocked"
    cut_reel(taken, spool_of([3000] * 3, seed=5))
    before = tree(taken)
    blocked.mkdir()
    os.mkfifo(blocked / reel.segments()[0].name)
    (tmp_path / "file").write_text("x")
    places = [taken, blocked, tmp_path / "absent" / "reel", tmp_path / "file", tmp_path / "stick"]
    report = copy(reel.folder, [(place, Disk()) for place in places])
    assert verdicts(report)[:3] + verdicts(report)[4:] == ["refused"] * 3 + ["done"]
    assert report.targets[3].verdict != "done"
    reasons = [each.reason for each in report.targets]
    assert "another reel is in that folder" in reasons[0]
    assert "a pipe stands where a file belongs" in reasons[1]
    assert "is not there; plug the stick in" in reasons[2]
    assert tree(taken) == before


def test_other_files_on_a_stick_are_left_alone(reel, tmp_path):
    (tmp_path / "stick0").mkdir()
    (tmp_path / "stick0" / "holiday.jpg").write_bytes(b"sun")
    assert verdicts(copy(reel.folder, sticks(tmp_path, Disk()))) == ["done"]
    assert tree(tmp_path / "stick0") == tree(reel.folder) | {"holiday.jpg": b"sun"}


def test_what_cannot_be_meant_is_refused_as_a_whole(reel, tmp_path):
    for places in ([reel.folder], [reel.folder / "in"], [reel.folder.parent], [tmp_path / "a", tmp_path / "." / "a"]):
        with pytest.raises(UsageError):
            copy(reel.folder, [(place, Disk()) for place in places])
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "absent"):
        with pytest.raises(SourceError):
            copy(folder, sticks(tmp_path, Disk()))


def test_two_reels_in_one_folder_are_both_copied(reel, tmp_path):
    other = cut_reel(tmp_path / "other", spool_of([3000] * 40, seed=9))
    for path in other.folder.iterdir():
        path.rename(reel.folder / path.name)
    assert verdicts(copy(reel.folder, sticks(tmp_path, Disk()))) == ["done"]
    assert tree(tmp_path / "stick0") == tree(reel.folder)
    assert check(tmp_path / "stick0").is_valid


def test_subfolders_of_a_large_reel_are_copied(tmp_path, monkeypatch):
    monkeypatch.setattr("magnitizdat.reel.layout.FOLDER_FILES", 30)
    reel = cut_reel(tmp_path / "reel", spool_of([400_000] * 28))
    assert verdicts(copy(reel.folder, sticks(tmp_path, Disk()))) == ["done"]
    assert tree(tmp_path / "stick0") == tree(reel.folder)


INTERRUPTED = """
import signal, sys, threading
from pathlib import Path
from magnitizdat.disk.disk import Disk
from magnitizdat.reel import copy as copying

copying.CHUNK = sys.modules["magnitizdat.reel.feed"].CHUNK = 1 << 16

class Interrupting(Disk):
    pressed = 0

    def _write(self, descriptor, content, path):
        if path.suffix == ".age" and self.pressed < 2:  # once is never enough
            self.pressed += 1
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        return super()._write(descriptor, content, path)

source, one, two = map(Path, sys.argv[1:])
try:
    copying.copy(source, [(one, Interrupting()), (two, Disk())])
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_leaves_no_half_file(reel, tmp_path):
    places = [folder for folder, _ in sticks(tmp_path, Disk(), Disk())]
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, reel.folder, *places], capture_output=True, check=False)
    assert done.returncode == 130, done.stderr
    source = tree(reel.folder)
    for folder in places:
        left = tree(folder)
        assert {path: source[path] for path in left} == left
    assert verdicts(copy(reel.folder, sticks(tmp_path, Disk(), Disk()))) == ["done", "done"]


def test_a_mistake_of_ours_is_not_taken_for_the_sticks(reel, tmp_path):
    class Broken(Disk):
        def create(self, path):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        copy(reel.folder, sticks(tmp_path, Broken(), Disk()))
    assert tree(tmp_path / "stick1") == tree(reel.folder)


def test_no_space_is_a_reason_of_its_own(reel, tmp_path):
    report = copy(reel.folder, sticks(tmp_path, FaultyDisk(fail_at=20, code=errno.ENOSPC, forever=True)))
    assert "no space is left" in report.targets[0].reason
    assert NoSpaceError.exit_code == UsageError.exit_code


# -- a copy of damage is no good copy ----------------------------------------------------------------------------------


def damage(reel: CutReel) -> None:
    overwrite(reel.segments()[3], 40_000, noise(5000, 9))


def lose(reel: CutReel) -> None:
    reel.segments()[3].unlink()


def hurt_parity(reel: CutReel) -> None:
    volume = next(path for path in reel.parity() if ".vol" in path.name)
    overwrite(volume, volume.stat().st_size // 2, noise(500, 9))


@pytest.mark.parametrize("accident", [damage, lose, hurt_parity])
def test_a_damaged_source_is_copied_and_told_and_never_called_good(reel, tmp_path, accident):
    accident(reel)
    report = copy(reel.folder, sticks(tmp_path, Disk(), Disk()))
    told = report.outcome()
    assert verdicts(report) == ["done", "done"]
    assert told.exit_code == EXIT_PARTLY
    assert told.headline.startswith("Copied, and the source is damaged: mend it first")
    assert not any("✓" in line for line in told.lines)
    assert told.missing
    mend(reel.folder, Disk())
    again = copy(reel.folder, [(tmp_path / "fresh", Disk())]).outcome()
    assert (again.exit_code, again.missing) == (EXIT_DONE, ())
    assert check(tmp_path / "fresh").is_valid


def test_a_damaged_source_that_lay_on_the_stick_before_is_told_too(reel, tmp_path):
    damage(reel)
    shutil.copytree(reel.folder, tmp_path / "stick0")
    assert copy(reel.folder, sticks(tmp_path, Disk())).is_source_hurt
