"""Fail the Nth disk operation of a commit, then N+1, … until it passes; what was committed before is always whole."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from magnitizdat.disk import disk as disk_module
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import MagError, NoSpaceError, TargetError
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.vault import Placement, Vault
from magnitizdat.model import PIECE_LENGTH
from tests.fakes import FaultyDisk, Killed

OLD = {f"labels/old/{number}": bytes([number]) * 1000 for number in range(10)}
NEW = {f"labels/new/{number}": bytes([number + 100]) * 200_000 for number in range(8)} | {
    f"blobs/ab/{'ab' * 32}.{number:04d}": bytes([number]) * PIECE_LENGTH for number in range(2)
}


@pytest.fixture(scope="module")
def secrets():
    return Secrets.generate()


def commit(vault, members, first_cell):
    with vault.batch(first_cell=first_cell) as batch:
        for name, content in members.items():
            batch.add(name, content)
        return batch.flush()


def assert_whole(vault, placements, members):
    vault.close()
    assert {placement.member: vault.read(placement) for placement in placements} == members
    problems = [each for each in vault.check({placement.cell for placement in placements}) if each.state != "unused"]
    assert not problems


def accidents(folder, secrets, **how):
    """Each accident of a commit on top of a committed one: (the disk, the vault as found after, what is in it)."""
    number, passed = 0, False
    while not passed:
        number += 1
        root = folder / str(number)
        safe = Vault(root, secrets, Disk(private=True))
        committed = commit(safe, OLD, 0)
        disk = FaultyDisk(fail_at=number, **how)
        try:
            commit(Vault(root, secrets, disk), NEW, 1)
            passed = True
        except (Killed, MagError) as exc:
            said = str(exc)
            assert isinstance(exc, Killed) or "run the same command again" in said or "another" in said  # noqa: PT017
        assert passed != disk.failed, "a failed operation was taken for success"
        yield disk, safe, committed
    assert number > 10


@pytest.fixture(params=[False, True], ids=["fsync each", "syncfs"])
def at_once(request, monkeypatch):
    """Both ways to flush, whatever this machine's file system is."""
    monkeypatch.setattr(disk_module, "KEPT_OPEN", 2)
    monkeypatch.setattr(disk_module.system, "reports_errors_on_syncfs", lambda _folder: request.param)


@pytest.mark.parametrize(("code", "forever"), [(errno.EIO, False), (errno.ENOSPC, True)])
@pytest.mark.usefixtures("at_once")
def test_a_failing_disk_loses_nothing_and_a_second_run_completes(tmp_path, secrets, code, forever):
    for _disk, safe, committed in accidents(tmp_path, secrets, code=code, forever=forever):
        assert_whole(safe, committed, OLD)
        assert_whole(safe, commit(safe, NEW, 1), NEW)
        assert_whole(safe, committed, OLD)


def test_a_failed_commit_leaves_no_cells_behind(tmp_path, secrets):
    for disk, safe, committed in accidents(tmp_path, secrets, code=errno.ENOSPC):
        if disk.failed:
            assert {cell for cell, _ in safe.cells()} == {placement.cell for placement in committed}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("at_once")
def test_a_power_cut_at_any_operation(tmp_path, secrets, seed):
    for disk, safe, committed in accidents(tmp_path, secrets, kill=True):
        if disk.failed:
            disk.lose_power(random.Random(seed))
        assert_whole(safe, committed, OLD)
        again = commit(safe, NEW, 1)
        assert_whole(safe, again, NEW)
        safe.sweep(max(placement.cell for placement in again) + 1)
        assert_whole(safe, committed, OLD)


def test_a_full_disk_says_so_and_a_pulled_stick_too(tmp_path, secrets):
    for code, kind, words in ((errno.ENOSPC, NoSpaceError, "no space"), (errno.ENODEV, TargetError, "is gone")):
        vault = Vault(tmp_path / str(code), secrets, FaultyDisk(fail_at=3, code=code, forever=True))
        with pytest.raises(kind, match=words):
            commit(vault, NEW, 0)


def test_a_batch_that_failed_stays_failed(tmp_path, secrets):
    vault = Vault(tmp_path, secrets, FaultyDisk(fail_at=4))
    batch = vault.batch(first_cell=0)
    with pytest.raises(TargetError):
        _add_and_flush(batch)
    with pytest.raises(TargetError):
        batch.flush()
    with pytest.raises(TargetError):
        batch.add("labels/a", b"x")
    batch.abandon()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def _add_and_flush(batch):
    batch.add("labels/a", bytes(1000))
    batch.flush()


@pytest.mark.debian
@pytest.mark.parametrize("call", ["write", "fsync", "rename", "mkdir", "openat"])
def test_a_killed_process_loses_nothing(tmp_path, secrets, call, require_program):
    """SIGKILL from outside at the Nth system call of each thread, on the real disk."""
    strace = require_program("strace")
    script = Path(__file__).with_name("add_batch.py")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    safe = Vault(tmp_path / "vault", secrets, Disk(private=True))
    committed, kills, first = commit(safe, OLD, 0), 0, 1
    for number in (1, 2, 3, 5, 8) if call != "openat" else (-6, -4, -3, -2, -1):
        when = (
            number if number > 0 else _count(strace, script, tmp_path / f"dry{number}", secrets, environment) + number
        )
        inject = [f"--inject={call}:signal=SIGKILL:when={when}", f"--trace={call}", "-f", "-qq", "-o", os.devnull]
        command = [strace, *inject, sys.executable, script, tmp_path, str(first)]
        ended = subprocess.run(command, input=secrets.to_bytes(), env=environment, capture_output=True, check=False)
        kills += ended.returncode != 0
        assert_whole(safe, committed, OLD)
        index = tmp_path / "index.json"
        if index.exists():
            named = [Placement(*fields) for fields in json.loads(index.read_bytes())]
            assert len({safe.read(placement) for placement in named}) == 30
            first = max(placement.cell for placement in named) + 1
    assert kills
    subprocess.run(
        [sys.executable, script, tmp_path, str(first)], input=secrets.to_bytes(), env=environment, check=True
    )
    named = [Placement(*fields) for fields in json.loads((tmp_path / "index.json").read_bytes())]
    assert len({safe.read(placement) for placement in named}) == 30
    assert_whole(safe, committed, OLD)


def _count(strace, script, folder, secrets, environment):
    """How many files the main thread opens when nothing happens to it."""
    folder.mkdir()
    trace = folder.with_suffix(".trace")
    command = [strace, "--trace=openat", "-qq", "-o", trace, sys.executable, script, folder, "0"]
    subprocess.run(command, input=secrets.to_bytes(), env=environment, check=True)
    return len(trace.read_text().splitlines())
