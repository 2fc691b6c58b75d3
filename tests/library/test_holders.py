from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.disk import presence
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryBusyError, TargetError
from magnitizdat.library import holders
from magnitizdat.library.holders import Kind
from magnitizdat.library.library import Library, unlock
from magnitizdat.ops.keep.backup import backup
from magnitizdat.ops.keep.rebuild import rebuild
from tests.fakes_library import NOW, PASSPHRASE, make_library

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system keeps no such list")

HOLDS = """
import signal, sys
from pathlib import Path
from magnitizdat.disk.disk import Disk
from magnitizdat.library import holders
{before}
lock = holders.hold(Path(sys.argv[1]), Disk(private=True), kind=holders.Kind[sys.argv[2]])
print("here", flush=True)
while True:
    signal.pause()
"""
DEAF = "[signal.signal(getattr(signal, name), signal.SIG_IGN) for name in ('SIGINT', 'SIGTERM', 'SIGUSR1')]"


@contextmanager
def holding(folder, kind="COMMAND", before=""):
    """Another process that holds the keys; it comes back as it is, and is gone at the end."""
    code = HOLDS.format(before=before)
    with subprocess.Popen(
        [sys.executable, "-c", code, folder, kind], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout.readline() == b"here\n"
        try:
            yield child
        finally:
            child.kill()


@pytest.fixture
def folder(tmp_path):
    make_library(tmp_path / "library").close()
    return tmp_path / "library"


@given(places=st.lists(st.integers(0, (1 << 62) - 1), max_size=8))
def test_every_place_that_is_taken_is_listed_once(tmp_path_factory, places):
    path = tmp_path_factory.mktemp("places") / "holders"
    disk = Disk(private=True)
    locks = [disk.mark(path, place) for place in places]
    assert presence.marks(path) == sorted(set(places))
    for lock in locks:
        lock.release()
    assert presence.marks(path) == []


def test_a_library_that_is_open_is_listed_until_it_is_closed(folder):
    with Library(folder, unlock(folder, PASSPHRASE)), Library(folder, unlock(folder, PASSPHRASE)):
        [me] = holders.holders(folder)
        assert (me.pid, me.kind, me.is_known, me.is_me) == (os.getpid(), Kind.COMMAND, True, True)
        assert holders.others(folder) == []
    assert holders.holders(folder) == []


def test_a_killed_process_is_listed_no_more(folder):
    with holding(folder, "SERVER") as child:
        [other] = holders.others(folder)
        assert (other.pid, other.kind) == (child.pid, Kind.SERVER)
        child.kill()
        child.wait()
        assert holders.others(folder) == []


def test_nothing_is_written_and_no_time_changes(folder):
    before = (folder / holders.HOLDERS_NAME).stat()
    with holding(folder), Library(folder, unlock(folder, PASSPHRASE)):
        after = (folder / holders.HOLDERS_NAME).stat()
    assert (after.st_size, after.st_mtime_ns) == (0, before.st_mtime_ns)


@pytest.mark.parametrize("kind", ["SERVER", "COMMAND"])
def test_an_index_is_not_replaced_under_who_has_it_open(folder, kind):
    secrets = unlock(folder, PASSPHRASE)
    before = (folder / "index.db").read_bytes()
    with holding(folder, kind) as child, pytest.raises(LibraryBusyError, match=f"process {child.pid}.*mag lock"):
        rebuild(folder, secrets, now=NOW, disk=Disk(private=True))
    assert (folder / "index.db").read_bytes() == before
    rebuild(folder, secrets, now=NOW, disk=Disk(private=True))


def test_an_agent_has_keys_and_no_index(folder):
    with holding(folder, "AGENT"):
        rebuild(folder, unlock(folder, PASSPHRASE), now=NOW, disk=Disk(private=True))


def test_a_backup_that_is_open_is_not_replaced(folder, tmp_path):
    with Library(folder, unlock(folder, PASSPHRASE)) as library:
        backup(library, tmp_path / "copy", disk=Disk(private=True))
        with holding(tmp_path / "copy"), pytest.raises(LibraryBusyError, match="mag lock"):
            backup(library, tmp_path / "copy", disk=Disk(private=True))
        backup(library, tmp_path / "copy", disk=Disk(private=True))


def test_nobody_opens_it_while_the_index_is_made_anew(folder):
    secrets = unlock(folder, PASSPHRASE)
    with holders.claim(folder, Disk(private=True)):
        with pytest.raises(LibraryBusyError, match="made anew"):
            Library(folder, secrets)
        with pytest.raises(LibraryBusyError):
            holders.claim(folder, Disk(private=True))
    Library(folder, secrets).close()


def test_where_no_file_can_be_made_the_slot_is_marked(folder, monkeypatch):
    (folder / holders.HOLDERS_NAME).unlink()
    mark = Disk.mark

    def refused(self, path, place):
        if path.name == holders.HOLDERS_NAME:
            raise TargetError(os.strerror(errno.EROFS))
        return mark(self, path, place)

    monkeypatch.setattr(Disk, "mark", refused)
    with Library(folder, unlock(folder, PASSPHRASE)):
        assert [each.pid for each in holders.holders(folder)] == [os.getpid()]
        with pytest.raises(LibraryBusyError):
            holders.claim(folder, Disk(private=True))
    assert holders.holders(folder) == []


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name)
@pytest.mark.parametrize("state", ["well", "deaf", "stopped"])
def test_whoever_holds_keys_is_made_to_let_go(folder, kind, state):
    with holding(folder, kind.name, DEAF if state == "deaf" else "") as child:
        if state == "stopped":
            child.send_signal(signal.SIGSTOP)
        assert holders.make_let_go(folder, patience_s=0.3) == []
        assert child.wait() < 0
    assert holders.others(folder) == []


def test_a_process_of_elsewhere_is_told_of_and_not_touched(folder, monkeypatch):
    """Its number would be somebody else's here."""
    with holding(folder) as child:
        monkeypatch.setattr(holders, "_machine", lambda: 77)
        [left] = holders.make_let_go(folder, patience_s=0.05)
        assert (left.pid, left.is_known) == (child.pid, False)
        assert child.poll() is None


def test_a_number_that_is_another_process_by_now_is_not_touched(folder, monkeypatch):
    with holding(folder) as child:
        monkeypatch.setattr(holders, "_start", lambda _pid: 12345)
        assert [each.is_known for each in holders.make_let_go(folder, patience_s=0.05)] == [False]
        assert child.poll() is None
