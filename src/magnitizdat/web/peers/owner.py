"""The host's side of a share with other laptops, in the owner's own page: begin, look, end. What was given is work."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.model import Shortfall, Value, fields
from magnitizdat.ops.listen.choosing import Choice
from magnitizdat.pages.qr import svg_qr
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.doors import MEDIA, TOKEN
from magnitizdat.web.http.hours import HOURS, LONGEST_HOURS, Hours
from magnitizdat.web.http.routes import NOTHING, OWNER, AbsentError, Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.peers.opening import offered, opened
from magnitizdat.web.peers.receiving import Receiving
from magnitizdat.web.peers.ticket_port import TicketPort, Tickets

_Ids = tuple[Annotated[str, Meta(max_length=64)], ...]


class TicketWish(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What other laptops shall be able to take. Nothing chosen means everything. `take`: they may give, too."""

    albums: _Ids = ()
    songs: _Ids = ()
    playlists: _Ids = ()
    hours: Annotated[float, Meta(gt=0, le=LONGEST_HOURS)] = HOURS
    take: bool = False


class _StayedBehind:
    """What of the running share's wish does not go; in memory only."""

    def __init__(self, _service: Service) -> None:
        self.missing: tuple[Shortfall, ...] = ()


def begin(request: Request, service: Service) -> Response:
    """Give out a ticket. Raises: UsageError where there is one, nothing to share, or no network."""
    wish = asked(request, TicketWish)
    choice = Choice(albums=wish.albums, songs=wish.songs, playlists=wish.playlists)
    offer = offered(service, choice)
    hours = Hours(service, wish.hours)
    service.only(Tickets).begin(lambda: opened(service, offer, hours, take=wish.take))
    service.only(_StayedBehind).missing = offer.missing
    return state(request, service)


def state(_request: Request, service: Service) -> Response:
    """The running share, or that there is none."""
    port = service.only(Tickets).current
    return answer({"open": False} if port is None else _state(service, port))


def end(_request: Request, service: Service) -> Response:
    """End it: whoever is taking is told that it is over."""
    service.only(Tickets).end()
    return answer({"open": False})


def picture(_request: Request, service: Service) -> Response:
    """The QR of the ticket. Raises: AbsentError where none is given out."""
    port = service.only(Tickets).current
    if port is None:
        raise AbsentError(NOTHING)
    return Response(svg_qr(str(port.ticket)), media_type="image/svg+xml")


def _state(service: Service, port: TicketPort) -> dict[str, Any]:
    share = port.share
    return {
        "open": True,
        "ticket": str(port.ticket),
        "qr": "api/ticket/qr.svg",
        "address": str(port.ticket.addresses[0]),
        "words": share.words,
        "until": share.hours.until.isoformat(timespec="seconds"),
        "take": share.take,
        "albums": share.table.albums,
        "missing": fields(service.only(_StayedBehind).missing),
        "jobs": [job.id for job in service.only(Receiving).jobs],
    }


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/api/ticket", ("POST",), begin, OWNER, TOKEN),
    Endpoint("/api/ticket", ("GET",), state, OWNER, TOKEN, polls=True),
    Endpoint("/api/ticket", ("DELETE",), end, OWNER, TOKEN),
    Endpoint("/api/ticket/qr.svg", ("GET",), picture, OWNER, MEDIA),
)
