"""What another laptop can ask for: files of the spool that was chosen, whole or in ranges."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.model import PIECE_LENGTH
from magnitizdat.ops.give.table import Served
from magnitizdat.ops.places.asked import MOST
from magnitizdat.web.http.ranges import Span, blob_response, requested_span
from magnitizdat.web.http.routes import NOTHING, PEERS, AbsentError, Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.back import back
from magnitizdat.web.peers.door import PEER, share_of


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
    return Response(content, 206 if span else 200, told, served.media_type)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/{code}/back", ("POST",), back, PEERS, PEER, body_limit=MOST, streams=True),
    Endpoint("/{code}/{path:path}", ("GET",), spool, PEERS, PEER),
)
