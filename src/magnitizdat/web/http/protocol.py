"""HTTP as uvicorn speaks it, with patience that ends: a request that trickles in holds no place (slowloris)."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from magnitizdat.web.http.app import SAFE_HEADERS
from magnitizdat.web.http.hosts import is_loopback
from magnitizdat.web.http.routes import CONNECTION_STATE, Connection

HEAD_S = 15.0
"""Seconds from a connection, or a first byte of a request, to the end of its head."""
HEAD_LIMIT = 1 << 16
"""Bytes of one head, and of what comes after a part of a body without being one: the parser keeps trailers too."""
LONG_HEAD_LIMIT = 1 << 18
"""Bytes of a head whose address lists songs: older players make a playlist so, with some 40 bytes a song."""
LONG_HEADS = 8
"""Such heads at a time, whoever sends them: together they are no more than 32 others."""
LONGEST_ADDRESS = (1 << 16) - 1
"""Bytes of an address that `httptools` understands."""
LISTING = b"/rest/"
"""How such an address begins."""
STALL_S = 600.0
"""Seconds that a peer may take nothing of an answer: a player that pauses does that."""
CONNECTIONS = 256
"""Connections at a time. Of more, the one goes that has asked for nothing for longest; where nearly all are busy, the
newest is told to come back, unless it is the household's (`guard`); and of twice as many, the one goes that has taken
nothing for longest."""
NEWEST = 8
"""One in so many places is for who has just come and has not had the time to ask; and behind twice as many busy
connections, for this computer's own."""
GUEST_CONNECTIONS = 32
"""Those of one guest: a browser opens six, and no proxy is in front of an evening."""
PEER_CONNECTIONS = 128
"""Connections of one peer at a time: whoever opens them all leaves some for others. A proxy speaks for many."""
LINGER_S = 2.0
"""Seconds that the rest of a body is still received, and thrown away, after its request was answered."""


class PatientProtocol(HttpToolsProtocol):
    """One connection. A timer runs while a head is coming, while an answer is stuck, and while a body is of no use."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._since = self.loop.time()
        self._timer: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._head = 0
        self._idle = 0
        self.connection = Connection()
        self._in_head = True
        self._in_body = False

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, CONNECTION_STATE: self.connection}
        if (self._connections_of(self.peer) > self.most and not self.is_near) or not self._is_room_made():
            transport.abort()
            return
        self._wait(HEAD_S)

    def _is_room_made(self) -> bool:
        """Whether this connection can be listened to."""
        here = [each for each in self._others() if not each.transport.is_closing()]
        if len(here) < CONNECTIONS:
            return True
        kept = CONNECTIONS // NEWEST
        idle = [each for each in here if each.is_idle]
        if len(idle) > kept:
            return _is_one_let_go(idle)
        self.connection.crowded = True
        most = 2 * CONNECTIONS - (0 if self.is_near else kept)
        return len(here) < most or _is_one_let_go(each for each in here if each.is_stuck and not each.connection.known)

    @property
    def peer(self) -> str:
        """Its address."""
        return self.client[0] if self.client else ""

    @property
    def is_near(self) -> bool:
        """Whether it comes from this computer itself."""
        return is_loopback(self.peer)

    @property
    def most(self) -> int:
        """Connections of one peer."""
        return PEER_CONNECTIONS

    @property
    def is_idle(self) -> bool:
        """Whether it waits for nothing but its peer's next request, or the rest of one."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def is_stuck(self) -> bool:
        """Whether it waits for its peer, who takes nothing of an answer or asks nothing."""
        return self.is_idle or self._stalled is not None

    def connection_lost(self, exc: Exception | None) -> None:
        """No timer outlives its connection."""
        self._wait(None)
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a head are counted as they come: the parser keeps them all."""
        if not self._in_body:
            self._head += len(data)
            if self._timer is None:
                self._wait(HEAD_S)
        self._idle += len(data)
        super().data_received(data)
        if (self._in_head and self._head > HEAD_LIMIT) and not self._may_be_long():
            self._refuse(414)
        elif self._in_body and self._idle > HEAD_LIMIT:
            self.transport.abort()

    @property
    def is_long(self) -> bool:
        """Whether a head is coming that is longer than others may be."""
        return self._in_head and self._head > HEAD_LIMIT

    def _may_be_long(self) -> bool:
        listing = (self.url or b"").startswith(LISTING) and self._head <= LONG_HEAD_LIMIT
        return listing and sum(each.is_long for each in self._others()) < LONG_HEADS

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._in_body = True, False

    def on_headers_complete(self) -> None:
        """The head is there; whoever handles the request has patience of its own with the body."""
        self._in_head, self._in_body, self._head = False, True, 0
        self._wait(None)
        # The parser of addresses takes 65 535 bytes of one; what they ask has no limit of its own.
        address, _, query = self.url.partition(b"?")
        is_long = len(self.url) > LONGEST_ADDRESS and len(address) <= LONGEST_ADDRESS
        if is_long:
            self.url = address
        super().on_headers_complete()
        if is_long:
            self.scope["query_string"] = query.partition(b"#")[0]

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._idle = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of a request is there."""
        self._in_body = False
        self._wait(None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Answered; a body that nobody waited for must not keep the connection."""
        super().on_response_complete()
        self._since = self.loop.time()
        if self._in_body and not self.transport.is_closing():
            self._wait(LINGER_S)

    def pause_writing(self) -> None:
        """The peer takes nothing."""
        super().pause_writing()
        if self._stalled is None:
            self._since = self.loop.time()
            self._stalled = self.loop.call_later(STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        """The peer goes on."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """To what is no HTTP."""
        self._refuse(400)

    def _refuse(self, status: int) -> None:
        """As safe as every other answer, and without uvicorn's words."""
        headers = {**SAFE_HEADERS, "content-length": "0", "connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(STATUS_LINE[status] + head.encode() + b"\r\n")
        self.transport.close()

    def _connections_of(self, peer: str) -> int:
        return sum(each.client is not None and each.client[0] == peer for each in (self, *self._others()))

    def _others(self) -> list[PatientProtocol]:
        return [each for each in self.connections if isinstance(each, PatientProtocol) and each is not self]

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self.transport.abort)


def _is_one_let_go(waiting: Iterable[PatientProtocol]) -> bool:
    """End the connection that waits longest, strangers' before the household's; False where none does."""
    found = min(waiting, key=lambda each: (each.connection.known or each.is_near, each._since), default=None)  # noqa: SLF001
    if found is not None:
        found.transport.abort()
    return found is not None


class GuestProtocol(PatientProtocol):
    """One connection of a guest."""

    @property
    def most(self) -> int:
        """Fewer."""
        return GUEST_CONNECTIONS
