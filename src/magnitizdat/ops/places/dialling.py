"""Connections to whoever proves to be who was meant: all addresses at once, on every interface, the first that does.

A pinned place is proven by its key alone (RFC 7469): no name, no date, so that wrong clocks matter nothing. Nothing is
sent before that. One of the two homes of sockets and TLS outside `web`; `http` speaks over what is opened here.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from magnitizdat.errors import UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.formats.tickets import Address
from magnitizdat.ops.places.reaching import LookUp, Target, is_name, look_up, ways
from magnitizdat.ops.places.socks import Proxy, talk
from magnitizdat.sentence import say

IDLE_S = 10.0
"""Seconds without a byte after which somebody has stopped answering."""
SLACK_S = 20.0
"""More of it through a proxy: many hops may lead to an onion service."""
PROXIED_S = 60.0
"""Seconds in which a proxy has to find a place."""
_MOST_TARGETS = 256
_BIND_TO_DEVICE = getattr(socket, "SO_BINDTODEVICE", 0)
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN}
_NO_PROXY = say("the proxy does not answer; start it, or give the address of another one")
Steps = Generator[tuple[int, int], None, socket.socket]
"""A connection on its way: what file descriptor it waits for, and for which events of `selectors`."""


class NobodyError(ConnectionError):
    """Nobody was there."""


class NoListenerError(NobodyError):
    """A machine is there, and nothing listens on it."""


class OtherKeyError(ConnectionError):
    """Whoever answers has another key, or none."""


class NoTlsError(OtherKeyError):
    """Whoever answers speaks no TLS, as what is shared with browsers does not."""


class UnvouchedError(ConnectionError):
    """No authority that this system knows vouches for the key, or not today."""


class Reached(NamedTuple):
    """A connection to who was meant, and by which way."""

    target: Target
    connection: PatientSocket


class _Patient:
    """Waits so long for each byte, no longer than until `deadline` for all of them, and takes no more than `room`."""

    deadline = float("inf")
    """By the clock of `time.monotonic`."""
    earned_s = 0.0
    """By so much each byte puts it off: what drips is not waited for as long as what comes."""
    room = 0
    """Bytes."""
    slack_s = 0.0
    """More seconds of silence than is usual."""
    _heard = float("-inf")

    @property
    def brings(self: Any) -> bool:
        """Whether something came lately."""
        return bool(time.monotonic() - self._heard < IDLE_S / 2)

    def shut(self: Any) -> None:
        """Whoever waits for a byte waits no more; from any thread."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def recv_into(self: Any, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        waiting_s = min(left, IDLE_S + self.slack_s)
        if waiting_s == left or self.gettimeout() != waiting_s:  # each change is a call of the system
            self.settimeout(waiting_s)
        length = int(super().recv_into(buffer, nbytes, flags))  # type: ignore[misc]
        self._heard = time.monotonic()
        self.deadline += length * self.earned_s
        self.room -= length
        if self.room < 0:
            raise UnreachableError(budgets.BESIDE.sentence)
        return length


class _PlainSocket(_Patient, socket.socket):
    pass


class _TlsSocket(_Patient, ssl.SSLSocket):  # type: ignore[misc]
    pass


PatientSocket = _PlainSocket | _TlsSocket


class Dialler:
    """Opens connections to one place; which of its addresses it was, is remembered."""

    def __init__(
        self,
        addresses: Sequence[Address],
        *,
        is_tls: bool = True,
        pin: bytes | None = None,
        proxy: Proxy | None = None,
    ) -> None:
        self._addresses = addresses
        self._context = _context(pin) if is_tls else None
        self._pin = pin
        self._proxy = proxy
        self._known: Target | None = None

    def dial(self) -> Reached:
        """A connection that has proven itself.

        Raises: NoListenerError, NobodyError, OtherKeyError, UnknownKeyError.
        """
        patience_s = IDLE_S if self._proxy is None else PROXIED_S
        names = [each for each in self._addresses if self._proxy is None and is_name(each)]
        with closing(_Race(self._open, patience_s, names)) as race:
            reached = race.run(list(islice(self._targets(), _MOST_TARGETS)), known=self._known)
        self._known = reached.target
        return reached

    def _targets(self) -> Iterator[Target]:
        if self._proxy is not None:
            through = list(ways(self._proxy.address))
            if not through:
                raise UnreachableError(_NO_PROXY)
            yield from (way._replace(address=each) for way in through for each in self._addresses)
        else:
            yield from (way for each in self._addresses if not is_name(each) for way in ways(each))

    def _open(self, target: Target) -> Steps:
        """Connect, ask the proxy, shake hands, compare keys."""
        opened: PatientSocket = _PlainSocket(target.family, socket.SOCK_STREAM)
        try:
            if self._proxy is None:
                yield from _connected(opened, target)
            else:
                yield from _to_proxy(opened, target)
                yield from _through(opened, target.address)
            if self._context is not None:
                opened = self._sealed(self._context, opened, target.address.host)
                yield from _shaken(opened)
                self._prove(opened)
        except BaseException:
            opened.close()
            raise
        opened.slack_s = 0.0 if self._proxy is None else SLACK_S
        opened.settimeout(IDLE_S + opened.slack_s)
        return opened

    @staticmethod
    def _sealed(context: ssl.SSLContext, plain: socket.socket, host: str) -> _TlsSocket:
        sealed = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        assert isinstance(sealed, _TlsSocket)
        return sealed

    def _prove(self, sealed: ssl.SSLSocket) -> None:
        if self._pin is not None and key_pin(sealed.getpeercert(binary_form=True) or b"") != self._pin:
            raise OtherKeyError


