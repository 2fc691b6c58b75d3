"""`mag club expel`: somebody is let out of a club; its door has another key from then on, which goes to the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from magnitizdat.catalogue.clubs import Admission, Expulsion
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.clubs.desk import Desk
from magnitizdat.ops.clubs.rosters import find_club
from magnitizdat.scene.clubs import ClubView, same_person
from magnitizdat.sentence import Sentence, advice, say


class ExpelledReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who was let out; the new key goes to so many `members` in so many `letters`. `told`: a letter says so to them."""

    club: str
    imprint: str
    name: str
    epoch: int
    members: int
    letters: int
    told: bool

    def outcome(self) -> Outcome:
        """What holds from now on, and for whom."""
        return Outcome(
            headline=say("«{name}» is let out of «{club}».", name=self.name, club=self.club), lines=tuple(self._lines())
        )

    def _lines(self) -> Iterator[Sentence]:
        yield say(
            "The door has a new key; {letters} {letters:letter brings|letters bring} it to {members}"
            " {members:member|members}.",
            letters=self.letters,
            members=self.members,
        )
        if self.told:
            yield say("A letter tells them so.")
        yield say("It binds only those whom it has reached, and what they have they keep.")


def expel(
    library: Library, name: str, *, club: str = "", silent: bool = False, now: datetime, only_copy: bool = False
) -> ExpelledReport:
    """Let a member out, by name, id or its beginning, or imprint: under all ids that they have.

    Raises: UsageError where there is no such member, or this library's person is no officer.
    """
    with library.changes() as changes:
        line = find_club(library, club, role="officer")
        desk = Desk(library, changes, line.imprint, now=now, only_copy=only_copy)
        member = find_member(desk.view, name)
        ids = [each.id for each in same_person(desk.view, member)]
        desk.add(Expulsion(id=each, at=desk.moment) for each in ids)
        epoch = desk.begin_epoch(ids)
        members = desk.view.members
        desk.bring_keys(members, officers=desk.view.owed_officers)
        letters = desk.letters
        if not silent:
            desk.say_goodbye(member, ids, until=epoch.number)
        desk.sign()
        changes.commit()
    return ExpelledReport(
        club=line.name,
        imprint=line.imprint,
        name=member.name,
        epoch=epoch.number,
        members=len(members),
        letters=letters,
        told=not silent,
    )


def find_member(stands: ClubView, text: str) -> Admission:
    """A member by name, id, its beginning, or imprint.

    Raises: UsageError where there is none, or more than one.
    """
    wanted = text.strip().casefold()
    found = [each for each in stands.members if each.name.casefold() == wanted]
    found = found or [each for each in stands.members if wanted and wanted in {each.id, each.imprint}]
    found = found or [each for each in stands.members if len(wanted) >= 6 and each.id.startswith(wanted)]
    if not found:
        raise UsageError(
            advice(
                terminal=say("nobody in it is called «{text}»; `mag club list CLUB` shows who is", text=text),
                page=say("nobody in it is called «{text}»; look at the list again", text=text),
            )
        )
    if len({each.address for each in found}) > 1:
        several = ", ".join(each.id[:8] for each in found)
        raise UsageError(say("«{text}» can be several: {several}; give the id of one", text=text, several=several))
    return found[0]
