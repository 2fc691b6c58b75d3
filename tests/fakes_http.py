"""Servers of the worst kind: they answer whatever a script writes, over TLS with any key and any dates if need be."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

Script = Callable[[socket.socket, bytes], object]
KEYS = {
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
}


class Identity:
    """A key and a certificate of it for the year given, in `folder`; `pin` is the SHA-256 of its public key."""

    def __init__(self, folder: Path, kind: str = "Ed25519", *, year: int = 2026) -> None:
        key: Any = KEYS[kind]()
        name = x509.Name([])
        made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        made = made.not_valid_before(datetime(year, 1, 1, tzinfo=UTC)).not_valid_after(datetime(year, 2, 1, tzinfo=UTC))
        certificate = made.sign(key, None if kind == "Ed25519" else SHA256())
        pem = folder / f"{kind}{year}.pem"
        pem.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pem)
        self.pin = sha256(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


class Answering:
    """Counts connections, and keeps what was asked."""

    def __init__(self, script: Script, identity: Identity | None, hello: bytes = b"") -> None:
        self._script = script
        self._hello = hello
        self._context = identity.context if identity else None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = f"http{'s' if identity else ''}://127.0.0.1:{self.port}/"
        self.connections = 0
        self.asked: list[bytes] = []
        self._open: list[socket.socket] = []

    def run(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._listening.accept()
                self.connections += 1
                self._open.append(came)
                threading.Thread(target=self._serve, args=(came,), daemon=True).start()

    def end(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _serve(self, came: socket.socket) -> None:
        with suppress(OSError, ValueError), came:
            line = self._context.wrap_socket(came, server_side=True) if self._context else came
            with line:
                line.sendall(self._hello)
                for asked in requests(line):
                    self.asked.append(asked)
                    self._script(line, asked)


def requests(line: socket.socket) -> Iterator[bytes]:
    """Heads of requests, and bodies behind them."""
    held = b""
    while part := line.recv(1 << 16):
        held += part
        while b"\r\n\r\n" in held:
            head, _, held = held.partition(b"\r\n\r\n")
            yield head


def answer(content: bytes, status: str = "200 OK", **headers: object) -> bytes:
    """A whole one; underscores are dashes."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if not {"Content_Length", "Transfer_Encoding"} & headers.keys():
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + content


@contextmanager
def answering(script: Script, identity: Identity | None = None, *, hello: bytes = b"") -> Iterator[Answering]:
    server = Answering(script, identity, hello)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.end()
        thread.join()
