"""Bytes of a blob over HTTP: exact lengths, one range, in pieces out of the vault. Source: RFC 9110, 13 and 14."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from functools import partial
from typing import NamedTuple, TypeVar
from urllib.parse import quote
from weakref import WeakValueDictionary

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from magnitizdat.errors import DamagedError, MagError, UnsupportedError
from magnitizdat.formats.lyrics import romanise
from magnitizdat.model import ReadAt
from magnitizdat.web.http.service import Lease, Service

T = TypeVar("T")
_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,4000})\s*-\s*([0-9]{0,4000})\s*", re.ASCII | re.IGNORECASE)
"""Of more digits Python makes no number."""
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 .,()&+!'_-]")
FIRST_STRETCH = 1 << 16
"""Bytes sent first: a seek is heard as soon as one chunk is open."""
STRETCH = 1 << 19
"""Bytes read and sent at once: few hops between threads, and little memory for each of many streams."""
READERS = 4
"""Stretches read at a time, in threads that no handler waits for; more gain nothing on two cores, and cost memory."""
MADE_STRETCH = 1 << 16
"""Bytes of what is made while it goes out: a few seconds of sound, so that nobody waits for more."""
COPIERS = 2
"""The same for copies: they wait for each other, and who listens waits for none of them."""
MADE = 2
"""The same for what is made while it goes out; so many of one peer wait for a place, and the rest of them behind."""


class ReadingPlace(NamedTuple):
    """Where something is read: so many at a time, and of one peer's, with `turns`, so many that wait for it."""

    readers: anyio.CapacityLimiter
    turns: anyio.CapacityLimiter | None = None

    async def read(self, work: Callable[[], T]) -> T:
        """Do it in a thread when it is its turn. Raises: what it raises."""
        async with self.turns or nullcontext():
            return await to_thread.run_sync(work, limiter=self.readers)


class Readers:
    """Places for reading of one application: event loops cannot wait for each other's."""

    def __init__(self) -> None:
        self.sound = anyio.CapacityLimiter(READERS)
        self.copies = anyio.CapacityLimiter(COPIERS)
        self.made = anyio.CapacityLimiter(MADE)
        self._turns: WeakValueDictionary[str, anyio.CapacityLimiter] = WeakValueDictionary()

    def made_for(self, peer: str) -> ReadingPlace:
        """Where something is made for a peer: whoever asks a hundred times stands before others no more than twice."""
        turns = self._turns.get(peer)
        if turns is None:
            turns = self._turns[peer] = anyio.CapacityLimiter(MADE)
        return ReadingPlace(self.made, turns)


class Span(NamedTuple):
    """Bytes `start:end`."""

    start: int
    end: int


def requested_span(header: str | None, length: int) -> Span | None:
    """What a Range header asks of `length` bytes; None for all, also where it is malformed or asks for several.

    Raises: ValueError if nothing of it is there (416).
    """
    found = _ONE_RANGE.fullmatch(header) if header else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        if int(last) == 0 or length == 0:
            raise ValueError(header)
        return Span(max(0, length - int(last)), length)
    if last and int(last) < int(first):
        return None
    if int(first) >= length:
        raise ValueError(header)
    return Span(int(first), min(int(last) + 1, length) if last else length)


def blob_response(
    request: Request,
    reader: ReadAt,
    *,
    media_type: str,
    etag: str,
    filename: str | None = None,
    is_made: bool = False,
    keyless: bool = False,
    instead: Callable[[], Response] | None = None,
) -> Response:
    """The answer to a GET or HEAD of these bytes. `etag` without quotes; with `filename` browsers keep a copy.

    Copies are read in threads of their own, so that sound never waits for them; so is what is made while it goes out.
    Of that, something is made before a header promises it; what cannot be made at all is answered by `instead`.

    `keyless`: it comes from no library, so that none has to be open. Raises: LockedError.
    """
    service: Service = request.app.state.service
    lease = service.lease(getattr(request.state, "is_welcome", lambda: True), keyless=keyless)
    quoted = f'"{etag}"'
    headers = {"accept-ranges": "bytes", "etag": quoted}
    reading: Readers = request.app.state.readers
    peer = request.client.host if request.client else ""
    place = reading.made_for(peer) if is_made else ReadingPlace(reading.sound if filename is None else reading.copies)
    stretch = MADE_STRETCH if is_made else STRETCH
    if filename is not None:
        headers["content-disposition"] = attachment(filename)
    if not _is_meant(request.headers.get("if-match"), quoted):
        return Response(status_code=412, headers=headers)
    if _is_known(request.headers.get("if-none-match"), quoted):
        return Response(status_code=304, headers=headers)
    # Some players ask for a part by POST; what a HEAD says is of the whole.
    wanted = request.headers.get("range") if request.method != "HEAD" else None
    if request.headers.get("if-range", quoted) != quoted:
        wanted = None
    try:
        span = requested_span(wanted, reader.length)
    except ValueError:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{reader.length}"})
    if span is None:
        whole = Span(0, reader.length)
        found = BlobResponse(reader, whole, lease, headers, media_type, place=place, stretch=stretch)
    else:
        headers["content-range"] = f"bytes {span.start}-{span.end - 1}/{reader.length}"
        found = BlobResponse(reader, span, lease, headers, media_type, place=place, stretch=stretch, status_code=206)
    return MadeResponse(found, instead) if is_made else found


