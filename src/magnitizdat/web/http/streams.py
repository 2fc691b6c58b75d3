"""Bytes that are made while they go out: of no known length, once, to be kept by the browser."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from magnitizdat.errors import MagError
from magnitizdat.web.http.ranges import Readers, attachment, until_gone
from magnitizdat.web.http.service import Lease, Service

MOST = 1 << 20
"""Bytes that are put together into one part at least, unless less comes."""


def saved_response(request: Request, parts: Iterator[bytes], *, media_type: str, filename: str) -> Response:
    """The answer that a browser saves under this name; it breaks off, and visibly so, where making it fails.

    Raises: LockedError.
    """
    service: Service = request.app.state.service
    lease = service.lease(getattr(request.state, "is_welcome", lambda: True))
    reading: Readers = request.app.state.readers
    return PartsResponse(parts, lease, filename, media_type, readers=reading.copies)


class PartsResponse(Response):
    """Parts, sent as they come; one waits in memory at a time."""

    def __init__(
        self, parts: Iterator[bytes], lease: Lease, filename: str, media_type: str, *, readers: anyio.CapacityLimiter
    ) -> None:
        super().__init__(None, 200, {"content-disposition": attachment(filename)}, media_type)
        del self.headers["content-length"]
        self._parts, self._lease, self._readers = parts, lease, readers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send head and body; what is not wanted any more is not made."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        failed: MagError | OSError | None = None
        async with anyio.create_task_group() as group:  # it would wrap what is raised inside
            group.start_soon(until_gone, receive, group.cancel_scope)
            try:
                if scope["method"] != "HEAD":
                    await self._send_body(send)
                await send({"type": "http.response.body", "body": b""})
            except (MagError, OSError) as exc:
                failed = exc
            group.cancel_scope.cancel()
        if failed is not None:
            raise failed

    async def _send_body(self, send: Send) -> None:
        while part := await to_thread.run_sync(self._next, limiter=self._readers):
            await send({"type": "http.response.body", "body": part, "more_body": True})

    def _next(self) -> bytes:
        """What comes next; nothing at the end."""
        self._lease.renew()
        found = list[bytes]()
        for part in self._parts:
            found.append(part)
            if sum(map(len, found)) >= MOST:
                break
        return b"".join(found)
