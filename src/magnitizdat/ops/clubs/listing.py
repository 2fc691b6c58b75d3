"""`mag club list CLUB`: who is in a club, for its officers; nobody else's library knows."""

from __future__ import annotations

from magnitizdat.catalogue.clubs import Admission, Roster
from magnitizdat.errors import EXIT_PARTLY, UsageError
from magnitizdat.formats.names import clean_line, imprint_words
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.clubs.rosters import club_view, documents, find_club
from magnitizdat.scene.clubs import ClubView
from magnitizdat.sentence import Sentence, say


class MemberLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Somebody in a club. `key`: the key in force went to them; `at`: when they were let in."""

    id: str
    name: str
    imprint: str
    words: str
    since: int
    at: str
    key: bool


class Members(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who is in a club, in the order of their coming; `left_over` were let in by officers who are none any more.

    `unread`: nobody's list opens here yet, as it is of who was just made an officer.
    """

    club: str
    imprint: str
    epoch: int
    members: tuple[MemberLine, ...]
    left_over: tuple[MemberLine, ...] = ()
    unread: bool = False

    def outcome(self) -> Outcome:
        """How many there are, and who is nobody's."""
        if self.unread:
            return Outcome(headline=_not_yet(self.club), exit_code=EXIT_PARTLY)
        count = len(self.members)
        headline = say("«{club}» has {n} {n:member|members}.", club=self.club, n=count)
        left = say(
            "Let in by officers who are none any more, and not in: {names}.",
            names=", ".join(each.name for each in self.left_over),
        )
        return Outcome(headline=headline, lines=(left,) if self.left_over else ())


def _not_yet(club: str) -> Sentence:
    return say(
        "You do not have the list of «{club}» yet: cut a reel for the club, and dub one of another officer's after"
        " that.",
        club=club,
    )


def members(library: Library, club: str = "") -> Members:
    """Who is in a club. Raises: UsageError where this library's person is no officer of it."""
    line = find_club(library, club)
    if line.role != "officer":
        raise UsageError(say("only the officers of «{club}» know who is in it", club=line.name))
    stands = club_view(library, line.imprint)
    owed = {each.id for each in stands.owed}
    return Members(
        club=line.name,
        imprint=line.imprint,
        epoch=stands.in_force.number if stands.in_force is not None else 0,
        members=tuple(_member(each, stands, owed) for each in stands.members),
        left_over=tuple(_member(each, stands, owed) for each in stands.left_over),
        unread=not stands.members and _is_unread(library, line.imprint, stands),
    )


def _is_unread(library: Library, club: str, stands: ClubView) -> bool:
    """Whether who let others in before this person was an officer was not heard of, or seals the list to others yet."""
    first = stands.root.officers[0]
    opened = {each.imprint for each in stands.words if each.roster is not None}
    return first not in opened and (
        "timestamp.json" not in library.label_files(first)
        or any(each.club == club for each in documents(library, first, Roster))
    )


def _member(each: Admission, stands: ClubView, owed: set[str]) -> MemberLine:
    return MemberLine(
        id=each.id,
        name=clean_line(each.name),
        imprint=each.imprint,
        words=imprint_words(each.imprint) if each.imprint else "",
        since=each.since,
        at=each.at,
        key=stands.in_force is not None and each.id not in owed,
    )
