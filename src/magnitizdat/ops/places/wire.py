"""One connection that requests of HTTP go over, one after another, and what is answered.

`http.client` does the talking, but for what is done for every piece of an album: heads are read without its parser of
letters, and content goes from the connection into the bytes that are given away.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, LineTooLong
from typing import Any

from magnitizdat.formats import budgets
from magnitizdat.ops.places.dialling import Reached

STEP = 1 << 20
"""Bytes of content that one buffer is made for, at most."""
_SHORT = 1 << 17
"""Bytes of a refusal that are read, so that the connection can be kept."""
_MOST_LINES, _LONGEST_LINE, _MOST_DIGITS = 100, 1 << 16, 18
_HEADERS = {"User-Agent": "Mozilla/5.0"}
_CONTINUE, _NO_CONTENT, _NOT_MODIFIED, _OK = 100, 204, 304, 200


class Head(dict[str, list[str]]):
    """Headers by their names in small letters, as `http.client` asks for them."""

    def add(self, name: str, value: str) -> None:
        """One line of them."""
        self.setdefault(name.strip().lower(), []).append(value.strip())

    def get(self, name: str, default: Any = None) -> Any:
        """The first of this name."""
        return (super().get(name.lower()) or [default])[0]

    def get_all(self, name: str, default: Any = None) -> Any:
        """All of this name."""
        return super().get(name.lower(), default)


class WireAnswer(HTTPResponse):
    """What is answered to one request."""

    def __init__(self, connection: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(connection, *arguments, **options)
        self._connection = connection

    def begin(self) -> None:
        """Read the head, up to where the content begins. Raises: HTTPException, OSError.

        Source: RFC 9112, 6.3: how long the content is.
        """
        version, status, reason = self._read_status()  # type: ignore[attr-defined] # of `http.client`
        while status == _CONTINUE:
            self._read_head()
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
        if not version.startswith("HTTP/1."):
            raise HTTPException("another protocol")
        self.code = self.status = status
        self.reason, self.version = reason.strip(), 10 if version == "HTTP/1.0" else 11
        head = self._read_head()
        self.headers = self.msg = head  # type: ignore[assignment] # all that is asked of it, it answers
        self.chunked = str(head.get("transfer-encoding", "")).lower() == "chunked"
        self.chunk_left = None
        self.length = None if self.chunked else _length_of(head, status)
        is_last = self._check_close()  # type: ignore[attr-defined]
        self.will_close = is_last or (self.length is None and not self.chunked)

    def _read_head(self) -> Head:
        """The lines up to an empty one; what is none has no colon, and is passed over."""
        head, name = Head(), ""
        for _ in range(_MOST_LINES + 1):
            line = self.fp.readline(_LONGEST_LINE + 1)
            if len(line) > _LONGEST_LINE:
                raise LineTooLong("header line")
            if line in {b"\r\n", b"\n", b""}:
                return head
            text = line.decode("iso-8859-1")
            if text[0] in " \t" and name:
                head[name][-1] += " " + text.strip()  # folded, as of old. Source: RFC 9112, 5.2
            elif ":" in text:
                name, _, value = text.partition(":")
                name = name.strip().lower()
                head.add(name, value)
        raise HTTPException("too many headers")

    def parts(self, buffer: memoryview) -> Iterator[int]:
        """Fill `buffer` with content, as far as it goes; how many bytes came, each time that some did.

        Raises: HTTPException, OSError, in the midst of it too.
        """
        done, length = 0, self.length
        if length is None:  # in chunks, or up to the end of the connection
            while done < len(buffer) and (count := self.readinto(buffer[done : done + _SHORT])):
                done += count
                yield count
            return
        buffer = buffer[:length]
        while done < len(buffer):
            # what came with the head waits in `fp`; all else is put where it belongs, without a stop there
            count = self._connection.read_into(buffer[done:]) if done else self.fp.readinto1(buffer)
            if not count:
                break
            done += count
            self.length = length - done
            yield count
        if not self.length and not self.isclosed():
            self._close_conn()  # type: ignore[attr-defined]


def _length_of(head: Head, status: int) -> int | None:
    """Bytes of the content; None where its end is that of the connection."""
    if status in {_NO_CONTENT, _NOT_MODIFIED} or status < _OK:
        return 0
    said = str(head.get("content-length", ""))
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS else None


class Arriving:
    """Bytes on their way, in as few copies as can be: filled where they lie, and given away."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def take(self, answer: WireAnswer, length: int) -> Iterator[int]:
        """So many more bytes, as far as the answer goes; how many, as they come. What breaks off is kept so far."""
        room = min(length, STEP, length if answer.length is None else answer.length)
        buffer, done = io.BytesIO(bytes(room)), 0  # given away without a copy (CPython)
        with buffer.getbuffer() as view:
            try:
                for count in answer.parts(view):
                    done += count
                    yield count
            finally:
                if done < room:
                    self._parts.append(bytes(view[:done]))
        if done == room:
            self._parts.append(buffer.getvalue())

    def whole(self) -> bytes:
        """All that came."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


class Wire:
    """A connection that requests go over, one after another."""

    def __init__(self, reached: Reached) -> None:
        address = reached.target.address
        self._http = HTTPConnection(address.host, address.port)
        self._http.response_class = WireAnswer
        self._http.default_port = 443 if address.port == 443 else 80  # which is not said
        self._http.sock, self._http.auto_open = reached.connection, 0
        self._patient = reached.connection
        self._answer: WireAnswer | None = None
        self.target, self.place = "", 0
        """What it was asked for, and how much of the answer was read."""

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> WireAnswer:
        """What is answered, up to where its content begins."""
        self._answer = None
        self.target, self.place = target, 0
        self._be_patient()
        self.make_room(0)
        self._http.request(method, target, body, {**_HEADERS, **headers})
        answer = self._http.getresponse()
        assert isinstance(answer, WireAnswer)
        self._answer = answer
        return answer

    def _be_patient(self) -> None:
        self._patient.deadline = time.monotonic() + self._patient.slack_s + budgets.PIECE_S.most
        self._patient.earned_s = 0.0

    def go_on(self) -> WireAnswer | None:
        """The answer, where one of a whole file was read in part, and no question follows it yet."""
        if not self.is_within:
            return None
        self._be_patient()
        return self._answer

    @property
    def is_within(self) -> bool:
        """Whether the rest of a file comes next: so do those answer who know no ranges."""
        answer = self._answer
        return answer is not None and answer.status == 200 and self.place > 0 and not answer.isclosed()

    def begin_content(self, length: int) -> None:
        """Take so many bytes, and a few more; wait no longer for what comes than what came is worth."""
        self._patient.earned_s = 1 / budgets.PIECE_S.per
        self.make_room(length)

    def make_room(self, length: int) -> None:
        """Take so many bytes, and a few more."""
        self._patient.room = length + budgets.BESIDE.most

    def read_rest(self) -> None:
        """The page of words that comes with a refusal, where it is short: it would stand before the next answer."""
        if self._answer is not None and (self._answer.length or 0) <= _SHORT:
            self._answer.read(_SHORT)

    def is_free(self) -> bool:
        """Whether another question may follow: all of the answer was read, and it was not the last."""
        return self._answer is not None and self._answer.isclosed() and self._http.sock is not None

    def shut(self) -> None:
        """Whoever waits for a byte waits no more; from any thread."""
        self._patient.shut()

    def close(self) -> None:
        """Hang up."""
        self._http.close()
        self._patient.close()
