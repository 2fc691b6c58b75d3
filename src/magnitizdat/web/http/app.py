"""The application: one router made of tables of endpoints, and what every answer says to browsers."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from magnitizdat.errors import MagError
from magnitizdat.web.http import device, doors, entrance
from magnitizdat.web.http.guard import UNEXPECTED, guarded
from magnitizdat.web.http.hosts import Serving, is_known_host, peer_of
from magnitizdat.web.http.ranges import Readers
from magnitizdat.web.http.routes import (
    ANYBODY,
    NOTHING,
    AbsentError,
    Door,
    Endpoint,
)
from magnitizdat.web.http.service import Service

ENTRANCE = (
    Endpoint("/enter", ("GET",), entrance.enter, ANYBODY, doors.OPEN, while_locked=True, in_a_crowd=True),
    Endpoint(
        "/unlock",
        ("POST",),
        entrance.unlock,
        ANYBODY,
        doors.OPEN,
        body_limit=4096,
        while_locked=True,
        tries_passphrase=True,
    ),
    Endpoint("/entrance.css", ("GET",), entrance.look, ANYBODY, doors.OPEN, while_locked=True),
    Endpoint("/entering.js", ("GET",), entrance.entering, ANYBODY, doors.OPEN, while_locked=True),
    Endpoint("/copying.js", ("GET",), entrance.copying, ANYBODY, doors.OPEN, while_locked=True),
    Endpoint("/device", ("GET",), device.show, ANYBODY, doors.OPEN),
)
SAFE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex",
}
"""Where an answer says nothing else itself."""
PART_TYPES = ("text/javascript", "text/css", "font/")
PART_HEADERS = {
    name: SAFE_HEADERS[name] for name in ("cache-control", "cross-origin-resource-policy", "x-content-type-options")
}
"""Of what is a part of a page and never a page: there are over a hundred, and rules for pages say nothing there."""

_log = logging.getLogger(__name__)


def build(
    service: Service, *tables: Iterable[Endpoint], place: Serving | None = None, door: Door = doors.COOKIE
) -> Starlette:
    """The application that serves these tables, and nothing else; `app.state` has `service`, `serving`, `endpoints`.

    `door` refuses what no table has. Raises: ValueError where two lines of the tables are for one path and method.
    """
    endpoints = [endpoint for table in tables for endpoint in table]
    lines = {path: _GuardedApp(found, service) for path, found in _by_path(endpoints).items()}
    app = Starlette(routes=[Route(path, line) for path, line in lines.items() if "{" in path])
    app.router.redirect_slashes = False
    app.router.default = guarded([], door, service)
    app.state.service, app.state.endpoints = service, tuple(endpoints)
    app.state.serving, app.state.door, app.state.readers = place or Serving(), door, Readers()
    app.add_middleware(_Outside, fixed={path: line for path, line in lines.items() if "{" not in path})
    return app


class _GuardedApp:
    """An ASGI application that a Route does not take for a function."""

    def __init__(self, endpoints: list[Endpoint], service: Service) -> None:
        self._app = guarded(endpoints, _door_of(endpoints), service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _by_path(endpoints: Iterable[Endpoint]) -> dict[str, list[Endpoint]]:
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        taken = {method for other in found[endpoint.path] for method in other.methods}
        if taken & set(endpoint.methods):
            raise ValueError(f"two endpoints for {endpoint.path}")
        found[endpoint.path].append(endpoint)
    return found


def _door_of(endpoints: list[Endpoint]) -> Door:
    """Which door refuses methods that a path does not have."""
    return endpoints[0].door


class _Outside:
    """Before the router: names, peers, the path before ours; after it: headers, and no word of what broke.

    Paths without parameters are found at once: there are well over a hundred, and a router tries one after the other.
    """

    def __init__(self, app: ASGIApp, *, fixed: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._fixed = fixed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_safely(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(raw=message["headers"])
                for name, value in _rules(headers).items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._within(scope, receive, send_safely)
        except Exception as exc:
            _log.debug("an answer ended early", exc_info=True)
            if not begun:  # in our words: those of the libraries below have no such headers
                said = exc if isinstance(exc, MagError) else MagError(UNEXPECTED)
                await _refuse(Request(scope, receive), said, send_safely)
            elif not isinstance(exc, MagError | OSError):
                raise

    async def _within(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope["app"].state
        place: Serving = state.serving
        request = Request(scope, receive, send)
        request.state.peer = peer_of(request, place)
        _rebase(scope, place.base_path)
        if not is_known_host(request, place):
            await _refuse(request, AbsentError(NOTHING), send)
            return
        path = scope["path"].removeprefix(place.base_path)
        await self._fixed.get(path, self._app)(scope, receive, send)


def _rules(headers: MutableHeaders) -> Mapping[str, str]:
    """A worker is a place of its own: it brings a policy, and is told all the rest."""
    is_part = headers.get("content-type", "").startswith(PART_TYPES) and "content-security-policy" not in headers
    return PART_HEADERS if is_part else SAFE_HEADERS


async def _refuse(request: Request, error: MagError, send: Send) -> None:
    """As the door that was come to does, or that of the house, and the connection ends."""
    state = request.app.state
    door: Door = getattr(request.state, "door", state.door)
    refused = door.refuse(request, state.service, error)
    refused.headers["connection"] = "close"
    await refused(request.scope, request.receive, send)


def _rebase(scope: Scope, base: str) -> None:
    """Paths below the base, whether the proxy in front has taken it off or not. Source: ASGI, "root_path"."""
    if not base:
        return
    path = scope["path"]
    scope["root_path"] = base
    scope["path"] = path if path == base or path.startswith(f"{base}/") else base + path
