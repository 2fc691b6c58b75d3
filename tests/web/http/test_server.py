"""A real server on real sockets: slow peers, many streams, memory, its end."""

from __future__ import annotations

import hashlib
import http.client
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from starlette.responses import Response

from magnitizdat.errors import UsageError
from magnitizdat.web.http import app, bodies, doors, guard, protocol, ranges
from magnitizdat.web.http.ranges import blob_response
from magnitizdat.web.http.routes import ANYBODY, Connection, Endpoint
from magnitizdat.web.http.server import listen
from magnitizdat.web.http.sessions import Sessions
from magnitizdat.web.stand import Stand
from tests.fakes_web import only_these, running

MIB = 1 << 20


class Zeros:
    """A long blob that takes no room."""

    length = 512 * MIB

    def read_at(self, offset, length):
        return bytes(max(0, min(length, self.length - offset)))


class Slow:
    """A blob that is read when the test says so."""

    length = 10

    def __init__(self):
        self.begun, self.goes_on = threading.Event(), threading.Event()

    def read_at(self, _offset, length):
        self.begun.set()
        assert self.goes_on.wait(60)
        return bytes(length)


@pytest.fixture
def slow() -> Slow:
    return Slow()


def zeros(request, _service):
    return blob_response(request, Zeros(), media_type="audio/flac", etag="zeros")


def echo(request, _service):
    return Response(hashlib.sha256(request.state.body).hexdigest())


def counted(request, _service):
    return Response(str(sum(map(len, request.state.chunks))))


def listed(request, _service):
    return Response(hashlib.sha256(request.url.query.encode()).hexdigest())


@pytest.fixture
def hasty(monkeypatch):
    """A server with little patience: whoever is slow is seen to be let go, and nobody else asks it for anything."""
    for name, seconds in (("HEAD_S", 0.4), ("STALL_S", 0.6), ("LINGER_S", 0.2)):
        monkeypatch.setattr(protocol, name, seconds)
    monkeypatch.setattr(bodies, "DEADLINE_S", 0.4)
    monkeypatch.setattr(bodies, "PATIENCE_S", 0.4)


@pytest.fixture
def stand(service, sounds, slow, monkeypatch):
    """Open to everybody, to keep requests short."""

    def waits(_request, service):
        slow.begun.set()
        service.ending.wait(120)
        return Response("ended")

    def held(request, _service):
        kept = "slow" if "keep" in request.query_params else None
        return blob_response(request, slow, media_type="audio/flac", etag="slow", filename=kept)

    only_these(
        monkeypatch,
        Endpoint("/slow", ("GET",), held, ANYBODY, doors.OPEN),
        sounds._replace(roles=ANYBODY, door=doors.OPEN),
        Endpoint("/zeros", ("GET",), zeros, ANYBODY, doors.OPEN),
        Endpoint("/echo", ("POST",), echo, ANYBODY, doors.OPEN),
        Endpoint("/count", ("PUT",), counted, ANYBODY, doors.OPEN, body_limit=64 * MIB, streams=True),
        Endpoint("/waits", ("GET",), waits, ANYBODY, doors.OPEN),
        Endpoint("/rest/listed", ("GET",), listed, ANYBODY, doors.OPEN),
    )
    with running(Stand(service)) as stand:
        yield stand


@pytest.fixture
def dial(stand):
    """A new connection."""
    return lambda: socket.create_connection(("127.0.0.1", stand.port), timeout=60)


def get(stand, path, **headers) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", stand.port, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def session(stand) -> str:
    """A cookie of the owner's."""
    sessions = stand.service.only(Sessions.of)
    return f"{sessions.cookie}={sessions.begin()}"


def soon(holds) -> bool:
    """Whether something comes true as soon as a laden machine can."""
    begun = time.monotonic()
    while not holds() and time.monotonic() - begun < 60:
        time.sleep(0.02)
    return bool(holds())


def trickle(connection, part: bytes) -> float:
    """Send a byte now and then until the other end has had enough; seconds that it took."""
    begun = time.monotonic()
    try:
        while time.monotonic() - begun < 60:
            connection.sendall(part)
            time.sleep(0.05)
    except OSError:
        pass
    return time.monotonic() - begun


