"""A seized library says nothing of when music came: one time for all its files, and an index that grows by steps."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.roots import READ_NS, WRITTEN_NS
from magnitizdat.library.index.database import step_up
from magnitizdat.library.library import INDEX_NAME, VAULT_NAME, Library
from magnitizdat.library.panic import Fate, destroy
from magnitizdat.ops.albums.edit import remove
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from tests.fakes_library import NOW, database_of, make_library, put_album

PAGE = 4096


def times(folder: Path) -> set[tuple[int, int]]:
    found = [path.lstat() for path in [folder, *folder.rglob("*")]]
    return {(each.st_mtime_ns, each.st_atime_ns) for each in found}


ALIKE = {(WRITTEN_NS, READ_NS)}


def test_no_time_of_a_library_says_when_what_was_done(tmp_path):
    library = make_library(tmp_path / "library")
    assert times(library.directory) == ALIKE
    album, _ = put_album(library)
    put_album(library, "More", lengths=(1000,))
    assert times(library.directory / VAULT_NAME) == ALIKE  # open still, and after a commit
    remove(library, [album])
    library.rewrap("another passphrase", work_factor=1)
    backup(library, tmp_path / "copy", disk=Disk(private=True))
    library.close()
    assert times(library.directory) == times(tmp_path / "copy") == ALIKE
    rebuild(library.directory, library.secrets, now=NOW, disk=Disk(private=True))
    assert times(library.directory) == ALIKE


def test_what_an_older_version_left_is_made_alike(tmp_path):
    with make_library(tmp_path / "library") as library:
        put_album(library)
        for path in library.directory.rglob("*"):
            os.utime(path)
        assert times(library.directory) != ALIKE
        library.sweep()
        assert times(library.directory) == ALIKE


def test_what_a_killed_process_left_is_made_alike_when_the_library_is_opened(tmp_path):
    with make_library(tmp_path / "library") as library:
        for path in (library.directory, *library.directory.glob(f"{INDEX_NAME}*")):
            os.utime(path)
    with Library(library.directory, library.secrets):
        pass
    assert times(library.directory) == ALIKE


def test_no_time_says_when_keys_were_destroyed(tmp_path):
    with make_library(tmp_path / "library") as library:
        put_album(library)
    for path in (library.directory, *library.directory.glob(f"{INDEX_NAME}*")):
        os.utime(path)
    assert destroy(library.directory, Disk(private=True)).slot is Fate.GONE
    assert times(library.directory) == ALIKE


@given(pages=st.integers(1, 1 << 24), more=st.integers(0, 1 << 20))
def test_steps_are_few_and_cost_an_eighth_at_most(pages, more):
    step = step_up(pages)
    assert pages <= step <= max(pages + 63, pages * 9 // 8 + 1)
    assert step_up(step) == step <= step_up(pages + more)


def test_the_index_grows_by_steps_of_pages_that_all_look_the_same(tmp_path):
    lengths = set()
    with make_library(tmp_path / "library") as library:
        for number in range(12):
            put_album(library, f"{number}", lengths=(500,) * 40)
            library.index.settle()
            content = (library.directory / INDEX_NAME).read_bytes()
            lengths.add(len(content))
            assert len(content) // PAGE == step_up(len(content) // PAGE)
            pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
            assert all(page.count(0) < 100 for page in pages)
        assert rows_of(library) == [("ok",)]
    assert 1 < len(lengths) < 12


def rows_of(library: Library) -> list[tuple[object, ...]]:
    return database_of(library).all("PRAGMA integrity_check")


def test_no_room_to_grow_by_a_step_is_no_failure_of_what_was_done(tmp_path):
    with make_library(tmp_path / "library") as library:
        database = database_of(library)
        database.all(f"PRAGMA max_page_count = {database.one('PRAGMA page_count')[0] + 20}")
        with library.index.transaction():
            library.index.jobs.put("kind", "target", bytes((15 + database.one("PRAGMA freelist_count")[0]) * PAGE))
        assert library.job("kind", "target")


def test_an_unfinished_step_is_taken_back_by_the_next(tmp_path):
    with make_library(tmp_path / "library") as library:
        database = database_of(library)
        database.all("CREATE TABLE room (body)")
        database.run("INSERT INTO room (body) VALUES (zeroblob(100000))")
        with library.index.transaction():
            library.index.jobs.put("kind", "target", bytes(1_000_000))
        assert database.all("SELECT name FROM sqlite_schema WHERE name = 'room'") == []


@pytest.mark.parametrize("change", [b"passphrase", b"index"])
def test_a_backup_finds_what_changed_though_time_and_length_are_the_same(tmp_path, change):
    with make_library(tmp_path / "library") as library:
        put_album(library)
        backup(library, tmp_path / "copy", disk=Disk(private=True))
        before = {name: (tmp_path / "copy" / name).read_bytes() for name in ("key.age", INDEX_NAME)}
        library.rewrap("another", work_factor=1)
        put_album(library, "More", lengths=(10,))
        backup(library, tmp_path / "copy", disk=Disk(private=True))
        name = "key.age" if change == b"passphrase" else INDEX_NAME
        after = (tmp_path / "copy" / name).read_bytes()
        assert len(after) == len(before[name])
        assert after != before[name]
