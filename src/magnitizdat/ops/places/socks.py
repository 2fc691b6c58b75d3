"""Connections through a proxy that resolves names itself. Source: RFC 1928 (SOCKS 5, CONNECT, no authentication).

Nothing here looks a name up: the proxy's own address is a number, and a place's name is told to it as it was given.
"""

from __future__ import annotations

from collections.abc import Generator
from ipaddress import ip_address
from typing import NamedTuple

from magnitizdat.errors import UnreachableError, UsageError
from magnitizdat.formats.tickets import Address, is_address, parse_address
from magnitizdat.sentence import say

SCHEME = "socks5h"
Talk = Generator[tuple[bytes, int], bytes, None]
"""Bytes to send, and how many are wanted then; what came is sent in."""
_GREETING, _NO_AUTHENTICATION = b"\x05\x01\x00", b"\x05\x00"
_CONNECT = b"\x05\x01\x00"
_LENGTHS = {1: 4, 4: 16}
"""Of bound addresses, by type."""
_REFUSED = 5


class Proxy(NamedTuple):
    """Where the proxy listens: an IP address, so that nobody is asked for it."""

    address: Address


def parse_proxy(text: str) -> Proxy:
    """`socks5h://127.0.0.1:9050`. Raises: UsageError."""
    scheme, _, rest = text.removesuffix("/").partition("://")
    host = rest.replace("localhost:", "127.0.0.1:")
    address = parse_address(host) if is_address(host) else None
    if scheme.lower() != SCHEME or address is None or address.kind in {"name", "nowhere"}:
        raise UsageError(
            say(
                "give the proxy as socks5h://127.0.0.1:9050: the h says that names are asked for there alone, and its"
                " own address is a number"
            )
        )
    return Proxy(address)


def talk(place: Address) -> Talk:
    """What is said to a proxy until it has a connection to `place`.

    Raises: ConnectionRefusedError, OSError where it has none; UnreachableError where it is no such proxy.
    """
    if (yield _GREETING, 2) != _NO_AUTHENTICATION:
        raise UnreachableError(
            say("what answers there is no SOCKS proxy that takes anybody; give the address of another one")
        )
    head = yield _CONNECT + _destination(place), 4
    if head[1] == _REFUSED:
        raise ConnectionRefusedError
    if head[:1] != b"\x05" or head[1]:
        raise OSError(f"the proxy says {head[1]}")
    length = _LENGTHS.get(head[3]) or (yield b"", 1)[0]
    yield b"", length + 2


def _destination(place: Address) -> bytes:
    try:
        address = ip_address(place.host)
    except ValueError:
        host = b"\x03" + bytes([len(place.host)]) + place.host.encode("ascii")
    else:
        host = (b"\x01" if address.version == 4 else b"\x04") + address.packed
    return host + place.port.to_bytes(2, "big")
