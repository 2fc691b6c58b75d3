"""What a dub does for clubs: an officer's makes the key that is lacking and sends it; everybody's destroys old ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec.structs import replace

from magnitizdat.errors import MagError, SourceError, UsageError
from magnitizdat.library.club_rows import EpochRow
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.clubs.carried_news import let_go
from magnitizdat.ops.clubs.desk import Desk
from magnitizdat.ops.clubs.keys import destroy, keys_here
from magnitizdat.ops.clubs.past_gigs import forget_past
from magnitizdat.ops.clubs.rosters import Club, club_view, known_clubs
from magnitizdat.scene.resting import Rest, rest
from magnitizdat.sentence import Sentence, say

KEPT_FOR = timedelta(days=365)
"""How long the key of an epoch that is in force no more stays, before it rests: reels are on the road for months."""


class Unkept(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A club for which nothing could be done, and why."""

    club: str
    reason: Sentence


class Kept(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Clubs whose door got a new key, letters that were written to members, keys that were destroyed."""

    made: tuple[str, ...] = ()
    letters: int = 0
    destroyed: int = 0
    unkept: tuple[Unkept, ...] = ()

    def sentences(self) -> Iterator[Sentence]:
        """For the report of a dub."""
        yield from (say("The door of «{club}» has a new key.", club=club) for club in self.made)
        if self.letters:
            yield say("Letters with keys that members lacked lie in your post: {letters}.", letters=self.letters)
        for each in self.unkept:
            yield say("«{club}» was left as it is: {reason}", club=each.club, reason=each.reason)


def keep_clubs(library: Library, *, now: datetime) -> Kept:
    """Do what is to be done for all clubs that are known here. What fails for one is told and stops no other."""
    forget_past(library, now=now)
    made, unkept, letters, destroyed = list[str](), list[Unkept](), 0, 0
    for line in known_clubs(library):
        try:
            is_made, written = _serve(library, line, now=now) if line.role == "officer" else (False, 0)
            made += [line.name] * is_made
            letters += written
        except (UsageError, SourceError) as exc:
            unkept.append(Unkept(club=line.name, reason=exc.sentence))
        destroyed += _age_keys(library, line, now=now)
    return Kept(made=tuple(made), letters=letters, destroyed=destroyed, unkept=tuple(unkept))


def _serve(library: Library, line: Club, *, now: datetime) -> tuple[bool, int]:
    """Make an epoch where none is in force, and send it to whom it is owed: whether one was made, and letters."""
    with library.changes() as changes:
        desk = Desk(library, changes, line.imprint, now=now)
        desk.take_over()
        desk.forget_ended()
        is_made = desk.view.needs_epoch
        if is_made:
            desk.begin_epoch()
        desk.bring_keys(desk.view.owed, officers=desk.view.owed_officers)
        desk.seal_anew()
        if desk.sign():
            changes.commit()
        return is_made, desk.letters


def _age_keys(library: Library, line: Club, *, now: datetime) -> int:
    """Note which keys are in force no more; destroy those of which that has been so for a year, once they rested."""
    keys = keys_here(library, line.imprint)
    in_force = _in_force(library, line.imprint, keys)
    old = [row for row in keys if row.id != in_force and _rest(row, now).has_rested]
    noted = [_noted(row, now, in_force) for row in keys if row not in old]
    changed = [row for row in noted if row not in keys]
    if not in_force or not (old or changed):
        return 0
    with library.changes(frees=True) as changes:
        if old:
            ids = {row.id for row in old}
            let_go(library, changes, lambda news: any(each.id in ids for each in news.epochs))
            changes.commit()
        destroy(library, changes, old)
        for row in changed:
            changes.row(row)
        changes.commit()
    return len(old)


def _in_force(library: Library, club: str, keys: list[EpochRow]) -> str:
    """The id of the epoch in force; empty where none is, or it is not known here: then no key is old."""
    with suppress(MagError):
        epoch = club_view(library, club).in_force
        return epoch.id if epoch is not None and keys else ""
    return ""


def _noted(row: EpochRow, now: datetime, in_force: str) -> EpochRow:
    """The row with since when it is in force no more, and over."""
    if row.id == in_force:
        return replace(row, out="", over="", looks=0)
    found = _rest(row, now)
    return replace(row, out=row.out or now.isoformat(timespec="seconds"), over=found.over, looks=found.looks)


def _rest(row: EpochRow, now: datetime) -> Rest:
    return rest(Rest(row.over, row.looks), now, is_over=_since(row, now) > KEPT_FOR)


def _since(row: EpochRow, now: datetime) -> timedelta:
    """A clock that was wrong destroys nothing early: a day to come counts as today."""
    try:
        return now - datetime.fromisoformat(row.out)
    except (ValueError, TypeError):
        return timedelta(0)
