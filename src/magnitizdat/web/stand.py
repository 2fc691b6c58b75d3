"""One server put together: tables, names, certificate, sockets, and the addresses that people type or scan."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Self

from magnitizdat import language, program
from magnitizdat.errors import MagError
from magnitizdat.ops.listen.handing_over import note_address
from magnitizdat.web import owner as page
from magnitizdat.web import subsonic
from magnitizdat.web.guests import owner as evening
from magnitizdat.web.http.addresses import lan_address
from magnitizdat.web.http.app import ENTRANCE, build
from magnitizdat.web.http.hosts import Serving, is_everywhere, is_loopback, serving
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.server import Server, listen
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.sessions import Sessions
from magnitizdat.web.http.tls import Certificate, certificate_for, server_context
from magnitizdat.web.peers import owner as ticket

LOOPBACK = "127.0.0.1"


class Stand:
    """A server that already listens; `run` answers. Whoever makes one closes it.

    With `tls` the library must be open, since its certificate follows from its keys.

    Raises: UsageError where an address or a port is not to be had; LockedError.
    """

    def __init__(
        self,
        service: Service,
        *,
        addresses: Sequence[str] = (LOOPBACK,),
        port: int = 0,
        names: Iterable[str] = (),
        base_path: str = "",
        tls: bool = False,
    ) -> None:
        self.service = service
        self.place: Serving = serving(addresses, names=names, base_path=base_path, tls=tls)
        self.certificate: Certificate | None = None
        context: ssl.SSLContext | None = None
        if tls:
            web_key = service.library().secrets.web_key
            self.certificate = certificate_for(web_key, _certified(self.place.hosts), now=service.now())
            context = server_context(self.certificate, service.disk(private=True))
        self._sockets = listen(addresses, port)
        self.port = int(self._sockets[0].getsockname()[1])
        self.addresses = tuple(addresses)
        self.app = build(service, ENTRANCE, *tables(), place=self.place)
        if not service.locked:
            note_address(service.library(), self.base_url())
        self._server = Server(
            self.app,
            self._sockets,
            context=context,
            tick=service.tick,
            ending=service.begin_to_end,
            lock=service.let_go,
            look=service.look,
        )

    def base_url(self, address: str | None = None) -> str:
        """Where a browser or player begins, without a slash at the end; the first address where none is given."""
        host = address or self.addresses[0]
        host = lan_address() or LOOPBACK if is_everywhere(host) else host
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.place.tls else 'http'}://{shown}:{self.port}{self.place.base_path}"

    def link(self, address: str | None = None) -> str:
        """A link to the page that works once."""
        return f"{self.base_url(address)}/enter?once={self.service.only(Sessions.of).link()}"

    @property
    def is_open_to_others(self) -> bool:
        """Whether anybody but this machine can reach it without a proxy."""
        return is_open_to_others(self.addresses)

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until `stop`, or a signal; `ready` is called when both end it well."""
        threading.Thread(target=_warm, name="warm", daemon=True).start()
        self._server.run(ready)

    def stop(self) -> None:
        """End; from any thread."""
        self._server.stop()

    def close(self) -> None:
        """Close the service and the sockets. The keeper keeps what it has."""
        for each in self._sockets:
            each.close()
        self.service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _warm() -> None:
    """What the first answers need and the start need not wait for."""
    page.files.warm()
    for code in language.available(program.data_folder()):
        with suppress(MagError):  # somebody's PO file that is none
            language.load(code, program.data_folder())


def _certified(hosts: Iterable[str]) -> set[str]:
    """What a certificate says: of "everywhere" the address that others know."""
    certified = {lan_address() or LOOPBACK if is_everywhere(host) else host for host in hosts}
    return certified - {""}


def tables() -> list[tuple[Endpoint, ...]]:
    """The endpoints of every face that there is."""
    return [subsonic.ENDPOINTS, page.ENDPOINTS, evening.ENDPOINTS, ticket.ENDPOINTS]


def is_open_to_others(addresses: Iterable[str]) -> bool:
    """Whether anybody but this machine can reach one of these."""
    return not all(is_loopback(address) or address == "localhost" for address in addresses)
