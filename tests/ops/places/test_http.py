"""Over HTTP: what is asked for comes, whatever breaks on the way; and whoever answers as they like gains nothing."""

from __future__ import annotations

import re
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.errors import (
    EXIT_SOURCE,
    EXIT_USAGE,
    DamagedError,
    MagError,
    NotFoundError,
    SourceError,
    UnreachableError,
)
from magnitizdat.formats import budgets
from magnitizdat.formats.tickets import Address, Ticket, pin_text
from magnitizdat.ops.places import dialling
from magnitizdat.ops.places.http import MOST_WAIT_S, HttpSpool
from magnitizdat.ops.places.origins import share_origin
from magnitizdat.ops.places.remote import open_remote
from tests.fakes_http import KEYS, Identity, answer, answering

CODE = "a" * 26
RANGE = re.compile(rb"Range: bytes=(\d+)-(\d+)")


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    return Identity(tmp_path_factory.mktemp("identity"))


@pytest.fixture
def impatient(monkeypatch):
    """A second is silence enough."""
    monkeypatch.setattr(dialling, "IDLE_S", 1.0)
    monkeypatch.setattr(budgets, "PIECE_S", budgets.PIECE_S._replace(most=2))


def fetched(server, *where, **how):
    with closing(HttpSpool(server.url, **how)) as spool:
        return spool.fetch_range("blobs/some", *where)


