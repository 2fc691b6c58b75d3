"""`mag label holders`: who carries a label on: appoint holders of its root keys, and see how that stands."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from magnitizdat.catalogue.carrying_on import holders_of, is_taken_in, need_of, newest_list, root_of
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.catalogue.holder_cards import HolderCard, card_bytes, public_of, read_card
from magnitizdat.catalogue.proposals import MAX_HOLDERS, NextRoot, counted, propose, root_keys, signed_by
from magnitizdat.catalogue.publisher import SEED_LENGTH, paper_words
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.catalogue.succession import RootStep, succession
from magnitizdat.errors import SourceError, UsageError
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.library.members import keys_name
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.holder_keys import (
    Names,
    holder_card,
    new_holder,
    note_holders,
    own_seeds,
    proposals,
    seeds_for,
    state_now,
    state_under,
    waiting,
)
from magnitizdat.ops.labels.kept_proposals import drop
from magnitizdat.ops.labels.labels import find_label, held_state, went, went_sentence
from magnitizdat.ops.labels.signing import Given, ProposalReport, PutForward, Work, put_forward, report
from magnitizdat.sentence import Sentence, advice, listed, say

__all__ = ["HolderCard", "appoint", "card_bytes", "held", "holder_card", "read_card", "standing"]
_SEVERAL_HANDS = advice(
    terminal=say("`--need 3 --holder CARD…` puts it into several hands."),
    page=say("Name holders to put it into several hands."),
)


class WaitingRoot(Value, frozen=True, kw_only=True):
    """A next root that was proposed: `can_sign` where a key that is here has not signed it yet."""

    label: str
    imprint: str
    version: int
    sha256: str
    old: int
    need_old: int
    own: int
    need_own: int
    can_sign: bool
    signed: bool

    @property
    def sentence(self) -> Sentence:
        """For people."""
        if self.can_sign:
            return advice(
                terminal=say(
                    "Root version {version} of «{name}» waits for your signature: `mag label sign` shows what it"
                    " changes.",
                    version=self.version,
                    name=self.label,
                ),
                page=say(
                    "Root version {version} of «{name}» waits for your signature: look at it under Sign.",
                    version=self.version,
                    name=self.label,
                ),
            )
        if self.old >= self.need_old and self.own >= self.need_own:
            return say(
                "Enough have signed root version {version} of «{name}»; its keeper's list is still to come.",
                version=self.version,
                name=self.label,
            )
        return say(
            "Root version {version} of «{name}» is on its way: {old} of {need_old} and {own} of {need_own} signatures.",
            version=self.version,
            name=self.label,
            old=self.old,
            need_old=self.need_old,
            own=self.own,
            need_own=self.need_own,
        )


class HeldLabel(Value, frozen=True, kw_only=True):
    """A label of which a root key is here."""

    label: str
    imprint: str
    keys: tuple[str, ...]
    need: int
    of: int

    @property
    def sentence(self) -> Sentence:
        """For people."""
        return say(
            "You hold {keys} of the {of} root keys of «{name}»; {need} carry it on.",
            keys=len(self.keys),
            of=self.of,
            name=self.label,
            need=self.need,
        )


class HoldersStanding(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What this library holds for labels, and what waits. `unused`: keys that no label which is known here names.

    `went`: names of labels that this library signed once, and does no more.
    """

    labels: tuple[HeldLabel, ...] = ()
    waiting: tuple[WaitingRoot, ...] = ()
    unused: int = 0
    went: tuple[str, ...] = ()

    def sentences(self) -> Iterator[Sentence]:
        """For people; nothing where there is nothing."""
        yield from (each.sentence for each in self.labels)
        yield from (each.sentence for each in self.waiting)
        yield from map(went_sentence, self.went)
        if self.unused:
            yield say(
                "{n} {n:holder's key|holders' keys} of yours {n:is|are} in no label that is known here yet.",
                n=self.unused,
            )


class RootHolder(Value, frozen=True, kw_only=True):
    """One of those who carry a label on: the key in hex, its name as known here, and whether the key is here."""

    key: str
    name: str
    shown: Sentence
    here: bool


