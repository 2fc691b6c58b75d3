"""Backups: a consistent library of its own at any moment, and never at the cost of what was there before."""

from __future__ import annotations

import threading

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import Space
from magnitizdat.errors import EXIT_LIBRARY, LibraryBusyError, MagError, NoSpaceError, UsageError
from magnitizdat.library.library import INDEX_NAME, LOCK_NAME, VAULT_NAME, Library, unlock
from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.keep import backup as backup_module
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from tests.fakes import FaultyDisk
from tests.fakes_library import NOW, PASSPHRASE, contents_of, database_of, make_library, put_album
from tests.fakes_spool import catalogue_of, is_sound, publish_all


@pytest.fixture
def mine(tmp_path):
    with make_library(tmp_path / "mine") as library:
        yield library


def opened(folder):
    return Library(folder, unlock(folder, PASSPHRASE))


def test_a_backup_is_the_library_and_a_second_one_copies_what_is_new(mine, tmp_path):
    album, contents = put_album(mine)
    publish_all(mine, [album])
    first = backup(mine, tmp_path / "copy", disk=Disk(private=True))
    with opened(tmp_path / "copy") as copy:
        assert catalogue_of(copy) == catalogue_of(mine)
        assert contents_of(copy, album) == contents
        assert is_sound(copy)
        assert copy.device != mine.device
    put_album(mine, "More", lengths=(1000,))
    second = backup(mine, tmp_path / "copy", disk=Disk(private=True))
    assert (second.already, second.missing) == (first.files, 0)
    assert 0 < second.files < first.files
    with opened(tmp_path / "copy") as copy:
        assert catalogue_of(copy) == catalogue_of(mine)
        assert is_sound(copy)


def test_while_the_library_is_being_written_to(mine, tmp_path):
    """Somebody puts in, edits and removes all the while: every copy is a sound moment of the library."""
    kept, contents = put_album(mine, "Kept", lengths=(200_000, 5000))
    stop = threading.Event()
    failed = []

    def live():
        number = 0
        try:
            with Library(mine.directory, mine.secrets) as writer:
                while not stop.is_set():
                    number += 1
                    put_album(writer, f"Album {number}", lengths=(30_000,))
                    if number % 2 == 0:
                        editing.remove(writer, [f"Album {number}", f"Album {number - 1}"])
        except BaseException as exc:
            failed.append(exc)
            raise

    thread = threading.Thread(target=live)
    thread.start()
    try:
        for number in range(4):
            try:
                backup(mine, tmp_path / f"copy{number % 2}", disk=Disk(private=True))
            except LibraryBusyError as exc:
                assert "faster" in str(exc)  # noqa: PT017
                continue
            with opened(tmp_path / f"copy{number % 2}") as copy:
                assert is_sound(copy)
                assert contents_of(copy, kept) == contents
    finally:
        stop.set()
        thread.join()
    assert not failed
    assert is_sound(mine)


def test_cells_that_move_while_they_are_copied(mine, tmp_path, monkeypatch):
    album, contents = put_album(mine, "Kept", lengths=(30_000,))
    put_album(mine, "Other", lengths=(20_000,))
    plain = backup_module._copy_cells
    turns = []

    def move_first(*arguments):
        if not turns:
            editing.remove(mine, ["Other"])  # empties cells: what lives in them moves
            editing.edit(mine, album, {"date": "1982"})
        turns.append(1)
        return plain(*arguments)

    monkeypatch.setattr(backup_module, "_copy_cells", move_first)
    report = backup(mine, tmp_path / "copy", disk=Disk(private=True))
    assert report.missing == 0
    with opened(tmp_path / "copy") as copy:
        assert is_sound(copy)
        assert contents_of(copy, album) == contents


def test_another_library_is_never_overwritten(mine, tmp_path):
    put_album(mine, lengths=(10,))
    with make_library(tmp_path / "hers") as hers:
        album, contents = put_album(hers, "Hers", lengths=(1000,))
        with pytest.raises(UsageError, match="another library"):
            backup(mine, tmp_path / "hers", disk=Disk(private=True))
        assert contents_of(hers, album) == contents
    with opened(tmp_path / "hers") as hers:
        assert is_sound(hers)


