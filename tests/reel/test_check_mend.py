"""What sticks do to reels, done to real segments: the report says what happened, mending gives back every byte."""

from __future__ import annotations

import errno
import os
import random
import shutil
import zlib
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from magnitizdat.cage.landlock import Reach
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, SourceError, UsageError
from magnitizdat.reel import mend as mending
from magnitizdat.reel import par2_child
from magnitizdat.reel.check import check
from magnitizdat.reel.mend import mend
from tests.fakes import FaultyDisk
from tests.fakes_reel import BadSectors, CutReel, cut_reel, noise, overwrite, spool_of


@pytest.fixture(scope="module")
def pristine(tmp_path_factory) -> CutReel:
    """Two groups of twelve segments and more."""
    return cut_reel(tmp_path_factory.mktemp("pristine") / "reel", spool_of([400_000] * 28))


@pytest.fixture
def reel(pristine, tmp_path) -> CutReel:
    shutil.copytree(pristine.folder, tmp_path / "reel")
    return CutReel(tmp_path / "reel", pristine.spool, pristine.identity, pristine.plan, pristine.report)


def groups(reel: CutReel) -> list[list[Path]]:
    return [[reel.folder / each.path for each in group.segments] for group in check(reel.folder).groups]


def bursts(reel: CutReel) -> None:
    """Eight percent of each group in ten bursts."""
    chance = random.Random(1)
    for group in groups(reel):
        length = reel.plan.layout.segment_length
        burst = len(group) * length * 8 // 1000
        for path in chance.sample(group, 10):
            overwrite(path, chance.randrange(length - burst), noise(burst, chance.random()))


def lost_segment_in_each_group(reel: CutReel) -> None:
    for group in groups(reel):
        group[3].unlink()