def serving(content: bytes, *, ranges: bool = True, chunk: int = 0, breaks: list[int] | None = None):
    """A web site with one file; the n-th answer breaks off after so many bytes of its body."""
    left = list(breaks or [])

    def script(line, asked):
        wanted = RANGE.search(asked) if ranges else None
        first, last = (int(wanted[1]), int(wanted[2])) if wanted else (0, len(content))
        part = content[first : last + 1]
        headers = {"Content_Range": f"bytes {first}-{last}/{len(content)}"} if wanted else {}
        if wanted and not part:
            return line.sendall(answer(b"", "416 No"))
        status = "206 Part" if wanted else "200 OK"
        if chunk:
            pieces = [part[start : start + chunk] for start in range(0, len(part), chunk)]
            body = b"".join(b"%x;name=value\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"
            sent = answer(b"", status, Transfer_Encoding="chunked", **headers) + body
        else:
            sent = answer(part, status, **headers)
        if left:
            line.sendall(sent[: sent.index(b"\r\n\r\n") + 4 + left.pop(0)])
            raise ConnectionAbortedError
        return line.sendall(sent)

    return script


@given(
    content=st.binary(max_size=2000),
    offset=st.integers(0, 2100),
    length=st.integers(0, 2100),
    ranges=st.booleans(),
    chunk=st.sampled_from([0, 1, 7, 500]),
)
@settings(max_examples=60, deadline=None)
def test_a_range_is_a_slice_whatever_the_server_knows_of_ranges(content, offset, length, ranges, chunk):
    with answering(serving(content, ranges=ranges, chunk=chunk)) as server:
        assert fetched(server, offset, length) == content[offset : offset + length]


@given(
    content=st.binary(max_size=2000),
    wanted=st.lists(st.tuples(st.integers(0, 2100), st.integers(1, 900)), max_size=9),
    in_order=st.booleans(),
    chunk=st.sampled_from([0, 7, 500]),
)
@settings(max_examples=60, deadline=None)
def test_of_a_server_that_knows_no_ranges_any_of_them_are_slices_in_any_order(content, wanted, in_order, chunk):
    wanted = sorted(wanted) if in_order else wanted
    with answering(serving(content, ranges=False, chunk=chunk)) as server, closing(HttpSpool(server.url)) as spool:
        for offset, length in wanted:
            assert spool.fetch_range("blobs/some", offset, length) == content[offset : offset + length]
            assert spool.fetch("blobs/some", 2000) == content


@pytest.mark.parametrize("abreast", [1, 4])
def test_a_server_that_knows_no_ranges_sends_a_file_as_often_as_it_is_asked_abreast(abreast):
    """And not once for each piece, from its beginning."""
    content, length = bytes(range(256)) * 400, 1024
    with answering(serving(content, ranges=False)) as server, closing(HttpSpool(server.url)) as spool:
        with ThreadPoolExecutor(abreast) as pool:
            parts = pool.map(lambda at: spool.fetch_range("blobs/some", at, length), range(0, len(content), length))
            assert b"".join(parts) == content
        assert len(server.asked) <= 20, "of a hundred pieces"


@given(
    content=st.binary(min_size=1, max_size=2000),
    breaks=st.lists(st.integers(1, 400), max_size=8),
    ranges=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_where_a_connection_breaks_it_goes_on_behind_what_came(content, breaks, ranges):
    """Without ranges as long as something new comes; three times nothing is the end."""
    with answering(serving(content, ranges=ranges, breaks=[*breaks] if ranges else breaks[:2])) as server:
        assert fetched(server, 0, len(content)) == content
        firsts = [int(found[1]) for asked in server.asked if (found := RANGE.search(asked))]
    assert firsts == sorted(firsts)
    if ranges:
        taken = list(zip(firsts, [*firsts[1:], len(content)], strict=True))
        assert all(
            later - first == min(broke, len(content) - first)
            for (first, later), broke in zip(taken, breaks, strict=False)
        )


def test_connections_are_kept_also_where_something_is_not_there():
    def script(line, asked):
        line.sendall(answer(b"<html>no</html>", "404 No") if b"/other" in asked else answer(b"music"))

    with answering(script) as server, closing(HttpSpool(server.url)) as spool:
        for _ in range(3):
            assert spool.fetch("one", 10) == b"music"
            with pytest.raises(NotFoundError):
                spool.fetch("other", 10)
        assert server.connections == 1


def test_a_kept_connection_that_was_shut_meanwhile_is_no_failure():
    def script(line, _):
        line.sendall(answer(b"music"))
        line.close()

    with answering(script) as server, closing(HttpSpool(server.url)) as spool:
        assert [spool.fetch("one", 10) for _ in range(5)] == [b"music"] * 5


def test_a_connection_for_each_byte_is_not_made_for_ever(impatient):
    """Something new comes each time, so that no three in a row bring nothing."""
    content = bytes(1 << 20)
    with (
        answering(serving(content, breaks=[1] * len(content))) as server,
        pytest.raises(UnreachableError, match="stopped answering"),
    ):
        fetched(server, 0, len(content))
    assert server.connections > 3


@pytest.mark.parametrize("tls", [False, True])
def test_who_hangs_up_waits_for_nobody(identity, tls):
    """Neither for a byte, nor for as long as a busy server asks, nor for a next connection."""
    came = threading.Semaphore(0)

    def script(line, asked):
        if b"/busy" in asked:
            line.sendall(answer(b"", "503 Busy", Retry_After=60))
        came.release()

    with answering(script, identity if tls else None) as server, ThreadPoolExecutor(2) as pool:
        address = Address("127.0.0.1", server.port)
        origin = share_origin(Ticket((address,), CODE, identity.pin)) if tls else server.url
        with closing(HttpSpool(origin)) as spool:
            asked = [pool.submit(spool.fetch_range, path, 0, 5) for path in ("silent", "busy")]
            assert came.acquire(timeout=60)
            assert came.acquire(timeout=60)
            spool.hang_up()
            for each in asked:
                with pytest.raises(UnreachableError):
                    each.result(timeout=5)
            with pytest.raises(UnreachableError):
                spool.fetch("one", 10)
            assert len(server.asked) == 2


# -- one origin --------------------------------------------------------------------------------------------------------


def test_a_redirect_within_the_origin_is_followed():
    def script(line, asked):
        target = asked.split(b" ")[1]
        moved = {b"/blobs/some": "/there/%C3%A9?a=b", b"/there/%C3%A9?a=b": "again"}.get(target)
        line.sendall(answer(b"", "302 Found", Location=moved) if moved else answer(b"music"))

    with answering(script) as server:
        assert fetched(server, 0, 5) == b"music"
        assert [asked.split(b" ")[1] for asked in server.asked] == [
            b"/blobs/some",
            b"/there/%C3%A9?a=b",
            b"/there/again",
        ]


ELSEWHERE = [
    "http://127.0.0.1:{other}/blobs/some",
    "//127.0.0.1:{other}/",
    "https://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://127.0.0.1:{port}@127.0.0.1:{other}/",
    "http://somebody@127.0.0.1:{port}/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "http://[::1/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1/",
]


@pytest.mark.parametrize("location", ELSEWHERE)
@pytest.mark.parametrize("status", ["301 Moved", "308 Moved"])
def test_a_redirect_to_anybody_else_is_not_followed(location, status):
    with answering(lambda line, _: line.sendall(answer(b"mine"))) as other:

        def script(line, _):
            where = location.format(port=server.port, other=other.port)
            line.sendall(answer(b"", status, Location=where))

        with answering(script) as server, pytest.raises(UnreachableError, match="sends us somewhere else"):
            fetched(server, 0, 5)
        assert (len(server.asked), other.connections) == (1, 0)


@pytest.mark.parametrize("location", ["/\\127.0.0.1/x", "\r\nX: y", "/\x00", "é", "?", "", "/a b"])
def test_odd_places_within_the_origin_ask_nobody_else(location):
    def script(line, asked):
        moved = asked.split(b" ")[1] == b"/blobs/some"
        line.sendall(answer(b"", "302 Found", Location=location) if moved else answer(b"music"))

    with answering(script) as server, closing(HttpSpool(server.url)) as spool:
        try:
            assert spool.fetch_range("blobs/some", 0, 5) == b"music"
        except SourceError as exc:
            assert exc.exit_code == EXIT_SOURCE  # noqa: PT017 -- either is right


def test_a_redirect_in_a_circle_ends():
    with (
        answering(lambda line, _: line.sendall(answer(b"", "302 Found", Location="/blobs/some"))) as server,
        pytest.raises(UnreachableError, match="in a circle"),
    ):
        fetched(server, 0, 5)
    assert len(server.asked) == 3


def test_a_share_leads_nowhere(identity):
    def script(line, _):
        line.sendall(answer(b"", "302 Found", Location=f"/{CODE}/other"))

    with answering(script, identity) as server:
        ticket = Ticket((Address("127.0.0.1", server.port),), CODE, identity.pin)
        with pytest.raises(UnreachableError, match="sends us somewhere else"):
            HttpSpool(share_origin(ticket)).fetch("some", 10)
    assert len(server.asked) == 1


# -- whoever answers as they like --------------------------------------------------------------------------------------


def forever(line, begin: bytes, more: bytes):
    line.sendall(begin)
    for _ in count():
        line.sendall(more)


FLOODS = {
    "a body": lambda line, _: forever(line, answer(b"", Content_Length=1 << 40), bytes(1 << 16)),
    "a body without end": lambda line, _: forever(line, b"HTTP/1.1 200 OK\r\n\r\n", bytes(1 << 16)),
    "headers": lambda line, _: forever(line, b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 100),
    "a long header": lambda line, _: forever(line, b"HTTP/1.1 200 OK\r\nX: ", b"y" * 1000),
    "a long status": lambda line, _: forever(line, b"HTTP/1.1 200 ", b"y" * 1000),
    "continues": lambda line, _: forever(line, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a chunk of less than nothing": lambda line, _: forever(
        line, answer(b"", Transfer_Encoding="chunked") + b"-1\r\n", bytes(1 << 16)
    ),
    "trailers": lambda line, _: forever(
        line, answer(b"", Transfer_Encoding="chunked") + b"1\r\nx\r\n0\r\n", b"X: y\r\n" * 100
    ),
    "a chunk's name": lambda line, _: forever(line, answer(b"", Transfer_Encoding="chunked") + b"1;", b"x" * 1000),
}


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("part", [True, False])
def test_no_more_is_read_than_was_wanted(flood, part):
    """Nor is it for ever: what comes beside it is less than a MiB, each of three times."""
    with answering(FLOODS[flood]) as server, closing(HttpSpool(server.url)) as spool:
        try:
            found = spool.fetch_range("some", 0, 1000) if part else spool.fetch("some", 1000)
        except SourceError as exc:
            assert exc.exit_code == EXIT_SOURCE  # noqa: PT017 -- either is right
        else:
            assert len(found) == 1000
        assert server.connections <= 3


def dripping(line, begin: bytes, count: int) -> None:
    """So many bytes, a hundred a second: never silent, and worth no patience."""
    line.sendall(begin)
    for _ in range(count):
        if select.select([line], [], [], 0.01)[0]:
            return
        line.sendall(b"x")


DRIPS = {
    "nothing": lambda line, _: line.recv(1),
    "half a head": lambda line, _: (line.sendall(b"HTTP/1.1 200 OK\r\nX"), line.recv(1)),
    "half a body": lambda line, _: (line.sendall(answer(b"", Content_Length=1000) + b"half"), line.recv(1)),
    "a body byte by byte": lambda line, _: dripping(line, answer(b"", Content_Length=1000), 1000),
}


@pytest.mark.parametrize("drip", DRIPS)
def test_silence_is_waited_for_once(impatient, drip):
    with answering(DRIPS[drip]) as server, pytest.raises(UnreachableError, match="stopped answering"):
        fetched(server, 0, 1000)
    assert server.connections == 1


def slowly(line, came, begun=None):
    """Answer with 2 MiB, a little at a time until something `came`; it is `begun` after the first forty KiB."""
    line.sendall(answer(b"", Content_Length=1 << 21))
    for number in range(1 << 10):
        line.sendall(bytes(1 << 11))
        came.wait(0.02)
        if begun is not None and number == 20:
            begun.set()


@pytest.mark.parametrize("silences", [1, 2])
def test_a_connection_that_is_silent_while_another_brings_something_is_made_anew(impatient, silences):
    silent, came = threading.Semaphore(silences), threading.Event()

    def script(line, asked):
        if b"/busy" in asked:
            slowly(line, came)
        elif silent.acquire(blocking=False):
            line.recv(1)
        else:
            line.sendall(answer(b"music"))

    with answering(script) as server, ThreadPoolExecutor(1) as pool, closing(HttpSpool(server.url)) as spool:
        busy = pool.submit(spool.fetch_range, "busy", 0, 1 << 21)
        try:
            assert spool.fetch_range("quiet", 0, 5) == b"music"
        finally:
            came.set()
        assert len(busy.result()) == 1 << 21
    assert server.connections == 2 + silences


def test_who_is_turned_away_while_another_connection_brings_something_asks_again_a_little_later():
    turned_away, begun, came, waits = threading.Semaphore(9), threading.Event(), threading.Event(), []

    def script(line, asked):
        if b"/busy" in asked:
            slowly(line, came, begun)
        elif turned_away.acquire(blocking=False):
            begun.wait()
            line.shutdown(socket.SHUT_RDWR)
        else:
            line.sendall(answer(b"music"))

    with (
        answering(script) as server,
        ThreadPoolExecutor(1) as pool,
        closing(HttpSpool(server.url, wait=waits.append)) as spool,
    ):
        busy = pool.submit(spool.fetch_range, "busy", 0, 1 << 21)
        try:
            assert spool.fetch_range("quiet", 0, 5) == b"music"
        finally:
            came.set()
        assert len(busy.result()) == 1 << 21
    assert len(waits) == 7


def test_who_is_turned_away_with_nothing_else_coming_does_not_wait():
    waits = []

    def script(line, _asked):
        line.shutdown(socket.SHUT_RDWR)

    with answering(script) as server, pytest.raises(UnreachableError, match="stopped answering"):
        fetched(server, 0, 5, wait=waits.append)
    assert (server.connections, waits) == (3, [])


def test_bytes_are_waited_for_until_their_time_is_over_and_room_for_them_is_used_up():
    one, other = socket.socketpair()
    with other, dialling._PlainSocket(fileno=one.detach()) as patient:
        other.sendall(b"music")
        patient.room = 4
        assert patient.recv_into(bytearray(4)) == 4
        with pytest.raises(UnreachableError, match="more than was asked for"):
            patient.recv_into(bytearray(4))
        patient.deadline = time.monotonic()
        with pytest.raises(TimeoutError):
            patient.recv_into(bytearray(4))


@given(st.lists(st.integers(1, 1000), max_size=20), st.floats(0, 1))
def test_what_came_puts_the_end_off_by_what_it_is_worth_and_what_is_to_come_by_nothing(lengths, earned_s):
    one, other = socket.socketpair()
    with other, dialling._PlainSocket(fileno=one.detach()) as patient:
        patient.deadline = end = time.monotonic() + 3600
        patient.room, patient.earned_s = 1 << 20, earned_s
        for length in lengths:
            other.sendall(bytes(length))
            assert patient.recv_into(bytearray(1 << 20)) == length
        assert patient.deadline - end == pytest.approx(sum(lengths) * earned_s, abs=1e-3)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (answer(b"\x1f\x8b", Content_Encoding="gzip"), "packs what it sends"),
        (answer(b"x", Content_Encoding="br, identity"), "packs what it sends"),
        (answer(b"music", "206 Part", Content_Range="bytes 7-11/12"), "another part"),
        (answer(b"music", "206 Part", Content_Range="nonsense"), "another part"),
    ],
)
def test_what_is_not_what_was_asked_for_is_damaged(sent, said):
    with answering(lambda line, _: line.sendall(sent)) as server, pytest.raises(DamagedError, match=said):
        fetched(server, 0, 5)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/9 200\r\n\r\n",
        b"HTTP/1.1 2e2 OK\r\n\r\n",
        answer(b"", "204 Nothing"),
        answer(b"", "500 No"),
        answer(b"", Content_Length="-5") + b"x",
        answer(b"", Content_Length=10) + b"short",
        answer(b"", Transfer_Encoding="chunked") + b"zz\r\n",
        answer(b"", Transfer_Encoding="chunked") + b"-1\r\n",
    ],
)
def test_answers_that_are_none_end_in_a_sentence(sent):
    def script(line, _):
        line.sendall(sent)
        raise ConnectionAbortedError

    with answering(script) as server, closing(HttpSpool(server.url)) as spool:
        try:
            assert spool.fetch_range("some", 0, 5) in {b"", b"x", b"short"}
        except SourceError as exc:
            assert exc.sentence  # noqa: PT017 -- either is right


