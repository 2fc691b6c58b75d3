"""What another laptop can ask for: files of the spool that was chosen, whole or in ranges."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from magnitizdat.model import PIECE_LENGTH
from magnitizdat.ops.give.table import Served
from magnitizdat.ops.places.asked import MOST
from magnitizdat.web.http.ranges import Span, blob_response, requested_span
from magnitizdat.web.http.routes import NOTHING, PEERS, AbsentError, Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.back import back
from magnitizdat.web.peers.door import PEER, share_of

SLICE = 1 << 16
"""Bytes that are sealed for the wire and sent at once: a whole piece at a time costs a tenth more of processor."""


def spool(request: Request, service: Service) -> Response:
    """A file, or a range of it. Raises: AbsentError for whatever was not chosen, held here or not."""
    path = request.path_params["path"]
    served = share_of(request).table.get(path)
    if served is None:
        raise AbsentError(NOTHING)
    service.library()
    piece = _piece(request, served)
    if piece is not None:
        return piece
    return blob_response(request, served, media_type=served.media_type, etag=path.rpartition("/")[2][:64])


def _piece(request: Request, served: Served) -> Response | None:
    """What is at most a piece, as a laptop asks for it: read where we are, and sent at once."""
    try:
        span = requested_span(request.headers.get("range"), served.length)
    except ValueError:
        return None
    start, end = span or Span(0, served.length)
    if request.method == "HEAD" or end - start > PIECE_LENGTH:
        return None
    told = {} if span is None else {"content-range": f"bytes {start}-{end - 1}/{served.length}"}
    content = served.read_at(start, end - start)
    return PieceResponse(content, 206 if span else 200, told, served.media_type)


class PieceResponse(Response):
    """A piece in slices: what is sealed for the wire is sent while the processor still has it at hand."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; slow peers are waited for at every slice."""
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        whole = memoryview(self.body)
        for start in range(0, max(1, len(whole)), SLICE):
            is_more = start + SLICE < len(whole)
            await send({"type": "http.response.body", "body": whole[start : start + SLICE], "more_body": is_more})


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/{code}/back", ("POST",), back, PEERS, PEER, body_limit=MOST, streams=True),
    Endpoint("/{code}/{path:path}", ("GET",), spool, PEERS, PEER),
)
