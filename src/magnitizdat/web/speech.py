"""In which language an answer is: the session's, or the best that the browser asks for."""

from __future__ import annotations

from starlette.requests import Request

from magnitizdat.errors import UsageError
from magnitizdat.language import ENGLISH, Language, available, load, preferred
from magnitizdat.ops.session import data_folder


def language_of(request: Request, chosen: str = "") -> Language:
    """The language that the person chose, where we have it, or that their browser names; else English."""
    folder = data_folder()
    there = available(folder)
    code = chosen if chosen in there else preferred(request.headers.get("accept-language", ""), there)
    try:
        return load(code, folder)
    except UsageError:  # somebody's PO file is none
        return ENGLISH
