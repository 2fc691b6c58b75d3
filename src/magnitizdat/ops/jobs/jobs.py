"""Long work beside somebody who watches: in threads, one that writes to the library at a time, stopped between steps.

A job is stopped as Ctrl-C stops a command: the next `Progress` call raises `Stopped`, a KeyboardInterrupt, for which
every op already leaves the library and the stick as they should be.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any, Literal, NamedTuple

from msgspec import field, structs

from magnitizdat.errors import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_PARTLY,
    EXIT_UNEXPECTED,
    MagError,
    NotFoundError,
    UsageError,
)
from magnitizdat.model import Outcome, Progress, Shortfall, Value
from magnitizdat.sentence import SILENCE, Sentence, say

KEPT = 64
"""Jobs that are remembered; of more, those that ended first are forgotten."""
AT_ONCE = 8
"""Jobs under way; one more is refused."""
SENTENCES = 400
"""Lines that a job says at most, and things that it says are missing."""
FRACTIONS = 400
"""Steps of progress that somebody who waits is woken for, at most."""
LOOK_S = 0.5
"""Seconds after which a job that waits for its turn sees that it was stopped."""
PATIENCE_S = 20.0
"""Seconds that the end of all jobs is waited for, where the library is to be closed."""

JobState = Literal["running", "done", "partly", "failed", "stopped"]
Unit = Literal["bytes", "files"]

_ENDINGS: dict[int, JobState] = {EXIT_DONE: "done", EXIT_PARTLY: "partly"}
STOPPED = say("It was stopped; what was finished before is kept, and the same again goes on from there.")
WAITING = say("Waiting for other work to end")
UNEXPECTED = say("something unexpected happened and the work ended; do the same again, it goes on where it was")

_log = logging.getLogger(__name__)


class Stopped(KeyboardInterrupt):
    """Raised out of a job's `Progress` once it was told to stop."""


class Ended(NamedTuple):
    """How work ended, and facts for whoever shows more."""

    outcome: Outcome
    report: dict[str, Any]


class Job(Value, frozen=True, kw_only=True, omit_defaults=False):
    """One piece of work as it stands. `total` is None while nobody knows it."""

    id: str
    verb: str
    state: JobState = "running"
    what: str = ""
    done: int = 0
    total: int | None = None
    unit: Unit = "bytes"
    said: tuple[Sentence, ...] = ()
    more_said: int = 0
    """How many lines more than are kept."""
    sentence: Sentence = SILENCE
    report: dict[str, Any] = field(default_factory=dict)
    missing: tuple[Shortfall, ...] = ()
    more_missing: int = 0
    """How many more than are listed."""
    words: str = ""
    safe_to_pull: bool = False
    exit_code: int = 0


class _PlaceCount(NamedTuple):
    """How far it is at one place."""

    what: str = ""
    done: int = 0
    total: int | None = None
    unit: Unit = "bytes"

    @property
    def step(self) -> int:
        """A number that changes some hundred times on the way."""
        return self.done * FRACTIONS // self.total if self.total else self.done