def test_a_busy_server_is_waited_for_as_long_as_it_says():
    answers = iter(["3", "nonsense", None])
    waited = []

    def script(line, _):
        told = next(answers)
        line.sendall(answer(b"music") if told is None else answer(b"", "503 Busy", Retry_After=told))

    with answering(script) as server:
        assert fetched(server, 0, 5, wait=waited.append) == b"music"
    assert waited == [3.0, pytest.approx(1.2)]


@pytest.mark.parametrize("told", [str(MOST_WAIT_S + 1), "9" * 5000, "0" * 12 + "99999"])
def test_no_server_makes_us_wait_for_a_day(told):
    waited = []
    with (
        answering(lambda line, _: line.sendall(answer(b"", "429 Busy", Retry_After=told))) as server,
        pytest.raises(UnreachableError, match="busy"),
    ):
        fetched(server, 0, 5, wait=waited.append)
    assert (waited, len(server.asked)) == ([], 1)


def test_a_server_that_stays_busy_is_left():
    waited = []
    with (
        answering(lambda line, _: line.sendall(answer(b"", "503 Busy"))) as server,
        pytest.raises(UnreachableError, match="answered 503"),
    ):
        fetched(server, 0, 5, wait=waited.append)
    assert (len(waited), len(server.asked)) == (2, 3)