def attachment(filename: str) -> str:
    """To be kept under this name; whoever reads ASCII alone has a plain one. Source: RFC 6266, appendix D."""
    letters = unicodedata.normalize("NFKD", romanise(filename))
    plain = _NOT_PLAIN.sub("_", "".join(each for each in letters if not unicodedata.combining(each)))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _is_meant(header: str | None, quoted: str) -> bool:
    """Whether somebody who names what they began with means this. Source: RFC 9110, 13.1.1: a weak tag matches none."""
    return header is None or not {quoted, "*"}.isdisjoint(each.strip() for each in header.split(","))


def _is_known(header: str | None, quoted: str) -> bool:
    if header is None:
        return False
    known = {each.strip().removeprefix("W/") for each in header.split(",")}
    return quoted in known or "*" in known


class BlobResponse(Response):
    """Bytes of a reader, sent as they are read. Ends early, and visibly so, where reading fails."""

    def __init__(
        self,
        reader: ReadAt,
        span: Span,
        lease: Lease,
        headers: Mapping[str, str],
        media_type: str,
        *,
        place: ReadingPlace,
        stretch: int = STRETCH,
        status_code: int = 200,
    ) -> None:
        super().__init__(None, status_code, {**headers, "content-length": str(span.end - span.start)}, media_type)
        self._reader, self._span, self._lease, self.place = reader, span, lease, place
        self._stretch = stretch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send head and body; what is not wanted any more is not read."""
        await self.send_after(b"", scope, receive, send)

    async def send_after(self, begun: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """The same where `begun`, the first of it, was read already."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD" or self._span.start == self._span.end:
            await send({"type": "http.response.body", "body": b""})
            return
        await while_there(receive, lambda: self._send_body(begun, send))

    async def first(self) -> bytes:
        """The bytes that go out first."""
        if self._span.start == self._span.end:
            return b""
        return await self.place.read(partial(self._read, self._span.start))

    def check(self) -> None:
        """Read where the whole begins, whatever part of it is wanted."""
        self._reader.read_at(0, FIRST_STRETCH)

    async def _send_body(self, begun: bytes, send: Send) -> None:
        offset, stretch = self._span.start, begun
        while offset < self._span.end:
            stretch = stretch or await self.place.read(partial(self._read, offset))
            offset += len(stretch)
            await send({"type": "http.response.body", "body": stretch, "more_body": offset < self._span.end})
            stretch = b""

    def _read(self, offset: int) -> bytes:
        """What comes at `offset`: little first, then up to multiples of a stretch, so that no read is of two pieces."""
        self._lease.renew()
        self._lease.service.background.played()
        length = FIRST_STRETCH if offset == self._span.start else self._stretch
        end = min(offset + length, (offset // self._stretch + 1) * self._stretch, self._span.end)
        return self._reader.read_at(offset, end - offset)


class MadeResponse(Response):
    """What is made while it goes out: refused, or answered by something else, before anything of it is promised.

    Something else alone where its beginning cannot be made either: who has heard some of it gets no bytes of another.
    """

    def __init__(self, made: BlobResponse, instead: Callable[[], Response] | None) -> None:
        super().__init__(None, made.status_code, made.headers)
        self._made, self._instead = made, instead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make what comes first, then send. Raises: DamagedError or UnsupportedError, before a header is out."""
        begun: list[bytes | Response] = []

        async def begin() -> None:
            begun.append(await self._begun())

        await while_there(receive, begin)
        for first in begun:  # none for who has gone
            if isinstance(first, Response):
                for name in set(self.headers) - set(self._made.headers):  # what the door has added
                    first.headers.setdefault(name, self.headers[name])
                await first(scope, receive, send)
            else:
                self._made.raw_headers = self.raw_headers
                await self._made.send_after(first, scope, receive, send)

    async def _begun(self) -> bytes | Response:
        try:
            return await self._made.first()
        except (DamagedError, UnsupportedError):
            if self._instead is None:
                raise
            try:
                await self._made.place.read(self._made.check)
            except (DamagedError, UnsupportedError):
                return await to_thread.run_sync(self._instead)
            raise


async def while_there(receive: Receive, work: Callable[[], Awaitable[None]]) -> None:
    """Work for whoever asked until they are not there any more. Raises: what it raises of ours, and OSError."""
    failed: MagError | OSError | None = None
    async with anyio.create_task_group() as group:  # it would wrap what is raised inside
        group.start_soon(until_gone, receive, group.cancel_scope)
        try:
            await work()
        except (MagError, OSError) as exc:
            failed = exc
        group.cancel_scope.cancel()
    if failed is not None:
        raise failed


async def until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    """Cancel once whoever asked is not there any more."""
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
