"""The one place where requests are let in: peer, body, who, role, lock, in that order; then the handler in a thread."""

from __future__ import annotations

import logging

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from magnitizdat.errors import LibraryError, LockedError, MagError, WrongPassphraseError
from magnitizdat.sentence import say
from magnitizdat.web.http.bodies import TOO_LONG, body_chunks, whole_body
from magnitizdat.web.http.hosts import is_same_site
from magnitizdat.web.http.lockout import Lockout
from magnitizdat.web.http.routes import (
    NOBODY,
    NOTHING,
    AbsentError,
    DeniedError,
    Door,
    Endpoint,
    TooMuchError,
    TooOftenError,
    Who,
)
from magnitizdat.web.http.service import LOCKED, Service
from magnitizdat.web.http.speech import answering

TOO_OFTEN = say("too many wrong tries from here; wait a while, then try again")
UNEXPECTED = say("something unexpected happened; only what you see was changed, try again")

_log = logging.getLogger(__name__)


def guarded(endpoints: list[Endpoint], door: Door, service: Service) -> ASGIApp:
    """One path: its endpoints by method. Whatever is refused is refused as the door of the path does."""
    by_method = {method: endpoint for endpoint in endpoints for method in _methods(endpoint)}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        endpoint = by_method.get(request.method)
        try:
            response = await _admitted(request, endpoint, endpoint.door if endpoint else door, service)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    return answer


def _methods(endpoint: Endpoint) -> set[str]:
    return {*endpoint.methods, *({"HEAD"} if "GET" in endpoint.methods else ())}


async def _admitted(request: Request, endpoint: Endpoint | None, door: Door, service: Service) -> Response:
    """One hop into a thread where nothing has to be received from somebody yet unknown, otherwise two."""
    try:
        if door.own_site and not is_same_site(request):
            raise AbsentError(NOTHING)
        if endpoint is not None and not endpoint.streams and (door.reads_body or not _has_body(request)):

            async def show(begun: bytes) -> None:
                """Nothing long is held for somebody unknown: who it is must follow from how the body begins."""
                request.state.body = begun
                await to_thread.run_sync(_let_in, request, endpoint, door, service)
                if request.state.who == NOBODY:
                    raise TooMuchError(TOO_LONG)

            request.state.body = await whole_body(request, endpoint.body_limit, show)
            return await to_thread.run_sync(_answered, request, endpoint, door, service)
        request.state.body = b""
        found = await to_thread.run_sync(_let_in, request, endpoint, door, service)
        if found.streams:
            request.state.chunks = body_chunks(request, found.body_limit)
        else:
            request.state.body = await whole_body(request, found.body_limit)
        return await to_thread.run_sync(_handled, request, found, service)
    except MagError as exc:
        return door.refuse(request, service, exc)


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def _answered(request: Request, endpoint: Endpoint | None, door: Door, service: Service) -> Response:
    return _handled(request, _let_in(request, endpoint, door, service), service)


def _tried(request: Request, door: Door) -> str:
    """Whose wrong tries count together: those of one peer at one kind of door."""
    return f"{door.tries} {request.state.peer}"


def _let_in(request: Request, endpoint: Endpoint | None, door: Door, service: Service) -> Endpoint:
    """The endpoint, for whoever may see it."""
    who = request.state.who = _recognised(request, door, service)
    if endpoint is None or who.role not in endpoint.roles:
        raise AbsentError(NOTHING)
    if service.locked and not endpoint.while_locked:
        raise LockedError(LOCKED)
    return endpoint


def _recognised(request: Request, door: Door, service: Service) -> Who:
    """Who asks. A peer that was wrong too often is not listened to; one that shows nothing is nobody."""
    lockout, peer = service.only(Lockout.of), _tried(request, door)
    request.state.who = NOBODY
    wait_s = lockout.wait_s(peer)
    if wait_s > 0:
        raise TooOftenError(TOO_OFTEN, wait_s=wait_s)
    try:
        who = door.recognise(request, service)
    except DeniedError:
        lockout.failed(peer)
        raise
    if who != NOBODY:
        lockout.succeeded(peer)
    return who


def _handled(request: Request, endpoint: Endpoint, service: Service) -> Response:
    if request.state.who != NOBODY and not service.locked and not endpoint.polls:
        service.used()
    answering(request)
    try:
        return endpoint.handler(request, service)
    except (WrongPassphraseError, DeniedError):
        service.only(Lockout.of).failed(_tried(request, endpoint.door))
        raise
    except LibraryError as exc:
        if service.locked:  # between two of its statements
            raise LockedError(LOCKED) from exc
        raise
    except MagError:
        raise
    except Exception as exc:
        _log.debug("a handler failed", exc_info=True)
        raise MagError(UNEXPECTED) from exc
