"""`mag club officers`: who speaks for a club. Each change is a next root of its label, signed by so many of them.

Who is to come makes a label for this club and a root key, and gives a card of both. Who goes leaves what they did: it
counts as far as another officer takes it over, by id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from magnitizdat.catalogue.carrying_on import holders_of, need_of, newest_list, root_of
from magnitizdat.catalogue.club_roots import club_of, with_officers
from magnitizdat.catalogue.clubs import ClubRoot
from magnitizdat.catalogue.holder_cards import HolderCard, public_of
from magnitizdat.catalogue.proposals import propose
from magnitizdat.catalogue.publisher import paper_words
from magnitizdat.catalogue.succession import succession
from magnitizdat.errors import SourceError, UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.clubs.creating import new_club_label, speak_in, stay_in
from magnitizdat.ops.clubs.desk import Desk
from magnitizdat.ops.clubs.keeping import keep_clubs
from magnitizdat.ops.clubs.rosters import club_root, club_view, find_club
from magnitizdat.ops.clubs.staying import is_known
from magnitizdat.ops.labels.holder_keys import Names, holder_card, seeds_for, state_now
from magnitizdat.ops.labels.holders import (
    Arranged,
    WaitingRoot,
    WantedHolders,
    arrange,
    drop_unsigned,
    given_first,
    waiting_roots,
)
from magnitizdat.ops.labels.labels import find_label, held_state
from magnitizdat.ops.labels.of_clubs import made_for, of_clubs
from magnitizdat.ops.labels.signing import ProposalReport, PutForward, Work, put_forward, report, sign
from magnitizdat.sentence import Sentence, advice, listed, say, verbatim

FEWEST = 2
"""So many sign each next root of a club that several carry on, where nothing else is said."""


class OfficerLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """An officer: their club label, its four words, who holds their root key as far as is known here.

    `speaks`: what the label says counts; not where it forked. `here`: it is this library's person.
    """

    imprint: str
    words: str
    key: str
    name: str
    shown: Sentence
    speaks: bool
    here: bool


class Officers(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who speaks for a club, how many must sign its next root, and what is on its way."""

    club: str
    imprint: str
    version: int
    need: int
    of: int
    verdict: Sentence
    officers: tuple[OfficerLine, ...]
    waiting: tuple[WaitingRoot, ...] = ()
    left_over: int = 0

    def outcome(self) -> Outcome:
        """The verdict, everybody by name, and what is to be done."""
        return Outcome(headline=self.verdict, lines=tuple(self._lines()))

    def _lines(self) -> Iterator[Sentence]:
        yield say("Its officers are {names}.", names=listed(each.shown for each in self.officers))
        for each in self.officers:
            if not each.speaks:
                yield advice(
                    terminal=say(
                        "The label of {name} forked, and speaks for the club no more: `mag club officers --renew` on"
                        " their computer makes another.",
                        name=each.shown,
                    ),
                    page=say(
                        "The label of {name} signed two different things, and speaks for the club no more: on their"
                        " computer another one is made.",
                        name=each.shown,
                    ),
                )
        if self.left_over:
            yield advice(
                terminal=say(
                    "{n} {n:person was|people were} let in by officers who are none any more, and {n:is|are} not"
                    " in: `--take-over NAME` lets what such an officer did count.",
                    n=self.left_over,
                ),
                page=say(
                    "{n} {n:person was|people were} let in by officers who are none any more, and {n:is|are} not"
                    " in, until another officer takes over what such an officer did.",
                    n=self.left_over,
                ),
            )
        yield from (each.sentence for each in self.waiting)


class WantedOfficers(NamedTuple):
    """How the officers of a club change.

    `cards` of those who come, who goes (`out`: names, or how an imprint or key begins), root keys on paper beside
    theirs. With `disown` nothing counts any more that those did who go.
    """

    cards: Sequence[HolderCard] = ()
    out: Sequence[str] = ()
    need: int = 0
    papers: int = 0
    disown: bool = False


def officers(library: Library, club: str = "") -> Officers:
    """Who speaks for a club. Raises: UsageError, NotFoundError."""
    line = find_club(library, club)
    view, state, names = find_label(library, line.imprint), held_state(library, line.imprint), Names(library)
    verdict, stands = succession(state), club_view(library, line.imprint)
    made = made_for(library, line.imprint)
    return Officers(
        club=line.name,
        imprint=line.imprint,
        version=len(state.roots()),
        need=verdict.threshold,
        of=verdict.keys,
        verdict=verdict.sentence,
        officers=tuple(_line(each, stands.root, names, stands.speaking, made) for each in stands.root.officers),
        waiting=tuple(waiting_roots(library, view, state)),
        left_over=len(stands.left_over) if line.role == "officer" else 0,
    )


