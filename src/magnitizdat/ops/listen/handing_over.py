"""The secret of a new player, on a page that shows it once: offered by one process, taken by whoever opens the link.

It waits in the encrypted index, under the digest of the link's secret, and is gone when it was shown or its time is up.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import msgspec

from magnitizdat.library.library import Library
from magnitizdat.model import Value

VALID = timedelta(minutes=15)
_HANDOUT, _ADDRESS = "handout", "address"


class Handout(Value, frozen=True, kw_only=True):
    """What a player wants to be told, beside the address."""

    name: str
    user: str
    secret: str

    def __repr__(self) -> str:
        return "Handout(…)"


class _WaitingHandout(Value, frozen=True, kw_only=True):
    until: datetime
    handout: Handout


def offer(library: Library, handout: Handout, *, now: datetime) -> str:
    """The secret of a link that shows this once; `/device?once=` and it."""
    for target, body in library.index.jobs.of_kind(_HANDOUT).items():
        if _decoded(body).until < now:
            library.set_job(_HANDOUT, target, None)
    once = secrets.token_urlsafe(24)
    library.set_job(_HANDOUT, _digest(once), msgspec.json.encode(_WaitingHandout(until=now + VALID, handout=handout)))
    return once


def link_to(library: Library, handout: Handout, *, now: datetime) -> str:
    """A link to the page that shows this once, where the library was last served; empty where it never was."""
    address = served_at(library)
    return f"{address}/device?once={offer(library, handout, now=now)}" if address else ""


def take(library: Library, once: str, *, now: datetime) -> Handout | None:
    """What was offered by this link, and is offered no more."""
    body = library.index.jobs.take(_HANDOUT, _digest(once))
    waiting = _decoded(body) if body is not None else None
    return waiting.handout if waiting is not None and now <= waiting.until else None


def note_address(library: Library, address: str) -> None:
    """Remember where this library was last served, for links that another process offers."""
    if address != served_at(library):
        library.set_job(_ADDRESS, "", address.encode())


def served_at(library: Library) -> str:
    """Where this library was last served; empty if it never was."""
    return (library.job(_ADDRESS, "") or b"").decode()


def _decoded(body: bytes) -> _WaitingHandout:
    return msgspec.json.decode(body, type=_WaitingHandout)


def _digest(once: str) -> str:
    return hashlib.sha256(once.encode("utf-8", "surrogateescape")).hexdigest()
