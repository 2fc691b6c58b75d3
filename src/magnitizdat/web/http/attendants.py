"""What works beside the requests of a server while its library is open."""

from __future__ import annotations

import threading
from contextlib import suppress

from magnitizdat.errors import MagError
from magnitizdat.library.library import Library
from magnitizdat.ops.jobs.background import Background
from magnitizdat.ops.listen.listening import flush_tail
from magnitizdat.web.http.service import Attendant


class Sealing:
    """Stars, plays and queues wait in the index; before the library is closed they go into cells."""

    def opened(self, library: Library, /) -> None:
        """Nothing yet."""

    def closing(self, library: Library, /) -> None:
        """Seal what waits."""
        flush_tail(library)


class Readiness:
    """The catalogue is looked over while a browser still starts, and what took long is kept for the next time."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def opened(self, library: Library, /) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look, args=(library,), name="readiness", daemon=True)
        self._thread.start()

    def closing(self, library: Library, /) -> None:
        """Keep also what changed meanwhile."""
        if self._thread is not None:
            self._thread.join()
        _keep(library)

    @staticmethod
    def _look(library: Library) -> None:
        with suppress(MagError):  # whoever asks next is told
            library.browse.overview()
        _keep(library)


def _keep(library: Library) -> None:
    with suppress(MagError):  # it takes no writes, or is closed
        if not library.write_lock.is_taken():
            library.browse.keep()


FIRST_S = 3.0
"""Seconds after the start in which nothing is prepared: whoever opened the page comes first."""


def attendants() -> tuple[Attendant, ...]:
    """All of them, for one server."""
    return (Readiness(), Background(first_s=FIRST_S), Sealing())
