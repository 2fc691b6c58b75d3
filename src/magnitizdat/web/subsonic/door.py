"""The players' door: the secret of `mag app add` as password, token or key, and refusals as the specification has them.

No cookie opens it, so a foreign page can do nothing here without a secret, and players that are web pages may read.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import LockedError, MagError, NotFoundError
from magnitizdat.library.library import Library
from magnitizdat.ops.listen.apps import Credential, credentials
from magnitizdat.sentence import on_page, verbatim
from magnitizdat.web.http.refusals import refusal
from magnitizdat.web.http.routes import NOBODY, AbsentError, DeniedError, Door, Role, TooOftenError, Who
from magnitizdat.web.http.service import Service
from magnitizdat.web.subsonic.encode import MEDIA_TYPES, Payload, encode, encode_error
from magnitizdat.web.subsonic.params import (
    CONFLICTING_AUTHENTICATION,
    GENERIC,
    INVALID_API_KEY,
    MISSING,
    NOT_AUTHORIZED,
    NOT_FOUND,
    WRONG_CREDENTIALS,
    Params,
    RefusedError,
)

OPEN_TO_PAGES = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
_FORM = "application/x-www-form-urlencoded"
_LOCKED = "The library is locked. Unlock it on its own page, then try again."
_WRONG = "Wrong user name or password."


class _WrongSecretError(DeniedError):
    """Wrong credentials, with the specification's number."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(verbatim(message))
        self.code = code


class Logins:
    """Who may log in, as it stands: read again only when something in the index has changed."""

    def __init__(self, _service: Service) -> None:
        self._guard = threading.Lock()
        self._known: tuple[Library, tuple[int, int], list[Credential]] | None = None

    def of(self, library: Library) -> list[Credential]:
        """The credentials of a library."""
        state = library.index.version()
        with self._guard:
            if self._known is None or self._known[0] is not library or self._known[1] != state:
                self._known = library, state, credentials(library)
            return self._known[2]


def params_of(request: Request) -> Params:
    """What a request asks, read once for all that has come of it.

    Raises: RefusedError.
    """
    body: bytes = getattr(request.state, "body", b"")
    held: tuple[bytes, Params] | None = getattr(request.state, "params", None)
    if held is None or held[0] is not body:
        is_form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
        form = body.decode("utf-8", errors="replace") if is_form else ""
        held = request.state.params = body, Params(request.url.query, form)
    return held[1]


def recognise(request: Request, service: Service) -> Who:
    """A player by its secret.

    Raises: LockedError while nobody can be told from anybody; DeniedError; RefusedError for contradictions.
    """
    params = params_of(request)
    user, key = params.optional("u"), params.optional("apiKey")
    if key is not None and (user is not None or any(name in params for name in ("p", "t", "s"))):
        raise RefusedError(CONFLICTING_AUTHENTICATION, "Log in with an API key or with a user name, not with both.")
    if user is None and key is None:
        return NOBODY
    if user is not None and "p" not in params and not ("t" in params and "s" in params):
        raise RefusedError(MISSING, "The parameter p, or t and s, is missing.")
    known = service.only(Logins).of(service.library())
    if key is not None:
        found = _matching(known, lambda secret: secret, key)
        return _who(request, service, found, INVALID_API_KEY, "This API key is not valid.")
    own = [each for each in known if each.app.user == user]
    if "t" in params and "s" in params:
        salt = params.text("s")
        found = _matching(own, lambda secret: _token(secret, salt), params.text("t").lower())
    else:
        found = _matching(own, lambda secret: secret, _password(params.text("p")))
    return _who(request, service, found, WRONG_CREDENTIALS, _WRONG)


def refuse(request: Request, _service: Service, error: MagError) -> Response:
    """Every refusal is an answer with status 200. To nobody in particular it says nothing of this program."""
    is_known = getattr(request.state, "who", NOBODY) != NOBODY
    match error:
        case RefusedError(code=code) | _WrongSecretError(code=code):
            message = str(error)
        case LockedError():
            code, message = GENERIC, _LOCKED
        case TooOftenError():
            code, message = WRONG_CREDENTIALS, "Too many wrong tries from here. Wait a while, then try again."
        case AbsentError() if not is_known:
            code, message = MISSING, "The parameter u or apiKey is missing."
        case AbsentError():
            code, message = NOT_AUTHORIZED, "There is nothing here for you."
        case NotFoundError():
            code, message = NOT_FOUND, _sentence(error)
        case _:
            code, message = GENERIC, _sentence(error) if is_known else "This did not work. Try again."
    return _answer(request, refusal(error).headers, error=(code, message))


def answer(request: Request, name: str, payload: Payload) -> Response:
    """A good answer in the form that was asked for."""
    return _answer(request, {}, name=name, payload=payload)


def _answer(
    request: Request,
    headers: dict[str, str],
    *,
    name: str = "",
    payload: Payload = None,
    error: tuple[int, str] | None = None,
) -> Response:
    try:
        params = params_of(request)
        form, callback = params.form, params.callback
    except RefusedError:
        form, callback = "xml", ""
    body = encode_error(form, *error, callback=callback) if error else encode(form, name, payload, callback=callback)
    return Response(body, 200, {**headers, **OPEN_TO_PAGES}, MEDIA_TYPES[form])


def _sentence(error: MagError) -> str:
    text = str(on_page(error.sentence))
    return f"{text[:1].upper()}{text[1:]}."


def _who(request: Request, service: Service, found: Credential | None, code: int, message: str) -> Who:
    if found is None:
        raise _WrongSecretError(code, message)
    shown, library = found, service.library()

    def is_welcome() -> bool:
        """Whether it was not revoked since; a song that plays ends then."""
        return any(each.app.id == shown.app.id for each in service.only(Logins).of(library))

    request.state.user, request.state.is_welcome = found.app.user, is_welcome
    role = Role.LISTENER if found.app.listener else Role.DEVICE
    return Who(role, found.app.listener, found.app.id)


def _matching(known: Iterable[Credential], told: Callable[[str], str], shown: str) -> Credential | None:
    """Each is compared in a time that says nothing of how near it is."""
    wanted = shown.encode("utf-8", errors="replace")
    found = [each for each in known if hmac.compare_digest(told(each.secret).encode(), wanted)]
    return found[0] if found else None


def _token(secret: str, salt: str) -> str:
    """Source: Subsonic API 1.13, "Authentication". MD5 of a secret with 100 bits of chance gives nothing away."""
    return hashlib.md5((secret + salt).encode("utf-8", errors="replace"), usedforsecurity=False).hexdigest()


def _password(shown: str) -> str:
    if not shown.startswith("enc:"):
        return shown
    try:
        return binascii.unhexlify(shown[4:]).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return ""


PLAYERS_DOOR = Door(recognise, refuse, "player", reads_body=True, own_site=False)
