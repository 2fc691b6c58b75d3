"""In which language an answer is: the session's, or the best that the browser asks for."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from starlette.requests import Request

from magnitizdat.errors import UsageError
from magnitizdat.language import ENGLISH, Language, available, load, preferred
from magnitizdat.program import data_folder
from magnitizdat.sentence import Sentence, Voice, on_page

_answered: ContextVar[Request | None] = ContextVar("answered", default=None)


def answering(request: Request) -> None:
    """Remember whom this thread answers."""
    _answered.set(request)


def language_of(request: Request) -> Language:
    """What a door noted as the person's choice, where we have it, or what their browser names; else English."""
    folder = data_folder()
    there = available(folder)
    chosen = getattr(request.state, "language", "")
    code = chosen if chosen in there else preferred(request.headers.get("accept-language", ""), there)
    try:
        return load(code, folder)
    except UsageError:  # somebody's PO file is none
        return ENGLISH


def voice_of(request: Request) -> Voice:
    """The same for what is written for others: pages to print, letters."""
    language = language_of(request)
    return Voice(language.code, language.translate, language.is_right_to_left)


def told(request: Request, sentence: Sentence) -> str:
    """A sentence as the page says it, in the person's language."""
    return language_of(request).said(on_page(sentence))


def spoken(value: Any) -> str:
    """For msgspec's `enc_hook`: a sentence in the language of whoever is answered.

    Raises: NotImplementedError for anything else.
    """
    if not isinstance(value, Sentence):
        raise NotImplementedError
    request = _answered.get()
    return ENGLISH.said(on_page(value)) if request is None else told(request, value)
