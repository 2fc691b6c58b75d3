"""The one place where requests are let in: place, body, who, role, lock, in that order; then a handler in a thread."""

from __future__ import annotations

import logging

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from magnitizdat.errors import LibraryError, LockedError, MagError, WrongPassphraseError
from magnitizdat.sentence import Sentence, say
from magnitizdat.web.http.bodies import TOO_LONG, body_chunks, whole_body
from magnitizdat.web.http.doors import session_of
from magnitizdat.web.http.hosts import is_loopback, is_same_site
from magnitizdat.web.http.lockout import Lockout, Trier, trier
from magnitizdat.web.http.routes import (
    CROWDED,
    HOUSEHOLD,
    NOBODY,
    NOTHING,
    AbsentError,
    CrowdedError,
    DeniedError,
    Door,
    Endpoint,
    Role,
    TooMuchError,
    TooOftenError,
    Who,
    connection_of,
)
from magnitizdat.web.http.service import LOCKED, Service
from magnitizdat.web.http.speech import answering

TOO_OFTEN = say("too many wrong tries from here; wait a while, then try again")
TOO_MANY_PASSPHRASES = say(
    "too many wrong passphrases from here; wait a while, or open a new link from the computer that this page is on"
)
PASSPHRASE = "passphrase"  # noqa: S105 -- the kind of secret, as in `Door.tries`
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
    request.state.door = door
    try:
        if door.own_site and not is_same_site(request):
            raise AbsentError(NOTHING)
        if connection_of(request).crowded:
            await to_thread.run_sync(_check_place, request, endpoint, door, service)
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
    except CrowdedError as exc:
        refused = door.refuse(request, service, exc)
        refused.headers["connection"] = "close"
        return refused
    except MagError as exc:
        return door.refuse(request, service, exc)


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"


def _answered(request: Request, endpoint: Endpoint | None, door: Door, service: Service) -> Response:
    return _handled(request, _let_in(request, endpoint, door, service), service)


def _check_place(request: Request, endpoint: Endpoint | None, door: Door, service: Service) -> None:
    """Where all places are taken there is one for the household, for this computer, and for whoever brings a link.

    Raises: CrowdedError for everybody else.
    """
    request.state.body = b""
    if is_loopback(request.state.peer) or (endpoint is not None and endpoint.in_a_crowd):
        return
    try:
        is_known = session_of(request, service) is not None or door.recognise(request, service).role in HOUSEHOLD
    except MagError:
        is_known = False
    if not is_known:
        raise CrowdedError(CROWDED)
    connection_of(request).known = True


def _let_in(request: Request, endpoint: Endpoint | None, door: Door, service: Service) -> Endpoint:
    """The endpoint, for whoever may see it."""
    who = request.state.who = _recognised(request, door, service)
    if endpoint is None or who.role not in endpoint.roles:
        raise AbsentError(NOTHING)
    if service.locked and not endpoint.while_locked:
        raise LockedError(LOCKED)
    return endpoint


def _recognised(request: Request, door: Door, service: Service) -> Who:
    """Who asks: a right secret opens, whatever others tried from the same address; one that shows nothing is nobody.

    Raises: TooOftenError for a wrong one while its peer has to wait; DeniedError.
    """
    lockout, peer = service.only(Lockout.of), request.state.peer
    tried, shown = trier(door.tries, peer), Trier(door.tries, peer)
    request.state.who = NOBODY
    if door.guessable and not lockout.knows(shown):
        _check_patience(lockout, tried, TOO_OFTEN)
    try:
        who = door.recognise(request, service)
    except DeniedError:
        _check_patience(lockout, tried, TOO_OFTEN)
        lockout.failed(tried)
        raise
    if door.guessable and who != NOBODY:
        lockout.know(shown)
    connection_of(request).known |= who.role in HOUSEHOLD
    return who


def _check_patience(lockout: Lockout, tried: Trier, sentence: Sentence) -> None:
    wait_s = lockout.wait_s(tried)
    if wait_s > 0:
        raise TooOftenError(sentence, wait_s=wait_s)


def _handled(request: Request, endpoint: Endpoint, service: Service) -> Response:
    if request.state.who != NOBODY and not service.locked and not endpoint.polls:
        service.used()
    answering(request)
    try:
        if endpoint.tries_passphrase:
            return _tried(request, endpoint, service)
        return endpoint.handler(request, service)
    except LibraryError as exc:
        if service.locked:  # between two of its statements
            raise LockedError(LOCKED) from exc
        raise
    except MagError:
        raise
    except Exception as exc:
        _log.debug("a handler failed", exc_info=True)
        raise MagError(UNEXPECTED) from exc


def _tried(request: Request, endpoint: Endpoint, service: Service) -> Response:
    """A passphrase. Wrong ones of a browser that is known are its own; of others, those of their address."""
    lockout = service.only(Lockout.of)
    is_owner = request.state.who.role is Role.OWNER
    tried = Trier(PASSPHRASE, request.state.browser) if is_owner else trier(PASSPHRASE, request.state.peer)
    _check_patience(lockout, tried, TOO_MANY_PASSPHRASES)
    try:
        return endpoint.handler(request, service)
    except WrongPassphraseError:
        lockout.failed(tried)
        raise
