"""What is worth a listen, by what people say."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.voices.discovering import Discovery, discover
from magnitizdat.sentence import Sentence, say
from magnitizdat.web.http.answers import answer
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.shelf import album_lines
from magnitizdat.web.owner.tables import api

LISTED = 50
"""Lines of Discover."""


def worth_a_listen(_request: Request, service: Service) -> Response:
    """Albums that nobody here has heard, best first, with reasons."""
    library = service.library()
    found = discover(library, size=LISTED).albums
    covers = {line["id"]: line["cover"] for line in album_lines(library, [each.id for each in found if each.here])}
    return answer({"lines": [_line(each, covers) for each in found]})


def _line(found: Discovery, covers: dict[str, str]) -> dict[str, Any]:
    return {
        "album": found.id if found.here else "",
        "cover": covers.get(found.id, ""),
        "title": found.title,
        "artist": found.artist,
        "reasons": found.reasons,
        "ask": "" if found.here else _whom_to_ask(found),
    }


def _whom_to_ask(found: Discovery) -> Sentence:
    if found.label:
        return say("Ask those who speak of it, or anybody who follows «{label}».", label=found.label)
    return say("Ask those who speak of it.")


ENDPOINTS: tuple[Endpoint, ...] = (api("GET", "discover", worth_a_listen),)
