"""The page for whoever is not in: how to get a link, and where nobody reads along a form for the passphrase."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from magnitizdat.web.hosts import Serving, is_private
from magnitizdat.web.routes import NOTHING, AbsentError
from magnitizdat.web.service import Service
from magnitizdat.web.sessions import Sessions

HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Library</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main>'
)
HOW = "This page opens by a link that works once. Where the server runs, it shows one."
OTHERWISE = "Or open it with the passphrase of the library."
NOT_HERE = "The passphrase is asked for only where nobody can read along: on that computer itself, or over https."
WRONG = "That passphrase does not open it; try again."


def page(request: Request, service: Service, *, status: int = 200, said: str = "") -> Response:
    """The same for every address that is absent or not open to whoever asks."""
    del service
    place: Serving = request.app.state.serving
    lines = [f"<p>{escape(said)}</p>"] if said else []
    lines.append(f"<p>{escape(HOW)}</p>")
    if is_private(request, place):
        action = escape(f"{place.base_path}/unlock", quote=True)
        lines += [
            f'<p>{escape(OTHERWISE)}</p><form method="post" action="{action}" autocomplete="off">',
            '<label>Passphrase <input type="password" name="passphrase" autocomplete="off" required></label> ',
            "<button>Open</button></form>",
        ]
    else:
        lines.append(f"<p>{escape(NOT_HERE)}</p>")
    return HTMLResponse(f"{HEAD}{''.join(lines)}</main></body></html>", status)


def enter(request: Request, service: Service) -> Response:
    """A one-time link becomes a session.

    Raises: AbsentError for a link that was used, is too old, or never was one.
    """
    value = service.only(Sessions.of).redeem(request.query_params.get("once", ""))
    if value is None:
        raise AbsentError(NOTHING)
    return _entered(request, service, value)


def unlock(request: Request, service: Service) -> Response:
    """The form's answer: the right passphrase opens the library, and the page.

    Raises: AbsentError where somebody could read along; WrongPassphraseError.
    """
    if not is_private(request, request.app.state.serving):
        raise AbsentError(NOTHING)
    fields = parse_qs(request.state.body.decode("utf-8", "replace"), max_num_fields=8)
    service.unlock("".join(fields.get("passphrase", [])))
    return _entered(request, service, service.only(Sessions.of).begin())


def _entered(request: Request, service: Service, value: str) -> Response:
    """To the page, without the secret in the address; the cookie goes only to this server, from its own pages."""
    place: Serving = request.app.state.serving
    response = RedirectResponse(f"{place.base_path}/", status_code=303)
    response.set_cookie(
        service.only(Sessions.of).cookie,
        value,
        path=f"{place.base_path}/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response
