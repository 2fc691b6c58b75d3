"""What is being typed in the page, so that it is there again after a reload, a lock, or another start of the server.

A page that is being left says so with all that it had not yet told, and the page that takes its place asks for what is
in hand *after* that: its question may overtake the last words of the one before (ADR 0105).
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Annotated, Self

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from magnitizdat.ops.jobs import in_hand
from magnitizdat.web.http.answers import answer, asked, queried
from magnitizdat.web.http.routes import Endpoint
from magnitizdat.web.http.service import Service
from magnitizdat.web.owner.tables import api

LAST_WORDS_S = 2.0
"""Seconds that a page waits at most for the last words of the one before, which perhaps never said any."""
PAGES = 64
"""Pages that were left, of which it is known what they said last."""

PageName = Annotated[str, msgspec.Meta(max_length=64)]
"""Of one page that was loaded: random, made by itself."""


class Typed(msgspec.Struct, frozen=True):
    """What stands in places of a page."""

    page: PageName = ""
    places: dict[in_hand.Place, msgspec.Raw] = {}
    left: bool = False
    """These are the last words of this page."""


class _Behind(msgspec.Struct, frozen=True):
    after: PageName = ""


class LastWords:
    """Pages that were left, and the places of which each spoke last. Safe in several threads."""

    def __init__(self) -> None:
        self._left: dict[str, Collection[str]] = {}
        self._news = threading.Condition()

    @classmethod
    def of(cls, _service: Service) -> Self:
        """For `Service.only`."""
        return cls()

    @contextmanager
    def speaks(self, typed: Typed) -> Iterator[dict[str, msgspec.Raw]]:
        """The places that count of what a page says, one page at a time; its last words are so once they are kept.

        What it said before them and what comes behind them is older, and counts no more.
        """
        with self._news:
            known = self._left.get(typed.page, ())
            yield {place: value for place, value in typed.places.items() if place not in known}
            if typed.left and typed.page:
                self._left[typed.page] = typed.places.keys()
                while len(self._left) > PAGES:
                    del self._left[next(iter(self._left))]
                self._news.notify_all()

    def knows(self, page: str) -> bool:
        """Whether this page has said its last words."""
        return page in self._left

    def wait(self, page: str) -> None:
        """Until it has, or as long as is worth it."""
        with self._news:
            self._news.wait_for(lambda: self.knows(page), LAST_WORDS_S)


def everything(request: Request, service: Service) -> Response:
    """All of it, by place; `after` the last words of a page."""
    page = queried(request, _Behind).after
    if page:
        service.only(LastWords.of).wait(page)
    return answer({"places": in_hand.in_hand(service.library())})


def keep(request: Request, service: Service) -> Response:
    """Keep what stands in these places now; nothing forgets it."""
    typed = asked(request, Typed)
    with service.only(LastWords.of).speaks(typed) as places:
        for place, value in places.items():
            in_hand.keep(service.library(), place, None if bytes(value) == b"null" else value, now=service.now())
    return answer({})


ENDPOINTS: tuple[Endpoint, ...] = (
    api("GET", "in-hand", everything),
    api("PUT", "in-hand", keep, body_limit=in_hand.MAX_LENGTH),
)