def test_a_copy_that_is_in_use_is_never_overwritten(mine, tmp_path):
    put_album(mine, lengths=(10,))
    backup(mine, tmp_path / "copy", disk=Disk(private=True))
    with opened(tmp_path / "copy") as copy:
        album, contents = put_album(copy, "Only in the copy", lengths=(1000,))
    with pytest.raises(UsageError, match="put to use"):
        backup(mine, tmp_path / "copy", disk=Disk(private=True))
    with opened(tmp_path / "copy") as copy:
        assert contents_of(copy, album) == contents
        with pytest.raises(UsageError, match="put to use"):
            backup(copy, mine.directory, disk=Disk(private=True))


def test_places_that_do_not_do(mine, tmp_path):
    put_album(mine, lengths=(10,))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_bytes(b"x")
    for place in (
        mine.directory,
        mine.directory / "vault" / "copy",
        tmp_path / "full",
        tmp_path / "full" / "letter.txt",
    ):
        with pytest.raises(UsageError):
            backup(mine, place, disk=Disk(private=True))
    assert is_sound(mine)
    assert sorted(path.name for path in (tmp_path / "full").iterdir()) == ["letter.txt"]


def test_damage_here_does_not_spread_to_the_good_copy(mine, tmp_path):
    album, contents = put_album(mine, lengths=(1_200_000,))
    backup(mine, tmp_path / "copy", disk=Disk(private=True))
    (cell,) = database_of(mine).one("SELECT cell FROM piece WHERE number = 1")
    path = mine.vault.cell_path(cell)
    path.write_bytes(path.read_bytes()[:-5000] + bytes(5000))
    assert backup(mine, tmp_path / "copy", disk=Disk(private=True)).missing == 0
    with opened(tmp_path / "copy") as copy:
        assert contents_of(copy, album) == contents
    path.unlink()
    assert backup(mine, tmp_path / "copy", disk=Disk(private=True)).missing == 0
    with opened(tmp_path / "copy") as copy:
        assert contents_of(copy, album) == contents
    assert backup(mine, tmp_path / "fresh", disk=Disk(private=True)).missing == 1


def test_a_failing_medium_leaves_the_earlier_backup_usable(mine, tmp_path):
    album, contents = put_album(mine, lengths=(1000,))
    backup(mine, tmp_path / "copy", disk=Disk(private=True))
    put_album(mine, "More", lengths=(1000,))
    number, passed = 0, False
    while not passed:
        number += 1
        disk = FaultyDisk(fail_at=number)
        try:
            backup(mine, tmp_path / "copy", disk=disk)
            passed = not disk.failed
        except MagError:
            pass
        with opened(tmp_path / "copy") as copy:
            assert contents_of(copy, album) == contents
            assert is_sound(copy)
    assert number > 5
    with opened(tmp_path / "copy") as copy:
        assert catalogue_of(copy) == catalogue_of(mine)


def test_a_copy_rebuilds_to_the_same_and_counts_rows_of_its_own(mine, tmp_path):
    put_album(mine)
    backup(mine, tmp_path / "copy", disk=Disk(private=True))
    rebuild(tmp_path / "copy", unlock(tmp_path / "copy", PASSPHRASE), now=NOW, disk=Disk(private=True))
    with opened(tmp_path / "copy") as copy:
        assert catalogue_of(copy) == catalogue_of(mine)
        assert copy.device != mine.device


def test_one_writer_at_a_time(mine):
    put_album(mine, lengths=(10,))
    with Library(mine.directory, mine.secrets) as other, mine.changes():
        for change in (
            lambda: put_album(other, "Other", lengths=(10,)),
            lambda: editing.remove(other, ["45"]),
            lambda: editing.edit(other, "45", {"title": "46"}),
            lambda: other.rewrap("new words"),
        ):
            with pytest.raises(LibraryBusyError) as caught:
                change()
            assert caught.value.exit_code == EXIT_LIBRARY
        assert [view.title for view in other.shelf.albums()] == ["45"]  # reading goes on
    put_album(mine, "Other", lengths=(10,))


def test_a_lock_of_a_dead_process_holds_nobody(mine):
    import subprocess
    import sys

    script = (
        "import os, sys; from pathlib import Path; from magnitizdat.disk.disk import Disk\n"
        "with Disk(private=True).lock(Path(sys.argv[1])):\n    print('held', flush=True); os._exit(9)"
    )
    command = [sys.executable, "-c", script, str(mine.directory / LOCK_NAME)]
    assert subprocess.run(command, capture_output=True, check=False).stdout == b"held\n"
    put_album(mine, lengths=(10,))


