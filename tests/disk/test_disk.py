from __future__ import annotations

import errno
import mmap
import random
import shutil
import socket
import stat
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.disk import disk as disk_module
from magnitizdat.disk.disk import KEPT_OPEN, Disk
from magnitizdat.disk.space import Space
from magnitizdat.errors import LibraryBusyError, MagError, NoSpaceError, TargetError, UnsureError
from tests.fakes import FaultyDisk, Killed


@given(chunks=st.lists(st.binary(max_size=5000), max_size=8))
def test_a_new_file_is_its_chunks(tmp_path_factory, chunks):
    folder = tmp_path_factory.mktemp("disk")
    disk = Disk()
    assert disk.write_new(folder / "file", chunks) == sum(map(len, chunks))
    disk.flush()
    assert (folder / "file").read_bytes() == b"".join(chunks)


def test_every_kind_of_buffer_is_written_whole(tmp_path):
    words = memoryview(bytearray(16)).cast("I")
    Disk().write_new(tmp_path / "file", [b"ab", bytearray(b"cd"), memoryview(b"ef"), words])
    assert (tmp_path / "file").read_bytes() == b"abcdef" + bytes(16)


def test_short_writes_are_carried_on(tmp_path):
    class Reluctant(Disk):
        def _write(self, descriptor, content, path):
            return super()._write(descriptor, content[:3], path)

    Reluctant().write_new(tmp_path / "file", [b"0123456789"])
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_private_files_are_for_the_owner_alone(tmp_path):
    disk = Disk(private=True)
    disk.mkdir(tmp_path / "a" / "b")
    disk.write_new(tmp_path / "a" / "b" / "new", [b"x"])
    disk.write_atomic(tmp_path / "a" / "b" / "atomic", b"x")
    for path in (tmp_path / "a").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_an_existing_file_is_never_overwritten_by_a_new_one(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(TargetError, match="is there already"):
        Disk().write_new(tmp_path / "file", [b"other"])
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_link_in_place_of_a_new_file_is_not_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetError):
        Disk().write_new(tmp_path / "link", [b"x"])
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_stays_of_a_file_whose_source_fails(tmp_path):
    def chunks():
        yield b"first"
        raise ValueError

    disk = Disk()
    with pytest.raises(ValueError):
        disk.write_new(tmp_path / "file", chunks())
    disk.flush()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.ENOSPC, NoSpaceError, "no space is left"),
        (errno.EDQUOT, NoSpaceError, "quota"),
        (errno.EROFS, TargetError, "read-only"),
        (errno.EACCES, TargetError, "not permitted"),
        (errno.EIO, TargetError, "medium"),
        (errno.ENODEV, TargetError, "is gone"),
        (errno.ENOENT, TargetError, "is gone"),
        (errno.ENAMETOOLONG, TargetError, "too long"),
        (errno.EFBIG, TargetError, "larger than"),
        (errno.EMFILE, TargetError, "too many files"),
        (errno.EPIPE, TargetError, "failed"),
    ],
)
def test_each_failure_has_its_sentence(tmp_path, code, kind, words):
    for number in (1, 2):
        disk = FaultyDisk(fail_at=number, code=code)
        with pytest.raises(kind, match=words) as caught:
            disk.write_new(tmp_path / f"file{number}", [b"x"])
        assert isinstance(caught.value.__cause__, OSError)
        assert not (tmp_path / f"file{number}").exists()


def test_a_medium_with_room_for_bytes_and_for_no_name_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("magnitizdat.disk.failures.space", lambda folder: Space(10**9, 10**9, names=0))
    with pytest.raises(NoSpaceError, match="takes no more files"):
        FaultyDisk(fail_at=1, code=errno.ENOSPC).write_new(tmp_path / "file", [b"x"])


def test_names_too_long_for_the_file_system(tmp_path):
    with pytest.raises(TargetError, match="too long"):
        Disk().write_new(tmp_path / ("n" * 300), [b"x"])


def test_a_vanished_folder_is_an_error_at_the_flush(tmp_path):
    disk = Disk()
    disk.mkdir(tmp_path / "stick")
    disk.write_new(tmp_path / "stick" / "file", [b"x"])
    (tmp_path / "stick" / "file").unlink()
    (tmp_path / "stick").rmdir()
    with pytest.raises(TargetError, match="is gone"):
        disk.flush()


