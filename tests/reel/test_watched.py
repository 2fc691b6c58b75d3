"""Whoever looks at sticks: of two reels in one size class nothing tells label, recipient, album, day or account."""

from __future__ import annotations

import os
import stat
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.disk.roots import WRITTEN_NS
from magnitizdat.formats.age import read_header_of
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.reel import par2_packets
from magnitizdat.reel.copy import copy
from magnitizdat.reel.mend import mend
from magnitizdat.reel.par2_packets import Checksums, Description, Main, Recovery
from magnitizdat.reel.plan import plan
from magnitizdat.reel.writer import cut
from tests.fakes import FaultyDisk
from tests.fakes_reel import cut_reel, files_of, noise, overwrite, reader, spool_of

LENGTHS = [40_000] * 30
SMALL = [10_000] * 120
ALIKE = {"file": (WRITTEN_NS, 0o644), "folder": (WRITTEN_NS, 0o755)}


@pytest.fixture(params=[0o022, 0o077, 0o002])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def cut_for(folder: Path, spool: dict[str, bytes], people: int) -> Path:
    friends = [X25519Identity.generate().recipient for _ in range(people)]
    cut(plan(files_of(spool), recipients=people), reader(spool), friends, folder, Disk())
    return folder


def status(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_mtime_ns, stat.S_IMODE(found.st_mode)


def statuses(folder: Path) -> set[tuple[str, tuple[int, int]]]:
    return {("folder" if path.is_dir() else "file", status(path)) for path in [folder, *folder.rglob("*")]}


def packets(path: Path) -> tuple[tuple[object, ...], ...]:
    """What stands in a par2 file and where, but for digests and random names."""
    told: list[tuple[object, ...]] = []
    for packet in par2_packets.scan(FileReader(path)).packets:
        body = packet.body
        match body:
            case Main():
                told.append(("main", body.slice_length, len(body.files)))
            case Description():
                told.append(("file", body.length, len(body.name)))
            case Checksums():
                told.append(("checksums", len(body.all_crc32())))
            case Recovery():
                told.append(("recovery", body.exponent))
            case _:
                told.append(("creator",))
    return tuple(told)


def shape_of(folder: Path) -> Counter[tuple[object, ...]]:
    """All that somebody without a key can compare: of each file its kind, length, time, mode, and its outer form."""
    found: Counter[tuple[object, ...]] = Counter()
    for path in sorted(folder.rglob("*")):
        outside = (path.name.partition(".")[2], path.stat().st_size, status(path), tuple(user_attributes(path)))
        if path.suffix == ".age":
            stanzas = read_header_of(FileReader(path)).stanzas
            found[(*outside, tuple((each.args[0], len(each.args), len(each.body)) for each in stanzas))] += 1
        elif path.is_file():
            found[(*outside, packets(path))] += 1
    return found


def user_attributes(path: Path) -> list[str]:
    listed = os.listxattr(path) if hasattr(os, "listxattr") else []
    return [name for name in listed if name.startswith("user.")]


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    seed=st.integers(1, 1 << 16),
    people=st.sampled_from([(1, 1), (2, 4), (3, 2)]),
    weights=st.lists(st.integers(100, 200), min_size=80, max_size=160),
    papers=st.integers(1, 20_000),
)
def test_two_reels_of_one_size_class_look_the_same(tmp_path_factory, seed, people, weights, papers):
    """Other labels, albums and recipients: the same count of each kind of file, of each length, packet for packet."""
    one = spool_of(SMALL)
    other = spool_of([(sum(SMALL) - papers) * weight // sum(weights) for weight in weights], seed=seed)
    other["labels/mag1other/metadata/1.root.json"] = noise(papers, seed)
    first, second = (plan(files_of(spool), recipients=people[0]).layout for spool in (one, other))
    assume((first.shape, first.segments) == (second.shape, second.segments))
    folder = tmp_path_factory.mktemp("sticks")
    assert shape_of(cut_for(folder / "one", one, people[0])) == shape_of(cut_for(folder / "other", other, people[1]))


def test_files_are_made_in_the_order_of_their_random_names(tmp_path):
    """A folder of FAT lists files as they were made, and their bytes lie one behind the other."""
    disk = FaultyDisk()
    reel = cut_reel(tmp_path / "reel", spool_of(LENGTHS), disk=disk)
    made = [path.name for kind, path in disk.operations if kind == "open"]
    assert made == sorted(made) == [path.name for path in reel.segments()]


def test_par2_sorts_files_by_their_digests(tmp_path):
    reel = cut_reel(tmp_path / "reel", spool_of(LENGTHS))
    index = next(path for path in reel.parity() if ".vol" not in path.name)
    found = [each.body for each in par2_packets.scan(FileReader(index)).packets]
    ids = [body.file_id for body in found if isinstance(body, Description)]
    assert ids == sorted(ids, key=lambda digest: digest[::-1])


@pytest.mark.usefixtures("umask")
def test_neither_time_nor_account_shows(tmp_path, monkeypatch):
    monkeypatch.setattr("magnitizdat.reel.layout.FOLDER_FILES", 30)
    reel = cut_reel(tmp_path / "reel", spool_of([400_000] * 35))
    assert statuses(reel.folder) == set(ALIKE.items())


@pytest.mark.usefixtures("umask")
def test_copies_say_nothing_of_when_they_were_made(tmp_path):
    reel = cut_reel(tmp_path / "reel", spool_of(LENGTHS))
    held = reel.segments()[0]
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / held.name).write_bytes(held.read_bytes())  # by an older version
    copy(reel.folder, [(tmp_path / "copy", Disk())])
    assert {state[0] for _, state in statuses(tmp_path / "copy")} == {WRITTEN_NS}


@pytest.mark.parametrize("scratch", [False, True])
@pytest.mark.usefixtures("umask")
def test_a_mended_reel_says_nothing_of_when_that_was(tmp_path, scratch):
    reel = cut_reel(tmp_path / "reel", spool_of(LENGTHS))
    for path in (reel.segments()[0], next(path for path in reel.parity() if ".vol" in path.name)):
        overwrite(path, 5_000, noise(3_000, 7))
    (tmp_path / "scratch").mkdir()
    assert mend(reel.folder, Disk(), scratch=tmp_path / "scratch" if scratch else None).after.is_valid
    assert statuses(reel.folder) == set(ALIKE.items())
