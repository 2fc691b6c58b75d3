from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

from magnitizdat.cage import landlock
from magnitizdat.cage.calls import MACHINES
from tests.conftest import missing

linux = pytest.mark.skipif(sys.platform != "linux", reason="the limits of Linux")


def test_what_a_taken_over_worker_can_do(pool):
    """It really tries: sockets, files, processes, signals, clocks of others, numbers and arguments in disguise."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        missing("no system call filter here")
    assert pool.escapes() == []


@linux
def test_without_a_cage_the_same_deeds_succeed():
    """Each is a deed: what the system forbids to everybody, or this kernel lacks, proves nothing about the cage."""
    code = (
        "import json, os\nfrom magnitizdat.workers import escapes\n"
        "deeds = {**escapes._with_python(), **escapes._with_arguments(), **escapes._by_number()}\n"
        "print(json.dumps([sorted(deeds), escapes.possible_deeds()]))"
    )
    all_deeds, possible = json.loads(subprocess.check_output([sys.executable, "-c", code], input=b""))
    assert set(all_deeds) - set(possible) <= {
        "hold what is neither pipe nor device", "call perf_event_open", "call userfaultfd", "call bpf",
        "call io_uring_setup", "call setns", "call keyctl",
    }  # fmt: skip


@linux
def test_the_limits_in_force_are_reported(pool):
    cage = pool.cage()
    assert cage.memory
    assert cage.processor_time
    assert cage.file_size
    assert cage.core_dumps
    assert cage.descriptors
    assert cage.no_new_privileges
    assert cage.not_dumpable
    assert cage.files == (landlock.version() > 0)
    assert cage.system_calls == (platform.machine() in MACHINES)
