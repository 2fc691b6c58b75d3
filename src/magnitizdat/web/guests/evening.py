"""One evening: what is shared, until when, by which code. Nothing of a guest is kept but counts."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.ops.give.shared_names import SharedNames
from magnitizdat.ops.give.sharing import Shared
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.sentence import advice, say
from magnitizdat.web.http.service import Service

HOURS = 4.0
LONGEST_HOURS = 48.0
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
    """Raises: UsageError for hours that are none; LockedError."""

    def __init__(self, service: Service, shared: Shared, *, hours: float = HOURS, take: bool = False) -> None:
        if not 0 < hours <= LONGEST_HOURS:
            raise UsageError(
                advice(
                    terminal=say("an evening has more than 0 and at most 48 hours; give --hours"),
                    page=say("an evening has more than 0 and at most 48 hours; choose another number"),
                )
            )
        self.quarantine = Quarantine(service.library())
        self.quarantine.sweep(now=service.now())
        self.shared, self.take = shared, take
        self.code = "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))
        self.until: datetime = service.now() + timedelta(hours=hours)
        self.counts = Counts()
        self._ended = threading.Event()
        self._clock = service.clock
        self._deadline = service.clock() + hours * 3600
        self._guard = threading.Lock()
        self._leaving: set[str] = set()
        self._names: SharedNames | None = None

    @property
    def names(self) -> SharedNames:
        """What can be searched, read when somebody first does."""
        with self._guard:
            if self._names is None or self._names.albums is not self.shared.albums:
                self._names = SharedNames(self.shared.albums)
            return self._names

    @property
    def left_s(self) -> float:
        """Seconds until its hour; 0 when it is over."""
        return 0.0 if self._ended.is_set() else max(0.0, self._deadline - self._clock())

    @property
    def is_over(self) -> bool:
        """Whether its hour has come, or somebody ended it."""
        return self.left_s <= 0

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

    def end(self) -> bool:
        """Over from now on; False if it was before."""
        with self._guard:
            was = self._ended.is_set()
            self._ended.set()
            return not was
