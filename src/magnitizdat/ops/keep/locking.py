"""`mag lock`: nobody holds the keys any more, or it is said who does."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.disk import presence
from magnitizdat.errors import EXIT_DONE, EXIT_LIBRARY, LibraryBusyError
from magnitizdat.library import agent, holders
from magnitizdat.library.holders import KeyHolder, Kind
from magnitizdat.model import Outcome, Value
from magnitizdat.sentence import Sentence, advice, say

_WORK = (Kind.COMMAND, Kind.REBUILD)
ANSWER_S = 0.2
"""Seconds that an agent which is not listed has for its answer."""


class Held(Value, frozen=True, kw_only=True):
    """A process with keys, by its number in this system."""

    process: int
    kind: str
    is_known: bool

    @classmethod
    def of(cls, holder: KeyHolder) -> Held:
        """What a report says of a process."""
        return cls(process=holder.pid, kind=holder.kind.name.lower(), is_known=holder.is_known)


class LockReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who held keys, and of these who still does. `unanswered`: an agent that is not listed says nothing."""

    locked: bool
    was_unlocked: bool
    ended: tuple[Held, ...] = ()
    holding: tuple[Held, ...] = ()
    unanswered: bool = False

    def outcome(self) -> Outcome:
        """Locked, or plainly not."""
        lines = tuple(_ended(each) for each in self.ended)
        if self.locked:
            was = say("Locked.") if self.was_unlocked else say("It was locked already.")
            unseen = () if presence.is_listed() else (_UNSEEN,)
            return Outcome(headline=was, lines=lines, warnings=unseen, exit_code=EXIT_DONE)
        still = [still_holds(each) for each in self.holding] + ([UNANSWERED] if self.unanswered else [])
        return Outcome(headline=_NOT_LOCKED, lines=(*lines, *still), exit_code=EXIT_LIBRARY)


_NOT_LOCKED = say("Not locked: keys are still in memory. Turn the computer off if you cannot end what holds them.")
UNANSWERED = say("The agent does not answer and still holds the keys; end its process, then repeat.")
_UNSEEN = say("this system keeps no list of who holds keys: end whatever of Magnitizdat still runs yourself")
_WORDS = {kind.name.lower(): words for kind, words in holders.WORDS.items()}


def _ended(each: Held) -> Sentence:
    return say(
        "Ended: {what} (process {pid}). What it had committed is kept; run it again to go on.",
        what=_WORDS[each.kind],
        pid=each.process,
    )


def still_holds(each: Held) -> Sentence:
    where = say("on this computer") if each.is_known else say("on another computer or in a container")
    return say(
        "Still holds the keys: {what} (process {pid}, {where}).", what=_WORDS[each.kind], pid=each.process, where=where
    )


def lock(directory: Path) -> LockReport:
    """Make every other process let go of the keys, within a second: servers lock and go on, all else ends."""
    there = holders.others(directory)
    left = holders.make_let_go(directory)
    unlisted = unanswered = False
    try:
        unlisted = agent.stop(directory, patience_s=ANSWER_S)
    except LibraryBusyError:
        unanswered = True
    return LockReport(
        locked=not (left or unanswered),
        was_unlocked=bool(there or unlisted or unanswered),
        ended=tuple(Held.of(each) for each in there if each not in left and _was_ended(each)),
        holding=tuple(map(Held.of, left)),
        unanswered=unanswered,
    )


def _was_ended(each: KeyHolder) -> bool:
    """Whether somebody misses it: of the agent nobody does, and a server goes on, but for one that did not answer."""
    return each.kind in _WORK or (each.kind is Kind.SERVER and not holders.is_running(each.pid))


def require_locked(directory: Path) -> None:
    """The same for whoever has let go of its own keys already.

    Raises: LibraryBusyError if anybody still holds some.
    """
    report = lock(directory)
    if not report.locked:
        raise LibraryBusyError(
            advice(
                terminal=say("something else still holds the keys; `mag lock` on the terminal says what"),
                page=say("something else still holds the keys; turn the computer off if you cannot end it"),
            )
        )
