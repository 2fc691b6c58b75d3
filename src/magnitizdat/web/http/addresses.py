"""Where this machine can be reached from the same Wi-Fi. Asks the system alone: no packet leaves."""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from array import array
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from magnitizdat.sentence import advice, say

NO_NETWORK = advice(
    terminal=say("this computer is on no network; join the Wi-Fi first, or name an address with --bind"),
    page=say("this computer is on no network; join the Wi-Fi first"),
)
_SIOCGIFCONF, _SIOCGIFFLAGS = 0x8912, 0x8913
_IFF_RUNNING = 0x40
"""Source: netdevice(7)."""
_MOST = 256
"""Addresses that one machine is asked for."""
_ROUTES, _SIX, _CARDS = Path("/proc/net/route"), Path("/proc/net/if_inet6"), Path("/sys/class/net")
_NOWHERE = ("192.0.2.1", 9)
"""An address for documentation. Source: RFC 5737."""


class Interface(NamedTuple):
    """One address of this machine, and the interface that has it."""

    name: str
    address: str

    @property
    def bound(self) -> str:
        """What can be listened at: a link-local address of IPv6 means nothing without its interface."""
        return (
            f"{self.address}%{self.name}" if _ip(self.address).is_link_local and ":" in self.address else self.address
        )


def lan_address() -> str | None:
    """The IPv4 address that others on the same network know, the one of the way out first; None where there is none."""
    return next((each.address for each in _usable(_interfaces()) if ":" not in each.address), None)


def near_addresses() -> list[str]:
    """All private and link-local addresses of all interfaces, the ones that are likely to be reached first.

    Those of IPv6 that are link-local have their interface behind a per cent sign. No public one is among them, and none
    that a provider shares out among its customers (RFC 6598).
    """
    return list(dict.fromkeys(each.bound for each in _usable(_interfaces()) if _ip(each.address).is_private))


def _usable(found: Iterable[Interface]) -> list[Interface]:
    """Not this machine's own for itself: IPv4 first, the way out before other interfaces, link-local ones last.

    Before all that comes what hears somebody, and a card that others reach before what containers and tunnels have.
    """
    ways_out = _ways_out()

    def rank(each: Interface) -> tuple[bool, bool, bool, bool, bool, str, str]:
        address, name = _ip(each.address), each.name
        is_far = (address.version == 6, address.is_link_local, name not in ways_out)
        return not _hears(name), not _has_card(name), *is_far, name, each.address

    return sorted((each for each in found if not _ip(each.address).is_loopback), key=rank)


def _hears(name: str) -> bool:
    """Whether a cable is in, a Wi-Fi joined, somebody behind it; where nobody says so, it is taken to be."""
    if not sys.platform.startswith("linux"):
        return True
    from fcntl import ioctl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control, suppress(OSError):
        answer = ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH14x", name.encode(), 0))
        return bool(struct.unpack("16sH14x", answer)[1] & _IFF_RUNNING)
    return True


def _has_card(name: str) -> bool:
    """Whether there is a device in it, or beneath it, as in a bridge that a hotspot stands on."""
    place = _CARDS / name
    return any((each / "device").exists() for each in (place, *place.glob("lower_*")))


def _interfaces() -> list[Interface]:
    if sys.platform.startswith("linux"):
        return [*_four(), *_six()]
    address = _of_the_way_out()
    return [] if address is None else [Interface("", address)]


def _four() -> list[Interface]:
    """Source: netdevice(7), SIOCGIFCONF: names of 16 bytes, each with an address of 24."""
    from fcntl import ioctl

    room = array("B", bytes(40 * _MOST))
    start, _ = room.buffer_info()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        answer = ioctl(control, _SIOCGIFCONF, struct.pack("iL", len(room), start))
    length, _ = struct.unpack("iL", answer)
    lines = (room[offset : offset + 40].tobytes() for offset in range(0, length, 40))
    return [Interface(_name(line), socket.inet_ntoa(line[20:24])) for line in lines]


def _name(line: bytes) -> str:
    """Without what an older way of several addresses puts behind it (`eth0:1`)."""
    return line[:16].partition(b"\0")[0].decode().partition(":")[0]


def _six() -> list[Interface]:
    """Source: proc(5), /proc/net/if_inet6: address, four numbers, name."""
    try:
        lines = [line.split() for line in _SIX.read_text(encoding="ascii").splitlines()]
    except OSError:
        return []
    return [Interface(line[5], str(ipaddress.IPv6Address(int(line[0], 16)))) for line in lines if len(line) == 6]


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address)


def _ways_out() -> set[str]:
    """Interfaces with a default route."""
    try:
        lines = _ROUTES.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return set()
    return {fields[0] for line in lines if len(fields := line.split()) > 1 and fields[1] == "00000000"}


def _of_the_way_out() -> str | None:
    """macOS, Windows: the address that a datagram would leave from. None is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(_NOWHERE)
        return str(probe.getsockname()[0])
    return None