def key_pin(certificate: bytes) -> bytes:
    """SHA-256 of a certificate's public key, as `curl --pinnedpubkey` has it; empty where there is none to read.

    Source: RFC 7469, 2.4.
    """
    try:
        public = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return b""
    return sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def _context(pin: bytes | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.sslsocket_class = _TlsSocket
    context.set_alpn_protocols(["http/1.1"])
    if pin is not None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the key is looked at, and nothing else
    return context


def _connected(opened: socket.socket, target: Target) -> Iterator[tuple[int, int]]:
    opened.setblocking(False)
    if target.device and _BIND_TO_DEVICE:
        opened.setsockopt(socket.SOL_SOCKET, _BIND_TO_DEVICE, target.device.encode() + b"\0")
    code = opened.connect_ex(target.where)
    if code in _UNDER_WAY:
        yield opened.fileno(), selectors.EVENT_WRITE
        code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _to_proxy(opened: socket.socket, target: Target) -> Iterator[tuple[int, int]]:
    try:
        yield from _connected(opened, target)
    except OSError as exc:
        raise UnreachableError(_NO_PROXY) from exc


def _through(opened: socket.socket, place: Address) -> Iterator[tuple[int, int]]:
    talking = talk(place)
    said, wanted = next(talking)
    with suppress(StopIteration):
        while True:
            opened.send(said)
            heard = b""
            while len(heard) < wanted:
                yield opened.fileno(), selectors.EVENT_READ
                part = opened.recv(wanted - len(heard))
                if not part:
                    raise ConnectionResetError
                heard += part
            said, wanted = talking.send(heard)


def _shaken(sealed: ssl.SSLSocket) -> Iterator[tuple[int, int]]:
    while True:
        try:
            return sealed.do_handshake()
        except ssl.SSLWantReadError:
            yield sealed.fileno(), selectors.EVENT_READ
        except ssl.SSLWantWriteError:
            yield sealed.fileno(), selectors.EVENT_WRITE


class _Race:
    """Tries under way; whoever closes it closes them all.

    All are begun anew beside those before, four times in all: a lost SYN waits ever longer for its next. `names` are
    looked up beside them, which may take long where somebody swallows the question.
    """

    def __init__(self, begin: Callable[[Target], Steps], patience_s: float, names: Sequence[Address] = ()) -> None:
        self._begin = begin
        self._names = list(names)
        self._targets: list[Target] = []
        self._round_s = patience_s / 4
        self._ends = time.monotonic() + patience_s
        self._waiting = selectors.DefaultSelector()
        self._failed: list[Exception] = []

    def close(self) -> None:
        """End what is still under way."""
        for key in list(self._waiting.get_map().values()):
            key.data[1].close()
        self._waiting.close()

    def run(self, targets: Sequence[Target], *, known: Target | None) -> Reached:
        """The first that proves itself. Whom one knows is asked alone at first, and waited for: a Wi-Fi comes back.

        Raises: as `Dialler.dial`.
        """
        self._targets = list(targets)
        turn, next_round, is_all = [known] if known else self._targets, time.monotonic(), False
        while (now := time.monotonic()) < self._ends:
            if now >= next_round:
                is_all = turn is self._targets
                won = self._begin_all([*turn]) or (self._look_up() if is_all else None)
                turn, next_round = self._targets, now + self._round_s
            elif self._waiting.get_map() or (known and is_all and self._may_come_back()):
                won = self._wait(min(next_round, self._ends) - now)
            elif is_all:
                break
            else:
                next_round, won = now, None  # the others, at once
            if won is not None:
                return won
        raise self._verdict()

    def _begin_all(self, targets: Sequence[Target]) -> Reached | None:
        return next(filter(None, (self._step(each, self._begin(each)) for each in targets)), None)

    def _look_up(self) -> Reached | None:
        """Ask after names, once."""
        names, self._names = self._names, []
        for each in names:
            self._step(None, look_up(each))
        return None

    def _wait(self, for_s: float) -> Reached | None:
        for key, _ in self._waiting.select(for_s):
            self._waiting.unregister(key.fd)
            won = self._step(*key.data)
            if won is not None:
                return won
        return None

    def _step(self, target: Target | None, steps: Steps | LookUp) -> Reached | None:
        """One step of a try, or of looking a name up, which has no target yet."""
        try:
            descriptor, events = next(steps)
        except StopIteration as done:
            if target is not None:
                return Reached(target, done.value)
            found = list[Target](done.value[: max(0, _MOST_TARGETS - len(self._targets))])
            self._targets += found
            return self._begin_all(found)
        except (OSError, UnreachableError) as exc:
            self._failed.append(exc)
            return None
        self._waiting.register(descriptor, events, (target, steps))
        return None

    def _may_come_back(self) -> bool:
        """Whether it may come back: no machine has said that there is nothing."""
        return not any(isinstance(exc, ConnectionRefusedError | OtherKeyError) for exc in self._failed)

    def _verdict(self) -> Exception:
        """What says most of what failed. A proxy that is on one wire alone does not answer on the others."""
        if self._failed and all(isinstance(exc, UnreachableError) for exc in self._failed):
            return self._failed[0]
        told = (meant() for kind, meant in _TOLD if any(isinstance(exc, kind) for exc in self._failed))
        return next(told, NobodyError())


_TOLD: tuple[tuple[type[Exception], Callable[[], Exception]], ...] = (
    (OtherKeyError, OtherKeyError),
    (ssl.SSLCertVerificationError, UnvouchedError),
    (ssl.SSLEOFError, NobodyError),
    (ssl.SSLError, NoTlsError),
    (ConnectionRefusedError, NoListenerError),
)
"""What it means that a try failed so, the one that says most first: who speaks no TLS is somebody else."""
