"""In which language an answer is: the session's, or the best that the browser asks for."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from starlette.requests import Request

from magnitizdat.errors import UsageError
from magnitizdat.language import ENGLISH, Language, available, load, preferred
from magnitizdat.program import data_folder

SENTENCES = frozenset({"error", "freshness", "reason", "said", "sentence", "sentences", "warnings", "what"})
"""Fields of answers that hold sentences of ours, or lists of them."""

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


def spoken(value: Any) -> Any:
    """Built-in values of an answer, with their sentences in the language of whoever is answered."""
    request = _answered.get()
    language = ENGLISH if request is None else language_of(request)
    return _said(value, language, is_sentence=False)


def _said(value: Any, language: Language, *, is_sentence: bool) -> Any:
    if isinstance(value, dict):
        return {name: _said(each, language, is_sentence=name in SENTENCES) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_said(each, language, is_sentence=is_sentence) for each in value]
    return language.translate(value) if is_sentence and isinstance(value, str) else value
