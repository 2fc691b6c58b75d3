"""`mag club admit`: somebody is let into a club, and a letter brings them the key of its door."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

from magnitizdat.catalogue.clubs import Admission
from magnitizdat.errors import NotSureError, UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Card, Outcome, Value
from magnitizdat.ops.clubs.desk import Desk
from magnitizdat.ops.clubs.rosters import find_club
from magnitizdat.sentence import Sentence, advice, say


class AdmittedReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who was let in, under which id. `again`: they were in already, and the key was sent once more."""

    club: str
    imprint: str
    name: str
    id: str
    epoch: int
    again: bool = False
    past: bool = False

    def outcome(self) -> Outcome:
        """What goes to them, and by which way."""
        template = {"name": self.name, "club": self.club}
        if self.again:
            headline = say("«{name}» is in «{club}» already; the key goes to them once more.", **template)
        else:
            headline = say("«{name}» is let into «{club}».", **template)
        return Outcome(headline=headline, lines=tuple(self._lines()))

    def _lines(self) -> Iterator[Sentence]:
        yield say("The letter with the key lies in your post: it goes along on every reel that you cut.")
        if self.past:
            yield say("It opens what was sealed for the club before, as far as its keys are here.")


def admit(
    library: Library,
    card: Card,
    *,
    club: str = "",
    name: str = "",
    past: bool = False,
    now: datetime,
    only_copy: bool = False,
) -> AdmittedReport:
    """Let somebody in by their card: the key in force goes to them, and with `past` all that are here.

    Who is in already gets no second id.

    Raises: UsageError where this library's person is no officer, or the club has somebody of that name.
    """
    with library.changes() as changes:
        line = find_club(library, club, role="officer")
        desk = Desk(library, changes, line.imprint, now=now, only_copy=only_copy)
        epoch = desk.ready_epoch()
        known = [each for each in desk.view.members if _is_of(each, card)]
        member = known[0] if known else _admission(desk, card, name.strip() or card.name, since=epoch.number)
        if not known:
            desk.add([member])
        desk.invite(member, past=past)
        desk.sign()
        changes.commit()
    return AdmittedReport(
        club=line.name,
        imprint=line.imprint,
        name=member.name,
        id=member.id,
        epoch=epoch.number,
        again=bool(known),
        past=past,
    )


def _is_of(member: Admission, card: Card) -> bool:
    return member.address == card.recipient


def _admission(desk: Desk, card: Card, name: str, *, since: int) -> Admission:
    """Raises: UsageError where there is somebody of that name; NotSureError where they are known by another address."""
    for each in desk.view.members:
        if card.imprint and each.imprint == card.imprint:
            raise NotSureError(
                say("«{name}» is in by another address; let them out first, then in by this card", name=each.name)
            )
        if each.name.casefold() == name.casefold():
            raise UsageError(
                advice(
                    terminal=say("a «{name}» is in already; give this one another name with --name", name=each.name),
                    page=say("a «{name}» is in already; give this one another name", name=each.name),
                )
            )
    return Admission(
        id=secrets.token_hex(16),
        name=name,
        address=card.recipient,
        imprint=card.imprint,
        since=since,
        at=desk.moment,
    )