@pytest.mark.parametrize("status", [200, 404, 410, 500])
def test_what_is_posted_is_answered_once(status):
    with answering(lambda line, _: line.sendall(answer(b"next", f"{status} So"))) as server:
        with closing(HttpSpool(server.url)) as spool:
            if status == 200:
                assert spool.post("back?n=1", b"body", 4) == b"next"
                with pytest.raises(DamagedError):
                    spool.post("back?n=1", b"body", 3)
            else:
                with pytest.raises(UnreachableError if status == 500 else NotFoundError):
                    spool.post("back?n=1", b"body", 4)
        assert server.asked[0].startswith(b"POST /back?n=1 ")
        assert b"Content-Length: 4" in server.asked[0]


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("year", [1970, 2099])
def test_a_pinned_mirror_is_known_by_its_key_alone(tmp_path, kind, year):
    """Whatever its certificate is called and whenever it was good."""
    identity = Identity(tmp_path, kind, year=year)
    with (
        answering(lambda line, _: line.sendall(answer(b"music")), identity) as server,
        closing(open_remote(f"{server.url}#pin={pin_text(identity.pin)}")) as spool,
    ):
        assert spool.fetch_range("some", 0, 5) == b"music"


def test_nothing_is_asked_of_whoever_has_another_key(tmp_path, identity):
    other = Identity(tmp_path, "P-256")
    with answering(lambda line, _: line.sendall(answer(b"music")), other) as server:
        with pytest.raises(UnreachableError, match="Somebody else answers there, with another key"):
            open_remote(f"{server.url}#pin={pin_text(identity.pin)}").fetch("some", 10)
        assert server.asked == []


def test_whoever_speaks_no_tls_is_somebody_else(identity):
    with answering(lambda line, _: None, hello=b"SSH-2.0-OpenSSH\r\n") as server:
        url = server.url.replace("http", "https")
        with pytest.raises(UnreachableError, match="Somebody else answers there"):
            open_remote(f"{url}#pin={pin_text(identity.pin)}").fetch("some", 10)


def test_a_key_that_nobody_vouches_for_needs_its_pin(identity):
    with answering(lambda line, _: line.sendall(answer(b"music")), identity) as server:
        with pytest.raises(UnreachableError, match="nobody vouches for the key"):
            open_remote(server.url).fetch("some", 10)
        assert server.asked == []


def test_a_certificate_that_cannot_be_read_is_nobodys():
    assert dialling.key_pin(b"") == b""
    assert dialling.key_pin(b"\x30\x03\x02\x01\x00") == b""


@pytest.mark.parametrize("address", ["http://", "https:///labels", "http://[::1/", "https://a b/", "http://h:99999/"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(MagError, match="not the address of a place") as caught:
        open_remote(address)
    assert caught.value.exit_code == EXIT_USAGE
