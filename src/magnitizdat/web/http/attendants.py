"""What works beside the requests of a server while its library is open."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Literal

from magnitizdat.errors import MagError
from magnitizdat.library.library import Library
from magnitizdat.ops.intake.watching import Watcher
from magnitizdat.ops.jobs.background import Background
from magnitizdat.ops.jobs.jobs import Stopped
from magnitizdat.ops.listen.listening import flush_tail
from magnitizdat.sentence import Sentence
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


class Watching:
    """The folder that somebody asked to be watched is looked at every while."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def opened(self, library: Library, /) -> None:
        """Begin to look."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(library, self._over), name="watching", daemon=True)
        self._thread.start()

    def closing(self, _library: Library, /) -> None:
        """Stop between two files; the rest comes in when the library is open again."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    @staticmethod
    def _look(library: Library, over: threading.Event) -> None:
        watcher = Watcher(library, clock=monotonic, now=lambda: datetime.now(UTC))
        with suppress(Stopped):
            while not over.wait(LOOK_S):
                with suppress(
                    MagError, OSError
                ):  # full, damaged in a place, or not there just now: later may be better
                    watcher.look(UntilOver(over))


class UntilOver:
    """The `Progress` of work that nobody watches, and that ends where it stands."""

    def __init__(self, over: threading.Event) -> None:
        self._over = over

    def start(self, _what: Sentence, _total: int | None, *, unit: Literal["bytes", "files"] = "bytes") -> None:
        """Raises: Stopped."""
        del unit
        self.advance(0)

    def advance(self, _amount: int) -> None:
        """Raises: Stopped."""
        if self._over.is_set():
            raise Stopped

    def say(self, _sentence: Sentence) -> None:
        """Nobody listens."""


LOOK_S = 10.0
"""Seconds between two looks at the folder that is watched."""
FIRST_S = 3.0
"""Seconds after the start in which nothing is prepared: whoever opened the page comes first."""


def attendants() -> tuple[Attendant, ...]:
    """All of them, for one server."""
    return (Readiness(), Background(first_s=FIRST_S), Watching(), Sealing())
