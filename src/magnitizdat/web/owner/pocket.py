"""The page that opens sealed files in a browser: what the owner's page says of it, and its bytes to save."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.pages import pocket
from magnitizdat.pages.leaflet_lines import grouped
from magnitizdat.pages.page_words import page_words
from magnitizdat.web.http.answers import answer
from magnitizdat.web.http.ranges import attachment
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.speech import voice_of
from magnitizdat.web.owner.tables import api, media


def told(request: Request, _service: Service) -> Response:
    """Its fingerprint, to be read aloud, and what the leaflet says."""
    words = page_words(voice_of(request))
    return answer(
        {
            "name": pocket.NAME,
            "length": len(pocket.page()),
            "sha256": pocket.fingerprint(),
            "groups": grouped(pocket.fingerprint()).split("\n"),
            "steps": words.steps_how,
            "where": words.where_lines,
            "honest": words.honest_lines,
        }
    )


def saved(_request: Request, _service: Service) -> Response:
    """Its bytes. It is saved, never shown: here it would stand under the address of the library."""
    headers = {"content-disposition": attachment(pocket.NAME)}
    return Response(pocket.page(), headers=headers, media_type="application/octet-stream")


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "pocket", told),
    media("pocket/page", saved),
)
