"""Where an evening takes place: a server of its own, the short address that leads there, and who has one open."""

from __future__ import annotations

import threading
from typing import Self

from magnitizdat.errors import UsageError
from magnitizdat.sentence import say
from magnitizdat.web.guests.door import GUEST
from magnitizdat.web.guests.endpoints import ENDPOINTS, KEYLESS
from magnitizdat.web.guests.evening import Evening
from magnitizdat.web.http.addresses import NO_NETWORK, near_addresses
from magnitizdat.web.http.app import build
from magnitizdat.web.http.hosts import serving
from magnitizdat.web.http.hours import Hours, OneAtATime
from magnitizdat.web.http.protocol import GuestProtocol
from magnitizdat.web.http.server import Server, listen, listen_about
from magnitizdat.web.http.service import Service

PORT = 8045


class Venue:
    """Listens when made; `run` answers until the evening ends; whoever makes one ends it.

    Raises: UsageError where there is no network, or the port is taken.
    """

    def __init__(self, service: Service, evening: Evening, *, address: str | None = None, port: int = PORT) -> None:
        addresses = [address] if address else near_addresses()
        if not addresses:
            raise UsageError(NO_NETWORK)
        self.evening, self.address = evening, addresses[0]
        self._service = service
        sockets = listen_about(addresses, port) if port == PORT else listen(addresses, port)
        self.port = int(sockets[0].getsockname()[1])
        table = KEYLESS if evening.is_keyless else ENDPOINTS
        self.app = build(service, table, place=serving(addresses), door=GUEST)
        self.app.state.evening = evening
        self._server = Server(
            self.app, sockets, protocol=GuestProtocol, tick=self._tick, lock=self._let_go, look=service.look
        )
        evening.hours.when_over(self._server.stop)

    @property
    def hours(self) -> Hours:
        """Until when."""
        return self.evening.hours

    @property
    def url(self) -> str:
        """The short address: what the QR says, and what can be typed."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"http://{host}:{self.port}/{self.evening.code}"

    def run(self) -> None:
        """Answer until the evening ends, or a signal."""
        with self.evening.hours.counted():
            self._server.run()

    def begin(self) -> Self:
        """Run in a thread of its own, beside the owner's server."""
        threading.Thread(target=self.run, name="evening", daemon=True).start()
        return self

    def end(self) -> None:
        """No answer begins any more; from any thread, more than once."""
        self.evening.hours.end()

    def _let_go(self) -> None:
        """Without keys there is nothing to listen to; what is sealed needs none."""
        self._service.let_go()
        if not self.evening.is_keyless:
            self.end()

    def _tick(self) -> None:
        self._service.tick()
        if self.evening.is_over or (self._service.locked and not self.evening.is_keyless):
            self.end()


class Evenings(OneAtATime[Venue]):
    """The one evening that a server has at a time, for `Service.only`."""

    already = say("an evening is open already; end it first")


def wifi_text(name: str, passphrase: str) -> str:
    """What a QR says that lets a phone join a Wi-Fi. Source: ZXing, "Barcode Contents", Wi-Fi network config."""

    def escaped(part: str) -> str:
        return "".join(f"\\{char}" if char in '\\;,":' else char for char in part)

    kind = "WPA" if passphrase else "nopass"
    return f"WIFI:T:{kind};S:{escaped(name)};P:{escaped(passphrase)};;"
