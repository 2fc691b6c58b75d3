from __future__ import annotations

import errno
import threading
import time
from pathlib import Path

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, MagError, UsageError
from magnitizdat.library import agent, holders
from magnitizdat.library.keyring import create_slot
from magnitizdat.library.library import Library, unlock
from magnitizdat.library.panic import PANIC_NAME, Fate, carry_out_if_asked, destroy
from magnitizdat.library.slot import read_slot
from tests.fakes import FaultyDisk
from tests.fakes_library import PASSPHRASE, make_library
from tests.library.test_holders import DEAF, holding


@pytest.fixture
def folder(tmp_path):
    make_library(tmp_path / "library").close()
    return tmp_path / "library"


def slots(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("key.age*"))


@pytest.mark.parametrize("held", [None, "write lock", "holder"])
def test_nothing_opens_the_library_any_more(folder, held):
    """Whoever has its write lock, or has it open: the slot goes first."""
    sealed = (folder / "key.age").read_bytes()
    (folder / "second name").hardlink_to(folder / "key.age")
    lock = Disk(private=True).lock(folder / "lock") if held == "write lock" else None
    if held == "holder":
        with holding(folder, "SERVER", DEAF) as child:
            done = destroy(folder, Disk(private=True))
            assert [each.pid for each in done.ended] == [child.pid]
            assert child.wait(5) < 0
    else:
        done = destroy(folder, Disk(private=True))
    assert (done.slot, done.left, done.unanswered) == (Fate.GONE, (), False)
    assert slots(folder) == []
    assert sealed not in (folder / "second name").read_bytes()
    with pytest.raises(UsageError):
        unlock(folder, PASSPHRASE)
    if lock is not None:
        lock.release()


def test_whoever_was_still_trying_the_passphrase_gets_no_library(folder):
    """Panic could not see it in the list yet."""
    secrets = unlock(folder, PASSPHRASE)
    assert destroy(folder, Disk(private=True)).slot is Fate.GONE
    with pytest.raises(MagError):
        Library(folder, secrets)
    with pytest.raises(MagError):
        agent.start(folder, secrets)
    assert holders.holders(folder) == []
    assert agent.ask(folder) is None


def test_drafts_of_the_slot_go_too(folder):
    for name in ("key.age.new", "key.age.bak", "key.age~"):
        (folder / name).write_bytes(b"an older slot")
    assert destroy(folder, Disk(private=True)).slot is Fate.GONE
    assert slots(folder) == []


def test_twice_is_fine(folder):
    destroy(folder, Disk(private=True))
    assert destroy(folder, Disk(private=True)).slot is Fate.ABSENT
    assert destroy(folder.parent / "nowhere", Disk(private=True)).slot is Fate.ABSENT


def test_a_slot_that_was_written_meanwhile_goes_too(folder):
    """As by a change of the passphrase that was under way: its process is ended before the second look."""
    secrets = unlock(folder, PASSPHRASE)

    class Racing(Disk):
        raced = False

        def _unlink(self, path):
            super()._unlink(path)
            if path.name == "key.age" and not self.raced:
                self.raced = True
                path.write_bytes(create_slot(secrets, "another", work_factor=1))

    assert destroy(folder, Racing(private=True)).slot is Fate.GONE
    assert slots(folder) == []


def test_a_link_leads_to_the_slot(folder, tmp_path):
    """Somebody keeps it on a stick of its own."""
    (folder / "key.age").rename(tmp_path / "on a stick")
    (folder / "key.age").symlink_to(tmp_path / "on a stick")
    assert destroy(folder, Disk(private=True)).slot is Fate.GONE
    assert not (tmp_path / "on a stick").exists()
    assert slots(folder) == []


