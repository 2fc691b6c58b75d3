"""Sticks and reels that one server showed, by chance names: whoever fills, shares or takes finds the same ones."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import Generic, TypeVar

from magnitizdat.errors import NotFoundError
from magnitizdat.sentence import say
from magnitizdat.web.http.service import Service

T = TypeVar("T")


class Handles(Generic[T]):
    """Chance names for things that one server showed: only what was offered can be asked for. Safe in threads."""

    def __init__(self) -> None:
        self._names: dict[T, str] = {}
        self._things: dict[str, T] = {}
        self._guard = threading.Lock()

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


def places_of(_service: Service) -> Handles[Path]:
    """For `Service.only`."""
    return Handles()
