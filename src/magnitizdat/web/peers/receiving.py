"""What other laptops give in a share: each is dubbed from like any source, one after the other, for as long as it asks.

Who gave is known to nobody; what came is told like the work of the page.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import monotonic

from magnitizdat.errors import NoSpaceError, UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import fields
from magnitizdat.ops.dub.from_sources import outcome
from magnitizdat.ops.dub.from_spool import dub
from magnitizdat.ops.intake.quarantine import LOOK_LENGTH, SPARE, free_bytes
from magnitizdat.ops.jobs.jobs import PATIENCE_S, Ended, Job, Watch
from magnitizdat.ops.places.asked import LANES, AskedSpool, Turn
from magnitizdat.sentence import say
from magnitizdat.web.http.hours import Hours
from magnitizdat.web.http.routes import CROWDED, NOTHING, AbsentError, CrowdedError
from magnitizdat.web.http.service import Service
from magnitizdat.web.http.work import jobs_of
from magnitizdat.web.peers.share import Share

AT_ONCE = 3
"""Laptops that give at a time: each holds a thread for each of its lanes, and others want to take."""
MOST_TURNS = 3 * LANES
"""Requests of one of them at a time: those of its lanes, and of two times that the Wi-Fi went away beneath them. Each
holds a thread, and whoever opens more of them would keep others from taking."""
KEPT = 16
"""Laptops that have given and are remembered, so that each lane of theirs hears that it is over."""


class Receiving:
    """All that is given to one server (an `Attendant`)."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._jobs = service.only(jobs_of)
        self._begun = list[str]()
        self._guard = threading.Lock()
        self._spools: dict[str, AskedSpool] = {}
        self._turns = Counter[str]()
        self._hours: Hours | None = None  # whose end is that of all who give
        service.attend(self)

    @property
    def jobs(self) -> list[Job]:
        """What was taken, and is being taken."""
        return [job for job in self._jobs.all() if job.id in self._begun]

    def ended(self) -> list[Job]:
        """The same when the share is over: what is under way ends soon, for nobody answers any more."""
        until = monotonic() + PATIENCE_S
        while any(job.state == "running" for job in self.jobs) and (rest_s := until - monotonic()) > 0:
            running = next(job for job in self.jobs if job.state == "running")
            self._jobs.find(running.id, wait_s=rest_s)
        return self.jobs

    def begin(self, share: Share) -> str:
        """Somebody wants to give: what they are called.

        Raises: CrowdedError while too many others do; LockedError.
        """
        library = self._service.library()
        spool = AskedSpool(check=_Spare(library).check)
        with self._guard:
            if sum(not each.is_over for each in self._spools.values()) >= AT_ONCE:
                raise CrowdedError(CROWDED)
            name = secrets.token_hex(16)
            self._spools[name] = spool
            for old in [each for each, known in self._spools.items() if known.is_over][:-KEPT]:
                del self._spools[old]
        self._end_with(share.hours)
        try:
            job = self._jobs.start("take", lambda watch: self._take(library, spool, watch), writes=True)
        except UsageError:  # too much is under way
            spool.close()
            raise CrowdedError(CROWDED) from None
        with self._guard:
            known = {each.id for each in self._jobs.all()}
            self._begun = [*(each for each in self._begun if each in known), job.id]
        return name

    def _end_with(self, hours: Hours) -> None:
        """Told once for all who come: nobody can make a share remember more by coming often."""
        with self._guard:
            is_known, self._hours = self._hours is hours, hours
        if not is_known:
            hours.when_over(self._end_all)

    def _end_all(self) -> None:
        with self._guard:
            spools = list(self._spools.values())
        for each in spools:
            each.close()

    def find(self, name: str) -> AskedSpool | None:
        """What is asked of somebody who gives."""
        with self._guard:
            return self._spools.get(name)

    @contextmanager
    def turn(self, name: str) -> Iterator[AskedSpool]:
        """The same for one request of theirs. Raises: AbsentError for nobody, CrowdedError where too many are open."""
        spool = self.find(name)
        if spool is None:
            raise AbsentError(NOTHING)
        with self._guard:
            if self._turns[name] >= MOST_TURNS:
                raise CrowdedError(CROWDED)
            self._turns[name] += 1
        try:
            yield spool
        finally:
            with self._guard:
                self._turns[name] -= 1
                self._turns += Counter()  # forgets those that have none

    def _take(self, library: Library, spool: AskedSpool, watch: Watch) -> Ended:
        with closing(spool):
            report = dub(library, spool, now=self._service.now(), progress=watch)
            spool.end(Turn(over=True, tracks=report.tracks, length=report.length))
        return Ended(outcome(report), fields(report))

    def opened(self, _library: Library) -> None:
        """Whoever comes begins."""

    def closing(self, _library: Library) -> None:
        """What came is kept; nothing more is asked for."""
        self._end_all()
        with self._guard:
            self._spools = {}
        self._jobs.stop_all()
        self._jobs.forget()


class _Spare:
    """Some of the disk stays free, whoever gives."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._guard = threading.Lock()
        self._length = LOOK_LENGTH

    def check(self, length: int) -> None:
        """So many bytes came. Raises: NoSpaceError."""
        with self._guard:
            self._length += length
            if self._length < LOOK_LENGTH:
                return
            self._length = 0
        if free_bytes(self._library) < SPARE:
            raise NoSpaceError(say("the disk is nearly full, so no more was taken; make room, then share again"))
