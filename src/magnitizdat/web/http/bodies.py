"""Receiving a body: never more than its endpoint takes, never longer than a deadline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import anyio
from anyio import from_thread
from starlette.requests import Request

from magnitizdat.sentence import say
from magnitizdat.web.http.routes import TooMuchError

DEADLINE_S = 20.0
"""Seconds in which a whole small body must come."""
PATIENCE_S = 30.0
"""Seconds in which the next part of a streamed body must come."""

SHOWN = 1 << 16
"""Bytes of a body that are held for somebody who has not shown who they are."""

GATHERED, GATHERED_S = 1 << 18, 0.05
"""Bytes and seconds of a streamed body that are handed on at once: each time costs two changes of threads."""

LEAST_RATE = 4096.0
"""Bytes a second that a streamed body must come at, on the whole: each holds a thread."""

TOO_LONG = say("this is more than can be taken here; send less at once")
TOO_SLOW = say("the rest did not come in time; try again")


async def whole_body(request: Request, limit: int, show: Callable[[bytes], Awaitable[None]] | None = None) -> bytes:
    """The body, read to its end; past `SHOWN` only after `show`, which gets what has come, had nothing against it.

    Raises: TooMuchError where it is too long or too slow; ClientDisconnect; what `show` raises.
    """
    _check_announced(request, limit)
    body = bytearray()
    with _deadline(DEADLINE_S):
        async for part in request.stream():
            body += part
            if len(body) > limit:
                raise TooMuchError(TOO_LONG)
            if show is not None and len(body) > SHOWN:
                await show(bytes(body))
                show = None
    return bytes(body)


def body_chunks(request: Request, limit: int) -> Iterator[bytes]:
    """The parts of a body for a handler in a thread, as they come. Raises: as `whole_body`."""
    _check_announced(request, limit)
    stream = request.stream()
    begun, length = monotonic(), 0

    async def following() -> bytearray:
        gathered, now = bytearray(), monotonic()
        behind_s = now - begun - length / LEAST_RATE
        with _deadline(min(PATIENCE_S, PATIENCE_S - behind_s)):
            while (part := await anext(stream, None)) is not None:
                gathered += part
                if len(gathered) >= GATHERED or (gathered and monotonic() - now > GATHERED_S):
                    break
        return gathered

    while part := from_thread.run(following):
        length += len(part)
        if length > limit:
            raise TooMuchError(TOO_LONG)
        yield bytes(part)


def _check_announced(request: Request, limit: int) -> None:
    announced = request.headers.get("content-length", "0")
    if not announced.isascii() or not announced.isdigit() or int(announced) > limit:
        raise TooMuchError(TOO_LONG)


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError as late:
        raise TooMuchError(TOO_SLOW) from late