@pytest.mark.parametrize(
    ("begin", "part"),
    [
        (b"", b"G"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ", b"a"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-A: a\r\n"),
        (b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n", b"a"),
        (b"PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n", b""),
        (b"PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n", b"a"),
        (b"POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n", b"a"),
    ],
)
@pytest.mark.usefixtures("hasty")
def test_a_request_that_trickles_in_is_ended(stand, dial, begin, part):
    with dial() as slow:
        slow.sendall(begin)
        if part:
            assert trickle(slow, part) < 60
        else:
            assert slow.recv(100).startswith(b"HTTP/1.1 413")


def test_many_slow_ones_do_not_keep_others_out(stand, dial):
    with ExitStack() as held:
        for _ in range(60):
            held.enter_context(dial()).sendall(b"GET / HTTP/1.1\r\nHost:")
        assert soon(lambda: len(stand._server._server.server_state.connections) == 60)
        assert get(stand, "/sound/2")[0] == 200


def test_a_head_has_an_end(stand, dial):
    with dial() as endless, pytest.raises(OSError):  # noqa: PT012
        endless.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        for number in range(10_000):
            endless.sendall(b"X-%d: %s\r\n" % (number, b"a" * 1000))


SONGS = [400, 1638, 1639, 1650, 3000, 6000]
"""By 40 bytes each: about what a parser of addresses takes, and far more."""


@pytest.mark.parametrize("count", SONGS)
def test_songs_may_be_listed_in_an_address(stand, count):
    query = "&".join(f"songId={number:032x}" for number in range(count))
    status, said = get(stand, f"/rest/listed?{query}")
    assert (status, said) == (200, hashlib.sha256(query.encode()).hexdigest().encode())


@pytest.mark.parametrize(
    "address", ["/rest/listed?" + "a" * protocol.LONG_HEAD_LIMIT, "/echo?" + "a" * protocol.HEAD_LIMIT, "/a" * 40_000]
)
def test_an_address_that_is_too_long_is_answered(dial, address):
    with dial() as long:
        long.sendall(f"GET {address}".encode())  # it has not ended
        assert long.recv(100).startswith(b"HTTP/1.1 414")


def test_few_have_long_heads_at_a_time(stand, dial, monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_S", 120)
    with ExitStack() as opened:
        long = [opened.enter_context(dial()) for _ in range(protocol.LONG_HEADS + 1)]
        connections = stand._server._server.server_state.connections
        for number, each in enumerate(long):
            each.sendall(b"GET /rest/listed?" + b"a" * (protocol.HEAD_LIMIT + 1))
            if number < protocol.LONG_HEADS:
                assert soon(lambda begun=number + 1: sum(one.is_long for one in connections) == begun)
        assert long[-1].recv(100).startswith(b"HTTP/1.1 414")
        assert get(stand, "/rest/listed?a")[0] == 200
        long[0].sendall(b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert long[0].recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("part", [b"X-A: " + b"a" * 1000 + b"\r\n", b"a" * 1000])
def test_trailers_have_an_end(dial, monkeypatch, part):
    monkeypatch.setattr(bodies, "DEADLINE_S", 60)
    with dial() as endless, pytest.raises(OSError):  # noqa: PT012
        endless.sendall(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
        for _ in range(10_000):
            endless.sendall(part)


def test_one_peer_does_not_take_every_place(stand, dial, monkeypatch):
    monkeypatch.setattr(protocol, "PEER_CONNECTIONS", 8)
    monkeypatch.setattr(protocol, "HEAD_S", 120)
    monkeypatch.setattr(protocol, "is_loopback", lambda _peer: False)
    held = [dial() for _ in range(12)]
    connections = stand._server._server.server_state.connections
    try:
        with suppress(ConnectionResetError):
            assert held[-1].recv(1) == b""
        assert soon(lambda: len(connections) == 8)
    finally:
        for each in held:
            each.close()


def test_idle_connections_keep_nobody_out(stand, dial, monkeypatch):
    monkeypatch.setattr(protocol, "CONNECTIONS", 16)
    monkeypatch.setattr(protocol, "HEAD_S", 120)
    with ExitStack() as held:
        idle = [held.enter_context(dial()) for _ in range(200)]
        assert get(stand, "/sound/2")[0] == 200
        assert soon(lambda: len(stand._server._server.server_state.connections) <= 17)
        with suppress(ConnectionResetError):
            assert idle[0].recv(1) == b""
        idle[-1].sendall(b"GET /sound/2 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle[-1].recv(12) == b"HTTP/1.1 200"


def test_where_all_are_busy_the_next_is_told_to_come_back(stand, dial, monkeypatch):
    monkeypatch.setattr(protocol, "CONNECTIONS", 4)
    monkeypatch.setattr(guard, "is_loopback", lambda _peer: False)
    with ExitStack() as held:
        for _ in range(4):
            busy = held.enter_context(dial())
            busy.sendall(b"PUT /count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            assert busy.recv(12) == b"HTTP/1.1 100"
        status, said = get(stand, "/sound/2")
        assert (status, b"wait a moment" in said) == (503, True)
        assert get(stand, "/sound/2", Cookie=session(stand))[0] == 200
        assert get(stand, stand.link().partition(str(stand.port))[2])[0] == 200
        busy.sendall(b"12345")
        said = b""
        while b"HTTP/1.1 200" not in said:
            said += (part := busy.recv(100))
            assert part
        assert get(stand, "/sound/2")[0] == 200


def test_silent_readers_keep_a_place_for_the_owner(stand, dial, monkeypatch):
    """More than may be here at all ask for much and take nothing of it."""
    monkeypatch.setattr(protocol, "CONNECTIONS", 8)
    monkeypatch.setattr(protocol, "STALL_S", 60)
    for module in (guard, protocol):
        monkeypatch.setattr(module, "is_loopback", lambda _peer: False)
    connections = stand._server._server.server_state.connections
    with ExitStack() as held:
        for number in range(8):
            silent = held.enter_context(dial())
            silent.sendall(b"GET /zeros HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert soon(lambda count=number + 1: sum(each._stalled is not None for each in connections) == count)
        refused = [held.enter_context(dial()) for _ in range(20)]
        for each in refused:
            with suppress(OSError):
                each.sendall(b"GET /zeros HTTP/1.1\r\nHost: localhost\r\n")
        assert soon(lambda: len(connections) < 16)
        assert get(stand, "/sound/2", Cookie=session(stand))[0] == 200
        assert get(stand, stand.link().partition(str(stand.port))[2])[0] == 200


def test_from_this_computer_there_is_always_a_place(stand, dial, monkeypatch):
    monkeypatch.setattr(protocol, "CONNECTIONS", 4)
    monkeypatch.setattr(protocol, "STALL_S", 60)
    with ExitStack() as held:
        for _ in range(12):
            held.enter_context(dial()).sendall(b"GET /zeros HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert get(stand, "/sound/2")[0] == 200


def test_every_refusal_has_the_safe_headers(stand, dial, monkeypatch):
    """No answer is in the words of a library below us: those of uvicorn and Starlette have no headers of ours."""
    monkeypatch.setattr(Connection, "crowded", True)
    monkeypatch.setattr(guard, "is_loopback", lambda _peer: False)
    for path, status, broken in (
        ("/sound/2", b"503", None),
        ("/sound/2", b"500", ValueError),
        ("/zeros", b"500", OSError),
    ):
        if broken is not None:
            monkeypatch.setattr(app, "peer_of", failing(broken))
        with dial() as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            said = b"".join(iter(lambda: client.recv(4000), b""))
        assert said[9:12] == status
        assert b"text/plain" not in said
        for name, value in app.SAFE_HEADERS.items():
            assert said.count(f"\r\n{name}: {value}\r\n".encode()) == 1
    assert stand._server._server.config.limit_concurrency is None


def failing(error):
    def fails(*_arguments):
        raise error

    return fails


@pytest.mark.usefixtures("hasty")
def test_an_idle_connection_is_ended_and_a_busy_one_kept(stand, dial):
    with dial() as idle:
        assert idle.recv(1) == b""
    connection = http.client.HTTPConnection("127.0.0.1", stand.port, timeout=60)
    for _ in range(3):
        connection.request("GET", "/sound/2")
        assert connection.getresponse().read()
        time.sleep(0.5)  # longer than a head may take
    connection.close()


@pytest.mark.usefixtures("hasty")
def test_who_takes_nothing_is_let_go(stand, dial):
    with dial() as stuck:
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.sendall(b"GET /zeros HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connections = stand._server._server.server_state.connections
        assert soon(lambda: connections)
        assert soon(lambda: not connections)


def test_bodies(stand):
    connection = http.client.HTTPConnection("127.0.0.1", stand.port, timeout=60)
    body = bytes(range(256)) * 100
    connection.request("POST", "/echo", body)
    assert connection.getresponse().read().decode() == hashlib.sha256(body).hexdigest()
    connection.request("PUT", "/count", bytes(20 * MIB))
    assert connection.getresponse().read() == str(20 * MIB).encode()
    connection.request(
        "PUT", "/count", iter([bytes(MIB)] * 3), encode_chunked=True, headers={"Transfer-Encoding": "chunked"}
    )
    assert connection.getresponse().read() == str(3 * MIB).encode()
    connection.close()


@pytest.mark.parametrize("announced", ["2000000", "-1", "1e3"])
def test_too_long_a_body_is_refused_before_it_is_read(stand, dial, announced):
    with dial() as client:
        client.sendall(f"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {announced}\r\n\r\n".encode())
        assert client.recv(100)[9:12] in {b"413", b"400"}


def test_a_chunked_body_is_counted(stand):
    connection = http.client.HTTPConnection("127.0.0.1", stand.port, timeout=60)
    with pytest.raises(OSError):  # noqa: PT012
        chunked = {"Transfer-Encoding": "chunked"}
        connection.request("PUT", "/count", iter([bytes(MIB)] * 70), encode_chunked=True, headers=chunked)
        raise OSError(connection.getresponse().status)


def test_eight_streams_at_once_are_all_right(stand, music):
    def fetch(number: int) -> bool:
        status, content = get(stand, f"/sound/{number % 2}")
        return status == 200 and content == music.contents[number % 2]

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(fetch, range(24)))


def test_sound_waits_for_no_copy_and_for_no_other_server(stand, service, slow, monkeypatch):
    """As the owner's page and an evening: each has an event loop of its own, and neither wakes the other's."""
    monkeypatch.setattr(ranges, "READERS", 1)
    monkeypatch.setattr(ranges, "COPIERS", 1)
    with running(Stand(service)) as one, running(Stand(service)) as other, ThreadPoolExecutor(2) as threads:
        try:
            copy = threads.submit(get, one, "/slow?keep=1")
            assert slow.begun.wait(60)
            assert get(one, "/sound/2")[0] == 200
            slow.begun.clear()
            sound = threads.submit(get, one, "/slow")
            assert slow.begun.wait(60)
            assert get(other, "/sound/2")[0] == 200
        finally:
            slow.goes_on.set()
        assert copy.result()[0] == sound.result()[0] == 200


def test_memory_stays_flat_while_streaming(stand):
    get(stand, "/zeros", Range="bytes=0-50000000")
    before = resident()
    with ThreadPoolExecutor(3) as threads:
        peaks = list(threads.map(lambda _: drained(stand), range(3)))
    assert max(peaks) - before < 48 * MIB


def drained(stand) -> int:
    """Highest resident memory seen while the whole of a long blob goes by."""
    connection = http.client.HTTPConnection("127.0.0.1", stand.port, timeout=60)
    connection.request("GET", "/zeros")
    answer, buffer, peak, length = connection.getresponse(), bytearray(MIB), 0, 0
    while count := answer.readinto(buffer):
        length += count
        if length % (32 * MIB) < MIB:
            peak = max(peak, resident())
    connection.close()
    assert length == Zeros.length
    return peak


def resident() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    pytest.skip("only Linux tells")


def test_a_gone_listener_is_not_read_for(stand, dial, monkeypatch):
    reads = []
    monkeypatch.setattr(Zeros, "read_at", lambda _self, offset, length: reads.append(offset) or bytes(length))
    with dial() as client:
        client.sendall(b"GET /zeros HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.recv(100)
    assert soon(lambda: not stand._server._server.server_state.connections)

    def rests() -> bool:
        count = len(reads)
        get(stand, "/sound/2")
        return len(reads) == count

    assert soon(rests)
    assert len(reads) < 100


def test_the_end_does_not_wait_for_who_waits(stand, slow):
    waiting = threading.Thread(target=get, args=(stand, "/waits"))
    waiting.start()
    assert slow.begun.wait(60)
    stand.stop()
    waiting.join(60)
    assert not waiting.is_alive()


def test_it_says_nothing_of_itself(stand, dial, capfd):
    with dial() as client:
        client.sendall(b"NONSENSE\r\n\r\n")
        said = client.recv(4000).lower()
        assert said.startswith(b"http/1.1 400 ")
        assert not re.search(b"\r\nserver:|uvicorn|invalid http", said)
        assert b"\r\nx-content-type-options: nosniff\r\n" in said
        assert client.recv(1) == b""
    with dial() as client:
        client.sendall(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = client.recv(4000).lower()
        assert b"\r\nserver:" not in head
        assert b"\r\ndate:" not in head
        assert b"uvicorn" not in head
    assert capfd.readouterr() == ("", "")


def test_a_taken_port_is_a_sentence():
    (taken,) = listen(["127.0.0.1"], 0)
    with taken, pytest.raises(UsageError, match="is taken on this computer; choose another with --port"):
        listen(["127.0.0.1"], taken.getsockname()[1])
    with pytest.raises(UsageError, match="nothing can listen at"):
        listen(["192.0.2.77"], 0)


def test_short_answers_do_not_wait_for_an_acknowledgement():
    """asyncio sets TCP_NODELAY only where a socket says that it is TCP; without it each answer takes 40 ms more."""
    (bound,) = listen(["127.0.0.1"], 0)
    with bound:
        assert bound.proto == socket.IPPROTO_TCP
