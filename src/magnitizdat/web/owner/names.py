"""What the page's addresses call labels, friends, reels and sticks: names that say nothing in a browser's history."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Iterable
from typing import Generic, TypeVar

from magnitizdat.errors import NotFoundError
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.sentence import say
from magnitizdat.web.http.service import Service

T = TypeVar("T")


def opaque(library: Library, kind: str, name: str) -> str:
    """32 hex digits that this library alone can make of a name, always the same."""
    return hmac.digest(library.secrets.web_key, f"page {kind}\x1f{name}".encode(), "sha256")[:16].hex()


def find_named(library: Library, kind: str, names: Iterable[str], wanted: str) -> str:
    """The name behind an opaque one.

    Raises: NotFoundError.
    """
    for name in names:
        if hmac.compare_digest(opaque(library, kind, name).encode(), wanted.encode()):
            return name
    raise NotFoundError(say("this is not here any more; look at the list again"))


def label_id(library: Library, imprint: str) -> str:
    """What the page calls a label."""
    return opaque(library, "label", imprint)


def find_label(library: Library, wanted: str) -> LabelView:
    """A label by what the page calls it. Raises: NotFoundError."""
    views = {view.imprint: view for view in library.shelf.labels()}
    return views[find_named(library, "label", views, wanted)]


class Handles(Generic[T]):
    """Chance names for things that one server showed: only what was offered can be asked for. Safe in threads."""

    def __init__(self) -> None:
        self._names: dict[T, str] = {}
        self._things: dict[str, T] = {}
        self._guard = threading.Lock()

    @classmethod
    def of(cls, _service: Service) -> Handles[T]:
        """For `Service.only`."""
        return cls()

    def name(self, thing: T) -> str:
        """Its name, the same each time."""
        with self._guard:
            if thing not in self._names:
                name = secrets.token_hex(8)
                self._names[thing], self._things[name] = name, thing
            return self._names[thing]

    def find(self, name: str) -> T:
        """What was offered by that name.

        Raises: NotFoundError.
        """
        with self._guard:
            if name not in self._things:
                raise NotFoundError(say("this is not plugged in any more; look at the list again"))
            return self._things[name]
