"""The filter as the kernel would read it: an interpreter of the few instructions that it uses."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.cage.calls import ABSENT, MACHINES, PAR2, PARSER, Below, OneOf, WithAny, Without
from magnitizdat.cage.seccomp import program
from tests.conftest import missing

REFUSED, UNKNOWN, ALLOWED = 0x00050001, 0x00050026, 0x7FFF0000
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}

machines = st.sampled_from(sorted(MACHINES))
sets_of_rules = st.sampled_from([PARSER, PAR2])
word = st.integers(0, (1 << 64) - 1) | st.integers(0, 1 << 17) | st.sampled_from([1 << bit for bit in range(64)])
arguments = st.lists(word, min_size=6, max_size=6)


def verdict(code: bytes, arch: int, number: int, given: list[int]) -> int:
    words = struct.pack("=IIQ6Q", number, arch, 0, *given)
    steps = list(struct.iter_unpack("=HBBI", code))
    at = accumulator = 0
    while True:
        operation, yes, no, value = steps[at]
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", words, value)
        elif operation == 0x15:
            at += yes if accumulator == value else no
        elif operation == 0x35:
            at += yes if accumulator >= value else no
        elif operation == 0x45:
            at += yes if accumulator & value else no
        else:
            assert operation == 0x06
            return value


def holds(check, given: list[int]) -> bool:
    low = given[check.argument] & 0xFFFFFFFF
    match check:
        case OneOf(_, values):
            return low in values
        case Below(_, bound):
            return low < bound
        case Without(_, bits):
            return not low & bits
        case WithAny(_, bits):
            return bool(low & bits)


@given(machines, sets_of_rules, st.integers(0, (1 << 32) - 1) | st.integers(0, 500), arguments)
def test_only_the_listed_calls_pass_with_such_arguments_only(name, rules, number, given):
    machine = MACHINES[name]
    called = {machine.numbers[each]: checks for each, checks in rules.items() if each in machine.numbers}
    passes = number in called and all(holds(check, given) for check in called[number])
    absent = number in {machine.numbers[each] for each in ABSENT}
    said = verdict(program(machine, rules), machine.arch, number, given)
    assert said == (ALLOWED if passes else UNKNOWN if absent else REFUSED)


@given(machines, sets_of_rules, st.data(), arguments)
def test_every_check_of_a_listed_call_is_made(name, rules, data, given):
    machine = MACHINES[name]
    call = data.draw(st.sampled_from(sorted(each for each in rules if each in machine.numbers)))
    said = verdict(program(machine, rules), machine.arch, machine.numbers[call], given)
    assert said == (ALLOWED if all(holds(check, given) for check in rules[call]) else REFUSED)


@given(machines, sets_of_rules, st.integers(0, (1 << 32) - 1), st.integers(0, 500), arguments)
def test_no_other_instruction_set_gets_in(name, rules, arch, number, given):
    machine = MACHINES[name]
    if arch != machine.arch:
        assert verdict(program(machine, rules), arch, number, given) == REFUSED


@given(machines, sets_of_rules, st.integers(0, 500), arguments)
def test_numbers_of_x32_are_refused(name, rules, number, given):
    machine = MACHINES[name]
    assert verdict(program(machine, rules), machine.arch, 0x40000000 | number, given) == REFUSED


@pytest.mark.parametrize("rules", [PARSER, PAR2], ids=["parser", "par2"])
@pytest.mark.parametrize("name", MACHINES)
def test_a_filter_fits_into_the_kernel(name, rules):
    code = program(MACHINES[name], rules)
    assert len(code) // 8 <= 4096
    assert set(rules) <= {number for machine in MACHINES.values() for number in machine.numbers}


@pytest.mark.parametrize("name", MACHINES)
def test_numbers_are_those_of_the_kernel(name):
    if not HEADERS[name].exists():
        missing("the kernel's headers")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[name].read_text()))
    known_as = {"newfstatat": "fstatat"} if name == "aarch64" else {}
    assert {each: int(found[known_as.get(each, each)]) for each in MACHINES[name].numbers} == MACHINES[name].numbers
