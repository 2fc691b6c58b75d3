"""Cutting: the plan is kept to the byte, nothing half-done remains, an interrupted cut goes on."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import DamagedError, MagError, NoSpaceError, TargetError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.letter_file import to_nobody
from magnitizdat.formats.zip_store import Unread
from magnitizdat.reel import par2_child, writer
from magnitizdat.reel.check import check
from magnitizdat.reel.layout import Layout, shapes
from magnitizdat.reel.opening import open_reel
from magnitizdat.reel.paths import random_names
from magnitizdat.reel.plan import plan
from magnitizdat.reel.post import LEAST
from magnitizdat.reel.words import WordLock
from magnitizdat.reel.writer import cut
from tests.fakes import FaultyDisk, Killed
from tests.fakes_reel import WORK_FACTOR, cut_reel, files_of, reader, spool_of

SMALL = [3000] * 30
MIXED = [1_500_000, 700_000, 2_100_000, 10, 0, 400_000, 1 << 20, (1 << 20) + 1]


def written(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("lengths", [[1], SMALL, MIXED, [200_000] * 70], ids=["one", "small", "mixed", "many"])
@pytest.mark.parametrize("words", ["", "six words"])
@pytest.mark.parametrize("parity", [0, 10, 100])
def test_what_is_written_is_what_was_planned_to_the_byte(tmp_path, lengths, words, parity):
    reel = cut_reel(tmp_path / "reel", spool_of(lengths), words=words, parity_percent=parity)
    assert written(reel.folder) == reel.plan.total_bytes == reel.report.total_bytes
    assert {path.stat().st_size for path in reel.segments()} == {reel.plan.layout.segment_length}
    assert len(reel.segments()) == reel.plan.segments
    assert len(reel.parity()) == reel.report.parity_files
    assert check(reel.folder).is_valid


def test_every_name_is_eight_random_characters(tmp_path):
    reel = cut_reel(tmp_path / "reel", spool_of(SMALL))
    names = [path.name.partition(".")[0] for path in reel.segments()] + [
        path.name.partition(".")[0] for path in reel.parity()
    ]
    assert all((len(name) == 8 and name.isalnum() and name.islower()) or name.isdigit() for name in names)
    again = cut_reel(tmp_path / "again", reel.spool)
    assert not set(tree(reel.folder)) & set(tree(again.folder))
    assert not {path.read_bytes() for path in reel.segments()} & {path.read_bytes() for path in again.segments()}


def test_a_large_reel_lies_in_subfolders(tmp_path, monkeypatch):
    monkeypatch.setattr("magnitizdat.reel.layout.FOLDER_FILES", 30)
    reel = cut_reel(tmp_path / "reel", spool_of([400_000] * 35))
    folders = [path for path in reel.folder.iterdir() if path.is_dir()]
    assert len(folders) == reel.plan.layout.folders > 1
    assert all(len(list(folder.iterdir())) <= 30 for folder in folders)
    assert check(reel.folder).is_valid
    assert len(open_reel(reel.folder, [reel.identity]).paths()) == len(reel.spool)


def test_segments_read_by_several_friends(tmp_path):
    friends = [X25519Identity.generate() for _ in range(3)]
    spool = spool_of(SMALL)
    cut(
        plan(files_of(spool), recipients=3),
        reader(spool),
        [friend.recipient for friend in friends],
        tmp_path / "reel",
        Disk(),
    )
    for friend in friends:
        assert len(open_reel(tmp_path / "reel", [friend]).paths()) == len(spool)


class Interrupted(Exception):
    pass


def test_an_interrupted_cut_goes_on_and_keeps_what_is_whole(tmp_path):
    spool, me, names = spool_of([90_000] * 40), X25519Identity.generate(), random_names()
    reel, done = plan(files_of(spool)), {}

    def stop_after_ten(segment):
        done[segment.index] = segment
        if len(done) == 10:
            raise Interrupted

    folder = tmp_path / "reel"
    with pytest.raises(Interrupted):
        cut(reel, reader(spool), [me.recipient], folder, Disk(), names=names, on_segment=stop_after_ten)
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(kept) == 10
    hurt = folder / min(kept)
    hurt.write_bytes(hurt.read_bytes()[:-1] + b"x")
    (folder / sorted(kept)[1]).unlink()
    report = cut(
        reel, reader(spool), [me.recipient], folder, Disk(), names=names, done=dict(done), on_segment=lambda _: None
    )
    assert report.kept == 8
    assert [name for name in sorted(kept)[2:] if (folder / name).read_bytes() != kept[name]] == []
    assert written(folder) == reel.total_bytes
    assert check(folder).is_valid
    assert open_reel(folder, [me]).unreadable == []


def test_a_cut_that_stopped_while_making_parity_keeps_whole_parity(tmp_path, monkeypatch):
    spool, me, names, done = spool_of([400_000] * 35), X25519Identity.generate(), random_names(), {}
    reel, made, create = plan(files_of(spool)), [], par2_child.create

    def once(folder, base, *arguments, **options):
        if made:
            raise TargetError("pulled")
        made.append(base)
        create(folder, base, *arguments, **options)

    monkeypatch.setattr(par2_child, "create", once)
    monkeypatch.setattr(writer, "_PARITY_CHILDREN", 1)
    options = {"names": names, "on_segment": lambda segment: done.update({segment.index: segment})}
    with pytest.raises(TargetError):
        cut(reel, reader(spool), [me.recipient], tmp_path / "reel", Disk(), **options)
    monkeypatch.setattr(par2_child, "create", create)
    report = cut(reel, reader(spool), [me.recipient], tmp_path / "reel", Disk(), **options, done=dict(done))
    assert report.kept == reel.segments
    assert check(tmp_path / "reel").is_valid


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.ENODEV])
def test_whatever_fails_nothing_half_done_remains(tmp_path, code):
    spool = spool_of([40_000] * 12)
    counted = FaultyDisk()
    cut_reel(tmp_path / "count", spool, disk=counted)
    operations = len(counted.operations)
    for number, at in enumerate(range(1, operations + 1, max(1, operations // 25))):
        folder = tmp_path / f"reel{number}"
        with pytest.raises(MagError) as caught:
            cut_reel(folder, spool, disk=FaultyDisk(fail_at=at, code=code))
        assert isinstance(caught.value, (NoSpaceError, TargetError))
        assert not folder.exists() or tree(folder) == []


def test_a_dead_medium_leaves_what_a_resumed_cut_takes_up(tmp_path):
    spool, me = spool_of([40_000] * 12), X25519Identity.generate()
    reel = plan(files_of(spool))
    for at in (3, 9, 30):
        folder, names, done = tmp_path / f"reel{at}", random_names(), {}
        options = {"names": names, "on_segment": lambda segment, done=done: done.update({segment.index: segment})}
        with pytest.raises(Killed):
            cut(reel, reader(spool), [me.recipient], folder, FaultyDisk(fail_at=at, kill=True), **options)
        kept = {folder / segment.path for segment in done.values()}
        for path in folder.rglob("*.age") if folder.exists() else []:
            if path not in kept:  # as `mag reel cut` does: what nobody was told of may be torn
                path.unlink()
        cut(reel, reader(spool), [me.recipient], folder, Disk(), **options, done=dict(done))
        assert check(folder).is_valid


def test_a_reel_that_will_not_fit_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=10**9, free=1000))
    with pytest.raises(NoSpaceError, match="nothing was written"):
        cut_reel(tmp_path / "reel", spool_of(SMALL))
    assert not (tmp_path / "reel").exists()


def test_a_stick_that_gives_back_other_bytes_never_gets_a_good_word(tmp_path):
    class Forgetful(Disk):
        """Takes everything and keeps zeros, as sticks of fake capacity do."""

        def flush(self, paths=()):
            super().flush(paths)
            for path in sorted((tmp_path / "reel").glob("*.age"))[:1]:
                path.write_bytes(bytes(path.stat().st_size))

    with pytest.raises(TargetError, match="smaller than it says"):
        cut_reel(tmp_path / "reel", spool_of(SMALL), disk=Forgetful())
    assert not (tmp_path / "reel").exists()


def with_letters(folder, letters, *, disk=None):
    spool, me = spool_of(SMALL), X25519Identity.generate()
    sources = [Unread(len(letter), lambda letter=letter: letter) for letter in letters]
    reel = plan(files_of(spool), post=LEAST)
    return reel, cut(reel, reader(spool), [me.recipient], folder, disk or Disk(), letters=sources)


def test_letters_lie_beside_named_like_segments_and_count_in_the_size(tmp_path):
    letters = [to_nobody(65_536) for _ in range(4)]
    reel, report = with_letters(tmp_path / "reel", letters)
    posted = list((tmp_path / "reel" / "post").iterdir())
    assert sorted(path.read_bytes() for path in posted) == sorted(letters)
    assert {len(path.name) for path in posted} == {len("abcdefgh.age")}
    assert written(tmp_path / "reel") == reel.total_bytes == report.total_bytes
    assert report.post_bytes == 4 * 65_536
    assert check(tmp_path / "reel").is_valid


def test_other_letters_than_were_planned_are_refused_before_the_first_byte(tmp_path):
    with pytest.raises(ValueError, match="other letters"):
        with_letters(tmp_path / "reel", [to_nobody(65_536)] * 3)
    assert not (tmp_path / "reel").exists()


def test_a_letter_that_comes_back_altered_is_noticed(tmp_path):
    class Forgetful(Disk):
        def flush(self, paths=()):
            super().flush(paths)
            for path in sorted((tmp_path / "reel" / "post").glob("*.age"))[:1]:
                path.write_bytes(bytes(path.stat().st_size))

    with pytest.raises(TargetError, match="smaller than it says"):
        with_letters(tmp_path / "reel", [to_nobody(65_536) for _ in range(4)], disk=Forgetful())
    assert not (tmp_path / "reel").exists()


def test_parity_that_comes_back_altered_is_noticed(tmp_path):
    class Forgetful(Disk):
        def flush(self, paths=()):
            super().flush(paths)
            for path in sorted((tmp_path / "reel").glob("*.vol*"))[:1]:
                with path.open("r+b") as file:
                    file.seek(100)
                    file.write(bytes(50))

    with pytest.raises(TargetError, match="smaller than it says"):
        cut_reel(tmp_path / "reel", spool_of(SMALL), disk=Forgetful())


def test_a_reader_that_fails_stops_the_cut_with_its_own_error(tmp_path):
    spool = spool_of(SMALL)
    reel, me = plan(files_of(spool)), X25519Identity.generate()
    with pytest.raises(DamagedError, match="not as long"):
        cut(reel, lambda _path, _piece, _buffer: 5, [me.recipient], tmp_path / "reel", Disk())
    assert not (tmp_path / "reel").exists()


def test_words_and_recipients_have_to_be_those_of_the_plan(tmp_path):
    spool, me = spool_of(SMALL), X25519Identity.generate().recipient
    lock = WordLock("six words", work_factor=WORK_FACTOR)
    for planned, recipients, given in (
        (plan(files_of(spool)), [], None),
        (plan(files_of(spool)), [], lock),
        (plan(files_of(spool), word_sealed=True), [me], None),
        (plan(files_of(spool), word_sealed=True), [me], lock),
        (plan(files_of(spool)), [me, me], None),
    ):
        with pytest.raises(ValueError):
            cut(planned, reader(spool), recipients, tmp_path / "reel", Disk(), lock=given)


def test_a_segment_of_words_has_the_length_of_all_others():
    for shape in shapes(1):
        length = Layout(shape, 1, 10, 2).segment_length
        for work_factor in (2, 12):
            assert len(WordLock("w", work_factor=work_factor).seal(length)) == length


def test_nothing_secret_is_shown():
    lock = WordLock("some six words", work_factor=WORK_FACTOR)
    assert "some" not in repr(lock)
    assert lock.identity.text not in repr(lock)


def test_no_child_is_left_when_par2_is_stopped(tmp_path):
    for number in range(2):
        (tmp_path / f"a{number}.age").write_bytes(os.urandom(10_000))
    with pytest.raises(TargetError):
        par2_child.create(tmp_path, "base", ["a0.age", "a1.age"], slice_length=3, blocks=2, volumes=1, disk=Disk())


def test_with_any_one_segment_lost_what_is_precious_is_read(tmp_path):
    spool, me = spool_of([30_000] * 20), X25519Identity.generate()
    papers = "labels/mag1test/metadata/1.root.json"
    reel = plan(files_of(spool), precious=frozenset({papers}))
    cut(reel, reader(spool), [me.recipient], tmp_path / "reel", Disk())
    assert written(tmp_path / "reel") == reel.total_bytes
    for path in (tmp_path / "reel").rglob("*.age"):
        path.rename(tmp_path / "away")
        opened = open_reel(tmp_path / "reel", [me])
        assert opened.is_whole(papers)
        assert opened.read(papers, 0, 100) == spool[papers]
        (tmp_path / "away").rename(path)
