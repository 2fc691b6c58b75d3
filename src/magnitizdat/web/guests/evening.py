"""One evening: what is shared, until when, at which short address; and the server that guests reach.

Nothing of a guest is kept: two counters, and what was left, sealed.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.ops.sharing import Shared
from magnitizdat.web.addresses import lan_address
from magnitizdat.web.app import build
from magnitizdat.web.hosts import serving
from magnitizdat.web.server import Server, listen
from magnitizdat.web.service import Service

PORT = 8045
HOURS = 4.0
LONGEST_HOURS = 48.0
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE_LENGTH = 5
"""Characters of the short address: 28 million, and who guesses wrong waits longer each time."""


class Counts(NamedTuple):
    """What an evening came to."""

    pages: int = 0
    listened: int = 0
    taken: int = 0
    left: int = 0


class Evening:
    """A running evening. Begins to listen when made; `run` answers until it ends; whoever makes one ends it.

    Raises: UsageError where there is no network, or the port is taken; LockedError.
    """

    def __init__(
        self,
        service: Service,
        shared: Shared,
        *,
        hours: float = HOURS,
        take: bool = False,
        address: str | None = None,
        port: int = PORT,
    ) -> None:
        from magnitizdat.web.guests.door import GUEST
        from magnitizdat.web.guests.endpoints import ENDPOINTS

        if not 0 < hours <= LONGEST_HOURS:
            raise UsageError("an evening has more than 0 and at most 48 hours; give --hours")
        service.library()
        found = address or lan_address()
        if found is None:
            raise UsageError("this computer is on no network; join the Wi-Fi first, or name an address with --bind")
        self.service, self.shared, self.take = service, shared, take
        self.code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        self.until: datetime = service.now() + timedelta(hours=hours)
        self.address = found
        self.counts = Counts()
        self.ended = threading.Event()
        self._deadline = service.clock() + hours * 3600
        self._guard = threading.Lock()
        sockets = _listen(found, port)
        self.port = int(sockets[0].getsockname()[1])
        self.app = build(service, ENDPOINTS, place=serving([found]), door=GUEST)
        self.app.state.evening = self
        self._server = Server(self.app, sockets, tick=self._tick)

    @property
    def url(self) -> str:
        """The short address: what the QR says, and what can be typed."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"http://{host}:{self.port}/{self.code}"

    @property
    def is_over(self) -> bool:
        """Whether its hour has come, or somebody ended it."""
        return self.ended.is_set() or self.service.clock() >= self._deadline

    def count(self, change: Callable[[Counts], Counts]) -> None:
        """Count something of nobody."""
        with self._guard:
            self.counts = change(self.counts)

    def run(self) -> None:
        """Answer until the evening ends, or a signal."""
        timer = threading.Timer(max(0.0, self._deadline - self.service.clock()), self.end)
        timer.daemon = True
        timer.start()
        try:
            self._server.run()
        finally:
            timer.cancel()
            self.ended.set()

    def begin(self) -> None:
        """Run in a thread of its own, beside the owner's server."""
        threading.Thread(target=self.run, name="evening", daemon=True).start()

    def end(self) -> None:
        """No answer begins any more; from any thread, more than once."""
        if not self.ended.is_set():
            self.ended.set()
            self._server.stop()

    def _tick(self) -> None:
        self.service.tick()
        if self.is_over or self.service.locked:
            self.end()


class Evenings:
    """The one evening that a server has at a time, for `Service.only`."""

    def __init__(self, _service: Service) -> None:
        self._current: Evening | None = None
        self._guard = threading.Lock()

    @property
    def current(self) -> Evening | None:
        """The running one."""
        evening = self._current
        return evening if evening is not None and not evening.is_over else None

    def begin(self, make: Callable[[], Evening]) -> Evening:
        """Begin an evening.

        Raises: UsageError if there is one.
        """
        with self._guard:
            if self.current is not None:
                raise UsageError("an evening is open already; end it first")
            self._current = make()
            self._current.begin()
            return self._current

    def end(self) -> Evening | None:
        """End it; what it was comes back."""
        with self._guard:
            evening, self._current = self._current, None
        if evening is not None:
            evening.end()
        return evening


def _listen(address: str, port: int) -> Sequence:  # type: ignore[type-arg]  # of sockets
    """At the usual port, or at any where that one is taken: the address is scanned or read out anyway."""
    try:
        return listen([address], port)
    except UsageError:
        if port != PORT:
            raise
        return listen([address], 0)


def wifi_text(name: str, passphrase: str) -> str:
    """What a QR says that lets a phone join a Wi-Fi. Source: ZXing, "Barcode Contents", Wi-Fi network config."""

    def escaped(part: str) -> str:
        return "".join(f"\\{char}" if char in '\\;,":' else char for char in part)

    kind = "WPA" if passphrase else "nopass"
    return f"WIFI:T:{kind};S:{escaped(name)};P:{escaped(passphrase)};;"