@pytest.mark.parametrize("count", [3, KEPT_OPEN + 5])
def test_flush_covers_every_new_file_and_folder(tmp_path, count, monkeypatch):
    for at_once in (False, True):
        monkeypatch.setattr(disk_module.system, "reports_errors_on_syncfs", lambda _folder, found=at_once: found)
        root = tmp_path / str(at_once)
        disk = FaultyDisk()
        for number in range(count):
            disk.mkdir(root / str(number % 4))
            disk.write_new(root / str(number % 4) / str(number), [b"x" * 100])
        disk.flush()
        before = sorted(path.read_bytes() for path in root.rglob("*") if path.is_file())
        disk.lose_power(random.Random(1))
        assert sorted(path.read_bytes() for path in root.rglob("*") if path.is_file()) == before
        assert len(before) == count


@pytest.mark.parametrize("at_once", [False, True])
def test_a_failed_flush_is_never_success(tmp_path, at_once, monkeypatch):
    monkeypatch.setattr(disk_module.system, "reports_errors_on_syncfs", lambda _folder: at_once)
    probe = FaultyDisk()
    paths = _write_many(probe, tmp_path / "probe")
    probe.flush()
    syncs = [number for number, (kind, _) in enumerate(probe.operations, 1) if kind.startswith("sync")]
    assert syncs
    for number in syncs:
        disk = FaultyDisk(fail_at=number)
        root = tmp_path / str(number)
        with pytest.raises(TargetError):
            _write_and_flush(disk, root)
        with pytest.raises(TargetError, match="run the same command again"):
            disk.flush()
        for path in sorted(root.rglob("*")):
            if path.is_file():
                disk.remove(path)
        paths = _write_many(disk, root)
        disk.flush()
        assert all(path.exists() for path in paths)


def _write_and_flush(disk, root):
    _write_many(disk, root)
    disk.flush()


def _write_many(disk, root):
    disk.mkdir(root)
    paths = [root / str(number) for number in range(KEPT_OPEN + 3)]
    for path in paths:
        disk.write_new(path, [b"x"])
    return paths


def test_flush_takes_files_of_an_earlier_run(tmp_path):
    (tmp_path / "old").write_bytes(b"x")
    disk = FaultyDisk()
    disk.flush([tmp_path / "old", tmp_path])
    assert disk.operations == [("sync file", tmp_path / "old"), ("sync folder", tmp_path)]


def test_descriptors_do_not_pile_up(tmp_path):
    def open_descriptors():
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_descriptors()
    disk = Disk()
    for number in range(100):
        disk.write_new(tmp_path / str(number), [b"x"])
    assert open_descriptors() <= before + KEPT_OPEN + 1
    disk.flush()
    assert open_descriptors() == before
    with pytest.raises(KeyError), disk.create(tmp_path / "abandoned"):
        raise KeyError
    assert open_descriptors() == before  # nothing keeps a stick from being unmounted


@pytest.mark.parametrize("seed", range(8))
def test_write_atomic_leaves_the_old_or_the_new_at_every_crash_point(tmp_path, seed):
    number = 0
    while True:
        number += 1
        path = tmp_path / str(number) / "slot"
        path.parent.mkdir()
        path.write_bytes(b"old" * 1000)
        disk = FaultyDisk(fail_at=number, kill=True)
        try:
            disk.write_atomic(path, b"new" * 2000)
        except Killed:
            disk.lose_power(random.Random(seed))
            assert path.read_bytes() in {b"old" * 1000, b"new" * 2000}
            FaultyDisk().write_atomic(path, b"again")  # what a crash left does not stand in the way
            assert path.read_bytes() == b"again"
        else:
            break
    disk.lose_power(random.Random(seed))
    assert path.read_bytes() == b"new" * 2000
    assert number > 4


def test_write_atomic_that_fails_keeps_the_old_and_leaves_nothing(tmp_path):
    for number in range(2, 6):
        path = tmp_path / "slot"
        path.write_bytes(b"old")
        disk = FaultyDisk(fail_at=number, code=errno.ENOSPC)
        with pytest.raises(MagError):
            disk.write_atomic(path, b"new")
        assert path.read_bytes() in {b"old", b"new"}
        assert [entry.name for entry in tmp_path.iterdir()] == ["slot"]


