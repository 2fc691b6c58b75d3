"""The owner's browser: a link that works once, then a cookie and two secrets beside it. In memory only, no I/O.

A browser sends its cookie to every port of this machine, so the cookie alone opens nothing. The other two are handed
out once, with the cookie, and the page keeps them where no other port reaches.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from magnitizdat.web.http.service import Service

LINK_S = 900.0
"""Seconds in which a one-time link must be opened."""
IDLE_S = 12 * 3600.0
"""Seconds after its last use when a session ends."""
SESSIONS = 64
LINKS = 16


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class Session:
    """One browser. `language` is what it chose, empty where nothing."""

    used: float
    token: str = field(default_factory=_secret, repr=False)
    """What its page sends in a header."""
    key: str = field(default_factory=_secret, repr=False)
    """What is in addresses that a browser loads by itself, where no header can be: pictures, sound."""
    language: str = ""
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    """By which its wrong tries at the passphrase are counted; it opens nothing."""


class Sessions:
    """All browsers of the owner, and links that wait for one. Safe in several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._links: dict[str, float] = {}
        self._sessions: dict[str, Session] = {}
        self._guard = threading.Lock()
        self.cookie = f"session-{secrets.token_hex(4)}"
        """Its name: cookies know no ports, and two servers on one machine must not overwrite each other's."""

    @classmethod
    def of(cls, service: Service) -> Self:
        """For `Service.only`."""
        return cls(service.clock)

    def link(self) -> str:
        """A secret for a link that works once; of many that wait, the oldest stop working."""
        once = _secret()
        with self._guard:
            self._links[once] = self._clock() + LINK_S
            _trim(self._links, LINKS)
        return once

    def redeem(self, once: str) -> str | None:
        """The value of a new session's cookie, for a secret that was not used yet; None for any other."""
        with self._guard:
            known = next((each for each in self._links if hmac.compare_digest(each.encode(), once.encode())), None)
            if known is None or self._links.pop(known) < self._clock():
                return None
        return self.begin()

    def begin(self) -> str:
        """The value of a new session's cookie, for somebody who has just shown the passphrase."""
        value = _secret()
        with self._guard:
            self._sessions[value] = Session(self._clock())
            _trim(self._sessions, SESSIONS)
        return value

    def find(self, value: str) -> Session | None:
        """The session of a cookie, which counts as use of it."""
        now = self._clock()
        with self._guard:
            session = self._sessions.get(value)
            if session is None or now - session.used > IDLE_S:
                self._sessions.pop(value, None)
                return None
            session.used = now
            return session

    def end(self, value: str) -> None:
        """Forget a session."""
        with self._guard:
            self._sessions.pop(value, None)


def _trim(entries: dict[str, object] | dict[str, float] | dict[str, Session], most: int) -> None:
    while len(entries) > most:
        del entries[next(iter(entries))]
