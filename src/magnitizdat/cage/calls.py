"""Which system calls what is caged may make, and with which arguments. PURE: numbers and rules.

An argument is compared by its low 32 bits. Each that is checked here is an int to the kernel, which looks at no more,
or a word of flags whose high half means nothing.
Source: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h; linux/{fcntl,futex,mman,sched}.h.
"""

from __future__ import annotations

from typing import NamedTuple


class OneOf(NamedTuple):
    """The argument (from 0) is one of these."""

    argument: int
    values: frozenset[int]


class Below(NamedTuple):
    """Unsigned, the argument is less than this."""

    argument: int
    bound: int


class Without(NamedTuple):
    """None of these bits is set."""

    argument: int
    bits: int


class WithAny(NamedTuple):
    """At least one of these bits is set."""

    argument: int
    bits: int


Check = OneOf | Below | Without | WithAny
Rules = dict[str, tuple[Check, ...]]
"""Name of a call to what must hold of its arguments."""

ABSENT = ("clone3",)
"""Calls that do as if the kernel did not know them, so that libraries use the older one whose arguments can be seen."""


class Machine(NamedTuple):
    """`arch` is the AUDIT_ARCH value; `numbers` those of the calls by name, without the ones that it does not have."""

    arch: int
    numbers: dict[str, int]


_NUMBERS = """
read 0 63  write 1 64  close 3 57  fstat 5 80  poll 7 -  lseek 8 62  mmap 9 222  mprotect 10 226  munmap 11 215
brk 12 214  rt_sigaction 13 134  rt_sigprocmask 14 135  rt_sigreturn 15 139  pread64 17 67  pwrite64 18 68
readv 19 65  writev 20 66  sched_yield 24 124  mremap 25 216  madvise 28 233  dup2 33 -  nanosleep 35 101
getpid 39 172  clone 56 220  vfork 58 -  execve 59 221  exit 60 93  wait4 61 260  fcntl 72 25  ftruncate 77 46
getcwd 79 17  chdir 80 49  rename 82 -  unlink 87 -  readlink 89 -  gettimeofday 96 169  getrusage 98 165
times 100 153  setsid 112 157  sigaltstack 131 132  arch_prctl 158 -  gettid 186 178  futex 202 98
sched_getaffinity 204 123  getdents64 217 61  set_tid_address 218 96  restart_syscall 219 128
clock_gettime 228 113  clock_getres 229 114  clock_nanosleep 230 115  exit_group 231 94  openat 257 56
newfstatat 262 79  unlinkat 263 35  renameat 264 38  readlinkat 267 78  ppoll 271 73  set_robust_list 273 99
dup3 292 24  pipe2 293 59  prlimit64 302 261  renameat2 316 276  getrandom 318 278  rseq 334 293  clone3 435 435
close_range 436 436
kill 62 129  tgkill 234 131  rt_sigqueueinfo 129 138  rt_tgsigqueueinfo 297 240  pidfd_open 434 434
process_vm_readv 310 270  ptrace 101 117  kcmp 312 272  get_robust_list 274 100  getpriority 140 141
sched_getscheduler 145 120  sched_setaffinity 203 122  move_pages 279 239  ioprio_get 252 31  getpgid 121 155
statx 332 291  faccessat 269 48  inotify_init1 294 26  name_to_handle_at 303 264  statfs 137 43  ioctl 16 29
dup 32 23  memfd_create 319 279  eventfd2 290 19  timerfd_create 283 85  signalfd4 289 74  io_uring_setup 425 425
userfaultfd 323 282  bpf 321 280  perf_event_open 298 241  keyctl 250 219  shmget 29 194  semget 64 190
msgget 68 186  unshare 272 97  setns 308 268  personality 135 92  seccomp 317 277  prctl 157 167  uname 63 160
sysinfo 99 179  getppid 110 173  getuid 102 174  timer_create 222 107  setitimer 38 103  mlock 149 228
pkey_alloc 330 289
"""
"""Name, number on x86_64, number on aarch64. The second half nobody may call; `escapes` tries."""


