"""A seccomp filter: a list of system calls that may pass, each with such arguments only; EPERM for all others.

Pure but for `install`.
Source: seccomp(2); linux/bpf_common.h, linux/seccomp.h, linux/audit.h.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Iterator

from magnitizdat.cage.calls import ABSENT, MACHINES, Below, Check, Machine, OneOf, Rules, WithAny, Without

_LOAD, _JUMP_EQUAL, _JUMP_LEAST, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_REFUSE, _UNKNOWN = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; of each argument the low half comes first
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_Step = tuple[int, int, int, int]


def program(machine: Machine, rules: Rules) -> bytes:
    """The BPF program: struct sock_filter, eight bytes each. Calls that the machine does not have are left out."""
    steps: list[_Step] = [
        (_LOAD, 0, 0, _ARCH),
        (_JUMP_EQUAL, 1, 0, machine.arch),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for name, checks in rules.items():
        if name in machine.numbers:
            steps += _case(machine.numbers[name], [*_checked(checks), (_RETURN, 0, 0, _ALLOW)])
    for name in ABSENT:
        steps += _case(machine.numbers[name], [(_RETURN, 0, 0, _UNKNOWN)])
    steps.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _case(number: int, then: list[_Step]) -> list[_Step]:
    """What to do at a call; at any other the number stays loaded."""
    return [(_JUMP_EQUAL, 0, len(then), number), *then]


def _checked(checks: tuple[Check, ...]) -> Iterator[_Step]:
    """Return where a check fails, fall through where all hold."""
    for check in checks:
        yield _LOAD, 0, 0, _ARGUMENTS + 8 * check.argument
        match check:
            case OneOf(_, values):
                left = len(values)
                for value in sorted(values):
                    yield _JUMP_EQUAL, left, 0, value
                    left -= 1
            case Below(_, bound):
                yield _JUMP_LEAST, 0, 1, bound
            case Without(_, bits):
                yield _JUMP_SET, 0, 1, bits
            case WithAny(_, bits):
                yield _JUMP_SET, 1, 0, bits
        yield _RETURN, 0, 0, _REFUSE


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(rules: Rules) -> bool:
    """Close the filter around this thread for good; needs PR_SET_NO_NEW_PRIVS first. False where it cannot be had.

    Threads and processes that it starts later are within, those that are there already are not.
    """
    machine = MACHINES.get(platform.machine()) if sys.platform == "linux" and sys.maxsize > 1 << 32 else None
    if machine is None:
        return False
    code = program(machine, rules)
    held = ctypes.create_string_buffer(code, len(code))
    parcel = _Program(len(code) // 8, ctypes.addressof(held))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return bool(prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(parcel), 0, 0) == 0)
