"""Where this machine can be reached from the same Wi-Fi. Asks the system alone: no packet leaves."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

_SIOCGIFADDR = 0x8915
_ROUTES = Path("/proc/net/route")
_NOWHERE = ("192.0.2.1", 9)
"""An address for documentation. Source: RFC 5737."""


def lan_address() -> str | None:
    """The IPv4 address that others on the same network know, the one of the way out first; None where there is none."""
    if not sys.platform.startswith("linux"):
        return _of_the_way_out()
    found = [(name not in _ways_out(), name, address) for name, address in _interfaces()]
    usable = sorted(each for each in found if not ipaddress.ip_address(each[2]).is_loopback)
    return usable[0][2] if usable else None


def _interfaces() -> list[tuple[str, str]]:
    """(interface, address)."""
    from fcntl import ioctl

    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has no address
                answer = ioctl(control, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append((name, socket.inet_ntoa(answer[20:24])))
    return found


def _ways_out() -> set[str]:
    """Interfaces with a default route."""
    try:
        lines = _ROUTES.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return set()
    return {fields[0] for line in lines if len(fields := line.split()) > 1 and fields[1] == "00000000"}


def _of_the_way_out() -> str | None:
    """macOS, Windows: the address that a datagram would leave from. None is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if ipaddress.ip_address(address).is_loopback else address
