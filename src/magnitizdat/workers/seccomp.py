"""A seccomp filter for workers: a list of system calls that may pass, EPERM for all others. Pure but for `install`.

A worker owns two pipes and its memory. It opens nothing, starts nothing, connects to nothing, signals nobody, and maps
no new code; so even a parser that is taken over can only compute and answer.
Source: seccomp(2); linux/bpf_common.h, linux/seccomp.h, linux/audit.h.
"""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from typing import NamedTuple

_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM
_NUMBER, _ARCH, _PROTECTION = 0, 4, 16 + 2 * 8  # offsets in struct seccomp_data; third argument, low half
_PROT_EXEC = 4
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


class Machine(NamedTuple):
    """`arch` is the AUDIT_ARCH value; `mapping` the calls that may pass without PROT_EXEC only."""

    arch: int
    allowed: frozenset[int]
    mapping: frozenset[int]


# read write close fstat poll lseek munmap brk rt_sigaction rt_sigprocmask rt_sigreturn pread64 readv writev sched_yield
# mremap madvise dup nanosleep getpid exit fcntl gettimeofday getrusage times sigaltstack gettid futex sched_getaffinity
# restart_syscall clock_gettime clock_getres clock_nanosleep exit_group newfstatat ppoll set_robust_list getrandom rseq
_X86_64 = """
0 1 3 5 7 8 11 12 13 14 15 17 19 20 24 25 28 32 35 39 60 72 96 98 100 131 186 202 204 219 228 229 230 231 262
271 273 318 334
"""
_AARCH64 = """
23 25 57 62 63 64 65 66 67 73 79 80 93 94 98 99 101 113 114 115 123 124 128 132 134 135 139 153 165 169 172
178 214 215 216 233 278 293
"""
MACHINES = {
    "x86_64": Machine(0xC000003E, frozenset(map(int, _X86_64.split())), frozenset((9, 10))),
    "aarch64": Machine(0xC00000B7, frozenset(map(int, _AARCH64.split())), frozenset((222, 226))),
}


def program(machine: Machine) -> bytes:
    """The BPF program: struct sock_filter, eight bytes each."""
    steps = [
        (_LOAD, 0, 0, _ARCH),
        (_JUMP_EQUAL, 1, 0, machine.arch),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for number in sorted(machine.allowed):
        steps += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for number in sorted(machine.mapping):
        steps += [
            (_JUMP_EQUAL, 0, 4, number),
            (_LOAD, 0, 0, _PROTECTION),
            (_JUMP_SET, 0, 1, _PROT_EXEC),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    steps.append((_RETURN, 0, 0, _REFUSE))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install() -> bool:
    """Close the filter around this process for good; needs PR_SET_NO_NEW_PRIVS first. False where it cannot be had."""
    machine = MACHINES.get(platform.machine()) if sys.platform == "linux" and sys.maxsize > 1 << 32 else None
    if machine is None:
        return False
    code = program(machine)
    held = ctypes.create_string_buffer(code, len(code))
    parcel = _Program(len(code) // 8, ctypes.addressof(held))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return bool(prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(parcel), 0, 0) == 0)
