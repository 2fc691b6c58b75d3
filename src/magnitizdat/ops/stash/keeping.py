"""`mag stash list` and `mag stash drop`: what a courier keeps, and what they take out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import NotSureError, UsageError
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.stash.book import Stash, open_stash
from magnitizdat.ops.stash.rule import COPIES, HeldReel, giving_order
from magnitizdat.sentence import Sentence, advice, say, size_words


class KeptReel(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A reel of the stash. `copies` were written and read back; it may go by itself from two on."""

    name: str
    bytes: int
    week: str
    copies: int
    digest: str


class StashReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """The stash, in the order of giving. `lost` is listed and gone; `unfinished` copies are not listed."""

    reels: tuple[KeptReel, ...] = ()
    bytes: int = 0
    quota: int | None = None
    free: int | None = None
    lost: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    warnings: tuple[Sentence, ...] = ()

    def outcome(self) -> Outcome:
        """How much lies there, and how much of it was never handed on."""
        return Outcome(headline=self._headline(), lines=tuple(self._lines()), warnings=self.warnings)

    def _headline(self) -> Sentence:
        if not self.reels:
            return say("The stash is empty.")
        return say(
            "The stash holds {n} {n:reel|reels}, {length}; handed on less than twice: {few}.",
            n=len(self.reels),
            length=size_words(self.bytes),
            few=sum(each.copies < COPIES for each in self.reels),
        )

    def _lines(self) -> list[Sentence]:
        lines = []
        if self.free is not None:
            lines.append(say("Room for {length} more.", length=size_words(self.free)))
        if self.lost:
            lines.append(say("Lost, their folders being gone: {n}.", n=len(self.lost)))
        if self.unfinished:
            lines.append(
                say("Copies that were interrupted: {n}; take them again, or drop them.", n=len(self.unfinished))
            )
        return lines


class DropReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What was taken out."""

    dropped: tuple[str, ...]
    bytes: int

    def outcome(self) -> Outcome:
        """How much room that made."""
        length = size_words(self.bytes)
        return Outcome(
            headline=say("{n} {n:reel|reels} dropped, {length}.", n=len(self.dropped), length=length),
        )


def kept(folder: Path, disk: Disk) -> StashReport:
    """What lies in the stash; nothing is changed."""
    stash = Stash(folder, disk)
    reels = stash.reels
    return StashReport(
        reels=tuple(_kept(name, reels[name]) for name in giving_order(reels)),
        bytes=stash.length,
        quota=stash.quota,
        free=stash.free,
        lost=tuple(stash.lost()),
        unfinished=tuple(stash.unfinished()),
        warnings=tuple(stash.warnings),
    )


def _kept(name: str, held: HeldReel) -> KeptReel:
    return KeptReel(name=name, bytes=held.bytes, week=held.week, copies=held.copies, digest=held.digest)


def drop(folder: Path, names: Sequence[str], disk: Disk, *, now: datetime, sure: bool = False) -> DropReport:
    """Take reels out of the stash, and copies that were interrupted.

    Raises: UsageError where one is not there, NotSureError for one that was handed on less than twice unless `sure`.
    """
    with open_stash(folder, disk, now=now) as stash:
        reels, unfinished = stash.reels, stash.unfinished()
        wanted = list(dict.fromkeys(names))
        for name in wanted:
            if name not in reels and name not in unfinished:
                raise UsageError(_no_reel(name))
        if not sure and (few := sum(not reels[name].may_go for name in wanted if name in reels)):
            raise NotSureError(may_be_last(few))
        listed = [name for name in wanted if name in reels]
        length = sum(reels[name].bytes for name in listed)
        stash.let_go(listed)
        for name in wanted:
            if name in unfinished:
                stash.clear(name)
        return DropReport(dropped=tuple(wanted), bytes=length)


def allow(folder: Path, quota: int | None, disk: Disk, *, now: datetime) -> StashReport:
    """From now on the stash takes at most so many bytes; None: as much as its medium has. Nothing goes for that."""
    with open_stash(folder, disk, now=now) as stash:
        stash.allow(quota)
    return kept(folder, disk)


def may_be_last(few: int) -> Sentence:
    """Why somebody is asked."""
    return say(
        "{n} of them {n:was|were} handed on less than twice, and may be the last {n:copy|copies};"
        " give {n:it|them} to a stick first, or say that you are sure",
        n=few,
    )


def _no_reel(name: str) -> Sentence:
    return advice(
        terminal=say("no reel «{name}» is in the stash; `mag stash list` shows what is", name=name),
        page=say("no reel «{name}» is in the stash; look at it again", name=name),
    )
