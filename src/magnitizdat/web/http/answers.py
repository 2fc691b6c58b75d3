"""What is asked of the page's API and what it answers: values checked at the door, JSON out."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.errors import UsageError
from magnitizdat.formats.misfit import misfit
from magnitizdat.sentence import Sentence, say
from magnitizdat.web.http.speech import spoken

T = TypeVar("T")

MAX_PAGE = 500
"""Lines of one answer."""


def answer(value: Any, status: int = 200) -> Response:
    """JSON, its sentences in the language of the page."""
    return Response(msgspec.json.encode(value, enc_hook=spoken), status, media_type="application/json")


def asked(request: Request, kind: type[T]) -> T:
    """The body as a value of this kind.

    Raises: UsageError where it is none.
    """
    try:
        return msgspec.json.decode(request.state.body or b"{}", type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as exc:
        raise UsageError(say("this was not understood: {why}; correct it and try again", why=_plainly(exc))) from exc


def queried(request: Request, kind: type[T]) -> T:
    """The query of the address as a value of this kind.

    Raises: UsageError where it is none.
    """
    try:
        return msgspec.convert(dict(request.query_params), kind, strict=False)
    except msgspec.ValidationError as exc:
        raise UsageError(say("this was not understood: {why}; correct it and try again", why=_plainly(exc))) from exc


def _plainly(exc: Exception) -> Sentence:
    return misfit(exc) if isinstance(exc, msgspec.ValidationError) else say("it is not sound")


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """A part of a long list."""

    offset: int = 0
    size: int = 60

    @property
    def start(self) -> int:
        """First line."""
        return max(0, self.offset)

    @property
    def count(self) -> int:
        """How many lines."""
        return max(0, min(self.size, MAX_PAGE))
