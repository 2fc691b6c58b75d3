"""Who is asked, for what, and what is said of those who do not answer as they should: shares and mirrors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from magnitizdat.errors import MagError, NotFoundError, UnreachableError, UsageError, WrongPassphraseError
from magnitizdat.formats.tickets import Address, Ticket, parse_address, split_pin
from magnitizdat.sentence import say

SAFE = "/%:@!$&'()*+,;=~"
"""Signs of a path that stand in an address as they are."""


class CallErrors(NamedTuple):
    """What is said of a place where nobody, or somebody else, answers, where it has ended, and where nothing is."""

    nobody: Callable[[], MagError]
    refused: Callable[[], MagError]
    other: Callable[[], MagError]
    plain: Callable[[], MagError]
    over: Callable[[], MagError]
    empty: Callable[[], MagError]


class RemoteOrigin(NamedTuple):
    """Who is asked, for what stands under `folder`; `follows` redirects that stay with them."""

    addresses: tuple[Address, ...]
    folder: str
    told: CallErrors
    is_tls: bool = True
    pin: bytes | None = None
    follows: bool = False


def web_origin(url: str) -> RemoteOrigin:
    """A mirror's, from its address with or without a pin. Raises: UsageError."""
    plain, pin = split_pin(url)
    try:
        parts = urlsplit(plain)
        is_tls = parts.scheme.lower() == "https"
        host = (parts.hostname or "").encode("idna").decode("ascii")
        shown = f"[{host}]" if ":" in host else host
        address = parse_address(f"{shown}:{parts.port or (443 if is_tls else 80)}")
    except (ValueError, UnicodeError, UsageError) as exc:
        raise UsageError(say("this is not the address of a place; it begins as https://mirror.example/ does")) from exc
    return RemoteOrigin(
        (address,), quote(parts.path.rstrip("/") + "/", safe=SAFE), _WEB, is_tls=is_tls, pin=pin, follows=True
    )


def share_origin(ticket: Ticket, *, by_words: bool = False) -> RemoteOrigin:
    """A share's, from its ticket, or from an address and six words."""
    told = _share_told(ticket.addresses[0], by_words=by_words)
    return RemoteOrigin(ticket.addresses, f"/{ticket.code}/", told, pin=ticket.pin)


_NO_ANSWER = say("the source did not answer; check the address and the connection, then repeat")
_OTHER_MIRROR = partial(
    UnreachableError, say("Somebody else answers there, with another key. Ask for the mirror's address anew.")
)
_WEB = CallErrors(
    nobody=partial(UnreachableError, _NO_ANSWER),
    refused=partial(UnreachableError, _NO_ANSWER),
    other=_OTHER_MIRROR,
    plain=_OTHER_MIRROR,
    over=partial(UnreachableError, _NO_ANSWER),
    empty=partial(
        NotFoundError, say("there is nothing of Magnitizdat at this address; check it, down to the last folder")
    ),
)
_OTHER_WORDS = say(
    "These are not the words of this share, or somebody stands between. Compare them with the other screen."
)


_FOR_BROWSERS = say(
    "What answers there is for browsers, or is no share at all; type the address that stands beside the six words."
)
_OTHER_HOLDER = partial(UnreachableError, say("Somebody else answers there. Ask for a new ticket."))


def _share_told(address: Address, *, by_words: bool) -> CallErrors:
    nobody = partial(
        UnreachableError,
        say(
            "Nothing answers at {host}. Are both on one Wi-Fi? Some keep their guests apart: make a hotspot with a"
            " laptop.",
            host=address.host,
        ),
    )
    closed = partial(
        UnreachableError,
        say(
            "Nothing is shared at {address} any more, or its port is another; compare it with the other screen.",
            address=str(address),
        ),
    )
    over = partial(UnreachableError, say("The share is over. What came is kept; ask for a new ticket."))
    return CallErrors(
        nobody=nobody,
        refused=closed if by_words else over,  # a ticket's address was right once, a typed one may never have been
        other=partial(WrongPassphraseError, _OTHER_WORDS) if by_words else _OTHER_HOLDER,
        plain=partial(UnreachableError, _FOR_BROWSERS) if by_words else _OTHER_HOLDER,
        over=over,
        empty=over,
    )
