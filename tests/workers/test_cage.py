from __future__ import annotations

import platform
import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.workers.seccomp import MACHINES, program
from tests.conftest import missing

REFUSED = 0x00050001
ALLOWED = 0x7FFF0000

known = st.sampled_from(sorted(MACHINES))


def verdict(code: bytes, arch: int, number: int, protection: int = 0) -> int:
    """What the kernel would say: an interpreter of the few instructions that the filter uses."""
    words = struct.pack("=IIQ6Q", number, arch, 0, 0, 0, protection, 0, 0, 0)
    steps = list(struct.iter_unpack("=HBBI", code))
    at = accumulator = 0
    while True:
        operation, yes, no, value = steps[at]
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", words, value)
        elif operation == 0x15:
            at += yes if accumulator == value else no
        elif operation == 0x45:
            at += yes if accumulator & value else no
        else:
            assert operation == 0x06
            return value


@given(known, st.integers(0, (1 << 32) - 1) | st.integers(0, 500), st.integers(0, 7))
def test_only_the_listed_calls_pass(machine, number, protection):
    rules = MACHINES[machine]
    said = verdict(program(rules), rules.arch, number, protection)
    passes = number in rules.allowed or (number in rules.mapping and not protection & 4)
    assert said == (ALLOWED if passes else REFUSED)


@given(known, st.integers(0, (1 << 32) - 1), st.integers(0, 500))
def test_no_other_instruction_set_gets_in(machine, arch, number):
    rules = MACHINES[machine]
    if arch != rules.arch:
        assert verdict(program(rules), arch, number) == REFUSED


def test_what_a_taken_over_worker_can_do(pool):
    """It really tries: sockets, files, processes, programs, signals."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        missing("no system call filter here")
    assert pool.escapes() == []


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of Linux")
def test_the_limits_in_force_are_reported(pool):
    cage = pool.cage()
    assert cage.memory
    assert cage.processor_time
    assert cage.file_size
    assert cage.core_dumps
    assert cage.descriptors
    assert cage.no_new_privileges
    assert cage.not_dumpable
    assert cage.system_calls == (platform.machine() in MACHINES)
