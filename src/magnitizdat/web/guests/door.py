"""The guests' door: whoever has the short address of tonight is a guest; everybody else sees that nothing is here."""

from __future__ import annotations

import hmac

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from magnitizdat.errors import LockedError, MagError
from magnitizdat.web.guests.evening import CODE_LENGTH, Evening
from magnitizdat.web.guests.pages import Frame, plain_page
from magnitizdat.web.guests.style import PLAIN_POLICY
from magnitizdat.web.guests.words import language_of, languages, words_of
from magnitizdat.web.http.refusals import refusal
from magnitizdat.web.http.routes import (
    NOBODY,
    NOTHING,
    CrowdedError,
    DeniedError,
    Door,
    Role,
    TooOftenError,
    Who,
)
from magnitizdat.web.http.service import Service


def evening_of(request: Request) -> Evening:
    """The evening that this application serves."""
    evening: Evening = request.app.state.evening
    return evening


def recognise(request: Request, _service: Service) -> Who:
    """A guest by the code in the address; after the evening nobody is one.

    Raises: DeniedError for a wrong code.
    """
    evening = evening_of(request)
    code = request.path_params.get("code", "")
    if evening.is_over or len(code) != CODE_LENGTH:  # browsers ask for /favicon.ico and the like by themselves
        return NOBODY
    if not hmac.compare_digest(code.casefold().encode(), evening.code.encode()):
        raise DeniedError(NOTHING)
    return Who(Role.GUEST)


def refuse(request: Request, _service: Service, error: MagError) -> Response:
    """A page in the guest's language. It says the same whether the evening is over, or never was; a guest may wait."""
    status, _, headers = refusal(error)
    frame = frame_of(request)
    words = words_of(frame.language)
    match error:
        case LockedError():
            sentences = [words.locked]
        case TooOftenError():
            sentences = [words.wait]
        case CrowdedError():
            sentences = [words.crowded]
        case _:
            sentences = [words.nothing_here, words.type_address]
    return HTMLResponse(plain_page(frame, sentences), status, {**headers, "content-security-policy": PLAIN_POLICY})


GUEST = Door(recognise, refuse, "evening", guessable=True)


def frame_of(request: Request) -> Frame:
    """How the pages for this request are framed: in its language, with the evening's hour by this computer's clock."""
    evening = evening_of(request)
    own, asked = language_of("", request.headers.get("accept-language", "")), request.query_params.get("in", "")
    language = asked if asked in languages() else own
    return Frame(
        language,
        evening.until.astimezone().strftime("%H:%M"),
        evening.take,
        is_chosen=language != own,
        hands_on=bool(evening.handed_on.reels),
    )
