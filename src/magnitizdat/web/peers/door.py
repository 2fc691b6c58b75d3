"""The door of a share: whoever has CODE sees its spool; to all others, and for all else, there is one 404."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import MagError
from magnitizdat.sentence import say
from magnitizdat.web.http.refusals import refusal
from magnitizdat.web.http.routes import NOBODY, Door, Role, Who
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.share import Share


class OverError(MagError):
    """The share is over; whoever has its CODE may know."""


_OVER = say("the share is over")
GONE = 410


def share_of(request: Request) -> Share:
    """The share that this application serves."""
    share: Share = request.app.state.share
    return share


def recognise(request: Request, service: Service) -> Who:
    """Raises: OverError after its hour, or where the library was locked."""
    share = share_of(request)
    if not share.is_code(request.path_params.get("code", "")):
        return NOBODY
    if share.hours.is_over or service.locked:
        raise OverError(_OVER)
    return Who(Role.PEER)


def refuse(_request: Request, _service: Service, error: MagError) -> Response:
    """A number: whoever asks is a program, and knows what to say to people."""
    if isinstance(error, OverError):
        return Response(status_code=GONE)
    status, _, headers = refusal(error)
    return Response(status_code=status, headers=headers)


PEER = Door(recognise, refuse, "share")