def lost_segment_and_bursts(reel: CutReel) -> None:
    for group in groups(reel):
        for path in group[4:7]:
            overwrite(path, 100_000, bytes(len(group) * reel.plan.layout.segment_length // 150))
        group[3].unlink()


def truncated_tail(reel: CutReel) -> None:
    for group in groups(reel):
        os.truncate(group[0], reel.plan.layout.segment_length // 3)


def emptied(reel: CutReel) -> None:
    groups(reel)[0][5].write_bytes(b"")


def extended(reel: CutReel) -> None:
    with groups(reel)[0][5].open("ab") as file:
        file.write(bytes(5000))


def shifted(reel: CutReel) -> None:
    path = groups(reel)[0][5]
    path.write_bytes(noise(777) + path.read_bytes())


def same_crc32(reel: CutReel) -> None:
    """Damage that CRC-32 cannot see (its own polynomial, added), in each group; plain damage too in the second."""
    for group in groups(reel):
        content = bytearray(group[3].read_bytes())
        hidden = int.from_bytes(content[5000:5005], "little") ^ (0xEDB88320 << 1 | 1)
        content[5000:5005] = hidden.to_bytes(5, "little")
        assert zlib.crc32(content) == zlib.crc32(group[3].read_bytes())
        group[3].write_bytes(content)
    overwrite(groups(reel)[1][1], 5000, bytes(100))


def sectors_of_zeros(reel: CutReel) -> None:
    for path in groups(reel)[1]:
        overwrite(path, 65536, bytes(4096))


def renamed(reel: CutReel) -> None:
    first, second = groups(reel)[0][:2]
    first.rename(reel.folder / "FILE0001.CHK")
    second.rename(reel.folder / "copy of a file.age")


def swapped(reel: CutReel) -> None:
    first, second = groups(reel)[0][0], groups(reel)[1][0]
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)


def swapped_and_one_copied_over_another(reel: CutReel) -> None:
    group = groups(reel)[0]
    first, second = group[0].read_bytes(), group[1].read_bytes()
    group[0].write_bytes(second)
    group[1].write_bytes(first)
    shutil.copyfile(group[2], group[3])


def names_turned_round(reel: CutReel) -> None:
    """A ring through both groups, one of it damaged."""
    paths = [*groups(reel)[0][:4], *groups(reel)[1][:4]]
    contents = [path.read_bytes() for path in paths]
    contents[3] = contents[3][:50_000] + bytes(5000) + contents[3][55_000:]
    for path, content in zip(paths, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(content)


def names_moved_up(reel: CutReel) -> None:
    """Each file has the name of the one before it, through both groups; the first is lost."""
    paths = [*groups(reel)[0][:4], *groups(reel)[1][:4]]
    for path, following in pairwise(paths):
        following.replace(path)


MENDABLE: list[Callable[[CutReel], None]] = [
    bursts, lost_segment_in_each_group, lost_segment_and_bursts, truncated_tail, emptied, extended, shifted, same_crc32,
    sectors_of_zeros, renamed, swapped, swapped_and_one_copied_over_another, names_turned_round,
    names_moved_up,
]  # fmt: skip


@pytest.mark.parametrize("damage", MENDABLE, ids=lambda each: each.__name__)
@pytest.mark.parametrize("scratch", [False, True], ids=["in-place", "scratch"])
def test_every_byte_comes_back(reel, pristine, damage, scratch, tmp_path):
    damage(reel)
    before = check(reel.folder)
    assert not before.is_valid
    assert before.is_mendable or damage is shifted
    place = tmp_path / "scratch" if scratch else None
    report = mend(reel.folder, Disk(), scratch=place)
    assert report.missing == ()
    assert report.mended or report.renamed
    assert reel.contents() == pristine.contents()
    after = check(reel.folder)
    assert after.is_valid
    assert after.foreign == ()
    assert sorted(path.name for path in reel.folder.iterdir()) == sorted(p.name for p in pristine.folder.iterdir())
    assert not scratch or not place.exists() or list(place.iterdir()) == []


def test_names_changed_among_each_other_need_no_spare_parts(reel, pristine):
    names = [path.name for path in groups(reel)[0][:5]]
    for name, other in zip(names, [*names[1:], names[0]], strict=True):
        shutil.copyfile(pristine.folder / name, reel.folder / other)
    report = check(reel.folder)
    assert report.count("renamed") == 5
    assert report.groups[0].needed == 0
    result = mend(reel.folder, Disk())
    assert (sorted(result.renamed), result.mended) == (sorted(names), ())
    assert reel.contents() == pristine.contents()


@pytest.mark.parametrize("at", range(1, 9))
@pytest.mark.parametrize("damage", [names_turned_round, names_moved_up], ids=lambda each: each.__name__)
def test_names_that_are_given_back_survive_an_interruption(reel, pristine, damage, at):
    damage(reel)
    with suppress(MagError):
        mend(reel.folder, FaultyDisk(fail_at=at, code=errno.EIO))
    assert mend(reel.folder, Disk()).missing == ()
    assert reel.contents() == pristine.contents()
    assert sorted(os.listdir(reel.folder)) == sorted(os.listdir(pristine.folder))


def test_a_leftover_of_a_whole_file_is_not_told_as_mended(reel):
    first, other = groups(reel)[0][:2]
    shutil.copyfile(other, f"{other}.1")
    overwrite(first, 5000, bytes(100))
    assert mend(reel.folder, Disk()).mended == (first.name,)
    assert check(reel.folder).is_valid


def test_whole_files_are_never_touched(reel):
    damaged = groups(reel)[0][0]
    overwrite(damaged, 5000, bytes(100))
    stamps = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in reel.folder.iterdir() if path != damaged}
    mend(reel.folder, Disk())
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in stamps} == stamps


def test_a_whole_reel_says_what_it_can_still_survive(reel):
    report = check(reel.folder)
    assert report.is_valid
    assert report.is_complete
    assert "It can still lose 1 whole file and " in report.sentences()[0]
    assert mend(reel.folder, Disk()).sentences() == ["Nothing needed mending."]


def test_check_counts_and_explains(reel):
    first, second = groups(reel)
    overwrite(first[0], 5000, bytes(100))
    first[1].unlink()
    report = check(reel.folder)
    assert (report.count("damaged"), report.count("missing")) == (1, 1)
    assert report.count("whole") == reel.plan.segments - 2
    assert not report.is_complete
    hurt = next(group for group in report.groups if not group.is_whole)
    assert hurt.needed == 1 + reel.plan.layout.slices
    text = " ".join(report.sentences())
    assert "can be mended without any key" in text
    assert "1 damaged, 1 missing of" in text
    assert len(second) == len(next(group for group in report.groups if group.is_whole).segments)


def test_too_much_damage_is_said_honestly_and_the_rest_is_mended(reel, pristine):
    first, second = groups(reel)
    for path in first[:3]:
        path.unlink()
    second[0].unlink()
    report = check(reel.folder)
    assert not report.is_mendable
    assert [each.what for each in report.missing()] == [f"set {report.groups[0].name}"]
    assert "more than its spare parts can mend" in report.sentences()[0]
    result = mend(reel.folder, Disk())
    assert result.mended == (second[0].name,)
    (missing,) = result.missing
    assert "3 of" in missing.reason
    assert "another copy helps, be it damaged too" in missing.reason
    assert {
        name: content for name, content in pristine.contents().items() if name in reel.contents()
    } == reel.contents()


def test_another_copy_in_the_same_folder_helps(reel, pristine):
    for path in groups(reel)[0][:4]:
        path.unlink()
        shutil.copy(pristine.folder / path.name, reel.folder / f"other-{path.name}")
    report = mend(reel.folder, Disk())
    assert len(report.renamed) == 4
    assert reel.contents() == pristine.contents()


def lost_main(reel: CutReel) -> None:
    next(path for path in reel.parity() if ".vol" not in path.name).unlink()


def lost_last_volume(reel: CutReel) -> None:
    reel.parity()[2].unlink()


def lost_first_volume(reel: CutReel) -> None:
    reel.parity()[1].unlink()


def scratched_volume(reel: CutReel) -> None:
    overwrite(reel.parity()[1], 3000, noise(2000))


def zeroed_volume(reel: CutReel) -> None:
    path = reel.parity()[1]
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("damage", [lost_last_volume, lost_first_volume, scratched_volume, zeroed_volume])
def test_damaged_spare_parts_are_reported_and_made_anew(reel, pristine, damage):
    damage(reel)
    report = check(reel.folder)
    assert not report.is_valid
    assert "spare parts are damaged or lost" in report.sentences()[0]
    result = mend(reel.folder, Disk())
    assert len(result.renewed_parity) == 1
    assert check(reel.folder).is_valid
    assert reel.contents() == pristine.contents()
    assert len(reel.parity()) == len(pristine.parity())


def test_without_its_main_par2_file_a_reel_is_mended_all_the_same(reel, pristine):
    lost_main(reel)
    assert "its main par2 file is missing; the others say all that it said" in check(reel.folder).sentences()[1]
    lost_segment_in_each_group(reel)
    assert check(reel.folder).is_mendable
    assert mend(reel.folder, Disk()).missing == ()
    assert reel.contents() == pristine.contents()


def test_a_lost_volume_leaves_half_of_the_spare_parts(reel, pristine):
    lost_last_volume(reel)
    for path in groups(reel)[0][:5]:
        overwrite(path, 40_000, bytes(30_000))
    assert mend(reel.folder, Disk()).missing == ()
    assert reel.contents() == pristine.contents()
    assert check(reel.folder).is_valid


def test_without_any_spare_parts_files_are_unprotected(reel):
    for path in reel.parity():
        path.unlink()
    report = check(reel.folder)
    assert report.groups == ()
    assert len(report.unprotected) == reel.plan.segments
    assert not report.is_valid
    assert not report.is_mendable
    assert "No spare parts were found" in report.sentences()[0]
    assert mend(reel.folder, Disk()).sentences() == []


def test_two_reels_in_one_folder_are_told_apart(reel, pristine, tmp_path):
    other = cut_reel(tmp_path / "other", spool_of([3000] * 40, seed=9))
    before = other.contents() | pristine.contents()
    for path in other.folder.iterdir():
        path.rename(reel.folder / path.name)
    assert len(check(reel.folder).groups) == len(groups(reel))
    assert "These are files of at least 2 reels in one folder" in check(reel.folder).sentences()[1]
    for group in groups(reel):
        group[0].unlink()
    mend(reel.folder, Disk())
    assert reel.contents() == before
    assert check(reel.folder).is_valid


def test_files_of_no_reel_are_listed_and_left_alone(reel):
    (reel.folder / "holiday.jpg").write_bytes(noise(5000))
    (reel.folder / "readme.txt").write_text("hello")
    (reel.folder / "broken.par2").write_bytes(noise(3000))
    (reel.folder / "post").mkdir()
    (reel.folder / "post" / "letter.age").write_bytes(b"age-encryption.org/v1\n")
    (reel.folder / "link.age").symlink_to("/etc/passwd")
    os.mkfifo(reel.folder / "pipe.age")
    names = sorted(os.listdir(reel.folder))
    lost_segment_in_each_group(reel)
    report = check(reel.folder)
    assert report.foreign == ("holiday.jpg", "readme.txt")
    assert report.useless == ("broken.par2",)
    mend(reel.folder, Disk())
    assert sorted(os.listdir(reel.folder)) == names


STANDING = {
    "a pipe": os.mkfifo,
    "a folder": os.mkdir,
    "a link": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", STANDING)
@pytest.mark.parametrize("scratch", [False, True], ids=["in-place", "scratch"])
def test_what_is_no_file_under_the_name_of_one_is_named_and_nothing_hangs(reel, pristine, tmp_path, kind, scratch):
    first, second = groups(reel)
    first[3].unlink()
    second[3].unlink()
    STANDING[kind](first[3])
    report = check(reel.folder)
    assert report.count("missing") == 2
    place = tmp_path / "scratch" if scratch else None
    result = mend(reel.folder, Disk(), scratch=place)
    assert result.mended == (second[3].name,)
    (missing,) = result.missing
    assert missing.reason == f"{kind} stands where a file belongs ({first[3].name}); remove it and mend again"
    first[3].rmdir() if kind == "a folder" else first[3].unlink()
    assert mend(reel.folder, Disk(), scratch=place).missing == ()
    assert reel.contents() == pristine.contents()


def test_a_pipe_where_a_renamed_file_belongs_is_not_replaced(reel):
    path = groups(reel)[0][0]
    path.rename(reel.folder / "FILE0001.CHK")
    path.mkdir()
    (missing,) = mend(reel.folder, Disk()).missing
    assert "a folder stands where a file belongs" in missing.reason


def test_a_pipe_under_the_name_of_a_volume_is_passed_over(reel, pristine):
    for group in groups(reel):
        overwrite(group[0], 5000, bytes(100))
    volume = reel.parity()[1]
    volume.unlink()
    os.mkfifo(volume)
    assert len(mend(reel.folder, Disk()).mended) == 2
    assert reel.contents() == pristine.contents()
    assert volume.is_fifo()


def test_a_child_that_waits_for_ever_is_ended(tmp_path, monkeypatch):
    (tmp_path / "a.age").write_bytes(noise(20_000))
    par2_child.create(tmp_path, "base", ["a.age"], slice_length=1000, blocks=10, volumes=1, disk=Disk())
    (tmp_path / "a.age").unlink()
    os.mkfifo(tmp_path / "a.age")
    monkeypatch.setattr(par2_child, "_LEAST_S", 0.2)
    reach = Reach(works=(tmp_path,))
    assert par2_child.repair(tmp_path, "base.par2", [], reach=reach, largest=20_000, total=20_000) == par2_child.STUCK


def test_subfolders_are_mended_too(tmp_path, monkeypatch):
    monkeypatch.setattr("magnitizdat.reel.layout.FOLDER_FILES", 30)
    reel = cut_reel(tmp_path / "reel", spool_of([400_000] * 28))
    before = reel.contents()
    lost_segment_in_each_group(reel)
    assert mend(reel.folder, Disk()).missing == ()
    assert reel.contents() == before


def test_an_interrupted_mend_goes_on(reel, pristine):
    """par2 was killed: a file that it had begun is short, the damaged one stands beside it."""
    damaged, begun = groups(reel)[0][:2]
    length = reel.plan.layout.segment_length
    overwrite(begun, 10_000, bytes(length // 3))
    begun.rename(begun.with_name(begun.name + ".1"))
    begun.write_bytes((pristine.folder / begun.name).read_bytes()[: length // 10])
    damaged.unlink()
    before = check(reel.folder)
    assert before.is_mendable
    assert before.foreign == ()
    assert mend(reel.folder, Disk()).missing == ()
    assert reel.contents() == pristine.contents()
    assert sorted(os.listdir(reel.folder)) == sorted(os.listdir(pristine.folder))


def test_a_full_stick_asks_for_scratch_and_scratch_does_it(reel, pristine, tmp_path, monkeypatch):
    lost_segment_in_each_group(reel)
    overwrite(groups(reel)[0][0], 10, bytes(10))
    damaged = sorted(os.listdir(reel.folder))
    full = {"free": 1000, "total": 10**9}
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(**full))
    report = mend(reel.folder, Disk())
    assert all("--scratch" in each.reason for each in report.missing)
    assert len(report.missing) == 2
    assert sorted(os.listdir(reel.folder)) == damaged
    monkeypatch.undo()

    class Full(FaultyDisk):
        """No room for a second copy of any file, as long as the first is there."""

        def _write(self, descriptor, content, path):
            if path.parent == reel.folder and path.with_name(path.name.removesuffix(".900")) != path:
                raise OSError(errno.ENOSPC, "full")
            return super()._write(descriptor, content, path)

    report = mend(reel.folder, Full(), scratch=tmp_path / "scratch")
    assert report.missing == ()
    assert reel.contents() == pristine.contents()


@pytest.mark.parametrize("at", [1, 3, 8, 12, 20, 40])
def test_a_medium_that_fails_while_mending_loses_nothing(reel, pristine, tmp_path, at):
    lost_segment_in_each_group(reel)
    overwrite(groups(reel)[0][0], 10, bytes(10))
    with suppress(MagError):
        mend(reel.folder, FaultyDisk(fail_at=at, code=errno.EIO), scratch=tmp_path / "scratch")
    report = mend(reel.folder, Disk(), scratch=tmp_path / "scratch")
    assert report.missing == ()
    assert reel.contents() == pristine.contents()
    assert check(reel.folder).is_valid


def test_unreadable_sectors_are_erasures_not_an_end(reel, pristine, monkeypatch):
    first, second = groups(reel)
    volume = reel.parity()[1]
    bad = {first[0]: range(50_000, 58_192), first[1]: range(4096), second[2]: range(100_000, 200_000)}
    BadSectors(monkeypatch, bad | {volume: range(8192, 12_288)})
    report = check(reel.folder)
    assert report.count("damaged") == 3
    assert all(each.unreadable for group in report.groups for each in group.segments if each.state == "damaged")
    assert report.is_mendable
    result = mend(reel.folder, Disk())
    assert result.missing == ()
    assert len(result.mended) == 3
    assert check(reel.folder).is_valid
    assert reel.contents() == pristine.contents()


def test_sectors_that_give_way_when_asked_for_less_cost_no_spare_parts(reel, pristine, monkeypatch):
    path = groups(reel)[0][0]
    BadSectors(monkeypatch, {path: range(50_000, 58_192)}, longer_than=4096)
    report = check(reel.folder)
    assert (report.count("damaged"), report.groups[0].needed) == (1, 0)
    assert mend(reel.folder, Disk()).mended == (path.name,)
    assert check(reel.folder).is_valid
    assert reel.contents() == pristine.contents()


@pytest.mark.parametrize("seed", range(10))
def test_whatever_comes_together_within_what_spare_parts_allow(reel, pristine, tmp_path, monkeypatch, seed):
    """A lost file or its like in each group, scratches, sectors that are not read, parity hurt, another reel beside."""
    chance = random.Random(seed)
    if chance.random() < 0.3:
        other = cut_reel(tmp_path / "other", spool_of([3000] * 20, seed=9))
        before = other.contents() | pristine.contents()
        for path in other.folder.iterdir():
            path.rename(reel.folder / path.name)
    else:
        before = pristine.contents()
    refused = {}
    length = reel.plan.layout.segment_length
    for group in (each for each in groups(reel) if len(each) > 5):
        one, two, three, four, five = chance.sample(group, 5)
        chance.choice([Path.unlink, lambda path: os.truncate(path, length // 5), lambda path: path.write_bytes(b"")])(
            one
        )
        overwrite(two, chance.randrange(length // 2), noise(chance.randrange(1, 3000), seed))
        if chance.random() < 0.5:
            start = chance.randrange(length // 8192) * 4096
            refused[three] = range(start, start + 4096)
        if chance.random() < 0.5:
            four.rename(reel.folder / f"FILE{chance.randrange(9999):04}.CHK")
        elif chance.random() < 0.5:
            five.write_bytes(five.read_bytes() + bytes(4096))
    if chance.random() < 0.5:
        lost_main(reel)
    BadSectors(monkeypatch, refused)
    assert not check(reel.folder).is_valid
    scratch = tmp_path / "scratch" if chance.random() < 0.5 else None
    assert mend(reel.folder, Disk(), scratch=scratch).missing == ()
    assert reel.contents() == before
    assert check(reel.folder).is_valid


@pytest.mark.parametrize("scratch", [False, True], ids=["in-place", "scratch"])
def test_a_stick_that_lies_while_it_is_mended_gets_no_good_word(reel, tmp_path, scratch):
    lost = groups(reel)[0][3]
    lost.unlink()

    class Forgetful(Disk):
        def flush(self, paths=()):
            super().flush(paths)
            for path in reel.folder.glob("*.900"):
                overwrite(path, 20_000, bytes(9000))

    report = mend(reel.folder, Forgetful(), scratch=tmp_path / "scratch" if scratch else None)
    (missing,) = report.missing
    assert "failing, or smaller than it says" in missing.reason
    assert report.mended == ()
    assert not lost.exists()
    assert mend(reel.folder, Disk(), scratch=tmp_path / "scratch" if scratch else None).missing == ()
    assert check(reel.folder).is_valid


def test_names_that_lead_out_of_the_folder_are_not_followed(tmp_path):
    folder = tmp_path / "reel"
    folder.mkdir()
    victim = tmp_path / "victim.age"
    victim.write_bytes(noise(20_000))
    (folder / "a.age").write_bytes(noise(20_000, 1))
    (folder / "sub").mkdir()
    shutil.copy(victim, folder / "sub" / "b.age")
    par2_child.create(folder, "base", ["a.age", "sub/b.age"], slice_length=1000, blocks=10, volumes=1, disk=Disk())
    for path in folder.glob("*.par2"):
        _retarget(path, b"sub/b.age", b"../victim.age")
    before = victim.read_bytes()
    overwrite(folder / "a.age", 100, bytes(100))
    report = check(folder)
    assert report.groups == ()
    assert len(report.useless) == 2
    mend(folder, Disk())
    assert victim.read_bytes() == before


def _retarget(path: Path, name: bytes, other: bytes) -> None:
    """Rename a file within par2 packets, checksums made good again."""
    from hashlib import md5

    content, out, offset = path.read_bytes(), b"", 0
    while offset < len(content):
        length = int.from_bytes(content[offset + 8 : offset + 16], "little")
        packet = content[offset : offset + length]
        offset += length
        if name in packet:
            packet = packet.rstrip(b"\0")[: -len(name)] + other + bytes(-(len(packet) - len(name) + len(other)) % 4)
            packet += bytes(-len(packet) % 4)
            packet = packet[:8] + len(packet).to_bytes(8, "little") + packet[16:]
            packet = packet[:16] + md5(packet[32:]).digest() + packet[32:]
        out += packet
    path.write_bytes(out)


def test_a_child_that_fails_is_reported_and_nothing_is_lost(reel, pristine, monkeypatch):
    lost_segment_in_each_group(reel)
    left = reel.contents()
    monkeypatch.setattr(mending.par2_child, "repair", lambda *_arguments, **_options: 6)
    report = mend(reel.folder, Disk())
    assert len(report.missing) == 2
    assert "stopped before the end" in report.missing[0].reason
    assert reel.contents() == left


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        check(tmp_path / "absent")
    assert check(tmp_path).sentences()[0].startswith("No spare parts")


# -- two bad copies ----------------------------------------------------------------------------------------------------


def ruined(reel: CutReel, folder: Path, *, chance: random.Random, share: float) -> Path:
    """A copy that has lost more than its spare parts stand for."""
    shutil.copytree(reel.folder, folder)
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        if chance.random() < share:
            overwrite(path, path.stat().st_size // 3, noise(path.stat().st_size // 3, chance.random()))
    return folder


@pytest.mark.parametrize("seed", range(3))
def test_two_bad_copies_are_fused_into_a_good_one_and_the_other_is_only_read(reel, tmp_path, seed):
    """What one of them lost the other has, slice by slice; the spare parts do the rest."""
    chance = random.Random(seed)
    first = ruined(reel, tmp_path / "first", chance=chance, share=0.6)
    second = ruined(reel, tmp_path / "second", chance=chance, share=0.3)
    for path in sorted(second.rglob("*.age")):
        if path.read_bytes() != (reel.folder / path.relative_to(second)).read_bytes():
            whole = (reel.folder / path.relative_to(second)).read_bytes()
            (first / path.relative_to(second)).write_bytes(whole)  # no file is lost in both
    before = {path: path.read_bytes() for path in second.rglob("*") if path.is_file()}
    assert not mend(first, Disk()).after.is_valid or check(first).is_valid
    report = mend(first, Disk(), others=[second])
    assert (report.after.is_valid, report.missing) == (True, ())
    assert {path: path.read_bytes() for path in second.rglob("*") if path.is_file()} == before
    for path in reel.segments():
        assert (first / path.relative_to(reel.folder)).read_bytes() == path.read_bytes()


def test_a_copy_that_lost_all_its_spare_parts_has_those_of_the_other(reel, tmp_path):
    shutil.copytree(reel.folder, tmp_path / "other")
    for path in reel.parity():
        path.unlink()
    reel.segments()[2].unlink()
    for path in sorted((tmp_path / "other").rglob("*.age"))[5:9]:
        overwrite(path, 1000, noise(9000, 3))
    report = mend(reel.folder, Disk(), others=[tmp_path / "other"])
    assert (report.after.is_valid, report.missing) == (True, ())


def test_what_is_no_copy_of_it_is_said(reel, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "beach.jpg").write_bytes(noise(9000))
    for name, words in (("empty", "there is nothing in"), ("holiday", "nothing in .* belongs to this reel")):
        with pytest.raises(SourceError, match=words):
            mend(reel.folder, Disk(), others=[tmp_path / name])
    with pytest.raises(UsageError, match="is the reel itself"):
        mend(reel.folder, Disk(), others=[reel.folder])


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("lost", ["nothing", "a segment", "all spare parts"])
def test_nothing_of_another_reel_comes_into_this_one(reel, tmp_path, lost):
    cut_reel(tmp_path / "other", spool_of([70_000] * 4, seed=7))
    if lost == "a segment":
        reel.segments()[0].unlink()
    if lost == "all spare parts":
        for path in reel.parity():
            path.unlink()
    before = contents(reel.folder)
    with pytest.raises(SourceError, match=r"nothing in .* belongs to this reel"):
        mend(reel.folder, Disk(), others=[tmp_path / "other"])
    assert contents(reel.folder) == before


def test_a_copy_mends_what_lost_a_group_with_all_its_spare_parts(reel, tmp_path):
    """Some other group, or one slice of a file, says that both are copies of one reel."""
    shutil.copytree(reel.folder, tmp_path / "other")
    before = contents(reel.folder)
    kept = reel.segments()[-1]
    for path in [*reel.parity(), *reel.segments()]:
        if path != kept:
            path.unlink()
    overwrite(kept, 0, noise(1000, 3))
    report = mend(reel.folder, Disk(), others=[tmp_path / "other"])
    assert (report.after.is_valid, report.missing) == (True, ())
    after = contents(reel.folder)
    assert all(after[path] == content for path, content in before.items() if path.suffix == ".age")


def test_a_copy_without_spare_parts_is_a_copy_still(reel, tmp_path):
    """Nothing can be mended where neither has any, but that is no reason to ask for another copy."""
    for path in reel.parity():
        path.unlink()
    shutil.copytree(reel.folder, tmp_path / "other")
    report = mend(reel.folder, Disk(), others=[tmp_path / "other"])
    assert (report.mended, report.after.groups) == ((), ())