def test_another_process_holds_the_library(mine):
    import subprocess
    import sys

    script = (
        "import sys; from pathlib import Path; from magnitizdat.disk.disk import Disk\n"
        "with Disk(private=True).lock(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(mine.directory / LOCK_NAME)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(LibraryBusyError, match="wait"):
            put_album(mine, lengths=(10,))
        child.communicate(b"")
    put_album(mine, lengths=(10,))


def test_a_vault_without_its_slot_is_not_made_new(mine):
    put_album(mine, lengths=(10,))
    mine.close()
    slot = (mine.directory / "key.age").read_bytes()
    (mine.directory / "key.age").unlink()
    (mine.directory / LOCK_NAME).unlink()
    with pytest.raises(UsageError, match="not empty"):
        make_library(mine.directory)
    (mine.directory / "key.age").write_bytes(slot)
    with opened(mine.directory) as again:
        assert is_sound(again)


def test_a_lock_file_is_no_lock(mine):
    with Disk(private=True).lock(mine.directory / LOCK_NAME):
        pass
    assert (mine.directory / LOCK_NAME).exists()
    put_album(mine, lengths=(10,))


@pytest.mark.parametrize("earlier", [False, True])
def test_a_full_disk_says_what_is_there(tmp_path, monkeypatch, earlier):
    with make_library(tmp_path / "library") as library:
        put_album(library, lengths=(10,))
        if earlier:
            backup(library, tmp_path / "copy", disk=Disk(private=True))
        put_album(library, "New", lengths=(3_000_000,))
        with monkeypatch.context() as full:
            full.setattr(Disk, "write_new", no_space)
            with pytest.raises(NoSpaceError, match="still the earlier one" if earlier else "not a backup yet"):
                backup(library, tmp_path / "copy", disk=Disk(private=True))
        if earlier:
            with Library(tmp_path / "copy", library.secrets) as copy:
                assert [view.title for view in copy.shelf.albums()] == ["45"]
        backup(library, tmp_path / "copy", disk=Disk(private=True))
        with Library(tmp_path / "copy", library.secrets) as copy:
            assert len(list(copy.shelf.albums())) == 2


@pytest.mark.parametrize("earlier", [False, True])
def test_what_cannot_fit_is_refused_before_anything_is_written(mine, tmp_path, monkeypatch, earlier):
    put_album(mine, lengths=(10,))
    if earlier:
        backup(mine, tmp_path / "copy", disk=Disk(private=True))
    put_album(mine, "New", lengths=(3_000_000,))
    before = bytes_in(tmp_path / "copy")
    with monkeypatch.context() as full:
        full.setattr(backup_module, "space", lambda _: Space(free=1_000_000, total=9_000_000))
        with pytest.raises(NoSpaceError, match=r"more and 1\.0 MB are free in .*; nothing was written"):
            backup(mine, tmp_path / "copy", disk=Disk(private=True))
    assert bytes_in(tmp_path / "copy") == before


def test_what_grows_before_the_snapshot_is_counted_before_any_cell_is_written(mine, tmp_path, monkeypatch):
    put_album(mine, lengths=(10,))
    index = (mine.directory / INDEX_NAME).stat().st_size
    free = len(mine.index.cells.named()) * mine.vault.cell_length + 2 * index
    take = backup_module._snapshot

    def snapshot(library, *where):
        put_album(library, "New", lengths=(3_000_000,))
        return take(library, *where)

    monkeypatch.setattr(backup_module, "_snapshot", snapshot)
    monkeypatch.setattr(backup_module, "space", lambda _: Space(free=free, total=free))
    with pytest.raises(NoSpaceError, match="not a backup yet"):
        backup(mine, tmp_path / "copy", disk=Disk(private=True))
    assert not [*(tmp_path / "copy" / VAULT_NAME).rglob("*.age")]


def test_what_is_there_already_needs_no_room(mine, tmp_path, monkeypatch):
    put_album(mine, lengths=(9_000_000,))
    first = backup(mine, tmp_path / "copy", disk=Disk(private=True))
    index = (mine.directory / INDEX_NAME).stat().st_size
    assert index < first.length
    monkeypatch.setattr(backup_module, "space", lambda _: Space(free=first.length, total=first.length))
    second = backup(mine, tmp_path / "copy", disk=Disk(private=True))
    assert (second.files, second.already) == (0, first.files)


def bytes_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def no_space(_disk, path, _chunks):
    raise NoSpaceError(f"no space is left in {path.parent}")
