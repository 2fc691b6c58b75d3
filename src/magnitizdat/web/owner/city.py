"""How far albums come in a city: what the owner's page asks for, and the report of the last one that was tried."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.courier.city import CitySettings
from magnitizdat.courier.simulate import WAYS, CityReport, simulate
from magnitizdat.errors import NotFoundError
from magnitizdat.model import fields
from magnitizdat.ops.jobs.jobs import Ended, Watch, Work
from magnitizdat.pages.city import city_page
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import answer
from magnitizdat.web.http.ranges import attachment
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.speech import voice_of
from magnitizdat.web.owner.tables import api, media

NAME = "city.html"


class Simulate(msgspec.Struct, frozen=True, tag="simulate", tag_field="verb"):
    """A city to be tried."""

    city: CitySettings


class LastReport:
    """The report of the city that was tried last. There is nothing of the library in it."""

    def __init__(self, _service: Service) -> None:
        self.report: CityReport | None = None


def begin(wanted: Simulate, *, keep: LastReport) -> Work:
    """Try a city, and keep its report."""

    def work(watch: Watch) -> Ended:
        watch.start(say("Weeks of a city, in five ways"), len(WAYS), unit="files")
        report = simulate(wanted.city, tell=lambda: watch.advance(1))
        keep.report = report
        return Ended(report.outcome(), fields(report))

    return work


def usual(_request: Request, _service: Service) -> Response:
    """The city that is tried where nobody chooses."""
    return answer({"city": fields(CitySettings())})


def saved(request: Request, service: Service) -> Response:
    """The last report as one page, in the language of who asks. Raises: NotFoundError where none was tried."""
    report = service.only(LastReport).report
    if report is None:
        raise NotFoundError(say("no city was tried yet; try one first"))
    headers = {"content-disposition": attachment(NAME)}
    return Response(city_page(report, voice_of(request)), headers=headers, media_type="application/octet-stream")


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "city", usual),
    media("city/report", saved),
)
