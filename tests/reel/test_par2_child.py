"""The child as the kernel sees it, while it waits at a pipe."""

from __future__ import annotations

import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from magnitizdat.cage.calls import MACHINES
from magnitizdat.cage.landlock import Reach
from magnitizdat.disk.disk import Disk
from magnitizdat.reel import par2_child
from tests.conftest import missing
from tests.fakes_reel import noise


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """/proc of a par2 that waits for somebody to write into a pipe; it ends with the test."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        missing("no /proc, or no system call filter here")
    monkeypatch.setenv("SECRET", "a passphrase")
    (tmp_path / "aaaaaaaa.age").write_bytes(noise(20_000))
    par2_child.create(tmp_path, "base", ["aaaaaaaa.age"], slice_length=1000, blocks=10, volumes=1, disk=Disk())
    pipe = tmp_path / "aaaaaaaa.age"
    pipe.unlink()
    os.mkfifo(pipe)
    left_open = os.open(tmp_path / "base.par2", os.O_RDONLY)
    os.set_inheritable(left_open, True)
    with ThreadPoolExecutor(1) as one:
        ended = one.submit(
            par2_child.repair, tmp_path, "base.par2", [], reach=Reach(works=(tmp_path,)), largest=1 << 20, total=20_000
        )
        while not (found := [each for each in Path("/proc").glob("[0-9]*") if is_ours(each)]):
            assert not ended.done()
        yield found[0]
        pipe.open("wb").close()  # it goes on, and ends
        ended.result()
    os.close(left_open)


def is_ours(process: Path) -> bool:
    try:
        return process.joinpath("exe").resolve() == par2_child.binary().resolve() and f"PPid:\t{os.getpid()}\n" in (
            process / "status"
        ).read_text(encoding="ascii")
    except OSError:
        return False


def test_it_inherits_nothing_and_is_in_the_cage(waiting, tmp_path):
    assert (waiting / "environ").read_bytes() == b""
    opened = {path.name: path.resolve() for path in (waiting / "fd").iterdir()}
    assert {opened.pop(name) for name in "012"} == {Path(os.devnull)}
    assert set(opened.values()) <= {tmp_path / "aaaaaaaa.age", tmp_path / "base.par2"}
    assert len(opened) <= 2
    status = dict(line.split(":\t") for line in (waiting / "status").read_text().splitlines() if ":\t" in line)
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    while "Max core file size        0" not in (waiting / "limits").read_text():
        assert waiting.exists()  # limits come from outside, a moment later
