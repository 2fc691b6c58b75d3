"""Correcting and removing albums of one's own."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.albums import edit as editing
from magnitizdat.ops.albums import edit_form as revising
from magnitizdat.ops.albums.undo import log, undo_on
from magnitizdat.ops.intake.one_file import MAX_COVER_LENGTH
from magnitizdat.sentence import say, size_words
from magnitizdat.web.http.answers import answer, asked
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.shelf import find_album
from magnitizdat.web.owner.tables import api

CORRECTED = "Corrected."


def fields(request: Request, service: Service) -> Response:
    """What can be changed, as it is."""
    return answer(revising.editable(service.library(), find_album(request, service)))


def change(request: Request, service: Service) -> Response:
    """Change some of it."""
    album = find_album(request, service)
    revising.revise(service.library(), album, asked(request, revising.AlbumPatch))
    return answer({"sentence": CORRECTED})


def cover(request: Request, service: Service) -> Response:
    """Another cover: the body is the picture."""
    album = find_album(request, service)
    revising.revise(service.library(), album, revising.AlbumPatch(), cover=request.state.body)
    return answer({"sentence": CORRECTED})


def undo(request: Request, service: Service) -> Response:
    """Take the last edit back; again: put it on again."""
    library = service.library()
    undo_on(library, find_album(request, service))
    return answer({"sentence": log(library, count=1).commands[0].sentence()})


def remove(request: Request, service: Service) -> Response:
    """Take an album out and give its space back."""
    (title,), freed = editing.remove(service.library(), [find_album(request, service)])
    sentence = say(
        "«{title}» is removed; {freed} are free again. Flash media may keep remnants.",
        title=title,
        freed=size_words(freed),
    )
    return answer({"sentence": sentence, "freed": freed})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "albums/{album}/edit", fields),
    api("PATCH", "albums/{album}/edit", change),
    api("POST", "albums/{album}/cover", cover, body_limit=MAX_COVER_LENGTH + 1),
    api("POST", "albums/{album}/undo", undo),
    api("DELETE", "albums/{album}", remove),
)
