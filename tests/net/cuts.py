"""A wire that breaks: passes bytes on, and cuts a connection after so many of them."""

from __future__ import annotations

import math
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

_STEP = 1 << 14


class Cutting:
    """Stands before `target` and breaks off: the first connection after so many bytes of answers, and so on.

    When `cuts` are used up every connection is whole. Bytes are counted that came from the target. After `most` of all
    together `then` is called, once: if nothing else is said the target is gone for good. `rate` in bytes a second.
    """

    def __init__(
        self,
        target: Any,
        cuts: Iterable[int] = (),
        *,
        most: int = 1 << 62,
        then: Callable[[], object] | None = None,
        rate: float = math.inf,
    ) -> None:
        self._target, self._left = target, iter(cuts)
        self._most, self._then, self._rate = most, then or self.vanish, rate
        self._server = socket.create_server(("127.0.0.1", 0))
        self._guard, self._idle = threading.Lock(), threading.Event()
        self._open = set[socket.socket]()
        self.address: tuple[str, int] = self._server.getsockname()
        self.cuts = 0
        self.passed = 0
        """Bytes of answers that went through, of all connections."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Break off all that is open now."""
        with self._guard:
            broken, self._open = self._open, set()
        for each in broken:
            _break(each)

    def vanish(self) -> None:
        """As if nobody had ever been there."""
        _break(self._server)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
                far = socket.create_connection(self._target, 20)
            except OSError:
                return
            near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)  # what lies in buffers was not received
            with self._guard:
                most = next(self._left, None)
                self._open |= {near, far}
            threading.Thread(target=self._pass, args=(near, far), daemon=True).start()
            threading.Thread(target=self._answer, args=(far, near, most), daemon=True).start()

    def _pass(self, source: socket.socket, to: socket.socket) -> None:
        try:
            for part in _parts(source):
                to.sendall(part)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            self._gone(source, to)

    def _answer(self, source: socket.socket, to: socket.socket, most: int | None) -> None:
        passed = 0
        try:
            for part in _parts(source):
                kept = part if most is None else part[: most - passed]
                to.sendall(kept)
                self._idle.wait(len(kept) / self._rate)
                passed += len(kept)
                if self._count(len(kept)):
                    self._then()
                if passed == most:
                    self._cut_one()
                    break
        except OSError:
            pass
        self._gone(source, to)

    def _count(self, length: int) -> bool:
        """Whether it is time for what comes then."""
        with self._guard:
            before, self.passed = self.passed, self.passed + length
            return before < self._most <= self.passed

    def _cut_one(self) -> None:
        with self._guard:
            self.cuts += 1

    def _gone(self, *ends: socket.socket) -> None:
        with self._guard:
            self._open -= set(ends)
        for each in ends:
            _break(each)


def _parts(source: socket.socket) -> Iterator[bytes]:
    while part := source.recv(_STEP):
        yield part


def _break(connection: socket.socket) -> None:
    """Reset, as when a machine goes: what was on its way is lost."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
