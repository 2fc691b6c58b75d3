"""Before hands are shaken: whoever opens connections and says nothing keeps nobody out, and is not waited for."""

from __future__ import annotations

import gc
import http.client
import resource
import socket
import ssl
import threading
from contextlib import ExitStack

import pytest

from magnitizdat.web.http import protocol, threshold
from magnitizdat.web.stand import Stand
from tests.fakes_web import only_these, running

SILENT = 1500


@pytest.fixture(autouse=True)
def many_files():
    """The server and whoever spoils its evening are one process here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * SILENT + 500
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip("not so many files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def stand(service, sounds, monkeypatch):
    """This computer is 127.0.0.1; all other addresses of loopback are strangers'."""
    monkeypatch.setattr(threshold, "is_loopback", lambda peer: peer == "127.0.0.1")
    monkeypatch.setattr(protocol, "is_loopback", lambda peer: peer == "127.0.0.1")
    only_these(monkeypatch, sounds)
    with running(Stand(service, tls=True)) as found:
        yield found


@pytest.fixture
def come(stand):
    """A connection from some address, which says nothing."""
    with ExitStack() as open_ones:

        def connect(peer: str) -> socket.socket:
            made = socket.create_connection(("127.0.0.1", stand.port), timeout=60, source_address=(peer, 0))
            return open_ones.enter_context(made)

        yield connect
        gc.collect()


def answered(stand, peer: str) -> int:
    """The status of an answer, from this address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    asking = http.client.HTTPSConnection("127.0.0.1", stand.port, timeout=60, context=context, source_address=(peer, 0))
    try:
        asking.request("GET", "/sound/0")
        return asking.getresponse().status
    finally:
        asking.close()


def ended(connection: socket.socket) -> bool:
    """Whether it comes to its end, and nothing was said on it; waits until that is known."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("peers", [1, 60])
def test_a_crowd_that_never_shakes_hands_keeps_nobody_out(stand, come, peers):
    for number in range(SILENT):
        come(f"127.0.1.{1 + number % peers}")
    assert answered(stand, "127.0.2.1") == 404
    assert answered(stand, "127.0.0.1") == 404


def test_of_one_peer_there_are_so_many_and_others_stay(stand, come):
    other = come("127.0.2.1")
    silent = [come("127.0.1.1") for _ in range(threshold.PEER_WAITING + 5)]
    for each in silent[threshold.PEER_WAITING :]:
        assert ended(each)
    other.settimeout(0)
    with pytest.raises(BlockingIOError):
        other.recv(1)


def test_of_many_the_one_goes_that_has_stood_longest(stand, come, monkeypatch):
    monkeypatch.setattr(threshold, "WAITING", 8)
    first, *others = [come(f"127.0.1.{number}") for number in range(1, 10)]
    assert ended(first)
    others[0].settimeout(0)
    with pytest.raises(BlockingIOError):
        others[0].recv(1)


@pytest.mark.parametrize("begin", [b"", b"\x16", b"\x16\x03\x01\x02\x00" + bytes(100)])
def test_patience_with_a_handshake_ends_however_it_began(service, sounds, monkeypatch, begin):
    monkeypatch.setattr(threshold, "HANDSHAKE_S", 1)
    only_these(monkeypatch, sounds)
    with (
        running(Stand(service, tls=True)) as found,
        socket.create_connection(("127.0.0.1", found.port), timeout=60) as silent,
    ):
        silent.sendall(begin)
        while silent.recv(100):  # an alert, if it was none
            pass


def test_who_was_let_in_is_not_pushed_out_by_who_was_not(stand, come, monkeypatch):
    monkeypatch.setattr(threshold, "WAITING", 8)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(come("127.0.2.1")) as guest:
        for number in range(50):
            come(f"127.0.1.{1 + number}")
        guest.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert guest.recv(12) == b"HTTP/1.1 404"


def test_who_never_hears_the_end_is_forgotten(service, sounds, monkeypatch):
    """A place is free again when we have ended, though the peer has not."""
    monkeypatch.setattr(threshold, "GOODBYE_S", 1)
    only_these(monkeypatch, sounds)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk = context.wrap_bio(incoming, outgoing)
    with (
        running(Stand(service, tls=True)) as found,
        socket.create_connection(("127.0.0.1", found.port), timeout=60) as plain,
    ):
        while True:
            try:
                talk.do_handshake()
                break
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                incoming.write(plain.recv(1 << 16))
        talk.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        plain.sendall(outgoing.read())
        ending = threading.Event()
        while plain.recv(1 << 16):  # the answer and a goodbye that we do not return; then the end
            ending.set()
        assert ending.is_set()
