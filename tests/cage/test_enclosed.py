"""A deed in a cage: what it may, it can; what it may not, it tries in vain; and its thread takes the cage along."""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from magnitizdat.cage import landlock
from magnitizdat.cage.calls import MACHINES, PAR2
from magnitizdat.cage.enclosed import Walls, enclosed
from magnitizdat.cage.landlock import Reach
from tests.conftest import missing


@pytest.fixture
def reach(tmp_path) -> Reach:
    if sys.platform != "linux" or platform.machine() not in MACHINES or landlock.version() < 3:
        missing("no whole cage here")
    (tmp_path / "work").mkdir()
    (tmp_path / "given").write_bytes(b"given")
    (tmp_path / "beside").write_bytes(b"beside")
    return Reach(reads=(tmp_path / "given", tmp_path / "absent"), works=(tmp_path / "work",))


def refused(deed: Callable[[], object]) -> bool:
    try:
        deed()
    except PermissionError:
        return True
    return False


def call(name: str, *arguments: object) -> None:
    number = MACHINES[platform.machine()].numbers[name]
    if ctypes.CDLL(None, use_errno=True).syscall(number, *arguments) == -1:
        raise OSError(ctypes.get_errno(), "")


def test_what_it_works_on_can_be_worked_on(reach, tmp_path):
    def work() -> bytes:
        made = tmp_path / "work" / "made"
        made.write_bytes((tmp_path / "given").read_bytes())
        made.rename(tmp_path / "work" / "named")
        (tmp_path / "work" / "gone").write_bytes(b"")
        (tmp_path / "work" / "gone").unlink()
        return b"".join(path.read_bytes() for path in (tmp_path / "work").iterdir())

    assert enclosed(work, reach, PAR2) == (b"given", Walls(files=True, system_calls=True))


def forbidden(folder: Path) -> dict[str, Callable[[], object]]:
    given, beside, work = folder / "given", folder / "beside", folder / "work"
    return {
        "read a file beside": beside.read_bytes,
        "write what it may read": lambda: given.open("r+b"),
        "cut off what it may read": lambda: os.truncate(given, 0),
        "make a file beside": (folder / "made").touch,
        "make a folder": (work / "folder").mkdir,
        "make a link": lambda: (work / "link").symlink_to(beside),
        "make another name": lambda: os.link(given, work / "name"),
        "remove what it may read": given.unlink,
        "remove what is beside": beside.unlink,
        "move out": lambda: (work / "named").rename(folder / "named"),
        "move in": lambda: beside.rename(work / "beside"),
        "change a mode": lambda: given.chmod(0o777),
        "change a time": lambda: os.utime(given),
        "list the folder above": lambda: list(folder.iterdir()),
        "read its own memory": Path("/proc/self/mem").read_bytes,
        "run a program": lambda: subprocess.run([sys.executable, "--version"], stdin=0, stdout=1, check=False),
        "start a process": os.fork,
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "open a local socket": socket.socketpair,
        "signal another process": lambda: os.kill(1, 0),
        "signal itself": lambda: os.kill(os.getpid(), 0),
        "map memory to run": lambda: mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_EXEC),
        **{
            f"call {name}": lambda name=name: call(name, 0, 0, 0, 0, 0, 0)
            for name in (
                "ptrace", "pidfd_open", "memfd_create", "io_uring_setup", "bpf", "keyctl", "unshare", "setns", "ioctl",
                "inotify_init1", "kcmp", "statx", "process_vm_readv", "userfaultfd", "perf_event_open", "shmget",
            )
        },
    }  # fmt: skip


def test_what_it_may_not_it_cannot(reach, tmp_path):
    (tmp_path / "work" / "named").write_bytes(b"named")
    deeds = forbidden(tmp_path)

    def attempt() -> list[str]:
        return [name for name, deed in deeds.items() if not refused(deed)]

    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert enclosed(attempt, reach, PAR2)[0] == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_whoever_asked_stays_free(reach, tmp_path):
    enclosed(lambda: None, reach, PAR2)
    assert not refused((tmp_path / "beside").read_bytes)
    assert not refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close())
    assert not refused(lambda: subprocess.run([sys.executable, "--version"], check=True, stdout=subprocess.DEVNULL))


def test_what_goes_wrong_comes_out(reach):
    with pytest.raises(PermissionError):
        enclosed(Path("/etc/passwd").read_bytes, reach, PAR2)
