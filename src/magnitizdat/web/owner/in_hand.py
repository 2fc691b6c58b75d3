"""What is being typed in the page, so that it is there again after a reload, a lock, or another start of the server."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.jobs import in_hand
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.tables import api


class _Typed(msgspec.Struct, frozen=True):
    place: in_hand.Place
    value: msgspec.Raw = msgspec.Raw(b"null")


def everything(_request: Request, service: Service) -> Response:
    """All of it, by place."""
    return answer({"places": in_hand.in_hand(service.library())})


def keep(request: Request, service: Service) -> Response:
    """Keep what stands in one place now; nothing forgets it."""
    typed = asked(request, _Typed)
    value = None if bytes(typed.value) == b"null" else typed.value
    in_hand.keep(service.library(), typed.place, value, now=service.now())
    return answer({})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "in-hand", everything),
    api("PUT", "in-hand", keep, body_limit=in_hand.MAX_LENGTH),
)
