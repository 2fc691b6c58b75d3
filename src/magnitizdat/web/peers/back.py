"""Giving back: each request of another laptop carries the answer to our last ask, and takes the next one home."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.places.asked import LANES, AskedSpool, Turn
from magnitizdat.web.http.answers import answer
from magnitizdat.web.http.routes import NOTHING, AbsentError
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.door import share_of
from magnitizdat.web.peers.receiving import Receiving

POLL_S = 5.0
"""Seconds after which a laptop hears that nothing is asked yet: well before it takes us for gone."""


def back(request: Request, service: Service) -> Response:
    """Begin to give, or go on. Raises: AbsentError where the share takes nothing; CrowdedError."""
    share = share_of(request)
    if not share.take:
        raise AbsentError(NOTHING)
    receiving = service.only(Receiving)
    guest = request.query_params.get("guest", "")
    if not guest:
        return answer({"guest": receiving.begin(share)})
    with receiving.turn(guest) as spool:
        return _turned(_turn(request, spool))


def _turn(request: Request, spool: AskedSpool) -> Turn:
    """Hear an answer, if there is one; what is asked next. One that broke off was none, and is asked for anew."""
    lane, number, status = (_number(request, name) for name in ("lane", "ask", "status"))
    if lane >= LANES:
        raise AbsentError(NOTHING)
    parts = list[bytes]()
    for part in () if spool.is_over else request.state.chunks:
        parts.append(part)
        spool.heard(number, len(part))
    if number:
        spool.answer(number, status, b"".join(parts))
    return spool.next_ask(lane, patience_s=POLL_S)


def _number(request: Request, name: str) -> int:
    shown = request.query_params.get(name, "0")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 16 else 0


def _turned(turn: Turn) -> Response:
    return Response(msgspec.json.encode(turn), media_type="application/json")
