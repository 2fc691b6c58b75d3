"""What the page hears without asking: that the library was opened or locked, here or by whichever process.

A stream of server-sent events, which holds no thread. Source: HTML standard, "Server-sent events".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import anyio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.session import state_of
from magnitizdat.web.owner.tables import media

STREAMS = 32
"""Open at a time; the tabs of one browser share one."""
BEAT_S = 15.0
"""Seconds after which the state is said again: a proxy forgets a stream that is silent."""
AGAIN_MS = 2000
"""When a browser whose stream has ended asks again."""


def events(_request: Request, service: Service) -> Response:
    """The state of the library now, and whenever it changes."""
    return StreamingResponse(_states(service), media_type="text/event-stream")


async def _states(service: Service) -> AsyncIterator[bytes]:
    loop, news = asyncio.get_running_loop(), asyncio.Event()
    with service.hearing(lambda: loop.call_soon_threadsafe(news.set)) as hearers:
        yield f"retry: {AGAIN_MS}\n".encode()
        while hearers <= STREAMS and not service.ending.is_set():
            news.clear()
            yield f"data: {state_of(service)}\n\n".encode()
            with anyio.move_on_after(BEAT_S):
                await news.wait()


ENDPOINTS: tuple[Endpoint, ...] = (media("events", events, while_locked=True, polls=True),)
