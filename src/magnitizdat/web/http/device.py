"""The page that shows a new player's address, user and secret once."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.listen import handing_over
from magnitizdat.sentence import say
from magnitizdat.web.http import entrance
from magnitizdat.web.http.routes import NOTHING, AbsentError
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.speech import language_of

ONCE = say("This is shown once: type or copy it into the player now. A new one can be made at any time.")


def show(request: Request, service: Service) -> Response:
    """What the link was made for.

    Raises: AbsentError for a link that was used, is too old, or never was one.
    """
    once = request.query_params.get("once", "")
    handout = handing_over.take(service.library(), once, now=service.now()) if once else None
    if handout is None:
        raise AbsentError(NOTHING)
    base = request.app.state.serving.base_path
    address = f"{request.url.scheme}://{request.headers['host']}{base}"
    language = language_of(request)
    fields = (
        (language.say("Address"), address),
        (language.say("User"), handout.user),
        (language.say("Password or API key"), handout.secret),
    )
    copy, copied = escape(language.say("Copy")), escape(language.say("Copied"))
    lines = [f'<h1 dir="auto">{escape(handout.name)}</h1><p>{escape(language.said(ONCE))}</p><dl>']
    for number, (name, value) in enumerate(fields):
        lines.append(
            f'<dt><label for="field-{number}">{escape(name)}</label></dt>'
            f'<dd><input id="field-{number}" value="{escape(value)}" dir="ltr" readonly>'
            f'<button type="button" data-copies="field-{number}" data-done="{copied}">{copy}</button></dd>'
        )
    lines.append("</dl>")
    return entrance.document(request, "".join(lines), head=f'<script src="{escape(base)}/copying.js" defer></script>')
