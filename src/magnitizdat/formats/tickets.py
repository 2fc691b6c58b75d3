"""Tickets: an address with a key, so that another laptop needs no name, no date and no authority to prove itself. PURE.

    https://HOST:PORT/CODE/#pin=<base64url>&or=HOST:PORT&or=…

CODE is 128 bits in base32, the folder that the share stands under. `pin`, which is never sent, is the SHA-256 of the
certificate's public key (RFC 7469, 2.4), in base64url without padding; `curl --pinnedpubkey` takes it in plain base64.
"""

from __future__ import annotations

import re
from base64 import b32encode, b64decode, urlsafe_b64encode
from binascii import Error as NoBase64Error
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal, NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.formats import budgets
from magnitizdat.sentence import Sentence, say

Kind = Literal["name", "near", "loopback", "public", "nowhere"]

CODE_LENGTH = 16
"""Bytes of CODE."""
PIN_LENGTH = 32
"""Bytes of a pin."""
_CODE = re.compile("[a-z2-7]{26}")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_PORT = re.compile("[0-9]{1,5}")
_NUMBER = re.compile("[0-9]+|0x[0-9a-f]*")
_BEGIN = "https://"
_CUT = say("this ticket is not whole; copy all of it, from https:// to its last letter")


class TicketError(UsageError):
    """No ticket, or not all of one."""


class Address(NamedTuple):
    """Where a laptop listens: a name or an IP address. No interface: it has another name on each machine."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def kind(self) -> Kind:
        """How far away it is: `near` are private and link-local addresses."""
        address = _ip(self.host)
        if address is None:
            return "name"
        if address.is_unspecified or address.is_multicast or address == IPv4Address("255.255.255.255"):
            return "nowhere"
        if address.is_loopback:
            return "loopback"
        return "near" if address.is_private else "public"


class Ticket(NamedTuple):
    """Where a share is (first what it was given out for), the folder that it stands under, and its key.

    `passed_over` counts addresses that were in it and that nobody asks; its `repr` says nothing.
    """

    addresses: tuple[Address, ...]
    code: str
    pin: bytes
    passed_over: int = 0

    def __str__(self) -> str:
        first, *others = self.addresses
        also = "".join(f"&or={each}" for each in others)
        return f"{_BEGIN}{first}/{self.code}/#pin={pin_text(self.pin)}{also}"

    def __repr__(self) -> str:
        return "Ticket(…)"


def encode_code(content: bytes) -> str:
    """CODE of 16 bytes."""
    return b32encode(content).decode().rstrip("=").lower()


def pin_text(pin: bytes) -> str:
    """As it stands behind `#pin=`."""
    return urlsafe_b64encode(pin).decode().rstrip("=")


def parse_pin(text: str) -> bytes:
    """The 32 bytes; plain base64, as `curl` and `openssl` say it, is taken too. Raises: TicketError."""
    plain = text.removeprefix("sha256//").rstrip("=").replace("-", "+").replace("_", "/")
    try:
        pin = b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (NoBase64Error, ValueError):
        pin = b""
    if len(pin) != PIN_LENGTH or pin_text(pin) != plain.replace("+", "-").replace("/", "_"):
        raise TicketError(say("what stands after #pin= is not whole; copy all of the address, to its last letter"))
    return pin


def parse_address(text: str) -> Address:
    """`HOST:PORT`, or `[IPv6]:PORT`. Raises: TicketError."""
    found = _address(text)
    if found is None:
        raise TicketError(say("«{text}» is no address with a port, such as 192.168.43.17:8046", text=text[:80]))
    return found


def is_address(text: str) -> bool:
    """Whether it is `HOST:PORT` and nothing else."""
    return _address(text) is not None


def lacks_port(text: str) -> bool:
    """Whether it is an IP address and nothing else."""
    return _ip(text.removeprefix("[").removesuffix("]").partition("%")[0]) is not None


def is_ticket(text: str) -> bool:
    """Whether it is meant for one: an https address of a single folder that is a CODE, however the rest is."""
    host, slash, path = _joined(text).partition("#")[0][len(_BEGIN) :].partition("/")
    return bool(host and slash and _begins(text) and _CODE.fullmatch(path.removesuffix("/").lower()))


def parse_ticket(text: str) -> Ticket:
    """A ticket, also one that was broken into lines on its way.

    Its first address is what somebody was given; each other one has to be near, or as far as that: of a stranger's
    ticket no public server learns who opens it, and no program on this machine is knocked at. Those are passed over,
    and so is what cannot be read.

    Raises: TicketError where it is cut, names nowhere, or more addresses than a laptop has.
    """
    if not is_ticket(text):
        raise TicketError(_CUT)
    before, _, fragment = _joined(text)[len(_BEGIN) :].partition("#")
    host, _, path = before.partition("/")
    pins, others = _fields(fragment, "pin"), _fields(fragment, "or")
    first = _address(host) or _address(f"{host}:443")
    if first is None or first.kind == "nowhere" or len(pins) != 1:
        raise TicketError(_CUT)
    if 1 + len(others) > budgets.TICKET_ADDRESSES.most:
        raise TicketError(budgets.TICKET_ADDRESSES.sentence)
    also = [each for each in map(_address, others) if each and each.kind in {"near", first.kind}]
    return Ticket(
        addresses=tuple(dict.fromkeys((first, *also))),
        code=path.removesuffix("/").lower(),
        pin=parse_pin(pins[0]),
        passed_over=len(others) - len(also),
    )


def split_pin(address: str) -> tuple[str, bytes | None]:
    """An address of a place without its pin, and the pin.

    Raises: TicketError for a pin that nothing would hold to: a second one, a cut one, or one of an address without TLS;
    and for whatever else stands behind `#`.
    """
    plain, hash_sign, fragment = address.partition("#")
    if not hash_sign:
        return address, None
    pins = _fields(fragment, "pin")
    if len(pins) != 1 or "&" in fragment or not _begins(plain):
        raise TicketError(
            say("behind # an https:// address may have one pin, #pin=…, and nothing else; look at it again")
        )
    return plain, parse_pin(pins[0])


def passed_over_sentence(ticket: Ticket) -> Sentence:
    """What is said of addresses that nobody asks."""
    return say(
        "Addresses of the ticket that are not asked, being on the internet, on this machine or none: {passed_over}.",
        passed_over=ticket.passed_over,
    )


def _joined(text: str) -> str:
    return "".join(text.split())


def _begins(text: str) -> bool:
    return _joined(text)[: len(_BEGIN)].lower() == _BEGIN


def _fields(fragment: str, name: str) -> Sequence[str]:
    return [value for field, _, value in _pairs(fragment) if field == name]


def _pairs(fragment: str) -> Iterator[tuple[str, str, str]]:
    return (each.partition("=") for each in fragment.split("&"))


def _address(text: str) -> Address | None:
    host, _, port = text.rpartition(":")
    if not _PORT.fullmatch(port) or not 1 <= int(port) <= 65535:
        return None
    bare = host.lower()
    if bare.startswith("[") and bare.endswith("]"):
        found = _ip(bare[1:-1].partition("%")[0])
        return Address(str(found), int(port)) if isinstance(found, IPv6Address) else None
    found = _ip(bare)
    if found is not None:
        return Address(str(found), int(port)) if isinstance(found, IPv4Address) else None
    return Address(bare, int(port)) if _is_name(bare) else None


def _is_name(host: str) -> bool:
    """No number, which some would take for an IPv4 address. Source: URL Standard, "ends in a number"."""
    return bool(_NAME.fullmatch(host)) and ".." not in host and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
