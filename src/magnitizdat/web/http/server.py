"""Sockets, and uvicorn on them: no log, no word about itself, no connection outwards; ends when it is told to."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import uvicorn
from anyio import to_thread
from starlette.types import ASGIApp

from magnitizdat.errors import MagError, UsageError
from magnitizdat.sentence import advice, say
from magnitizdat.web.http.protocol import PatientProtocol
from magnitizdat.web.http.threshold import shaking

SWITCH_S = 0.0005
"""Seconds for which a busy thread keeps the interpreter. A statement of SQLite gives it away, and gets it back when
another lets go: with Python's 5 ms some twenty of them made an answer of 30 ms one of 300 ms while others worked.
"""
THREADS = 64
"""Handlers at a time: some wait long for news."""
KEEP_ALIVE_S = 30
ACCEPTED = 256
"""Connections that are accepted in one go, before any of them can be sent away, and that wait for that: with all others
they are fewer than the thousand files that most systems let a process open."""
GRACE_S = 3
"""Seconds that answers have to end when the server does."""
SEND_BUFFER = 2 << 20
"""Bytes that the system takes at once: a piece of the vault goes out in one call."""
_IPV6_FREEBIND = 78
"""Source: linux/in6.h."""
TICK_S = 20.0
LOOK_S = 0.2

_log = logging.getLogger("uvicorn.error")
_log.addHandler(logging.NullHandler())
_log.propagate = False


class Server:
    """One application on its sockets.

    `tick` is called every while in a thread, `look` much oftener; `ending` when it begins to end, `lock` when another
    process says so.
    """

    def __init__(
        self,
        app: ASGIApp,
        sockets: Sequence[socket.socket],
        *,
        context: ssl.SSLContext | None = None,
        protocol: type[PatientProtocol] = PatientProtocol,
        tick: Callable[[], None] = lambda: None,
        ending: Callable[[], None] = lambda: None,
        lock: Callable[[], None] = lambda: None,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        self._sockets = list(sockets)
        self._tick, self._ending, self._lock, self._look = tick, ending, lock, look
        self._ended = threading.Event()
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http=shaking(protocol, context) if context else protocol,  # type: ignore[arg-type] # a type or what makes one
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            backlog=ACCEPTED,
        )
        self._server = _Unsignalled(config)

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`, or a signal in the main thread. `ready` is called when both end it well."""
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        try:
            with _signals(self.stop, self._lock):
                ready()
                threading.Thread(target=self._keep_looking, name="look", daemon=True).start()
                asyncio.run(self._serve())
        finally:
            self._ended.set()
            sys.setswitchinterval(interval)

    def stop(self) -> None:
        """Begin to end; called twice, do not wait for answers. From any thread."""
        self._ending()
        self._server.force_exit = self._server.should_exit
        self._server.should_exit = True

    def _keep_looking(self) -> None:
        """In a thread of its own: it must not wait until others have done something."""
        while not self._ended.wait(LOOK_S):
            with suppress(MagError, OSError, ValueError):  # it must not end while the server goes on
                self._look()

    async def _serve(self) -> None:
        asyncio.get_running_loop().set_exception_handler(_unsaid)
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        ticking = asyncio.create_task(self._keep_ticking())
        try:
            await self._server.serve(sockets=self._sockets)
        finally:
            ticking.cancel()

    async def _keep_ticking(self) -> None:
        while True:
            with suppress(MagError, OSError):  # the next time may go better
                await to_thread.run_sync(self._tick)
            await asyncio.sleep(TICK_S)


def _unsaid(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """No word on stderr for each connection that the system has no file for: they are hundreds, and nobody reads."""
    _log.debug("%s", context.get("message"), exc_info=context.get("exception"))


class _Unsignalled(uvicorn.Server):
    """Ends by `should_exit` alone: uvicorn raises its signals anew when it has ended, before the library is closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `Server`."""
        yield


@contextmanager
def _signals(stop: Callable[[], None], lock: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, a closed terminal and `kill` all end the server well; SIGUSR1 is how `mag lock` asks (`holders`)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def told(_number: int, _frame: FrameType | None) -> None:
        stop()

    def told_to_lock(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=lock, name="lock", daemon=True).start()

    handlers = {**dict.fromkeys(("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"), told), "SIGUSR1": told_to_lock}
    before = {
        number: signal.signal(number, handler)
        for name, handler in handlers.items()
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(addresses: Iterable[str], port: int) -> list[socket.socket]:
    """A listening socket at each address, all on one port; port 0 finds a free one.

    Raises: UsageError where that is not possible.
    """
    sockets: list[socket.socket] = []
    try:
        for address in addresses:
            sockets.append(_bound(address, port))
            port = sockets[-1].getsockname()[1]
    except OSError as exc:
        for each in sockets:
            each.close()
        if exc.errno == errno.EADDRINUSE:
            raise UsageError(
                advice(
                    terminal=say("port {port} is taken on this computer; choose another with --port", port=port),
                    page=say("port {port} is taken on this computer; choose another", port=port),
                )
            ) from exc
        raise UsageError(
            advice(
                terminal=say(
                    "nothing can listen at {address}, port {port}; choose another with --bind or --port",
                    address=address,
                    port=port,
                ),
                page=say("nothing can listen at {address}, port {port}; choose another", address=address, port=port),
            )
        ) from exc
    return sockets


def listen_about(addresses: Sequence[str], usual: int) -> list[socket.socket]:
    """The same at the usual port, or, where that is taken, at another: its number is scanned or read out anyway."""
    try:
        return listen(addresses, usual)
    except UsageError:
        return listen(addresses, 0)


def _bound(address: str, port: int) -> socket.socket:
    """`address` may have an interface behind it, as those of IPv6 that are link-local need."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    host, _, interface = address.partition("%")
    place = (host, port, 0, socket.if_nametoindex(interface)) if interface else (host, port)
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named: else a short answer waits 40 ms for an ACK.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it lets two listen at once
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if sys.platform.startswith("linux"):  # an address of a network just joined is looked at for a second or two
                bound.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # connections inherit it
        bound.bind(place)
        bound.listen(ACCEPTED)
    except OSError:
        bound.close()
        raise
    return bound
