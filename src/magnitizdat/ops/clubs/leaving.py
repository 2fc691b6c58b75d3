"""`mag club leave`: the keys of a club are destroyed here. Nobody is told."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from magnitizdat.errors import UsageError
from magnitizdat.library.club_rows import ClubRow
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.clubs.carried_news import let_go
from magnitizdat.ops.clubs.keys import destroy, keys_here
from magnitizdat.ops.clubs.rosters import find_club
from magnitizdat.ops.clubs.standing import standing
from magnitizdat.ops.labels.of_clubs import of_clubs
from magnitizdat.ops.post.inbox import forget, held
from magnitizdat.scene.club_news import CLUB_NEWS
from magnitizdat.sentence import say


class LeftReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Which club was left, and how many keys of its door were destroyed."""

    club: str
    imprint: str
    keys: int

    def outcome(self) -> Outcome:
        """What stays, and what others still know."""
        return Outcome(
            headline=say("You left «{club}»; {keys} {keys:key|keys} destroyed here.", club=self.club, keys=self.keys),
            lines=(
                say("What you have of it plays; what comes does not open here. An officer's letter lets you in again."),
                say("Its officers' lists still name you until one of them lets you out."),
            ),
        )


def leave(library: Library, club: str, *, now: datetime) -> LeftReport:
    """Destroy the keys of a club, also where they stand in letters, and in those that are carried on for others.

    Who left already does so once more.

    Raises: UsageError where it is not known, or this library's person is one of its officers.
    """
    with library.changes(frees=True) as changes:
        line = find_club(library, club)
        if line.role == "officer":
            raise UsageError(
                say(
                    "you are an officer of «{club}»: have the others carry it on without you first",
                    club=line.name,
                )
            )
        for letter in [each.key for each in held(library, CLUB_NEWS) if _is_of(each.attachment, line.imprint)]:
            forget(library, changes, letter)
            changes.commit()  # one by one: what is destroyed next must not be written anew before
        let_go(library, changes, lambda news: news.club == line.imprint)
        changes.commit()
        keys = keys_here(library, line.imprint)
        destroy(library, changes, keys)
        _let_go(library, changes, line.imprint)
        at = now.isoformat(timespec="seconds")
        before = standing(library, line.imprint) or ClubRow(imprint=line.imprint)
        changes.row(replace(before, name=line.name, standing="left", at=at))
        changes.commit()
    return LeftReport(club=line.name, imprint=line.imprint, keys=len(keys))


def _is_of(attachment: bytes, club: str) -> bool:
    return club.encode() in attachment


def _let_go(library: Library, changes: Changes, club: str) -> None:
    """Its labels are strangers' from now on."""
    stay = {imprint for imprint, each in of_clubs(library).items() if each == club}
    for view in library.shelf.labels():
        if view.imprint in stay and view.standing == "followed":
            row = LabelRow(imprint=view.imprint, name=view.name, standing="new", heard=view.heard, frozen=view.frozen)
            changes.row(row)