def officer_card(library: Library, club: str, name: str, *, now: datetime) -> HolderCard:
    """A card for a club's officers, who appoint with it: a root key, and a label for this club. Both stay here.

    Raises: UsageError where this library's person is an officer already.
    """
    line = find_club(library, club)
    if line.role == "officer":
        raise UsageError(say("you are an officer of «{club}» already", club=line.name))
    label = _unused_label(library, line.imprint)
    if not label:
        with library.changes() as changes:
            label = new_club_label(library, changes, now=now)
            speak_in(changes, label, line.imprint)
            changes.commit()
    return holder_card(library, name, label=label, now=now)


def appoint(
    library: Library,
    club: str,
    wanted: WantedOfficers,
    *,
    now: datetime,
    instead: bool = False,
    only_copy: bool = False,
) -> ProposalReport:
    """Propose that these are its officers from then on, and sign that with what is here.

    Of a founder's club, which is 1-of-2, both root keys are replaced; this library gets a new one. What those did who
    go is taken over here at once, as far as it is known here.

    Raises: UsageError, NotVerifiedError; nothing is proposed then.
    """
    with library.changes() as changes:
        work = _work(library, changes, club, now)
        before = _club(work)
        gone = [_meant(library, each, before) for each in wanted.out]
        arranged = arrange(work, _holders(work, before, wanted, gone))
        after = with_officers(before, come={each.label: each.key for each in wanted.cards}, go=gone)
        after = _with_mine(made_for(library, work.view.imprint), after, arranged)
        for label in [card.label for card in wanted.cards if not is_known(library, card.label)]:
            stay_in(changes, label, work.view.imprint)
        if gone and not wanted.disown:
            _take_over(work, gone, only_copy=only_copy)
        done = _put_forward(work, after, arranged, instead=instead, only_copy=only_copy)
        changes.commit()
    return report(library, work.view, done, papers=[paper_words(seed) for seed in arranged.papers])


def renew(
    library: Library, club: str, *, now: datetime, instead: bool = False, only_copy: bool = False
) -> ProposalReport:
    """Propose that this library's person goes on as an officer with another club label: the one before forked."""
    with library.changes() as changes:
        work = _work(library, changes, club, now)
        before = _club(work)
        made = made_for(library, work.view.imprint)
        mine = next((each for each in before.officers if each in made), "")
        if not mine:
            raise UsageError(say("you are no officer of «{club}»; ask one of them", club=work.view.name))
        label = new_club_label(library, changes, now=now)
        speak_in(changes, label, work.view.imprint)
        come = {label: before.keys[mine]} if mine in before.keys else {label: ""}
        after = with_officers(before, come=come, go=[mine])
        arranged = Arranged(holders_of(work.state), need_of(work.state), (), ())
        done = _put_forward(work, after, arranged, instead=instead, only_copy=only_copy)
        changes.commit()
    return report(library, work.view, done)


def take_over(library: Library, club: str, names: Sequence[str], *, now: datetime, only_copy: bool = False) -> Officers:
    """Have count what these did who are officers no more: by this library's word, and as far as it is known here.

    Raises: UsageError where this library's person is no officer, or a name means nobody who was one.
    """
    with library.changes() as changes:
        work = _work(library, changes, club, now)
        former = _club(work).former
        found = [_meant_former(library, each, former) for each in names]
        _take_over(work, found, only_copy=only_copy)
        changes.commit()
    return officers(library, club)


def sign_root(
    library: Library,
    files: Sequence[bytes],
    *,
    words: Sequence[str] = (),
    now: datetime,
    instead: bool = False,
    only_copy: bool = False,
) -> ProposalReport:
    """`ops.labels.signing.sign`; where officers of a club changed by it, its door gets another key at once."""
    done = sign(library, files, words=words, now=now, instead=instead, only_copy=only_copy)
    if done.taken and done.imprint in of_clubs(library):
        keep_clubs(library, now=now)
    return done


# -- their parts ------------------------------------------------------------------------------------------------------


def _work(library: Library, changes: Changes, club: str, now: datetime) -> Work:
    """Raises: UsageError where no root key of the club is here."""
    view = find_label(library, find_club(library, club).imprint)
    state = state_now(library, view.imprint)
    if not seeds_for(library, view.imprint).keys() & {*holders_of(state)}:
        raise UsageError(
            say("this library holds no root key of «{name}»; one of its officers proposes", name=view.name)
        )
    return Work(library, changes, view, state, now)


