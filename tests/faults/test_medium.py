"""Laws of the medium on paper: what was synced stays, what was not may go, and undisturbed it is the real one."""

from __future__ import annotations

import random
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.fakes import FaultyDisk, Log
from tests.fakes_medium import Folder, Medium, Operation, lay

DRAFT, NAME, FOLDER = Path("/m/draft"), Path("/m/name"), Path("/m")
NONE, ALL = 0.0, 1.0


def medium_of(*operations: Operation) -> Medium:
    medium = Medium()
    for each in operations:
        medium.apply(each)
    return medium


def written(path: Path = DRAFT, content: bytes = b"new") -> list[Operation]:
    return [Operation("open", path), Operation("write", path, content=content)]


def left(medium: Medium, keep: float = NONE, seed: int = 1):
    return medium.after(random.Random(seed), keep)


def test_what_nobody_synced_is_lost():
    assert left(medium_of(*written())) == {DRAFT: None}


def test_bytes_without_a_name_are_lost_and_a_name_without_bytes_is_empty():
    assert left(medium_of(*written(), Operation("sync file", DRAFT))) == {DRAFT: None}
    assert left(medium_of(*written(), Operation("sync folder", FOLDER))) == {DRAFT: b""}


@given(seed=st.integers(0, 1000), keep=st.floats(0, 1))
def test_a_flushed_draft_that_is_renamed_is_the_old_or_the_new(seed, keep):
    old = Operation("found", NAME, content=b"old")
    medium = medium_of(old, *written(), Operation("sync file", DRAFT), Operation("rename", NAME, DRAFT))
    assert left(medium, keep, seed)[NAME] in {b"old", b"new"}
    medium.apply(Operation("sync folder", FOLDER))
    assert left(medium, keep, seed) == {NAME: b"new", DRAFT: None}


@given(seed=st.integers(0, 1000))
def test_a_draft_that_is_renamed_before_its_flush_can_lose_both(seed):
    old = Operation("found", NAME, content=b"old")
    medium = medium_of(old, *written(), Operation("rename", NAME, DRAFT), Operation("sync folder", FOLDER))
    assert left(medium, NONE, seed)[NAME] == b""


@given(seed=st.integers(0, 1000))
def test_a_sync_that_failed_is_made_good_by_no_later_one(seed):
    failed = [*written(), Operation("sync folder", FOLDER), Operation("failed sync", DRAFT)]
    medium = medium_of(*failed, Operation("write", DRAFT, offset=3, content=b"er"), Operation("sync file", DRAFT))
    assert left(medium, NONE, seed)[DRAFT] == b"\0\0\0er"
    assert medium.whole()[DRAFT] == b"newer"


def test_what_lies_in_a_folder_that_did_not_survive_is_gone():
    below = FOLDER / "made" / "file"
    medium = medium_of(Operation("mkdir", below.parent), *written(below), Operation("sync file", below))
    medium.apply(Operation("sync folder", below.parent))
    assert left(medium)[below] == b"new"  # a folder's own sync makes it durable with what is in it
    medium = medium_of(Operation("mkdir", below.parent), *written(below))
    assert left(medium) == {below.parent: None, below: None}


def test_file_systems_are_synced_each_by_itself():
    medium = Medium(lambda path: path.parts[:2])
    for path in (Path("/one/file"), Path("/two/file")):
        for each in written(path):
            medium.apply(each)
    medium.apply(Operation("sync all", Path("/one")))
    assert left(medium) == {Path("/one/file"): b"new", Path("/two/file"): None}


@given(seed=st.integers(0, 200))
def test_undisturbed_it_is_the_real_one(tmp_path_factory, seed):
    """Random changes through a disk: the log says of every file what is there, and lays it elsewhere the same."""
    chance, place = random.Random(seed), tmp_path_factory.mktemp("medium")
    there, copy = place / "there", place / "copy"
    there.mkdir()
    copy.mkdir()
    disk = FaultyDisk(log=Log(root=there))
    for number in range(12):
        files = [path for path in there.rglob("*") if path.is_file()]
        act = chance.choice(["write", "write", "write", "remove", "rename", "atomic", "flush", "child"])
        target = there / f"folder{chance.randrange(2)}" / str(number)
        disk.mkdir(target.parent)
        if act == "write":
            disk.write_new(target, [chance.randbytes(chance.randrange(9000)) for _ in range(2)])
        elif act == "atomic":
            disk.write_atomic(target, chance.randbytes(100))
        elif act == "child":
            target.write_bytes(chance.randbytes(chance.randrange(100)))
            disk.adopt(target)
        elif act == "flush":
            disk.flush()
        elif files and act == "remove":
            disk.remove(chance.choice(files))
        elif files:
            disk.rename(chance.choice(files), target)
    disk.flush()
    whole = disk.log.medium.whole()
    assert disk.log.medium.after(chance, NONE) == whole or disk.log.medium.after(chance, NONE).keys() == whole.keys()
    lay(whole, lambda path: copy / path.relative_to(there))
    found = {path.relative_to(place).parts[1:]: path for path in there.rglob("*") if path.is_file()}
    laid = {path.relative_to(place).parts[1:]: path for path in copy.rglob("*") if path.is_file()}
    assert found.keys() == laid.keys()
    assert all(found[name].read_bytes() == laid[name].read_bytes() for name in found)
    assert all(path.is_dir() for path, entry in whole.items() if isinstance(entry, Folder))


@pytest.mark.parametrize("seed", range(20))
def test_flushed_there_is_nothing_left_to_lose(tmp_path, seed):
    disk = FaultyDisk(log=Log(root=tmp_path))
    disk.write_new(tmp_path / "a", [b"one"])
    disk.rename(tmp_path / "a", tmp_path / "b")
    (tmp_path / "child").write_bytes(b"by a child")
    disk.adopt(tmp_path / "child")
    disk.flush()
    disk.write_new(tmp_path / "late", [b"lost"])
    after = disk.log.medium.after(random.Random(seed), NONE)
    assert {path.name: entry for path, entry in after.items() if isinstance(entry, bytes)} == {
        "b": b"one",
        "child": b"by a child",
    }