def _machines() -> dict[str, Machine]:
    words = _NUMBERS.split()
    table = list(zip(words[::3], words[1::3], words[2::3], strict=True))
    x86_64 = {name: int(number) for name, number, _ in table if number != "-"}
    aarch64 = {name: int(number) for name, _, number in table if number != "-"}
    return {"x86_64": Machine(0xC000003E, x86_64), "aarch64": Machine(0xC00000B7, aarch64)}


MACHINES = _machines()
"""By the name that `platform.machine` has for them."""

_PROT_EXEC = 4
_MAP_SHARED, _MAP_ANONYMOUS = 1, 0x20
_F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC = 1, 2, 3, 1030
_MADV_DONTNEED, _MADV_FREE = 4, 8
_CLOCKS = 16
"""Clocks of the system are counted from 0; those of other processes are negative, made of their numbers."""
_WAIT, _WAKE, _WAIT_BITSET, _WAKE_BITSET = 0, 1, 9, 10
_PRIVATE, _REALTIME = 128, 256
_WAITING = frozenset((_WAIT, _WAKE, _WAIT_BITSET, _WAKE_BITSET, _WAIT_BITSET | _REALTIME))
_CLONE_VFORK, _CLONE_THREAD = 0x4000, 0x10000
_CLONE_NEW = 0x7E020000
"""All kinds of namespaces."""
_ARCH_SET_FS = 0x1002


def _freely(names: str) -> Rules:
    return dict.fromkeys(names.split(), ())


_OWN_DESCRIPTORS: Check = OneOf(1, frozenset((_F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC)))
"""Whoever may also say F_SETOWN and O_ASYNC can have the kernel signal any process of the same person."""
_MEMORY: Rules = {
    **_freely("brk munmap mremap"),
    "mprotect": (Without(2, _PROT_EXEC),),
    "madvise": (OneOf(2, frozenset((_MADV_DONTNEED, _MADV_FREE))),),
}
_TIME: Rules = {
    **_freely("gettimeofday nanosleep restart_syscall"),
    **{name: (Below(0, _CLOCKS),) for name in ("clock_gettime", "clock_getres", "clock_nanosleep")},
}
_SELF: Rules = {
    **_freely("exit exit_group getpid gettid getrandom rt_sigprocmask rt_sigreturn sched_yield sigaltstack"),
    "sched_getaffinity": (OneOf(0, frozenset((0,))),),
}
PARSER: Rules = {
    **_freely("read write readv writev close fstat poll ppoll rt_sigaction"),
    **_MEMORY,
    **_TIME,
    **_SELF,
    "fcntl": (_OWN_DESCRIPTORS,),
    "futex": (OneOf(1, _WAITING | frozenset(each | _PRIVATE for each in _WAITING)),),
    "mmap": (Without(2, _PROT_EXEC), Without(3, _MAP_SHARED), WithAny(3, _MAP_ANONYMOUS)),
}
"""It owns two pipes and its memory: it opens, starts, signals and measures nothing that is not its own.

`newfstatat` is not among these: no filter can see which path is asked for.
"""

PAR2: Rules = {
    **_freely("read write readv writev pread64 pwrite64 lseek close fstat ftruncate getdents64 futex rt_sigaction"),
    **_freely("newfstatat openat readlink readlinkat rename renameat renameat2 unlink unlinkat getcwd getrusage times"),
    **_freely("set_robust_list set_tid_address rseq"),
    **_MEMORY,
    **_TIME,
    **_SELF,
    "arch_prctl": (OneOf(0, frozenset((_ARCH_SET_FS,))),),
    "fcntl": (_OWN_DESCRIPTORS,),
    "mmap": (Without(2, _PROT_EXEC),),
    "prlimit64": (OneOf(0, frozenset((0,))), OneOf(2, frozenset((0,)))),
    "clone": (WithAny(0, _CLONE_THREAD | _CLONE_VFORK), Without(0, _CLONE_NEW)),
    **_freely("vfork execve pipe2 dup2 dup3 close_range chdir setsid wait4"),
}
"""What it opens and what it runs is for Landlock to say. The last lines are how it is started, which happens inside."""
