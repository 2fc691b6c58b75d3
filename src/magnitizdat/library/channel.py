"""Local conversations between a command and the agent: one request, one answer, each a length and that many bytes.

A socket in a folder of one's own; on Windows a named pipe (written for, not run there).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from magnitizdat.disk.disk import Disk
from magnitizdat.library import process

if TYPE_CHECKING:
    import socket

MESSAGE_LIMIT = 1 << 20
ADDRESS_LIMIT = 100
"""Bytes of a socket's path that every system takes (macOS: 103, Linux: 107)."""

PATIENCE_S = 5.0
_AGAIN_S = 0.01
_PREFIX = 4


class Channel(Protocol):
    """One conversation. Both methods raise OSError or EOFError when the other end is gone, slow or talks nonsense."""

    def send_bytes(self, message: bytes) -> None: ...
    def recv_bytes(self, limit: int = ..., /) -> bytes: ...
    def close(self) -> None: ...


class SocketChannel:
    """A `Channel` over a connected socket."""

    def __init__(self, connection: socket.socket, patience_s: float = PATIENCE_S) -> None:
        connection.settimeout(patience_s)
        self._connection = connection

    def send_bytes(self, message: bytes) -> None:
        """Send one message."""
        self._connection.sendall(len(message).to_bytes(_PREFIX, "big"))
        self._connection.sendall(message)

    def recv_bytes(self, limit: int = MESSAGE_LIMIT, /) -> bytes:
        """Receive one message of at most `limit` bytes."""
        length = int.from_bytes(self._exactly(_PREFIX), "big")
        if length > limit:
            raise OSError("message too long")
        return self._exactly(length)

    def close(self) -> None:
        """End the conversation."""
        self._connection.close()

    def _exactly(self, length: int) -> bytes:
        received = bytearray()
        while len(received) < length:
            part = self._connection.recv(length - len(received))
            if not part:
                raise EOFError
            received += part
        return bytes(received)


class Listener:
    """Waits for the owner's commands at `address`; anybody else is turned away unheard."""

    def __init__(self, address: Path, disk: Disk) -> None:
        self._address, self._disk = address, disk
        self._closed = False
        if sys.platform == "win32":
            from multiprocessing.connection import Listener as PipeListener

            self._pipe = PipeListener(pipe_name(address), "AF_PIPE", authkey=_pipe_key(address))
        else:
            import socket

            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.bind(str(address))
            disk.make_private(address)
            self._socket.listen(128)

    def accept(self, patience_s: float) -> Channel | None:
        """The next conversation; None if nobody came in time, or it was closed. Windows waits: a watcher ends that."""
        if sys.platform == "win32":
            return self._pipe.accept()
        try:
            self._socket.settimeout(patience_s)
            connection, _ = self._socket.accept()
        except OSError:  # also TimeoutError
            return None
        if process.peer_uid(connection) != os.getuid():
            connection.close()
            return None
        return SocketChannel(connection)

    def close(self) -> None:
        """Stop waiting; the address is free again, and not touched by a second call: it may be another's by then."""
        if self._closed:
            return
        self._closed = True
        if sys.platform == "win32":
            self._pipe.close()
        else:
            self._disk.remove(self._address)
            self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(address: Path, patience_s: float = PATIENCE_S) -> Channel | None:
    """A conversation with whoever listens at `address`, or None if it is nobody, or not the owner.

    Raises: TimeoutError where somebody listens and takes no notice.
    """
    if sys.platform == "win32":
        from multiprocessing import AuthenticationError
        from multiprocessing.connection import Client

        try:
            return Client(pipe_name(address), "AF_PIPE", authkey=_pipe_key(address))
        except (OSError, EOFError, AuthenticationError):
            return None
    import socket

    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(patience_s)
    try:
        _reach(connection, address, patience_s)
        if process.peer_uid(connection) == os.getuid():
            return SocketChannel(connection, patience_s)
    except TimeoutError:
        connection.close()
        raise
    except OSError:  # nobody, or a socket that a killed agent left
        pass
    connection.close()
    return None


def _reach(connection: socket.socket, address: Path, patience_s: float) -> None:
    """A full queue is no absence, though it is refused at once (EAGAIN of unix(7)) and no timeout is waited for.

    Raises: TimeoutError; OSError where nobody is.
    """
    until = monotonic() + patience_s
    while True:
        try:
            connection.connect(str(address))
        except BlockingIOError:
            if monotonic() > until:
                raise TimeoutError from None
            sleep(_AGAIN_S)
        else:
            return


def pipe_name(address: Path) -> str:
    """The Windows pipe that stands for a socket's path."""
    return rf"\\.\pipe\magnitizdat-{address.stem}"


def _pipe_key(address: Path) -> bytes:
    """Both ends must be able to read a file of the owner's, for a pipe's name is open to all."""
    return address.with_suffix(".token").read_bytes()