class Watch:
    """The `Progress` of a job. Work at several places has a `row` for each, and the sum is shown."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.told = threading.Event()
        """Set to stop the work."""
        self.steps = 0
        """Rises with every change that is worth waking somebody for."""
        self._counts: dict[str, _PlaceCount] = {}
        self._said: list[str] = []
        self._more_said = 0

    def start(self, what: str, total: int | None, *, unit: Unit = "bytes") -> None:
        """A new stretch of work. Raises: Stopped."""
        self.count("", lambda _: _PlaceCount(what, 0, total, unit))

    def advance(self, amount: int) -> None:
        """Some more is done. Raises: Stopped."""
        self.count("", lambda count: count._replace(done=count.done + amount))

    def say(self, sentence: str) -> None:
        """One line more."""
        with self.changed:
            if len(self._said) < SENTENCES:
                self._said.append(sentence)
            else:
                self._more_said += 1
            self.wake()

    def row(self, place: object) -> Progress:
        """Progress at one of several places."""
        return _PlaceRow(self, str(place))

    def count(self, row: str, change: Callable[[_PlaceCount], _PlaceCount]) -> None:
        """Count on at one place. Raises: Stopped."""
        self.check()
        with self.changed:
            before = self._counts.get(row, _PlaceCount())
            after = self._counts[row] = change(before)
            if (before.what, before.step) != (after.what, after.step):
                self.wake()

    def check(self) -> None:
        """Raises: Stopped, once the job was told to."""
        if self.told.is_set():
            raise Stopped

    def wake(self) -> None:
        """Tell whoever waits; `changed` is held."""
        self.steps += 1
        self.changed.notify_all()

    def onto(self, job: Job) -> Job:
        """The job with what is known by now; `changed` is held."""
        counts = list(self._counts.values()) or [_PlaceCount()]
        totals = [count.total for count in counts if count.total is not None]
        return structs.replace(
            job,
            what=counts[-1].what,
            done=sum(count.done for count in counts),
            total=sum(totals) if totals else None,
            unit=counts[-1].unit,
            said=tuple(self._said),
            more_said=self._more_said,
        )


class _PlaceRow:
    """One place among several."""

    def __init__(self, watch: Watch, name: str) -> None:
        self._watch, self._name = watch, name

    def start(self, what: str, total: int | None, *, unit: Unit = "bytes") -> None:
        """A new stretch of work there."""
        self._watch.count(self._name, lambda _: _PlaceCount(what, 0, total, unit))

    def advance(self, amount: int) -> None:
        """Some more is done there."""
        self._watch.count(self._name, lambda count: count._replace(done=count.done + amount))

    def say(self, sentence: str) -> None:
        """A line about it."""
        self._watch.say(sentence)


Work = Callable[[Watch], Ended]


class _JobRun:
    """A job under way or ended."""

    def __init__(self, verb: str) -> None:
        self.watch = Watch()
        self.ended = threading.Event()
        self._job = Job(id=secrets.token_hex(8), verb=verb)

    @property
    def job(self) -> Job:
        """As it stands."""
        with self.watch.changed:
            return self.watch.onto(self._job)

    def wait(self, seconds: float) -> None:
        """Until something changes, or it has ended, or so many seconds have passed."""
        with self.watch.changed:
            before = self.watch.steps
            self.watch.changed.wait_for(lambda: self.ended.is_set() or self.watch.steps != before, seconds)

    def work(self, work: Work, turn: threading.Lock | None) -> None:
        """Do it, when its turn has come, and write down how it ended."""
        try:
            with self._turn(turn):
                ended = work(self.watch)
        except Stopped:
            self._end("stopped", sentence=STOPPED, exit_code=EXIT_INTERRUPTED)
        except MagError as exc:
            self._end("failed", sentence=exc.sentence, exit_code=exc.exit_code)
        except Exception:  # noqa: BLE001 -- whoever watches is told; a thread has nobody else
            _log.debug("a job failed", exc_info=True)
            self._end("failed", sentence=UNEXPECTED, exit_code=EXIT_UNEXPECTED)
        else:
            self._tell(ended.outcome, ended.report)

    def _tell(self, outcome: Outcome, report: dict[str, Any]) -> None:
        for sentence in (*outcome.lines, *outcome.warnings):
            self.watch.say(sentence)
        self._end(
            _ENDINGS.get(outcome.exit_code, "failed"),
            sentence=outcome.headline,
            report=report,
            missing=outcome.missing[:SENTENCES],
            more_missing=max(0, len(outcome.missing) - SENTENCES),
            words=outcome.words,
            safe_to_pull=outcome.safe_to_pull,
            exit_code=outcome.exit_code,
        )

    @contextmanager
    def _turn(self, turn: threading.Lock | None) -> Iterator[None]:
        if turn is None:
            yield
            return
        if not turn.acquire(blocking=False):
            self.watch.start(WAITING, None)
            while not turn.acquire(timeout=LOOK_S):
                self.watch.check()
        try:
            yield
        finally:
            turn.release()

    def _end(self, state: JobState, **fields: Any) -> None:
        with self.watch.changed:
            self._job = structs.replace(self._job, state=state, **fields)
            self.ended.set()
            self.watch.wake()


class Jobs:
    """All jobs of one server, each within `meanwhile`. Safe in several threads."""

    def __init__(self, meanwhile: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._meanwhile = meanwhile
        self._runs: OrderedDict[str, _JobRun] = OrderedDict()
        self._guard = threading.Lock()
        self._writing = threading.Lock()

    def start(self, verb: str, work: Work, *, writes: bool) -> Job:
        """Begin, or wait for the turn of what `writes` to the library.

        Raises: UsageError where too much is under way.
        """
        run = _JobRun(verb)
        with self._guard:
            if sum(not each.ended.is_set() for each in self._runs.values()) >= AT_ONCE:
                raise UsageError(say("too much is under way at once; wait until some of it has ended, or stop it"))
            self._runs[run.job.id] = run
            over = [key for key, each in self._runs.items() if each.ended.is_set()]
            for key in over[: max(0, len(self._runs) - KEPT)]:
                del self._runs[key]
        turn = self._writing if writes else None

        def quietly(watch: Watch) -> Ended:
            with self._meanwhile():
                return work(watch)

        threading.Thread(target=run.work, args=(quietly, turn), name=f"job-{verb}", daemon=True).start()
        return run.job

    def all(self) -> list[Job]:
        """Every job that is remembered, the oldest first."""
        with self._guard:
            runs = list(self._runs.values())
        return [run.job for run in runs]

    def find(self, wanted: str, *, wait_s: float = 0.0) -> Job:
        """One job, with `wait_s` not before it changes.

        Raises: NotFoundError.
        """
        run = self._run(wanted)
        if wait_s > 0:
            run.wait(wait_s)
        return run.job

    def stop(self, wanted: str) -> Job:
        """Tell a job to stop; it does between two steps.

        Raises: NotFoundError.
        """
        run = self._run(wanted)
        run.watch.told.set()
        return run.job

    def stop_all(self, *, patience_s: float = PATIENCE_S) -> bool:
        """Stop everything; whether all of it ended in time."""
        with self._guard:
            runs = list(self._runs.values())
        for run in runs:
            run.watch.told.set()
        until = monotonic() + patience_s
        return all(run.ended.wait(max(0.0, until - monotonic())) for run in runs)

    def forget(self) -> None:
        """Forget what has ended: it names music, and words that open reels."""
        with self._guard:
            for key in [key for key, run in self._runs.items() if run.ended.is_set()]:
                del self._runs[key]

    def _run(self, wanted: str) -> _JobRun:
        with self._guard:
            run = self._runs.get(wanted)
        if run is None:
            raise NotFoundError(say("there is no such work any more; look at the list of all"))
        return run
