"""A SOCKS proxy that remembers what it was asked for: RFC 1928 from the other side."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_address


class SocksProxy:
    """`names` are the only ones that it knows; `refuse` is the code that it says of everything."""

    def __init__(self, names: Mapping[str, str], *, refuse: int = 0, greeting: bytes = b"\x05\x00") -> None:
        self._names = names
        self._refuse = refuse
        self._greeting = greeting
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = ExitStack()
        self.asked: list[str] = []
        self.address = f"socks5h://127.0.0.1:{self._listening.getsockname()[1]}"

    def run(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._listening.accept()
                self._open.callback(came.close)
                threading.Thread(target=self._serve, args=(came,), daemon=True).start()

    def end(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._open.close()

    def _serve(self, came: socket.socket) -> None:
        with suppress(OSError, ValueError), came:
            stream = came.makefile("rb")
            stream.read(stream.read(2)[1])
            came.sendall(self._greeting)
            _, _, _, kind = stream.read(4)
            length = {1: 4, 4: 16}.get(kind) or stream.read(1)[0]
            raw = stream.read(length)
            host = raw.decode() if kind == 3 else str(ip_address(raw))
            port = int.from_bytes(stream.read(2), "big")
            self.asked.append(f"{host}:{port}")
            came.sendall(bytes([5, self._refuse, 0, 3, 4]) + b"here" + bytes(2))
            if not self._refuse:
                with socket.create_connection((self._names.get(host, host), port)) as there:
                    back = threading.Thread(target=pump, args=(there, came), daemon=True)
                    back.start()
                    pump(came, there)
                    back.join()


def pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while part := one.recv(1 << 16):
            other.sendall(part)
        other.shutdown(socket.SHUT_WR)


@contextmanager
def socks_proxy(names: Mapping[str, str], **how: object) -> Iterator[SocksProxy]:
    proxy = SocksProxy(names, **how)
    thread = threading.Thread(target=proxy.run, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.end()
        thread.join()
