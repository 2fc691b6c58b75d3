"""What every handler of the API gets, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.library.library import Library
from magnitizdat.web.http.service import Service
from magnitizdat.web.subsonic.encode import Payload
from magnitizdat.web.subsonic.params import Params


class Call(NamedTuple):
    """One request of one player. `listener` is empty for the owner; `user` is the name that it logs in by."""

    params: Params
    library: Library
    listener: str
    user: str
    app: str
    service: Service
    request: Request


class Answer(NamedTuple):
    """A payload under its name; nothing for an empty envelope."""

    name: str = ""
    payload: Payload = None


EMPTY = Answer()

Method = Callable[[Call], Answer | Response]


@lru_cache(maxsize=4096)
def moment(seconds: float) -> str:
    """Seconds since 1970 as the API writes times, with its zone."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