class LabelHolders(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who carries a label on. `verdict` says how sound that is."""

    label: str
    imprint: str
    version: int
    need: int
    of: int
    verdict: Sentence
    holders: tuple[RootHolder, ...]
    steps: tuple[RootStep, ...]
    waiting: tuple[WaitingRoot, ...] = ()

    def outcome(self) -> Outcome:
        """The verdict, everybody by name, and what is on its way."""
        return Outcome(headline=self.verdict, lines=tuple(self._lines()))

    def _lines(self) -> Iterator[Sentence]:
        if self.holders:
            yield say("They are {names}.", names=listed(holder.shown for holder in self.holders))
        if self.need == 1:
            yield say(
                "One is in the library that signs it, one on paper: whoever takes that library, unlocked,"
                " takes the label. {then}",
                then=_SEVERAL_HANDS,
            )
        yield from (each.sentence for each in self.waiting)


class WantedHolders(NamedTuple):
    """How the holders of a label change: cards of those who come, papers, a key of one's own, and who goes.

    Of a club they change together with its officers, by `ops.clubs.officers`.
    """

    cards: Sequence[HolderCard] = ()
    papers: int = 0
    with_me: bool = False
    out: Sequence[str] = ()
    need: int = 0
    of_club: bool = False


class Arranged(NamedTuple):
    """Keys (hex) of all who shall carry a label on, how many of them must sign, and seeds that are new here."""

    keys: tuple[str, ...]
    need: int
    papers: tuple[bytes, ...]
    mine: tuple[bytes, ...]


def appoint(
    library: Library,
    label: str,
    *,
    need: int = 0,
    cards: Sequence[HolderCard] = (),
    papers: int = 0,
    with_me: bool = False,
    out: Sequence[str] = (),
    now: datetime,
    instead: bool = False,
    only_copy: bool = False,
) -> ProposalReport:
    """Propose that these carry a label on, and sign that with what is here.

    Words of papers are shown once, in the report. With papers the keys that are here sign later, by `sign`: a label
    goes on under no root whose words nobody may have seen.

    A label that is 1-of-2 gets new holders altogether; of one that has holders those stay who are not `out`. `need`
    stays as it is where it is not named.

    Raises: UsageError, NotVerifiedError; nothing is proposed then.
    """
    with library.changes() as changes:
        view = find_label(library, label)
        state = state_now(library, view.imprint)
        _require_voice(library, view, state)
        work = Work(library, changes, view, state, now)
        wanted = WantedHolders(cards, papers, with_me, out, need)
        arranged = arrange(work, wanted)
        proposed = propose(
            root_of(state),
            imprint=view.imprint,
            roots=state.roots(),
            holders=arranged.keys,
            need=arranged.need,
            lists=newest_list(state),
            now=now,
        )
        drop_unsigned(work)
        done = put_forward(work, proposed, given_first(arranged, instead=instead, only_copy=only_copy))
        changes.commit()
    return report(library, view, done, papers=[paper_words(seed) for seed in arranged.papers])


def arrange(work: Work, wanted: WantedHolders) -> Arranged:
    """Who shall carry a label on, with new keys for papers and for oneself; notes whose each is.

    Raises: UsageError where that are too many, or too few for one of them to be lost.
    """
    state = work.state
    if not wanted.of_club and (wanted.cards or wanted.out) and club_of(root_of(state).signed) is not None:
        raise UsageError(
            advice(
                terminal=say(
                    "«{name}» is a club, and its officers hold it: `mag club officers` changes them",
                    name=work.view.name,
                ),
                page=say(
                    "«{name}» is a club, and its officers hold it: they are changed under Clubs", name=work.view.name
                ),
            )
        )
    stay = _staying(work.library, state, wanted.out)
    papers = tuple(secrets.token_bytes(SEED_LENGTH) for _ in range(wanted.papers))
    mine = (new_holder(work.changes, work.view.name, now=work.now),) if wanted.with_me else ()
    keys = (*stay, *(card.key for card in wanted.cards), *map(public_of, (*papers, *mine)))
    need = wanted.need or (need_of(state) if need_of(state) > 1 else 0)
    if not need:
        raise UsageError(
            advice(
                terminal=say("say with --need how many of the holders must sign the label's next root"),
                page=say("say how many of the holders must sign the label's next root"),
            )
        )
    if len(keys) > MAX_HOLDERS:
        raise UsageError(say("a label has at most {most} holders; leave some out", most=MAX_HOLDERS))
    if not 2 <= need < len(keys):
        raise UsageError(
            say(
                "{need} of {of} cannot be: at least two must sign, and at most one fewer than there are, or"
                " one lost key ends the label; add somebody, or a key on paper",
                need=need,
                of=len(keys),
            )
        )
    note_holders(work.changes, wanted.cards, papers, now=work.now)
    return Arranged(keys, need, papers, mine)


def given_first(arranged: Arranged, *, online: bytes = b"", instead: bool = False, only_copy: bool = False) -> Given:
    """What signs a proposal as it is made: papers alone where there are any, for their words are still to be seen."""
    papers = bool(arranged.papers)
    return Given(arranged.papers or arranged.mine, online, instead, only_copy, papers)


def drop_unsigned(work: Work) -> None:
    """Proposals that nobody who carries the label on has signed give way to the next one."""
    for proposed in waiting(work.library, work.state):
        with suppress(SourceError):
            if not counted(proposed, root_of(work.state, proposed.proposal.before.version).signed).old:
                drop(work.changes, proposed, now=work.now)


def standing(library: Library, label: str) -> LabelHolders:
    """Who carries a label on, as it is known here.

    Raises: UsageError, NotFoundError where nothing is held of it.
    """
    view = find_label(library, label)
    state, names = held_state(library, view.imprint), Names(library)
    verdict, own = succession(state), seeds_for(library, view.imprint)
    shown = tuple(
        RootHolder(key=key, name=names.name(key), shown=names.of(key), here=key in own) for key in holders_of(state)
    )
    return LabelHolders(
        label=view.name,
        imprint=view.imprint,
        version=len(state.roots()),
        need=verdict.threshold,
        of=verdict.keys,
        verdict=verdict.sentence,
        holders=shown,
        steps=verdict.steps,
        waiting=tuple(waiting_roots(library, view, state)),
    )


def newest_proposal(library: Library, label: str) -> ProposalReport:
    """The newest next root of a label that is known here, once more, waiting or in force; nothing is signed.

    Raises: UsageError where none is; as `signing.look`.
    """
    view = find_label(library, label)
    known = proposals(library, view.imprint)
    if not known:
        raise UsageError(say("no next root of «{name}» is known here", name=view.name))
    newest = max(known, key=lambda each: (each.version, len(each.proposal.signatures)))
    state = held_state(library, view.imprint)
    return report(library, view, PutForward(newest, (), "before" if is_taken_in(newest, state) else ""))


def held(library: Library) -> HoldersStanding:
    """What this library holds for labels, and what waits for its signature or for others."""
    own, named = own_seeds(library).keys(), set[str]()
    labels, open_ones = list[HeldLabel](), list[WaitingRoot]()
    gone = tuple(view.name for view in library.shelf.labels() if went(library, view))
    if not own and not proposals(library):
        return HoldersStanding(went=gone)
    for view in library.shelf.labels():
        state = held_state(library, view.imprint)
        with suppress(SourceError):  # nothing of it is here, or it is damaged
            open_ones += waiting_roots(library, view, state)
            holders = holders_of(state)
            named |= {*holders, *(key for each in waiting(library, state) for key in root_keys(each.statement.signed))}
            mine = tuple(key for key in holders if key in own)
            if mine:
                labels.append(
                    HeldLabel(label=view.name, imprint=view.imprint, keys=mine, need=need_of(state), of=len(holders))
                )
    return HoldersStanding(labels=tuple(labels), waiting=tuple(open_ones), unused=len(own - named), went=gone)


def waiting_roots(library: Library, view: LabelView, state: LabelState) -> Iterator[WaitingRoot]:
    """Next roots of a label that were proposed and are not in force, as they stand here."""
    own = seeds_for(library, view.imprint).keys()
    for proposed in waiting(library, state):
        with suppress(SourceError):  # it follows a branch that is not held
            yield _waiting_root(library, view, proposed, own)


def _waiting_root(library: Library, view: LabelView, proposed: NextRoot, own: Collection[str]) -> WaitingRoot:
    before = root_of(state_under(library, proposed), proposed.proposal.before.version).signed
    count, signers = counted(proposed, before), signed_by(proposed, before)
    able = root_keys(before).keys() | root_keys(proposed.statement.signed).keys()
    return WaitingRoot(
        label=view.name,
        imprint=view.imprint,
        version=proposed.version,
        sha256=proposed.sha256,
        old=count.old,
        need_old=count.need_old,
        own=count.own,
        need_own=count.need_own,
        can_sign=bool((able & {*own}) - signers),
        signed=bool(signers & {*own}),
    )


def _staying(library: Library, state: LabelState, out: Sequence[str]) -> list[str]:
    """Of a label that is 1-of-2 nobody: both keys are what holders replace."""
    if need_of(state) == 1:
        return []
    holders, names = holders_of(state), Names(library)
    gone = set[str]()
    for text in out:
        found = names.find(text, holders)
        if len(found) != 1:
            raise UsageError(
                say(
                    "«{text}» is not one of its holders: {names}; give a name, or the beginning of a key",
                    text=text,
                    names=listed(map(names.of, holders)),
                )
            )
        gone |= {*found}
    return [key for key in holders if key not in gone]


def _require_voice(library: Library, view: LabelView, state: LabelState) -> None:
    """Only who signs the label's lists, or holds a root key, proposes: nobody else's proposal would be signed."""
    keys = seeds_for(library, view.imprint)
    if not library.has_member(keys_name(view.imprint)) and not keys.keys() & {*holders_of(state)}:
        raise UsageError(
            say("this library neither signs «{name}» nor holds a root key of it; ask its keeper", name=view.name)
        )