def test_rename_and_remove(tmp_path):
    disk = Disk()
    disk.write_new(tmp_path / "draft", [b"x"])
    disk.rename(tmp_path / "draft", tmp_path / "name")
    disk.flush()
    assert (tmp_path / "name").read_bytes() == b"x"
    disk.remove(tmp_path / "name")
    disk.remove(tmp_path / "name")
    disk.mkdir(tmp_path / "folder")
    disk.remove_folder(tmp_path / "folder")
    disk.remove_folder(tmp_path / "folder")
    disk.flush()
    assert not list(tmp_path.iterdir())


def test_a_folder_where_a_file_is(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TargetError):
        Disk().mkdir(tmp_path / "file")
    with pytest.raises(TargetError, match="is there already"):
        Disk().mkdir(tmp_path / "file" / "below")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_bytes(b"")
    with pytest.raises(TargetError, match="not empty"):
        Disk().remove_folder(tmp_path / "full")


def test_a_second_writer_is_told_to_wait(tmp_path):
    disk = Disk()
    held = disk.lock(tmp_path / "lock")
    with pytest.raises(LibraryBusyError, match="another Magnitizdat is writing to this library; wait for it"):
        Disk().lock(tmp_path / "lock")
    held.release()
    Disk().lock(tmp_path / "lock").release()


def test_one_disk_serves_several_threads(tmp_path):
    disk = Disk()

    def write(name):
        for number in range(50):
            disk.write_new(tmp_path / f"{name}{number}", [name.encode() * 100])

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    disk.flush()
    assert len(list(tmp_path.iterdir())) == 150


def test_a_lock_on_a_socket_is_refused_with_a_sentence(tmp_path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "s"))
        with pytest.raises(TargetError):
            Disk().lock(Path(tmp_path / "s"))


@given(
    length=st.sampled_from([(8 << 20) - 1, 8 << 20, (8 << 20) + 1, (9 << 20) + 4095]),
    before=st.sampled_from([0, 1, 4096]),
    shift=st.sampled_from([0, 16]),
)
@settings(max_examples=30, deadline=None)
def test_long_content_arrives_as_it_is_wherever_it_begins(tmp_path_factory, length, before, shift):
    """Whole pages of it go past the page cache where the system can; nobody sees a difference."""
    folder = tmp_path_factory.mktemp("long")
    pages = mmap.mmap(-1, length + shift)
    pages[:] = random.Random(length).randbytes(len(pages))
    disk = Disk()
    with disk.create(folder / "long") as writer:
        writer.write(bytes(before))
        writer.write(memoryview(pages)[shift:])
        writer.write(b"end")
    disk.flush()
    assert (folder / "long").read_bytes() == bytes(before) + pages[shift:] + b"end"


def test_what_a_child_wrote_is_flushed_with_the_rest_and_lost_where_that_fails(tmp_path):
    path = tmp_path / "made.par2"
    disk = FaultyDisk()
    with pytest.raises(TargetError):
        disk.adopt(path)
    path.write_bytes(b"by a child")
    disk.adopt(path)
    disk.flush()
    kinds = [kind for kind, each in disk.operations if each in {path, tmp_path}]
    assert kinds == ["adopt", "adopt", "sync file", "sync folder"]
    disk.lose_power(random.Random(1))
    assert path.read_bytes() == b"by a child"

    failing = FaultyDisk(fail_at=2)
    failing.adopt(path)
    for _ in range(2):
        with pytest.raises(TargetError):
            failing.flush()
    failing.remove(path)
    failing.flush()


def test_an_adopted_file_may_be_renamed_before_the_flush(tmp_path):
    (tmp_path / "draft").write_bytes(b"x")
    disk = FaultyDisk()
    disk.adopt(tmp_path / "draft")
    disk.rename(tmp_path / "draft", tmp_path / "name")
    disk.flush()
    assert ("sync file", tmp_path / "name") in disk.operations


def test_a_temporary_folder_is_the_owners_and_goes_with_all_that_is_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_bytes(b"precious")
    disk = Disk()
    with disk.temporary("mag-") as folder:
        assert folder.parent == tmp_path
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        disk.mkdir(folder / "deep" / "er")
        disk.write_new(folder / "deep" / "file", [b"x"])
        disk.link(tmp_path / "kept", folder / "deep" / "link")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept" / "file").read_bytes() == b"precious"
    disk.flush()


