"""Pages for whoever is not in: how to get a link, and where nobody reads along a form for the passphrase."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from magnitizdat.errors import LockedError, MagError, UsageError, WrongPassphraseError
from magnitizdat.sentence import say
from magnitizdat.web.http.hosts import Serving, is_private
from magnitizdat.web.http.routes import NOTHING, AbsentError, DeniedError
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.sessions import Sessions
from magnitizdat.web.http.speech import language_of, told

HOW = say("This page opens by a link that works once. The computer that it runs on shows one.")
OTHERWISE = say("The passphrase of the library opens it too.")
NOT_HERE = say("The passphrase is asked for only where nobody can read along: on that computer itself, or over https.")
LOOK = """\
@font-face { font-family: "PT Mono"; src: url(static/fonts/pt-mono-latin-400-normal.woff2) format("woff2"); }
@font-face { font-family: "PT Mono";
  src: url(static/fonts/pt-mono-cyrillic-400-normal.woff2) format("woff2"); unicode-range: U+400-45F; }
@font-face { font-family: Oswald; src: url(static/fonts/oswald-latin-600-normal.woff2) format("woff2"); }
@font-face { font-family: Oswald;
  src: url(static/fonts/oswald-cyrillic-600-normal.woff2) format("woff2"); unicode-range: U+400-45F; }
:root { color-scheme: light dark; --paper: #f3eee2; --card: #fbf8f0; --ink: #1b1815; --strong: #c2211c; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #130c0a; --card: #1d1310; --ink: #f2e2d3; --strong: #ff6a58; --on: #1b0705; }
}
body { background: var(--paper); color: var(--ink); margin: 0; font: 1rem/1.5 "PT Mono", ui-monospace, monospace; }
main { max-width: 27rem; margin: 14vh auto; padding: 2rem; background: var(--card); border: 1px solid #8886;
  border-top: 12px solid var(--strong); box-shadow: 0 16px 32px -24px #000a; }
@media (max-width: 31rem) { main { margin: 1rem; padding: 1.25rem; } }
label, dt { display: block; margin-top: 1rem; }
dd { margin: 0; display: flex; gap: .5rem; }
input { font: inherit; color: inherit; background: transparent; border: 1px solid; padding: .5rem; flex: 1;
  box-sizing: border-box; width: 100%; min-width: 0; }
button { font: 600 .9rem/1 Oswald, sans-serif; letter-spacing: .06em; text-transform: uppercase; min-height: 44px;
  color: var(--on); background: var(--strong); border: 0; padding: .55rem 1rem; }
form button { margin-top: 1rem; }
[role="alert"] { color: var(--strong); }
"""
ENTERING = """\
localStorage.setItem("session", document.querySelector("meta[name=session]").content);
"""
COPYING = """\
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    button.textContent = button.dataset.done;
  });
}
"""


def document(request: Request, body: str, *, status: int = 200, head: str = "") -> Response:
    """A small page of ours, without a word that says what it is of.

    A form of a page that sends no referrer at all says that its origin is "null". Source: Fetch standard, "origin".
    """
    base = request.app.state.serving.base_path
    look, icon = f"{base}/entrance.css", f"{base}/static/icon.svg"
    language = language_of(request)
    direction = "rtl" if language.is_right_to_left else "ltr"
    tag, title = escape(language.code.replace("_", "-")), escape(language.say("Library"))
    return HTMLResponse(
        f'<!doctype html><html lang="{tag}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{title}</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="same-origin">'
        f'<link rel="icon" href="{escape(icon)}"><link rel="stylesheet" href="{escape(look)}">{head}</head>'
        f"<body><main>{body}</main></body></html>",
        status,
    )


def page(request: Request, *, status: int = 200, error: MagError | None = None) -> Response:
    """The same for every address that is absent or not open to whoever asks."""
    place: Serving = request.app.state.serving
    lines = []
    language = language_of(request)
    if error is not None and not isinstance(error, AbsentError | DeniedError):
        sentence = told(request, error.sentence)
        lines.append(f'<p role="alert">{escape(sentence[:1].upper() + sentence[1:])}.</p>')
    if not isinstance(error, LockedError):
        lines.append(f"<p>{escape(language.said(HOW))}</p>")
    if is_private(request, place):
        action = escape(f"{place.base_path}/unlock")
        passphrase, enter = escape(language.say("Passphrase")), escape(language.say("Open"))
        lines += [
            f'<p>{escape(language.said(OTHERWISE))}</p><form method="post" action="{action}" autocomplete="off">',
            f"<label>{passphrase} ",
            '<input type="password" name="passphrase" autocomplete="off" required></label>',
            f"<button>{enter}</button></form>",
        ]
    else:
        lines.append(f"<p>{escape(language.said(NOT_HERE))}</p>")
    return document(request, "".join(lines), status=status)


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
    try:
        fields = parse_qs(request.state.body.decode("utf-8", "replace"), max_num_fields=8)
    except ValueError as exc:
        raise UsageError(say("that is not a form of this page; open it anew")) from exc
    passphrase = "".join(fields.get("passphrase", []))
    if not passphrase:
        raise WrongPassphraseError(say("the passphrase is empty; type it"))
    service.unlock(passphrase)
    return _entered(request, service, service.only(Sessions.of).begin())


def look(_request: Request, _service: Service) -> Response:
    """The looks of these pages."""
    return Response(LOOK, media_type="text/css")


def copying(_request: Request, _service: Service) -> Response:
    """What the copy buttons do."""
    return Response(COPYING, media_type="text/javascript")


def entering(_request: Request, _service: Service) -> Response:
    """What keeps a session's secrets for the page."""
    return Response(ENTERING, media_type="text/javascript")


def _entered(request: Request, service: Service, value: str) -> Response:
    """To the page, without the secret in the address. The cookie goes only to this server, from its own pages.

    Not by a redirect: the browser would keep the cookie back where the link was opened from another site or program.
    What the page shows beside the cookie is said here and never again; a script keeps it for this origin, port and all.
    """
    place: Serving = request.app.state.serving
    sessions = service.only(Sessions.of)
    session = sessions.find(value)
    home = escape(f"{place.base_path}/")
    on = escape(language_of(request).say("Go on"))
    secrets = f"{session.token} {session.key}" if session else ""
    head = (
        f'<meta name="session" content="{secrets}"><script src="{place.base_path}/entering.js"></script>'
        f'<meta http-equiv="refresh" content="0; url={home}">'
    )
    response = document(request, f'<p><a href="{home}">{on}</a></p>', head=head)
    response.set_cookie(
        sessions.cookie,
        value,
        path=f"{place.base_path}/",
        secure=place.tls,
        httponly=True,
        samesite="strict",
    )
    return response