def test_what_was_made_read_only_is_no_obstacle(folder):
    (folder / "key.age").chmod(0o400)
    folder.chmod(0o500)
    assert destroy(folder, Disk(private=True)).slot is Fate.GONE


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_it_is_never_told_destroyed_where_it_is_not(folder, code):
    """Whichever step fails once, or all from there on: what is said is what is."""
    sealed = (folder / "key.age").read_bytes()
    said = set()
    for forever in (False, True):
        for number in range(1, 9):
            (folder / "key.age").write_bytes(sealed)
            done = destroy(folder, FaultyDisk(fail_at=number, code=code, forever=forever))
            there = (folder / "key.age").exists()
            is_kept = there and (folder / "key.age").read_bytes() == sealed
            assert (done.slot is Fate.KEPT) == is_kept
            assert there == (done.slot in {Fate.KEPT, Fate.NOISE})
            said.add(done.slot)
    assert {Fate.GONE, Fate.KEPT} <= said


def test_a_slow_drive_does_not_keep_processes_alive(folder):
    """They are ended while it still works, and what is said waits for it."""
    gone = threading.Event()

    class Slow(Disk):
        def _sync_file(self, descriptor, path):
            gone.wait(20)
            super()._sync_file(descriptor, path)

    with holding(folder, "COMMAND", DEAF) as child:
        working = threading.Thread(target=destroy, args=(folder, Slow(private=True)))
        begun = time.monotonic()
        working.start()
        assert child.wait(5) < 0
        assert time.monotonic() - begun < 2
        assert working.is_alive()
        gone.set()
        working.join(20)
    assert slots(folder) == []


def test_the_file_is_the_sign(folder):
    died = []
    carry_out_if_asked(folder, Disk(private=True), lambda: died.append(slots(folder)))
    assert died == []
    assert slots(folder) == ["key.age"]
    (folder / PANIC_NAME).touch()
    carry_out_if_asked(folder, Disk(private=True), lambda: died.append(slots(folder)))
    assert died == [[]]
    assert not (folder / PANIC_NAME).exists(), "it would destroy what is restored from paper"


def test_the_file_is_seen_by_whoever_opens_it(folder):
    """Once: what is restored afterwards stays."""
    sealed = read_slot(folder)
    (folder / PANIC_NAME).touch()
    with pytest.raises(LibraryError, match="a file called `panic` lay"):
        read_slot(folder)
    assert slots(folder) == []
    (folder / "key.age").write_bytes(sealed)
    assert read_slot(folder) == sealed


def test_the_file_ends_who_has_the_keys(folder):
    with holding(folder, "COMMAND", DEAF) as child:
        (folder / PANIC_NAME).touch()
        with pytest.raises(LibraryError):
            read_slot(folder)
        assert child.wait(5) < 0


@pytest.mark.parametrize("code", [errno.EIO, errno.EROFS])
def test_what_the_file_asks_for_and_cannot_be_done_is_said(folder, monkeypatch, code):
    (folder / PANIC_NAME).touch()
    monkeypatch.setattr("magnitizdat.library.slot.Disk", lambda private: FaultyDisk(fail_at=1, code=code, forever=True))
    with pytest.raises(LibraryError, match="could NOT be destroyed"):
        read_slot(folder)
    assert slots(folder) == ["key.age"]


def test_a_folder_that_is_no_library_is_let_be(tmp_path):
    """Whatever lies there under this name, and its time."""
    mine = tmp_path / PANIC_NAME
    mine.write_bytes(b"a song")
    with pytest.raises(UsageError):
        read_slot(tmp_path)
    assert mine.read_bytes() == b"a song"
    other = tmp_path / "other"
    other.touch()
    before = other.stat().st_mtime_ns
    destroy(tmp_path, Disk(private=True))
    assert other.stat().st_mtime_ns == before


def test_this_process_is_not_ended_by_another_door(folder):
    with Library(folder, unlock(folder, PASSPHRASE)):
        assert destroy(folder, Disk(private=True)).ended == ()
        assert holders.holders(folder)
    with pytest.raises(MagError):
        unlock(folder, PASSPHRASE)
