"""No route to anywhere (law 8): the suite takes the network from itself, and notes whoever asks for it all the same."""

from __future__ import annotations

import ctypes
import fcntl
import ipaddress
import os
import socket
import struct
import sys
from typing import Any

_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def leave_the_network() -> bool:
    """Go into a network namespace of one's own, with loopback alone, children included; False where that is refused."""
    if not sys.platform.startswith("linux") or ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | _IFF_UP))
    return True


def is_local(family: int, address: Any) -> bool:
    """Whether a socket address stays on this machine."""
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return True
    return _is_local_host(address[0])


def _is_local_host(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


class Guard:
    """Refuses connections and look-ups that would leave this machine, and remembers them."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def install(self, patch: Any) -> None:
        """Put the guard into `socket`, by means of a pytest MonkeyPatch."""
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, self._guarded(getattr(socket.socket, name), name))
        patch.setattr(socket, "getaddrinfo", self._look_up(socket.getaddrinfo))

    def _guarded(self, real: Any, name: str) -> Any:
        def guarded(sock: socket.socket, *arguments: Any) -> Any:
            if not is_local(sock.family, arguments[-1]):
                self._refuse(f"{name} {arguments[-1]}")
            return real(sock, *arguments)

        return guarded

    def _look_up(self, real: Any) -> Any:
        def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
            if not _is_local_host(host):
                self._refuse(f"look-up of {host!r}")
            return real(host, *arguments, **options)

        return guarded

    def _refuse(self, attempt: str) -> None:
        self.attempts.append(f"{attempt} in process {os.getpid()}")
        raise ConnectionRefusedError(f"the suite runs offline: {attempt}")
