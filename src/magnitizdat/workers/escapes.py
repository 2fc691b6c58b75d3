"""What a worker could do if it were taken over; it tries, and says what worked. For tests and for `doctor`."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable


def possible_deeds() -> list[str]:
    """Names of the forbidden deeds that succeed here; nothing on a platform where the whole cage holds."""
    deeds: dict[str, Callable[[], object]] = {
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close(),
        "open a local socket": socket.socketpair,
        "read a file": lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)),
        "write a file": lambda: os.close(os.open("/tmp/magnitizdat-worker", os.O_WRONLY | os.O_CREAT)),  # noqa: S108
        "list a folder": lambda: os.listdir("/"),  # noqa: PTH208  the bare system call is the point
        "start a process": _fork,
        "run a program": lambda: os.execv("/nonexistent", ["nonexistent"]),  # noqa: S606
        "signal another process": lambda: os.kill(os.getppid(), 0),
    }
    return [name for name, deed in deeds.items() if _succeeds(deed)]


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _succeeds(deed: Callable[[], object]) -> bool:
    """Only a refusal counts as one: another error says that the deed itself was allowed."""
    try:
        deed()
    except PermissionError:
        return False
    except OSError:
        return True
    return True
