"""The host's side of an evening, in the owner's own page: begin, look, end; what was left. To accept it is a job."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.model import Value, fields
from magnitizdat.ops.give.handing_on import HandedOn, Handing
from magnitizdat.ops.give.sharing import Shared
from magnitizdat.ops.give.sharing import choose as share
from magnitizdat.ops.intake.quarantine import Quarantine
from magnitizdat.ops.listen.choosing import Choice
from magnitizdat.ops.listen.choosing import choose as chosen_of
from magnitizdat.pages.qr import svg_qr
from magnitizdat.web.guests.evening import Evening
from magnitizdat.web.guests.venue import Evenings, Venue, wifi_text
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.doors import MEDIA, TOKEN
from magnitizdat.web.http.hours import HOURS, LONGEST_HOURS, Hours
from magnitizdat.web.http.places import places_of
from magnitizdat.web.http.routes import NOTHING, OWNER, AbsentError, Endpoint
from magnitizdat.web.http.service import Service


class EveningWish(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an evening is to be. Nothing chosen means everything. The Wi-Fi's name and passphrase make its QR."""

    albums: tuple[Annotated[str, Meta(max_length=64)], ...] = ()
    songs: tuple[Annotated[str, Meta(max_length=64)], ...] = ()
    playlists: tuple[Annotated[str, Meta(max_length=64)], ...] = ()
    hours: Annotated[float, Meta(gt=0, le=LONGEST_HOURS)] = HOURS
    take: bool = False
    reels: tuple[Annotated[str, Meta(max_length=64)], ...] = ()
    """What they take along sealed, by what the page calls them,"""
    reels_alone: bool = False
    """and no album."""
    wifi: Annotated[str, Meta(max_length=64)] = ""
    wifi_passphrase: Annotated[str, Meta(max_length=128)] = ""


class LeftFiles(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that guests left."""

    ids: tuple[Annotated[str, Meta(max_length=64)], ...]


def begin(request: Request, service: Service) -> Response:
    """Begin an evening.

    Raises: UsageError where one is open, nothing is left to share, or there is no network; SourceError
    where no reel is to be had, and nothing else was wished for.
    """
    wish = asked(request, EveningWish)
    places = service.only(places_of)
    handed_on = HandedOn([places.find(each) for each in wish.reels])
    if wish.reels_alone and wish.reels:
        handed_on.glance()
    shared = _shared(service, wish)
    evenings = service.only(Evenings)
    evening = Evening(service, shared, hours=Hours(service, wish.hours), take=wish.take, handed_on=handed_on)
    venue = evenings.begin(lambda: Venue(service, evening))
    handed_on.begin(lambda: evening.is_over)
    service.only(_Wifi).text = wifi_text(wish.wifi, wish.wifi_passphrase) if wish.wifi else ""
    return answer(_state(service, venue))


def _shared(service: Service, wish: EveningWish) -> Shared:
    """Raises: UsageError where that is nothing."""
    library = service.library()
    if wish.reels_alone and wish.reels:
        return Shared(library, ())
    choice = Choice(albums=wish.albums, songs=wish.songs, playlists=wish.playlists)
    chosen = chosen_of(library, choice, now=service.now())
    views = chosen.albums if choice else library.shelf.albums()
    return share(library, views, songs=chosen.songs, absent=chosen.absent, named=bool(choice))


def state(_request: Request, service: Service) -> Response:
    """The running evening, or that there is none."""
    return answer(_state(service, service.only(Evenings).current))


def end(_request: Request, service: Service) -> Response:
    """End it."""
    venue = service.only(Evenings).end()
    return answer({**_state(service, None), "was": venue.evening.counts._asdict() if venue else None})


def picture(_request: Request, service: Service) -> Response:
    """The QR of the short address. Raises: AbsentError where no evening is open."""
    venue = service.only(Evenings).current
    if venue is None:
        raise AbsentError(NOTHING)
    return Response(svg_qr(venue.url), media_type="image/svg+xml")


def wifi_picture(_request: Request, service: Service) -> Response:
    """The QR that joins the Wi-Fi. Raises: AbsentError where nobody named it."""
    text = service.only(_Wifi).text
    if not text or service.only(Evenings).current is None:
        raise AbsentError(NOTHING)
    return Response(svg_qr(text), media_type="image/svg+xml")


def waiting(_request: Request, service: Service) -> Response:
    """What guests left and nobody looked into yet."""
    return answer({"left": _left(service)})


def refuse(request: Request, service: Service) -> Response:
    """Remove files unseen. Raises: UsageError."""
    Quarantine(service.library()).refuse(asked(request, LeftFiles).ids)
    return answer({"left": _left(service)})


class _Wifi:
    """The Wi-Fi that this evening's QR joins; in memory only."""

    def __init__(self, _service: Service) -> None:
        self.text = ""


def _state(service: Service, venue: Venue | None) -> dict[str, Any]:
    if venue is None:
        return {"open": False, "left": len(_left(service))}
    evening = venue.evening
    return {
        "open": True,
        "url": venue.url,
        "qr": "api/share/qr.svg",
        "wifi_qr": "api/share/wifi.svg" if service.only(_Wifi).text else None,
        "until": evening.until.isoformat(timespec="seconds"),
        "take": evening.take,
        "albums": len(evening.albums),
        "counts": evening.counts._asdict(),
        "reels": [_reel(each) for each in evening.handed_on.reels],
        "missing": fields(evening.missing),
        "left": len(_left(service)),
    }


def _reel(reel: Handing) -> dict[str, Any]:
    """How far one is read that guests take along; `files`, `length`, `name` once it is, `trouble` if it is not."""
    found = reel.found
    return {
        "awaited": reel.is_awaited,
        "percent": reel.percent,
        "place": str(reel.place),
        "name": reel.name,
        "trouble": reel.trouble,
        "files": len(found.volumes) if found else 0,
        "length": found.length if found else 0,
    }


def _left(service: Service) -> list[dict[str, Any]]:
    return [
        {"id": each.arrival.id, "name": each.arrival.name, "length": each.arrival.length, "at": each.at}
        for each in Quarantine(service.library()).files()
    ]


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/api/share", ("POST",), begin, OWNER, TOKEN),
    Endpoint("/api/share", ("GET",), state, OWNER, TOKEN, polls=True),
    Endpoint("/api/share", ("DELETE",), end, OWNER, TOKEN),
    Endpoint("/api/share/qr.svg", ("GET",), picture, OWNER, MEDIA),
    Endpoint("/api/share/wifi.svg", ("GET",), wifi_picture, OWNER, MEDIA),
    Endpoint("/api/quarantine", ("GET",), waiting, OWNER, TOKEN, polls=True),
    Endpoint("/api/quarantine/refuse", ("POST",), refuse, OWNER, TOKEN),
)
