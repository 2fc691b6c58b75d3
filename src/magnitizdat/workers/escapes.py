"""What a worker could do if it were taken over; it tries, and says what worked. For tests and for `doctor`.

Each deed is harmless where it succeeds: it asks, or sets what is set already.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import platform
import socket
import stat
import struct
import time
from collections.abc import Callable
from typing import Any

from magnitizdat.cage.calls import MACHINES

_PARENT = os.getppid()  # who asks for it within the cage is refused
_X32 = 0x40000000
_MADV_MERGEABLE = 12
_ANYWHERE = -100  # AT_FDCWD


def possible_deeds() -> list[str]:
    """Names of the forbidden deeds that succeed here; nothing on a platform where the whole cage holds."""
    deeds = {**_with_python(), **_with_arguments(), **_by_number()}
    return [name for name, deed in deeds.items() if _succeeds(deed)]


def _with_python() -> dict[str, Callable[[], object]]:
    return {
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "open a local socket": socket.socketpair,
        "read a file": lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)),
        "write a file": lambda: os.close(os.open("/tmp/magnitizdat-worker", os.O_WRONLY | os.O_CREAT)),  # noqa: S108
        "read the size and times of a file": lambda: os.stat("/etc/passwd"),  # noqa: PTH116  the bare call is the point
        "list a folder": lambda: os.listdir("/"),  # noqa: PTH208  see above
        "list the processes": lambda: os.listdir("/proc"),  # noqa: PTH208  see above
        "start a process": _fork,
        "run a program": lambda: os.execv("/nonexistent", ["nonexistent"]),  # noqa: S606
        "signal another process": lambda: os.kill(_PARENT, 0),
        "read the clock of another process": lambda: time.clock_gettime(~_PARENT << 3 | 2),
        "map memory to run": lambda: mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_EXEC),
        "map memory to share": lambda: mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_SHARED),
        "hold what is neither pipe nor device": _hold,
    }


def _with_arguments() -> dict[str, Callable[[], object]]:
    """Calls that may pass, with arguments that may not."""
    memory = ctypes.addressof(_PAGES)
    return {
        "be signalled for a descriptor": lambda: fcntl.fcntl(0, fcntl.F_SETOWN, 0),
        "choose that signal": lambda: fcntl.fcntl(0, fcntl.F_SETSIG, 0),
        "change how a descriptor waits": lambda: fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL)),
        "lease a file": lambda: fcntl.fcntl(0, fcntl.F_SETLEASE, fcntl.F_UNLCK),
        "lock a file": lambda: fcntl.lockf(0, fcntl.LOCK_UN),
        "hide an argument in its high half": lambda: _call("fcntl", 0, 1 << 32 | fcntl.F_SETOWN, 0),
        "hide a number in its high half": lambda: _raw(1 << 32 | _number("kill"), _PARENT, 0),
        "use numbers of x32": lambda: _raw(_X32 | _number("getpid")),
        "make memory run": lambda: _call("mprotect", memory, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC),
        "share equal pages": lambda: _call("madvise", memory, mmap.PAGESIZE, _MADV_MERGEABLE),
        "ask where another process runs": lambda: _call("sched_getaffinity", _PARENT, 8, memory),
        "ask whether another process is there": lambda: _call("clock_getres", ctypes.c_int(~_PARENT << 3 | 2), None),
    }


def _by_number() -> dict[str, Callable[[], object]]:
    """Calls that may not pass at all: asked in a way that would change nothing."""
    page = ctypes.addressof(_PAGES)
    asked: dict[str, tuple[Any, ...]] = {
        "kill": (_PARENT, 0), "tgkill": (_PARENT, _PARENT, 0), "rt_sigqueueinfo": (_PARENT, 0, page),
        "rt_tgsigqueueinfo": (_PARENT, _PARENT, 0, page), "pidfd_open": (_PARENT, 0),
        "process_vm_readv": (_PARENT, None, 0, None, 0, 0), "ptrace": (-1, 0, 0, 0), "kcmp": (0, 0, 99, 0, 0),
        "prlimit64": (_PARENT, 7, None, page), "get_robust_list": (0, page, page), "getpriority": (0, _PARENT),
        "sched_getscheduler": (_PARENT,), "sched_setaffinity": (0, 0, None), "move_pages": (0, 0, None, None, None, 0),
        "ioprio_get": (1, _PARENT), "getpgid": (_PARENT,), "statx": (_ANYWHERE, b"/etc/passwd", 0, 0xFFF, page),
        "faccessat": (_ANYWHERE, b"/etc/passwd", 0), "readlinkat": (_ANYWHERE, b"/proc/self/exe", page, 64),
        "chdir": (b"/",), "inotify_init1": (0,), "name_to_handle_at": (_ANYWHERE, b"/", page, page, 0),
        "getcwd": (page, 4096), "statfs": (b"/", page), "ioctl": (0, 0x5401, page), "dup": (0,), "lseek": (0, 0, 1),
        "pipe2": (page, 0), "memfd_create": (b"", 0), "eventfd2": (0, 0), "timerfd_create": (1, 0),
        "signalfd4": (-1, page, 8, 0), "io_uring_setup": (1, page), "userfaultfd": (1,), "bpf": (99, None, 0),
        "perf_event_open": (None, 0, -1, -1, 0), "keyctl": (0, -3, 0), "shmget": (1, 1, 0),
        "semget": (1, 1, 0), "msgget": (1, 0), "unshare": (0,), "setns": (-1, 0), "personality": (0xFFFFFFFF,),
        "seccomp": (99, 0, None), "prctl": (3, 0, 0, 0, 0), "uname": (page,), "sysinfo": (page,), "getppid": (),
        "getuid": (), "timer_create": (1, None, page), "setitimer": (0, None, None), "mlock": (page, 0),
        "pkey_alloc": (0, 0),
    }  # fmt: skip
    return {f"call {name}": lambda name=name, given=given: _call(name, *given) for name, given in asked.items()}  # type: ignore[misc]


_PAGES = ctypes.create_string_buffer(2 * mmap.PAGESIZE)


def _number(name: str) -> int:
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise NotImplementedError
    return machine.numbers[name]


def _call(name: str, *arguments: object) -> int:
    return _raw(_number(name), *arguments)


def _raw(number: int, *arguments: object) -> int:
    """A system call as it is. Raises: OSError."""
    words = (each if not isinstance(each, int) else ctypes.c_long(each) for each in arguments)
    answer = int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *words))
    if answer == -1:
        raise OSError(ctypes.get_errno(), "")
    return answer


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _hold() -> None:
    """Raises: PermissionError if every descriptor is a pipe or a device, as they should be."""
    offset = {"x86_64": 24, "aarch64": 16}.get(platform.machine(), 24)  # of st_mode in struct stat
    for descriptor in range(1024):
        try:
            _call("fstat", descriptor, ctypes.addressof(_PAGES))
        except OSError:
            continue
        (mode,) = struct.unpack_from("=I", _PAGES, offset)
        if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
            return
    raise PermissionError


def _succeeds(deed: Callable[[], object]) -> bool:
    """Only a refusal counts as one: another error says that the deed itself was allowed."""
    try:
        deed()
    except PermissionError:
        return False
    except (OSError, NotImplementedError):  # the latter on a machine whose numbers we do not know
        return True
    return True
