"""The page's doors: cookie and token for all that a script asks, cookie and key for what a browser loads by itself.

The cookie alone opens the page, which is the same for everybody, and nothing of the owner's (ADR 0030).

Cookies never open `/rest`: players have a door of their own.
"""

from __future__ import annotations

import hmac

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import (
    MagError,
)
from magnitizdat.web.http import entrance
from magnitizdat.web.http.refusals import refusal
from magnitizdat.web.http.routes import (
    NOBODY,
    Door,
    Role,
    Who,
)
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.sessions import Session, Sessions
from magnitizdat.web.http.speech import told

TOKEN_HEADER = "x-mag-token"  # noqa: S105 -- its name
KEY = "key"
"""Its name in the query of an address."""


def session_of(request: Request, service: Service) -> Session | None:
    """The session whose cookie came with a request, which is answered in its language."""
    sessions = service.only(Sessions.of)
    session = sessions.find(request.cookies.get(sessions.cookie, ""))
    request.state.language = session.language if session is not None else ""
    request.state.browser = session.name if session is not None else ""
    return session


def by_cookie(request: Request, service: Service) -> Who:
    """The owner by the cookie of a session."""
    return NOBODY if session_of(request, service) is None else Who(Role.OWNER)


def by_token(request: Request, service: Service) -> Who:
    """The owner by cookie and token: a page of anybody else's cannot know the token."""
    session = session_of(request, service)
    return _known(session.token if session else None, request.headers.get(TOKEN_HEADER, ""))


def by_key(request: Request, service: Service) -> Who:
    """The owner by cookie and key: whoever reads an address has no cookie, whoever is sent the cookie no address."""
    session = session_of(request, service)
    return _known(session.key if session else None, request.query_params.get(KEY, ""))


def _known(secret: str | None, shown: str) -> Who:
    if secret is None or not hmac.compare_digest(secret.encode(), shown.encode()):
        return NOBODY
    return Who(Role.OWNER)


def refuse(request: Request, _service: Service, error: MagError) -> Response:
    """One sentence: a page for whoever typed an address, JSON for scripts."""
    status, kind, headers = refusal(error)
    if "text/html" in request.headers.get("accept", ""):
        response = entrance.page(request, status=status, error=error)
        response.headers.update(headers)
        return response
    body = {"error": told(request, error.sentence), "kind": kind, "exit_code": error.exit_code}
    return Response(msgspec.json.encode(body), status, headers, "application/json")


_PAGE = "page"

COOKIE = Door(by_cookie, refuse, _PAGE)
"""For the page itself."""

MEDIA = Door(by_key, refuse, _PAGE)
"""For what the page loads by address: pictures, sound."""

TOKEN = Door(by_token, refuse, _PAGE)
"""For all else under /api/."""

OPEN = Door(lambda _request, _service: NOBODY, refuse, _PAGE)
"""For what everybody may see."""
