"""One evening: what is shared, until when, by which code. Nothing of a guest is kept but counts."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from magnitizdat.model import Shortfall
from magnitizdat.ops.give.handing_on import HandedOn
from magnitizdat.ops.give.shared_names import SharedNames
from magnitizdat.ops.give.sharing import Shared, SharedAlbum
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.http.service import Service

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LEAVING = 16
"""Guests who leave music at a time, each once: an upload holds a thread, and others want to listen."""
CODE_LENGTH = 5
"""Characters of the short address: 28 million, and who guesses wrong waits longer each time."""


class Counts(NamedTuple):
    """What an evening came to."""

    pages: int = 0
    listened: int = 0
    taken: int = 0
    left: int = 0


class Evening:
    """`shared` from a library, `handed_on` without any key, or both; music is left only where there is a library.

    Raises: LockedError.
    """

    def __init__(
        self,
        service: Service,
        shared: Shared | None,
        *,
        hours: Hours | None = None,
        take: bool = False,
        handed_on: HandedOn | None = None,
    ) -> None:
        self.hours = hours or Hours(service)
        self.quarantine = Quarantine(service.library()) if shared is not None else None
        if self.quarantine is not None:
            self.quarantine.sweep(now=service.now())
        self.shared, self.take = shared, take
        self.handed_on = handed_on or HandedOn(())
        self.code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
        self.counts = Counts()
        self._guard = threading.Lock()
        self._leaving: set[str] = set()
        self._names: SharedNames | None = None

    @property
    def names(self) -> SharedNames:
        """What can be searched, read when somebody first does."""
        with self._guard:
            if self._names is None or self._names.albums is not self.albums:
                self._names = SharedNames(self.albums)
            return self._names

    @property
    def is_keyless(self) -> bool:
        """Whether nothing of a library is in it, so that it is all the same whether one is locked."""
        return self.shared is None

    @property
    def is_sealed_alone(self) -> bool:
        """Whether guests can do nothing but take sealed reels along."""
        return bool(self.handed_on.reels) and not self.albums and not self.take

    @property
    def albums(self) -> tuple[SharedAlbum, ...]:
        """What is heard."""
        return self.shared.albums if self.shared is not None else ()

    @property
    def missing(self) -> tuple[Shortfall, ...]:
        """What was wished for, and is not there."""
        return (*(self.shared.missing if self.shared is not None else ()), *self.handed_on.missing)

    @property
    def until(self) -> datetime:
        """Its hour."""
        return self.hours.until

    @property
    def is_over(self) -> bool:
        """Whether its hour has come, or somebody ended it."""
        return self.hours.is_over

    def count(self, change: Callable[[Counts], Counts]) -> None:
        """Count something of nobody."""
        with self._guard:
            self.counts = change(self.counts)

    @contextmanager
    def leaving(self, peer: str) -> Iterator[bool]:
        """While a guest leaves something; False where they do already, or too many others do."""
        with self._guard:
            is_free = peer not in self._leaving and len(self._leaving) < LEAVING
            if is_free:
                self._leaving.add(peer)
        try:
            yield is_free
        finally:
            if is_free:
                with self._guard:
                    self._leaving.discard(peer)
