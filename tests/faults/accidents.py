"""Verbs times accidents: each verb is run once undisturbed, and what an accident leaves is made from the log of that.

For a power cut or a kill no verb runs again: every beginning of the log is replayed, and what was not flushed is lost,
torn or in another order, of files and of the index alike. For an error the verb runs, and the system refuses one call,
or all from there on. After each: what was there before is there, what was told holds, and the same verb completes.
"""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import apsw

from magnitizdat.errors import MagError, NoSpaceError, UnsureError
from tests.fakes import Log
from tests.fakes_library import PASSPHRASE
from tests.fakes_medium import Entry, Medium, Operation, lay
from tests.faults.world import Kept, Promise, World, copy_world, make_world, temporary_below

SEED = 45
KEEPS = (0.2, 0.5, 0.8, 0.95)
"""How much of what was not flushed a power cut leaves, one of these each time."""
CODES = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "EROFS": errno.EROFS, "EDQUOT": errno.EDQUOT}
MAG = (sys.executable, "-m", "magnitizdat.cli")
_SWITCHES = {"sync file", "sync folder", "sync all", "rename", "remove"}


def fast_place() -> str | None:
    """Memory, where the system has a file system in it: worlds are copied thousands of times."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def nothing(_world: World) -> object:
    return None


def always(_world: World) -> bool:
    return True


class Verb(NamedTuple):
    """What a person does, and what then holds; `before` is what it needs, and `meanwhile` what holds at any time.

    `heals`: the library is not sound before it. `home` brings a key back that is not in the library.
    """

    do: Callable[[World], object]
    holds: Callable[[World], bool]
    before: Callable[[World], object] = nothing
    meanwhile: Callable[[World], bool] = always
    heals: bool = False
    home: Callable[[World], object] = nothing


class NotDoneError(MagError):
    """A report says that something failed."""


class Refusal(NamedTuple):
    """A call that the system refuses, once or for ever."""

    at: int
    code: str
    forever: bool

    def is_named(self, said: MagError) -> bool:
        """Whether a full disk is called full, and no other one is."""
        is_full = self.code in {"ENOSPC", "EDQUOT"}
        return isinstance(said, NotDoneError | UnsureError) or isinstance(said, NoSpaceError) == is_full

    def __str__(self) -> str:
        return f"{self.code} at call {self.at}{', for ever' if self.forever else ''}"


class Loss(NamedTuple):
    """What was left after so many changes: `keep` 1 is a kill, less a power cut. The seed decides what."""

    after: int
    keep: float
    seed: int

    def __str__(self) -> str:
        what = "kill" if self.keep == 1 else "power cut"
        return f"{what} after change {self.after} (keep {self.keep}, seed {self.seed})"


class Recording(NamedTuple):
    """A verb that nothing disturbed."""

    entries: list[Operation]
    calls: int
    promises: list[Promise]


class Theatre:
    """Where accidents happen: a place with room for three worlds. Always in the same one, the others are kept.

    What fails raises, or is remembered where the show `goes_on`.
    """

    def __init__(self, place: Path, *, goes_on: bool = False) -> None:
        self._place, self._goes_on = place, goes_on
        self.failures: list[str] = []
        self.root = place / "world"
        self.kept: Kept = make_world(self.root)
        copy_world(self.root, place / "beginning")
        self.counts: Counter[tuple[str, str]] = Counter()

    # -- one verb ---------------------------------------------------------------------------------------------------

    def record(self, name: str, verb: Verb) -> Recording:
        """The verb as it goes; what is there before it is kept as the world to come back to."""
        self.stage()
        with temporary_below(self.root), World(self.root) as world:
            verb.before(world)
        copy_world(self.root, self._place / name)
        log, promises = Log(root=self.root), list[Promise]()
        self._run(verb, log, promises)
        self._require_whole_log(log)
        return Recording(log.entries, len(log.operations), promises)

    def stage(self) -> None:
        """The world as it is before any verb."""
        copy_world(self._place / "beginning", self.root)

    def forget(self, name: str) -> None:
        shutil.rmtree(self._place / name, ignore_errors=True)

    def _run(self, verb: Verb, log: Log, promises: list[Promise]) -> None:
        with temporary_below(self.root):
            try:
                with World(self.root, log, promises) as world:
                    verb.do(world)
                    world.told(verb.holds)
            finally:
                for folder in [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]:
                    log.notice(folder)

    def _require_whole_log(self, log: Log) -> None:
        """Nothing changed the world that the log does not know."""
        for path, entry in log.medium.whole().items():
            if isinstance(entry, bytes):
                assert path.read_bytes() == entry, f"{path} is not what was written to it"
            else:
                assert path.exists() == (entry is not None), f"{path}: {entry}"

    # -- power cuts and kills ---------------------------------------------------------------------------------------

    def lose(self, name: str, verb: Verb, recording: Recording, losses: Iterable[Loss]) -> None:
        """What each of these leaves, as long as it is another state than those before."""
        medium, done, seen = Medium(Log(root=self.root).device), 0, set[bytes]()
        for loss in sorted(losses):
            for entry in recording.entries[done : loss.after]:
                medium.apply(entry)
            done = max(done, loss.after)
            left = medium.whole() if loss.keep == 1 else medium.after(random.Random(loss.seed), loss.keep)
            mark = _digest(left)
            told = [each for each in recording.promises if each.after <= loss.after]
            if (mark, len(told)) in seen:
                continue
            seen.add((mark, len(told)))
            copy_world(self._place / name, self.root)
            lay(left)
            self._look(name, verb, told, f"{loss}: {recording.entries[loss.after - 1] if loss.after else 'nothing'}")
            self.counts[name, "kills" if loss.keep == 1 else "crash states"] += 1

    # -- errors -----------------------------------------------------------------------------------------------------

    def refuse(self, name: str, verb: Verb, refusals: Iterable[Refusal]) -> None:
        """The verb with each of these; every other time a power cut follows."""
        for number, refusal in enumerate(refusals):
            copy_world(self._place / name, self.root)
            log = Log(fail_at=refusal.at, code=CODES[refusal.code], forever=refusal.forever, root=self.root)
            told = list[Promise]()
            said = self._refused(verb, log, told)
            if number % 2:
                lay(log.medium.after(random.Random(SEED + number), 0.5))
            well_said = said is None or refusal.is_named(said)
            what = f"{refusal}{', then a power cut' if number % 2 else ''}, said: {said!r}"
            self._look(name, verb, told, what, well_said=well_said)
            self.counts[name, "errors"] += log.failed

    def _refused(self, verb: Verb, log: Log, told: list[Promise]) -> MagError | None:
        """What was said; nothing where it was done all the same."""
        try:
            self._run(verb, log, told)
        except MagError as exc:
            return exc
        except apsw.Error:
            return None  # at the end SQLite tidies up, and takes no failure of that for one
        return None

    # -- processes --------------------------------------------------------------------------------------------------

    def kill(self, name: str, verb: Verb, command: Callable[[World], list[str | Path]], times: int) -> None:
        """The verb as a process of its own, killed at moments of chance; what it does to its end is told."""
        chance = random.Random(SEED)
        lasts_s = 0.0
        for number in range(times + 1):  # the first of them is left in peace
            copy_world(self._place / name, self.root)
            with World(self.root) as world:
                words = [*MAG, "--library", self.root / "library" / "mine", "--yes", *command(world)]
            after_s = chance.uniform(0.3, 1) * lasts_s if number else None
            done, lasted_s = _run_process(words, self.root, after_s)
            lasts_s = lasts_s or lasted_s
            told = [Promise(0, verb.holds)] if done else []
            self._look(name, verb, told, f"process killed after {after_s} s")
            self.counts[name, "processes"] += not done

    # -- afterwards -------------------------------------------------------------------------------------------------

    def _look(self, name: str, verb: Verb, told: list[Promise], what: str, *, well_said: bool = True) -> None:
        """What was there, what was told, the same verb once more, and all of it again."""
        for memory in self.root.rglob("*-shm"):
            memory.unlink()  # of processes that are gone
        try:
            self._require(verb, told)
            assert well_said, "a full disk has a sentence of its own, and nothing else has it"
        except Exception as exc:
            again = f"{name}, {what}; again with: python -m bench.accidents {name}"
            if not self._goes_on:
                exc.add_note(again)
                raise
            self.failures.append(f"{again}: {type(exc).__name__}: {exc}")

    def _require(self, verb: Verb, told: list[Promise]) -> None:
        with temporary_below(self.root), World(self.root) as world:
            assert verb.meanwhile(world), "what holds at any time does not"
            for each in told:
                assert each.holds(world), "what was told does not hold"
            verb.home(world)
            self.kept.require(world.library, sound=not verb.heals)
            self._repeat(verb, world)
        with World(self.root) as world:
            assert verb.holds(world), "repeated, it does not hold"
            verb.home(world)
            self.kept.require(world.library)

    @staticmethod
    def _repeat(verb: Verb, world: World) -> None:
        try:
            verb.do(world)
        except MagError:
            if not verb.holds(world):  # else it said that it is done already
                raise


def all_losses(recording: Recording, *, seeds: int) -> Iterator[Loss]:
    """After each change a kill, the loss of all that was not flushed, and `seeds` losses of some of it."""
    for after in range(len(recording.entries) + 1):
        yield Loss(after, 1, 0)
        yield Loss(after, 0, 0)
        for number in range(seeds):
            seed = SEED + after * 100 + number
            yield Loss(after, random.Random(seed).choice(KEEPS), seed)


def some_losses(recording: Recording, count: int) -> list[Loss]:
    """Half of them where something is flushed, named or removed, for there the order of writes shows."""
    chance = random.Random(SEED)
    losses = list(all_losses(recording, seeds=2))
    switches = {at for at, entry in enumerate(recording.entries, 1) if entry.kind in _SWITCHES}
    near = [loss for loss in losses if loss.after in switches or loss.after - 1 in switches]
    last = [Loss(len(recording.entries), 0, 0)]
    return [*_some(near, count // 2, chance), *_some(losses, count - count // 2, chance), *last]


def all_refusals(recording: Recording) -> Iterator[Refusal]:
    """Every call by each code, once or for ever in turns."""
    for at in range(1, recording.calls + 1):
        for number, code in enumerate(CODES):
            yield Refusal(at, code, forever=(at + number) % 2 == 0)


def some_refusals(recording: Recording, count: int) -> list[Refusal]:
    return _some(list(all_refusals(recording)), count, random.Random(SEED))


def _some(of: list, count: int, chance: random.Random) -> list:
    return chance.sample(of, min(count, len(of)))


def process_environment(root: Path) -> dict[str, str]:
    """The passphrase in a file, and all that a program keeps beside a library within the world."""
    (root / "passphrase").write_text(PASSPHRASE)
    homes = {name: str(root / "home") for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    named = {"TMPDIR": str(root / "temporary"), "MAG_PASSPHRASE_FILE": str(root / "passphrase")}
    return {**os.environ, **homes, **named}


def _run_process(words: list[str | Path], root: Path, kill_after_s: float | None) -> tuple[bool, float]:
    """Whether it came to its end, and the seconds that it took."""
    begun = time.perf_counter()
    child = subprocess.Popen(words, env=process_environment(root), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        child.wait(kill_after_s)
    child.kill()
    ended = child.wait()
    assert ended in {0, -signal.SIGKILL}, f"{words} ended with {ended}"
    return ended == 0, time.perf_counter() - begun


def _digest(entries: dict[Path, Entry]) -> bytes:
    hashed = hashlib.sha256()
    for path, entry in sorted(entries.items()):
        hashed.update(f"{path} {type(entry).__name__}\n".encode())
        if isinstance(entry, bytes):
            hashed.update(hashlib.sha256(entry).digest())
    return hashed.digest()
