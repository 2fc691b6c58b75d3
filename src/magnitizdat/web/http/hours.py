"""How long something is open to others: until its hour, or until somebody ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Generic, Protocol, Self, TypeVar

from magnitizdat.errors import UsageError
from magnitizdat.sentence import advice, say
from magnitizdat.web.http.service import Service

HOURS = 4.0
LONGEST_HOURS = 48.0


class Hours:
    """Begin when made; whatever is open together shares them. Raises: UsageError for hours that are none."""

    def __init__(self, service: Service, hours: float = HOURS) -> None:
        if not 0 < hours <= LONGEST_HOURS:
            raise UsageError(
                advice(
                    terminal=say("an evening has more than 0 and at most 48 hours; give --hours"),
                    page=say("an evening has more than 0 and at most 48 hours; choose another number"),
                )
            )
        self.until: datetime = service.now() + timedelta(hours=hours)
        self._clock = service.clock
        self._deadline = service.clock() + hours * 3600
        self._ended = threading.Event()
        self._told: list[Callable[[], object]] = []
        self._guard = threading.Lock()

    @property
    def left_s(self) -> float:
        """Seconds until its hour; 0 when it is over."""
        return 0.0 if self._ended.is_set() else max(0.0, self._deadline - self._clock())

    @property
    def is_over(self) -> bool:
        """Whether the hour has come, or somebody ended it."""
        return self.left_s <= 0

    def when_over(self, told: Callable[[], object]) -> None:
        """Call this once, from any thread, when somebody ends it."""
        with self._guard:
            self._told.append(told)

    def end(self) -> None:
        """Over from now on; more than once is fine."""
        with self._guard:
            told, self._told = self._told, []
            self._ended.set()
        for each in told:
            each()

    @contextmanager
    def counted(self) -> Iterator[None]:
        """End it at its hour, or when this ends."""
        timer = threading.Timer(self.left_s, self.end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self.end()


class Timed(Protocol):
    """Something that is open for some hours."""

    @property
    def hours(self) -> Hours:
        """Its own, or those that it shares."""
        ...

    def begin(self) -> Self:
        """Answer, in a thread of its own."""
        ...


T = TypeVar("T", bound=Timed)


class OneAtATime(Generic[T]):
    """What a server has open of a kind, once at a time; a subclass of each kind is for `Service.only`."""

    already = say("it is open already; end it first")

    def __init__(self, _service: Service) -> None:
        self._current: T | None = None
        self._guard = threading.Lock()

    @property
    def current(self) -> T | None:
        """The one that is open."""
        found = self._current
        return found if found is not None and not found.hours.is_over else None

    def begin(self, make: Callable[[], T]) -> T:
        """Open one. Raises: UsageError if there is one; whatever `make` raises."""
        with self._guard:
            if self.current is not None:
                raise UsageError(self.already)
            self._current = make().begin()
            return self._current

    def end(self) -> T | None:
        """End it; what it was comes back."""
        with self._guard:
            found, self._current = self._current, None
        if found is not None:
            found.hours.end()
        return found
