"""Where another laptop comes to: a port of its own beside the evening, its certificate from six words."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Self

from magnitizdat.errors import UsageError
from magnitizdat.formats.tickets import Address, Ticket, parse_address
from magnitizdat.sentence import say
from magnitizdat.web.http.addresses import NO_NETWORK, near_addresses
from magnitizdat.web.http.app import build
from magnitizdat.web.http.hosts import Serving
from magnitizdat.web.http.hours import Hours, OneAtATime
from magnitizdat.web.http.protocol import GuestProtocol
from magnitizdat.web.http.server import Server, listen, listen_about
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.tls import server_context, share_certificate
from magnitizdat.web.peers.door import PEER
from magnitizdat.web.peers.endpoints import ENDPOINTS
from magnitizdat.web.peers.share import Share

PORT = 8046
"""Beside the evening's."""
LOOPBACK = "127.0.0.1"
MOST_ADDRESSES = 8
"""Of one ticket: a laptop has two or three, and each makes the code to scan denser."""


class TicketPort:
    """Listens when made; `run` answers until the share ends; whoever makes one ends it.

    It listens at these `addresses`, or at all that are private or link-local; where it has a name elsewhere, as that of
    an onion service, at this machine's own, and the ticket says `names` and no other but what was named.

    `port` where a certain one is wanted. Raises: UsageError where there is no network, or that port is taken.
    """

    def __init__(
        self,
        service: Service,
        share: Share,
        *,
        addresses: Sequence[str] = (),
        names: Iterable[str] = (),
        port: int | None = None,
    ) -> None:
        self.share = share
        self._service = service
        named = [*names]
        reached = list(addresses) or ([] if named else near_addresses()[:MOST_ADDRESSES])
        if not reached and not named:
            raise UsageError(NO_NETWORK)
        here = [*reached, *([LOOPBACK] if named and LOOPBACK not in reached else [])]
        sockets = listen(here, port) if port is not None else listen_about(here, PORT)
        self.port = int(sockets[0].getsockname()[1])
        told = [_named(each, self.port) for each in named]
        told += [Address(each.partition("%")[0], self.port) for each in reached]
        self.ticket = Ticket(tuple(dict.fromkeys(told)), share.secret.code, share.secret.pin)
        self.app = build(service, ENDPOINTS, place=Serving(tls=True, any_name=True), door=PEER)
        self.app.state.share = share
        context = server_context(share_certificate(share.secret.seed), service.disk(private=True))
        self._server = Server(
            self.app,
            sockets,
            context=context,
            protocol=GuestProtocol,
            tick=self._tick,
            lock=self._let_go,
            look=service.look,
        )
        self._thread = threading.Thread(target=self.run, name="share", daemon=True)
        share.hours.when_over(self._server.stop)

    @property
    def hours(self) -> Hours:
        """Until when."""
        return self.share.hours

    def run(self) -> None:
        """Answer until the share ends, or a signal."""
        with self.share.hours.counted():
            self._server.run()

    def begin(self) -> Self:
        """Run in a thread of its own."""
        self._thread.start()
        return self

    def join(self) -> None:
        """Wait until the last answer has ended."""
        self._thread.join()

    def end(self) -> None:
        """No answer begins any more; from any thread, more than once."""
        self.share.hours.end()

    def _let_go(self) -> None:
        """Without keys there is nothing to take."""
        self._service.let_go()
        self.end()

    def _tick(self) -> None:
        self._service.tick()
        if self.share.hours.is_over or self._service.locked:
            self.end()


class Tickets(OneAtATime[TicketPort]):
    """The one share with other laptops that a server has at a time, for `Service.only`."""

    already = say("a ticket is given out already; end that share first")


def _named(name: str, port: int) -> Address:
    """`NAME` or `NAME:PORT`. Raises: UsageError."""
    return parse_address(name if ":" in name else f"{name}:{port}")
