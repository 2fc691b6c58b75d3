"""What this library carries: letters of its own on the way, and those of others."""

from __future__ import annotations

import hashlib
from datetime import datetime

from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Value


class Carried(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How many letters lie here to go along: own ones, those of others, and bytes of the latter."""

    own: int
    others: int
    bytes: int


def send(changes: Changes, sealed: bytes, *, letter_id: str, now: datetime) -> None:  # noqa: ARG001
    """Put an own letter on the way: it goes onto every reel for 180 days, or until it is answered."""
    changes.put_member(f"post/{hashlib.sha256(sealed).hexdigest()}", sealed)


def answered(changes: Changes, letter_id: str) -> None:
    """An own letter was answered: it goes along no more."""
    raise NotImplementedError


def carried(library: Library) -> Carried:
    """How much this library carries."""
    raise NotImplementedError
