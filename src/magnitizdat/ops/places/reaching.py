"""By which ways an address may be reached: on which interfaces, and where a name leads."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, NamedTuple

from magnitizdat.formats.tickets import Address


class Target(NamedTuple):
    """One way to an address: as the system takes it, and by which interface where it does not say that itself."""

    address: Address
    family: int
    where: tuple[Any, ...]
    device: str = ""


LookUp = Generator[tuple[int, int], None, list[Target]]
"""A name that is being looked up: what file descriptor it waits for, and for which events of `selectors`."""


def is_name(address: Address) -> bool:
    """Whether an address is none that the system could connect to without asking somebody."""
    try:
        ip_address(address.host)
    except ValueError:
        return True
    return False


def ways(address: Address) -> Iterator[Target]:
    """How an address may be reached. One of a single wire is on whichever it is: each interface is asked.

    Raises: nothing; a name that leads nowhere has no ways.
    """
    try:
        found = ip_address(address.host)
    except ValueError:
        yield from _named(address)
        return
    family = socket.AF_INET if found.version == 4 else socket.AF_INET6
    if not found.is_link_local:
        yield Target(address, family, (address.host, address.port))
    for index, name in _interfaces() if found.is_link_local else ():
        if found.version == 6:
            yield Target(address, family, (address.host, address.port, 0, index))
        else:
            yield Target(address, family, (address.host, address.port), name)


def _named(address: Address) -> Iterator[Target]:
    """Names of the network of Tor are never asked for elsewhere. Source: RFC 7686, 2."""
    if address.host.endswith(".onion"):
        return
    with suppress(OSError, UnicodeError):
        for family, _, _, _, where in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM):
            yield Target(address, family, where)


def look_up(address: Address) -> LookUp:
    """Where a name leads, asked in a thread: the system's own question cannot be given up, only passed by."""
    heard, said = socket.socketpair()
    found = list[Target]()

    def ask() -> None:
        with said:  # what waits at the other end hears that it closes
            found.extend(_named(address))

    with heard:
        threading.Thread(target=ask, name="look up", daemon=True).start()
        yield heard.fileno(), selectors.EVENT_READ
    return found


def _interfaces() -> list[tuple[int, str]]:
    return [(index, name) for index, name in socket.if_nameindex() if name not in {"lo", "lo0"}]
