"""Connections that have yet to shake hands: counted from the moment they are accepted, with patience that ends.

asyncio tells a protocol of a connection once its TLS stands: what never says a word would be nobody's for a minute, and
take every place that the system has. So each connection stands here first, in no place of those that were let in.
"""

from __future__ import annotations

import ssl
from asyncio import AbstractEventLoop, BaseTransport
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable, Iterable
from typing import Any

from magnitizdat.web.http.hosts import is_loopback
from magnitizdat.web.http.protocol import CONNECTIONS, PatientProtocol

HANDSHAKE_S = 5
"""Seconds from accept until hands are shaken: on a slow network it takes one."""
GOODBYE_S = 5
"""Seconds that a peer has to say that it heard the end."""
WAITING = 128
"""Connections at a time that have not shaken hands: of more, the one goes that has stood longest. An honest one takes
milliseconds, so whoever opens many pushes out their own."""
PEER_WAITING = 32
"""Those of one peer."""
PEER_STANDING = 160
"""Connections of one peer from accept until they are gone: also those that were let in, and those that are ending."""

STANDING = 2 * CONNECTIONS + WAITING
"""All of them: of more, the one goes that has been ending for longest."""


class Threshold:
    """All connections of one server that has TLS, from accept to their end."""

    def __init__(self) -> None:
        self._standing: dict[Shaking, None] = {}

    def is_let_stand(self, new: Shaking) -> bool:
        """Whether one more may shake hands; this computer's own always may."""
        waiting = [each for each in self._standing if each.is_waiting]
        if not is_loopback(new.peer) and self._has_many(new.peer, waiting):
            return False
        if len(waiting) >= WAITING:
            waiting[0].abort()  # they are in the order in which they came
        if len(self._standing) >= STANDING:
            ending = (each for each in self._standing if each.is_ending)
            oldest = next(ending, None)
            if oldest is not None:
                oldest.abort()
        self._standing[new] = None
        return True

    def leave(self, old: Shaking) -> None:
        """It is gone, or going at once."""
        self._standing.pop(old, None)

    def _has_many(self, peer: str, waiting: Iterable[Shaking]) -> bool:
        if sum(each.peer == peer for each in waiting) >= PEER_WAITING:
            return True
        return sum(each.peer == peer for each in self._standing) >= PEER_STANDING


class Shaking(SSLProtocol):
    """One connection under TLS: what it carries is told to `within` once hands are shaken."""

    def __init__(
        self, loop: AbstractEventLoop, within: PatientProtocol, context: ssl.SSLContext, threshold: Threshold
    ) -> None:
        super().__init__(
            loop,
            within,
            context,
            None,  # type: ignore[arg-type] # nobody waits for it
            server_side=True,
            ssl_handshake_timeout=HANDSHAKE_S,
            ssl_shutdown_timeout=GOODBYE_S,
        )
        self._within, self._threshold = within, threshold
        self._beneath: Any = None
        self.peer = ""

    @property
    def is_waiting(self) -> bool:
        """Whether hands are not shaken yet."""
        return self._within.transport is None

    @property
    def is_ending(self) -> bool:
        """Whether we have ended it, and the peer has not said that it knows."""
        return not self.is_waiting and self._within.transport.is_closing()

    def connection_made(self, transport: BaseTransport) -> None:
        """It was accepted."""
        self._beneath = transport
        name = transport.get_extra_info("peername")
        self.peer = str(name[0]) if name else ""
        if self._threshold.is_let_stand(self):
            super().connection_made(transport)
        else:
            self.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is gone, whoever ended it."""
        self._threshold.leave(self)
        super().connection_lost(exc)

    def abort(self) -> None:
        """End it at once."""
        self._threshold.leave(self)
        self._beneath.abort()


def shaking(protocol: Callable[..., PatientProtocol], context: ssl.SSLContext) -> Callable[..., Shaking]:
    """Instead of a protocol for uvicorn: the same behind a threshold."""
    threshold = Threshold()

    def accepted(*, _loop: AbstractEventLoop | None = None, **options: Any) -> Shaking:
        within = protocol(_loop=_loop, **options)
        return Shaking(within.loop, within, context, threshold)

    return accepted
