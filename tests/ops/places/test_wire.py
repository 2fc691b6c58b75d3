"""One connection: heads as `http.client` reads them, content as it comes, and no copy of it lost where it breaks."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from magnitizdat.ops.places import dialling
from magnitizdat.ops.places.wire import STEP, Arriving, WireAnswer

NAMES = st.sampled_from(
    ["Content-Length", "content-length", "Transfer-Encoding", "Connection", "Keep-Alive", "Content-Range", "X-Odd"]
)
VALUES = st.sampled_from(["0", "5", "7", " 5 ", "-1", "5, 5", "x", "chunked", "close", "keep-alive", "bytes 0-4/9", ""])
HEADS = st.tuples(
    st.sampled_from(["HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 206", "HTTP/1.1 204 None", "HTTP/1.1 304 -"]),
    st.lists(st.tuples(NAMES, VALUES), max_size=6),
)


class _Told:
    """A connection that says this, as `http.client` asks for it."""

    def __init__(self, said: bytes) -> None:
        self._said = io.BytesIO(said)

    def makefile(self, _mode: str) -> Any:
        return io.BufferedReader(self._said)  # type: ignore[arg-type]

    def read_into(self, buffer: memoryview) -> int:
        return self._said.readinto(buffer)


def _head(line: str, headers: list[tuple[str, str]]) -> bytes:
    return "".join([f"{line}\r\n", *(f"{name}: {value}\r\n" for name, value in headers), "\r\n"]).encode()


@given(HEADS)
@example(("HTTP/1.1 200 OK", [("Content-Length", "5"), ("content-length", "7")]))
def test_a_head_says_what_it_says_to_others(head: tuple[str, list[tuple[str, str]]]) -> None:
    ours, theirs = WireAnswer(_Told(_head(*head))), HTTPResponse(_Told(_head(*head)))  # type: ignore[arg-type]
    ours.begin()
    theirs.begin()
    for name in ("status", "version", "chunked", "length", "will_close"):
        assert getattr(ours, name) == getattr(theirs, name), name
    for name in ("Content-Range", "content-length", "CONNECTION", "nothing"):
        said = theirs.getheader(name)  # with the blanks that stood behind it. Source: RFC 9110, 5.5
        assert ours.getheader(name) == (said and ", ".join(each.strip() for each in theirs.headers.get_all(name))), name


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * (1 << 16) + b"\r\n\r\n",
        b"HTTP/1.1 twohundred\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_head_is_none(said: bytes) -> None:
    with pytest.raises((HTTPException, OSError)):
        WireAnswer(_Told(said)).begin()  # type: ignore[arg-type]


def test_a_length_of_thousands_of_figures_is_none_and_folded_lines_are_one() -> None:
    answer = WireAnswer(
        _Told(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\nnoise\r\nA: b\r\n c\r\n\r\n")
    )  # type: ignore[arg-type]
    answer.begin()
    assert answer.length is None
    assert answer.getheader("a") == "b c"


@contextmanager
def _connected(said: bytes) -> Iterator[dialling.PatientSocket]:
    one, other = socket.socketpair()
    with other, dialling._PlainSocket(fileno=one.detach()) as patient:
        patient.room = len(said) + 1
        other.sendall(said)
        other.shutdown(socket.SHUT_WR)
        yield patient


@given(st.binary(max_size=60_000), st.integers(0, 60_000), st.integers(0, 70_000))
def test_content_is_what_was_said_and_what_breaks_off_is_kept_so_far(body: bytes, cut: int, wanted: int) -> None:
    head = _head("HTTP/1.1 206 Partial", [("Content-Length", str(len(body)))])
    with _connected(head + body[:cut]) as patient:
        answer, content = WireAnswer(patient), Arriving()
        answer.begin()
        with suppress(OSError):
            counts = list(content.take(answer, wanted))
        assert content.whole() == body[:cut][:wanted]
        assert sum(counts) == len(content.whole())
        assert answer.isclosed() == (len(content.whole()) == len(body))


def test_no_more_room_is_made_than_for_a_piece_whatever_a_length_promises() -> None:
    answer = WireAnswer(_Told(_head("HTTP/1.1 200 OK", [("Content-Length", str(1 << 50))]) + bytes(2 * STEP)))  # type: ignore[arg-type]
    answer.begin()
    content = Arriving()
    assert sum(content.take(answer, 1 << 50)) == STEP
