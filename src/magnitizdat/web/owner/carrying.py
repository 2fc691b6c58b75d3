"""What one asks others for, and the courier's stash: both are about what is to be carried."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.model import fields
from magnitizdat.ops.post import slips, wanting
from magnitizdat.ops.stash import keeping
from magnitizdat.ops.stash.keeping import StashReport
from magnitizdat.program import stash_folder
from magnitizdat.sentence import listed
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.tables import api


class _WishedFor(msgspec.Struct, frozen=True):
    """An album or a label, by whatever the owner calls it."""

    name: Annotated[str, Meta(min_length=1, max_length=512)]


class _Dropping(msgspec.Struct, frozen=True):
    """Reels by the names of their folders; `sure`: also what may be the last copy."""

    names: Annotated[tuple[Annotated[str, Meta(max_length=16)], ...], Meta(min_length=1, max_length=4096)]
    sure: bool = False


class _Quota(msgspec.Struct, frozen=True):
    quota: Annotated[int, Meta(ge=0, le=1 << 60)] | None


def wishes(_request: Request, service: Service) -> Response:
    """What is asked for, oldest first."""
    return answer({"wishes": _wishes(service)})


def ask(request: Request, service: Service) -> Response:
    """Ask for something more. Raises: UsageError for what is not known, or is here."""
    wanting.want(service.library(), [asked(request, _WishedFor).name], now=service.now())
    return answer({"wishes": _wishes(service)})


def ask_no_more(request: Request, service: Service) -> Response:
    """Ask for something no more. Raises: UsageError."""
    wanting.want_no_more(service.library(), [request.path_params["wish"]])
    return answer({"wishes": _wishes(service)})


def _wishes(service: Service) -> list[dict[str, Any]]:
    lines = wanting.wishes(service.library())
    return [{"id": each.id, "said": each.sentence(), "here": each.here} for each in lines]


class _Answered(msgspec.Struct, frozen=True):
    """Reels whose makers would like to hear what arrived; without any: all that came here."""

    reels: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=64)] = ()


def asking(_request: Request, service: Service) -> Response:
    """How many reels that came here ask what arrived."""
    return answer({"due": len(slips.due_slips(service.library()))})


def send(request: Request, service: Service) -> Response:
    """Say so to those who cut them: a small sealed letter, unsigned."""
    outcome = slips.send_slips(service.library(), asked(request, _Answered).reels, now=service.now()).outcome()
    return answer({"sentence": listed([outcome.headline, *outcome.lines], " ")})


def stash(_request: Request, service: Service) -> Response:
    """What lies in the stash."""
    return answer(_told(keeping.kept(stash_folder(), service.disk())))


def drop(request: Request, service: Service) -> Response:
    """Take reels out of it. Raises: UsageError, NotSureError."""
    wish, folder = asked(request, _Dropping), stash_folder()
    keeping.drop(folder, wish.names, service.disk(), now=service.now(), sure=wish.sure)
    return answer(_told(keeping.kept(folder, service.disk())))


def allow(request: Request, service: Service) -> Response:
    """How much it may take from now on."""
    quota = asked(request, _Quota).quota
    return answer(_told(keeping.allow(stash_folder(), quota, service.disk(), now=service.now())))


def _told(report: StashReport) -> dict[str, Any]:
    outcome = report.outcome()
    return {**fields(report), "said": [outcome.headline, *outcome.lines, *outcome.warnings]}


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "wishes", wishes),
    api("POST", "wishes", ask),
    api("DELETE", "wishes/{wish}", ask_no_more),
    api("GET", "slips", asking),
    api("POST", "slips", send),
    api("GET", "stash", stash),
    api("POST", "stash/drop", drop),
    api("POST", "stash/quota", allow),
)
