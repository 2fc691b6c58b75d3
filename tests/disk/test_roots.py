"""Nothing beneath a root is changed through a link, and files that are alike say nothing of when they were written."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import KEPT_OPEN, Disk
from magnitizdat.disk.roots import READ_NS, WRITTEN_NS
from magnitizdat.errors import TargetError

CHANGES: dict[str, Callable[[Disk, Path], object]] = {
    "mkdir": lambda disk, path: disk.mkdir(path / "new"),
    "create": lambda disk, path: disk.write_new(path / "new", [b"x"]),
    "write_atomic": lambda disk, path: disk.write_atomic(path / "held", b"x"),
    "rename": lambda disk, path: disk.rename(path / "held", path / "other"),
    "remove": lambda disk, path: disk.remove(path / "held"),
    "erase": lambda disk, path: disk.erase(path / "held"),
    "remove_folder": lambda disk, path: disk.remove_folder(path / "folder"),
    "link": lambda disk, path: disk.link(path / "held", path / "new"),
    "make_executable": lambda disk, path: disk.make_executable(path / "held"),
    "make_private": lambda disk, path: disk.make_private(path / "held"),
    "adopt": lambda disk, path: disk.adopt(path / "held"),
}


def content(folder: Path) -> dict[str, object]:
    return {
        path.relative_to(folder).as_posix(): (path.is_dir() or path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in folder.rglob("*")
    }


@pytest.fixture
def elsewhere(tmp_path):
    folder = tmp_path / "elsewhere"
    (folder / "folder").mkdir(parents=True)
    (folder / "held").write_bytes(b"mine")
    (folder / "held").chmod(0o640)
    return folder


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("way", ["link", "sub/link", "link/folder/..", "up/../link"])
def test_nothing_is_changed_through_a_link(tmp_path, elsewhere, change, way):
    root, before = tmp_path / "root", content(elsewhere)
    for folder in (root / "sub", root / "up"):
        folder.mkdir(parents=True)
    for link in (root / "link", root / "sub" / "link"):
        link.symlink_to(elsewhere)
    disk = Disk()
    disk.confine(root)
    with pytest.raises(TargetError, match="is a link"):
        CHANGES[change](disk, root / way)
    assert content(elsewhere) == before


@pytest.mark.parametrize("change", CHANGES)
def test_the_root_itself_may_be_a_link(tmp_path, elsewhere, change, monkeypatch):
    (tmp_path / "root").symlink_to(elsewhere)
    monkeypatch.chdir(tmp_path)
    for root in (tmp_path / "root", Path("root"), Path("elsewhere/../root")):
        (elsewhere / "held").write_bytes(b"mine")
        (elsewhere / "folder").mkdir(exist_ok=True)
        for left in ("new", "other"):
            if (elsewhere / left).is_dir():
                (elsewhere / left).rmdir()
            (elsewhere / left).unlink(missing_ok=True)
        disk = Disk()
        disk.confine(root)
        CHANGES[change](disk, root)


def test_an_inner_root_is_no_link_where_an_outer_one_is_known(tmp_path, elsewhere):
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "reel").symlink_to(elsewhere)
    disk = Disk()
    disk.confine(tmp_path / "stick")
    disk.confine(tmp_path / "stick" / "reel")
    with pytest.raises(TargetError, match="is a link"):
        disk.mkdir(tmp_path / "stick" / "reel")
    with pytest.raises(TargetError, match="is a link"):
        disk.write_new(tmp_path / "stick" / "reel" / "new", [b"x"])


def test_a_folder_exchanged_for_a_link_meanwhile_changes_nothing_elsewhere(tmp_path, elsewhere, monkeypatch):
    """Each folder is opened from the one above it: what has the name afterwards does not matter."""
    root, before, opened = tmp_path / "root", content(elsewhere), os.open
    (root / "sub" / "deep").mkdir(parents=True)
    disk = Disk()
    disk.confine(root)

    def exchanged(path, flags, *rest, **options):
        if path == "deep" and not (root / "sub").is_symlink():
            (root / "sub").rename(root / "was")
            (root / "sub").symlink_to(elsewhere)
        return opened(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", exchanged)
    with disk.create(root / "sub" / "deep" / "new") as writer:
        writer.write(b"x")
    assert (root / "was" / "deep" / "new").read_bytes() == b"x"
    assert content(elsewhere) == before


@given(names=st.lists(st.sampled_from(["a", "b", "a/c", "a/c/d", "b/e"]), unique=True, max_size=5))
def test_a_root_without_links_is_as_any_other_place(tmp_path_factory, names):
    free, bound = tmp_path_factory.mktemp("free"), tmp_path_factory.mktemp("bound")
    disk = Disk()
    disk.confine(bound)
    for place in (free, bound):
        for name in names:
            disk.mkdir(place / name)
            disk.write_new(place / name / "file", [name.encode()])
            disk.rename(place / name / "file", place / name / "named")
        disk.flush()
    assert content(free) == content(bound)


# -- times ---------------------------------------------------------------------------------------------------------


def written(folder: Path) -> set[tuple[int, int]]:
    return {(path.lstat().st_mtime_ns, path.lstat().st_atime_ns) for path in [folder, *folder.rglob("*")]}


def test_what_is_alike_says_nothing_of_when(tmp_path):
    root = tmp_path / "root"
    disk = Disk(private=True)
    disk.confine(root, alike=True)
    disk.mkdir(root / "sub")
    for number in range(KEPT_OPEN + 4):
        disk.write_new(root / "sub" / f"{number}", [b"x"])
    disk.write_atomic(root / "slot", b"x")
    (root / "by a child").write_bytes(b"x")
    disk.adopt(root / "by a child")
    disk.rename(root / "sub" / "1", root / "one")
    disk.lock(root / "lock").release()
    disk.flush()
    assert written(root) == {(WRITTEN_NS, READ_NS)}
    disk.remove(root / "sub" / "2")
    assert written(root) == {(WRITTEN_NS, READ_NS)}
    (root / "one").read_bytes()
    assert written(root) == {(WRITTEN_NS, READ_NS)}


def test_beside_such_a_root_times_are_what_they_are(tmp_path):
    disk = Disk()
    disk.confine(tmp_path / "root", alike=True)
    disk.mkdir(tmp_path / "root")
    disk.write_new(tmp_path / "other", [b"x"])
    disk.flush()
    disk.make_alike([tmp_path / "other"])
    assert (tmp_path / "other").stat().st_mtime_ns != WRITTEN_NS


def test_a_medium_that_keeps_no_times_of_ours_is_no_error(tmp_path):
    class Stubborn(Disk):
        def _set_times(self, path, descriptor):
            raise PermissionError(path)

    disk = Stubborn()
    disk.confine(tmp_path, alike=True)
    disk.write_new(tmp_path / "file", [b"x"])
    disk.flush()
    assert (tmp_path / "file").read_bytes() == b"x"