def _club(work: Work) -> ClubRoot:
    club = club_of(root_of(work.state).signed)
    if club is None:
        raise UsageError(say("«{name}» is no club", name=work.view.name))
    return club


def _holders(work: Work, club: ClubRoot, wanted: WantedOfficers, gone: Sequence[str]) -> WantedHolders:
    """Root keys come and go with their officers. Raises: UsageError for a card that is no officer's."""
    for card in wanted.cards:
        if not card.label:
            raise UsageError(
                advice(
                    terminal=say(
                        "the card of «{name}» is of a root key alone; `mag club officer-card` makes an officer's",
                        name=card.name,
                    ),
                    page=say(
                        "the card of «{name}» is not an officer's; ask them for the one that Clubs makes",
                        name=card.name,
                    ),
                )
            )
    is_founders = need_of(work.state) == 1
    return WantedHolders(
        cards=wanted.cards,
        papers=wanted.papers,
        with_me=is_founders,
        out=() if is_founders else [club.keys[each] for each in gone if each in club.keys],
        need=wanted.need or (FEWEST if is_founders else 0),
        of_club=True,
    )


def _with_mine(made: Collection[str], club: ClubRoot, arranged: Arranged) -> ClubRoot:
    """A founder's own root key is told with the others, once there are any."""
    mine = [each for each in club.officers if each in made]
    keys = {each: public_of(arranged.mine[0]) for each in mine[:1]} if arranged.mine else {}
    return ClubRoot(name=club.name, officers=club.officers, keys={**club.keys, **keys}, former=club.former)


def _put_forward(work: Work, club: ClubRoot, arranged: Arranged, *, instead: bool, only_copy: bool) -> PutForward:
    proposed = propose(
        root_of(work.state),
        imprint=work.view.imprint,
        roots=work.state.roots(),
        holders=arranged.keys,
        need=arranged.need,
        lists=newest_list(work.state),
        club=club,
        now=work.now,
    )
    drop_unsigned(work)
    return put_forward(work, proposed, given_first(arranged, instead=instead, only_copy=only_copy))


def _take_over(work: Work, gone: Collection[str], *, only_copy: bool) -> None:
    desk = Desk(work.library, work.changes, work.view.imprint, now=work.now, only_copy=only_copy)
    desk.take_over(gone)
    desk.sign()


def _unused_label(library: Library, club: str) -> str:
    """A label that was made for this club here and that no root of it names yet."""
    root = ClubRoot(name="?")
    with suppress(SourceError):
        root = club_root(library, club)
    named = {*root.officers, *root.former, club}
    return min(made_for(library, club) - named, default="")


def _line(imprint: str, club: ClubRoot, names: Names, speaking: Collection[str], made: Collection[str]) -> OfficerLine:
    key = club.keys.get(imprint, "")
    here = imprint in made
    words = imprint_words(imprint)
    shown = names.of(key) if key else say("you, as {words}", words=words) if here else verbatim(words)
    return OfficerLine(
        imprint=imprint,
        words=words,
        key=key,
        name=names.name(key),
        shown=shown,
        speaks=imprint in speaking,
        here=here,
    )


def _meant(library: Library, text: str, club: ClubRoot) -> str:
    """The club label of an officer: by a name, or how its words, imprint or root key begin."""
    names, wanted = Names(library), text.strip().casefold()
    keys = {key: imprint for imprint, key in club.keys.items()}
    found = {keys[key] for key in names.find(text, keys)}
    found |= {each for each in club.officers if _begins(each, wanted)}
    if len(found) == 1:
        return found.pop()
    shown = [
        names.of(club.keys[each]) if each in club.keys else verbatim(imprint_words(each)) for each in club.officers
    ]
    raise UsageError(
        say(
            "«{text}» is not one of its officers: {names}; give a name, or the beginning of a key",
            text=text,
            names=listed(shown),
        )
    )


def _meant_former(library: Library, text: str, former: Sequence[str]) -> str:
    """The same of those who are none any more: the names that their cards had are known by their club labels."""
    wanted = text.strip().casefold()
    named = Names(library).labels()
    found = {each for each in former if _begins(each, wanted) or named.get(each, "").casefold() == wanted}
    if len(found) == 1:
        return found.pop()
    shown = ", ".join(named.get(each) or imprint_words(each) for each in former)
    raise UsageError(say("«{text}» was no officer of this club: {names}", text=text, names=shown or "-"))


def _begins(imprint: str, wanted: str) -> bool:
    return len(wanted) >= 8 and (imprint.startswith(wanted) or imprint_words(imprint) == wanted)