def test_what_one_disk_loses_another_does_not_hear_of(tmp_path):
    disk = Disk(private=True)
    other = disk.apart()
    other.write_new(tmp_path / "file", [b"x"])
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    (tmp_path / "gone").mkdir()
    disk.write_new(tmp_path / "gone" / "file", [b"x"])
    shutil.rmtree(tmp_path / "gone")
    with pytest.raises(TargetError):
        disk.flush()
    other.flush()


def test_a_shared_lock_suffers_others_of_its_kind_and_no_exclusive_one(tmp_path):
    disk = Disk(private=True)
    path = tmp_path / "lock"
    with disk.lock(path, shared=True), disk.lock(path, shared=True), pytest.raises(LibraryBusyError):
        disk.lock(path)
    with disk.lock(path), pytest.raises(LibraryBusyError):
        disk.lock(path, shared=True)


@pytest.mark.parametrize("length", [0, 1, 4096, 5000])
def test_an_erased_file_was_overwritten_and_flushed_before_it_went(tmp_path, length):
    secret = bytes([7]) * length
    (tmp_path / "secret").write_bytes(secret)
    (tmp_path / "second name").hardlink_to(tmp_path / "secret")
    disk = FaultyDisk()
    disk.erase(tmp_path / "secret")
    assert not (tmp_path / "secret").exists()
    left = (tmp_path / "second name").read_bytes()
    assert len(left) == -(-length // 4096) * 4096
    assert not length or left[:length] != secret
    assert [kind for kind, _ in disk.operations][-3:] == ["sync file", "remove", "sync folder"]
    disk.erase(tmp_path / "secret")


def test_a_file_that_cannot_be_overwritten_is_removed_all_the_same(tmp_path):
    """At every step that fails but the removal itself."""
    for number in range(1, 6):
        path = tmp_path / f"secret {number}"
        path.write_bytes(b"key")
        disk = FaultyDisk(fail_at=number)
        with pytest.raises(TargetError):
            disk.erase(path)
        assert path.exists() == (disk.operations[number - 1][0] == "remove")


def test_a_link_is_erased_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"somebody's")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    Disk().erase(tmp_path / "link")
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == b"somebody's"


@pytest.mark.parametrize("length", [0, 700, 9000])
def test_what_a_replaced_secret_was_is_overwritten(tmp_path, length):
    path, other_name = tmp_path / "secret", tmp_path / "same file"
    path.write_bytes(b"PLANTED" * length)
    other_name.hardlink_to(path)
    Disk(private=True).replace_secret(path, b"new")
    assert path.read_bytes() == b"new"
    assert b"PLANTED" not in other_name.read_bytes()
    assert len(other_name.read_bytes()) >= 7 * length


@pytest.mark.parametrize("kill", [False, True])
def test_a_replaced_secret_is_the_old_or_the_new_and_the_sentence_says_which(tmp_path, kill):
    number, done, unsure = 0, False, 0
    while not done:
        number += 1
        path = tmp_path / f"secret{number}"
        path.write_bytes(b"old")
        try:
            FaultyDisk(fail_at=number, kill=kill).replace_secret(path, b"new")
            done = True
        except Killed:
            assert path.read_bytes() in {b"old", b"new"}
        except UnsureError:
            unsure += 1
            assert path.read_bytes() == b"new"
        except TargetError:
            assert path.read_bytes() == b"old"
    assert unsure == (0 if kill else 3)  # the folder's flush, the overwriting, its flush
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("act", ["rename", "remove"])
def test_what_a_child_wrote_keeps_its_name_while_another_thread_flushes_it(tmp_path, monkeypatch, act):
    """Two groups of a reel are mended at once, on one disk."""
    disk, paths = Disk(), [tmp_path / name for name in ("a", "b")]
    for path in paths:
        path.write_bytes(b"by a child")
        disk.adopt(path)
    act_on_b = {"rename": lambda: disk.rename(paths[1], tmp_path / "c"), "remove": lambda: disk.remove(paths[1])}[act]
    other = threading.Thread(target=act_on_b)
    flush_really = disk._flush_path

    def flush_path(path):
        if path == paths[0]:
            other.start()
            other.join(0.2)  # the other one has its chance, and has to wait
        flush_really(path)

    monkeypatch.setattr(disk, "_flush_path", flush_path)
    disk.flush()
    other.join()
    disk.flush()
    assert not paths[1].exists()
    assert (tmp_path / "c").exists() == (act == "rename")
