"""Files that the page sends, and the albums that they would be."""

from __future__ import annotations

from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.ops.intake.uploads import MAX_FILE_LENGTH
from magnitizdat.ops.jobs import drafts
from magnitizdat.sentence import say
from magnitizdat.web.http.answers import answer, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.tables import api, media
from magnitizdat.web.owner.work import room

NAME_HEADER = "x-mag-name"
"""The file's name travels here, percent-encoded: addresses are written down in too many places."""
MAX_NUMBER = 1 << 31
SIDE = 480
"""Pixels of a draft's cover."""


class _Some(msgspec.Struct, frozen=True):
    uploads: str = ""


def _number(text: str) -> int:
    """Raises: UsageError for what is no number of an upload."""
    if not text.isascii() or not text.isdigit() or int(text) > MAX_NUMBER:
        raise UsageError(say("a file that is sent has a number; send it again"))
    return int(text)


def put(request: Request, service: Service) -> Response:
    """Seal one file as it comes."""
    number = _number(request.path_params["number"])
    name = unquote(request.headers.get(NAME_HEADER, ""), errors="replace")
    upload = room(service).uploads.put(number, name, request.state.chunks)
    return answer({"id": upload.number, "length": upload.arrival.length})


def waiting(_request: Request, service: Service) -> Response:
    """What came and was neither taken in nor dropped."""
    found = room(service).uploads.waiting()
    return answer(
        {"uploads": [{"id": each.number, "name": each.hint, "length": each.arrival.length} for each in found]}
    )


def drop(request: Request, service: Service) -> Response:
    """Forget one."""
    room(service).uploads.drop([_number(request.path_params["number"])])
    return answer({})


def look(request: Request, service: Service) -> Response:
    """What files would be as albums."""
    numbers = [_number(part) for part in queried(request, _Some).uploads.split(",") if part]
    found = drafts.drafts(room(service).uploads.landed(numbers), service.pool)
    albums = [
        {**fields(each), "cover": None if each.cover is None else f"api/uploads/{each.cover}/picture"}
        for each in found.albums
    ]
    return answer({"albums": albums, "refused": [{"name": each.what, "reason": each.reason} for each in found.refused]})


def picture(request: Request, service: Service) -> Response:
    """The cover that a file is, or has in its tags."""
    number = _number(request.path_params["number"])
    landed = room(service).uploads.landed([number])[number]
    return Response(drafts.picture(landed, service.pool, side=SIDE), media_type="image/jpeg")


ENDPOINTS: tuple[Endpoint, ...] = (
    api("PUT", "uploads/{number}", put, streams=True, body_limit=MAX_FILE_LENGTH),
    api("GET", "uploads", waiting),
    api("DELETE", "uploads/{number}", drop),
    api("GET", "drafts", look),
    media("uploads/{number}/picture", picture),
)
