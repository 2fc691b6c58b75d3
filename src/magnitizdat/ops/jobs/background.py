"""The background worker: prepares what came in while nobody needs the machine, one thing at a time, gently.

It yields to music that plays, and to whoever changes the library, in this process or another; it stops within a second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from magnitizdat.errors import MagError
from magnitizdat.library.library import Library
from magnitizdat.ops.jobs.preparing import Preparer, WaitingCount
from magnitizdat.workers.pool import ParserPool

NICE = 15
PLAYING_S = 10.0
"""Seconds after the last music flowed that still count as listening."""

LOOK_S = 30.0
"""Seconds between two looks for what another process brought in."""

PROBE_S = 0.5
"""Seconds between two looks at whether somebody changes the library."""


class _Interrupted(Exception):  # noqa: N818  an end, not an error
    pass


class Background:
    """One thread and one worker process beside an open library; an attendant of `web.service.Service`.

    Safe in several threads. What goes wrong is tried again later; it never raises into anybody's face.
    """

    def __init__(self, *, clock: Callable[[], float] = monotonic, first_s: float = 0.0) -> None:
        """`first_s`: seconds after each opening until it first looks, unless it is told of something."""
        self._clock = clock
        self._first_s = first_s
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._pool: ParserPool | None = None
        self._preparer: Preparer | None = None
        self._library: Library | None = None
        self._stopping = False
        self._awake = False
        self._holds = 0
        self._quiet_at = 0.0
        self._probed_at = 0.0
        self._is_busy = False

    # -- what others tell it ----------------------------------------------------------------------------------------

    def opened(self, library: Library) -> None:
        """Begin with this library, unless it takes no writes."""
        self.stop()
        try:
            library.index.require_writable()
        except MagError:
            return
        self._stopping, self._library = False, library
        self._pool = ParserPool(1, nice=NICE)
        self._preparer = Preparer(library, self._pool, gate=self._gate)
        self._thread = threading.Thread(
            target=self._run, args=(library, self._preparer), name="background", daemon=True
        )
        self._thread.start()

    def closing(self, library: Library) -> None:
        """The library will be closed when this returns."""
        if library is self._library:
            self.stop()

    def stop(self) -> None:
        """End, within a second; what was made is kept, what is under way is begun anew next time."""
        thread, pool = self._thread, self._pool
        if thread is None or pool is None:
            return
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        pool.interrupt()
        thread.join()
        pool.close()
        self._thread = self._pool = self._preparer = self._library = None

    def wake(self) -> None:
        """Something came in."""
        with self._changed:
            self._awake = True
            self._changed.notify_all()

    def played(self) -> None:
        """Music flows at this moment: pause for some seconds."""
        self._quiet_at = self._clock() + PLAYING_S

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Pause while something long runs, as an import or a cut; look for new music afterwards."""
        with self._changed:
            self._holds += 1
        try:
            yield
        finally:
            with self._changed:
                self._holds -= 1
            self.wake()

    def waiting(self) -> WaitingCount:
        """How much it has before it, for people."""
        preparer = self._preparer
        return preparer.waiting if preparer is not None else WaitingCount()

    @property
    def is_paused(self) -> bool:
        """Whether it lets somebody else go first just now."""
        return self._holds > 0 or self._clock() < self._quiet_at or self._library_is_busy()

    # -- its thread -------------------------------------------------------------------------------------------------

    def _run(self, library: Library, preparer: Preparer) -> None:
        seen: object = None
        with self._changed:
            self._changed.wait_for(lambda: self._stopping or self._awake, self._first_s)
        while not self._stopping:
            try:
                state = library.index.version()
                if state != seen or self._awake:
                    self._awake = False
                    preparer.look()
                    while preparer.round():
                        pass
                    seen = library.index.version()
            except _Interrupted:
                return
            except (MagError, OSError):  # busy, damaged in a place, or full: later may be better
                seen = None
            with self._changed:
                if not (self._stopping or self._awake):
                    self._changed.wait(LOOK_S)

    def _gate(self) -> None:
        """Wait while others go first.

        Raises: _Stopped.
        """
        while not self._stopping and self.is_paused:
            with self._changed:
                if not self._stopping:
                    self._changed.wait(PROBE_S)
        if self._stopping:
            raise _Interrupted

    def _library_is_busy(self) -> bool:
        now = self._clock()
        if now - self._probed_at >= PROBE_S and self._library is not None:
            self._probed_at = now
            self._is_busy = self._library.write_lock.is_taken()
        return self._is_busy
