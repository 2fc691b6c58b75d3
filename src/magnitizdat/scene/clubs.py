"""Who is in a club and which key its door has: what its officers said apart, put together. PURE.

No order of events is common to all, so nothing depends on one. Ids are let in and ids are gone, both only grow, and
whoever knows the same documents finds the same. An officer's label has ids as well: its seat is gone once its officer
is removed, its tongue once another officer saw that it forked. Either way it speaks no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import NamedTuple, TypeVar

from magnitizdat.catalogue.clubs import (
    MAX_GONE,
    MAX_NUMBER,
    Admission,
    ClubRoot,
    Epoch,
    Expulsion,
    GivenEpoch,
    RosterPart,
)
from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.voices import voice_id
from magnitizdat.errors import UsageError
from magnitizdat.sentence import Sentence, say

LETTER_MEMBERS = 256
"""Members to whom one letter brings keys."""
LETTER_EPOCHS = 8
"""Epochs whose keys one letter brings: so much can somebody sleep through."""
FEW_LETTERS = 4
"""So many letters may go where fewer would do, so that who came late takes no key from who came early."""

V = TypeVar("V", Admission, Epoch)


class OfficerWords(NamedTuple):
    """What one officer's club label says here.

    `roster` is all of its parts together, None where this library cannot open it; `epochs` are those of this club.
    `teller`: whose letter alone says that this officer made them, empty where his documents do.
    """

    imprint: str
    roster: RosterPart | None = None
    epochs: tuple[Epoch, ...] = ()
    is_forked: bool = False
    teller: str = ""

    @property
    def is_hearsay(self) -> bool:
        """Whether another one says it."""
        return self.teller not in {"", self.imprint}


class ClubView(NamedTuple):
    """How a club stands, as far as it is known here.

    `speaking` are imprints of the officers whose words count. `epochs` begin with the newest. `owed` and
    `owed_officers` have the key of the epoch `in_force` from nobody. `forked`: officers of whose fork no epoch tells
    yet; `still`: these, and those of whose fork one tells. `left_over` were let in by labels that speak no more.
    """

    root: ClubRoot
    words: tuple[OfficerWords, ...]
    speaking: tuple[str, ...]
    members: tuple[Admission, ...]
    gone: frozenset[str]
    epochs: tuple[Epoch, ...]
    in_force: Epoch | None
    owed: tuple[Admission, ...]
    owed_officers: tuple[str, ...]
    forked: tuple[str, ...]
    still: tuple[str, ...]
    left_over: tuple[Admission, ...]

    @property
    def needs_epoch(self) -> bool:
        """Whether an officer who sees this makes the next epoch."""
        return self.in_force is None or bool(self.forked)


class KeyLetter(NamedTuple):
    """One letter: to whom, and the epochs whose keys it brings, the one in force first."""

    members: tuple[Admission, ...]
    epochs: tuple[Epoch, ...]


# -- what stands ------------------------------------------------------------------------------------------------------


def seat(imprint: str) -> str:
    """An id of an officer's club label: in the `gone` of an epoch that he, removed, has no key of."""
    return voice_id("seat", imprint)


def tongue(imprint: str) -> str:
    """Another: in the `gone` of an epoch where that label forked. Its officer is one still, and gets the key."""
    return voice_id("tongue", imprint)


def view(root: ClubRoot, words: Sequence[OfficerWords]) -> ClubView:
    """What all of these say together; those of labels that are no officers' count for nothing.

    What somebody's letter says of another counts while both speak: else who was removed would speak on in his name.

    The epoch in force has the highest number, then the smallest id, among those whose `gone` holds every id that is
    known to be gone: none where two officers let somebody out without knowing of each other.
    """
    told = (each for each in words if not each.is_hearsay or each.teller in root.officers)
    heard = tuple(sorted(told, key=lambda each: (each.imprint, each.teller)))
    speaking = _speaking(root, heard)
    counted = tuple(each for each in heard if {each.imprint, each.teller or each.imprint}.issubset(speaking))
    forked = {each.imprint for each in counted if each.is_forked}
    gone = frozenset(chain(_gone(counted), map(seat, root.former)))
    epochs = tuple(sorted(_once(chain.from_iterable(each.epochs for each in counted)), key=_rank))
    in_force = next((each for each in epochs if gone.issubset(each.gone)), None)
    members = _by_coming(each for each in _admitted(counted) if each.id not in gone)
    known = {each.id for each in members}
    others = (each for each in _admitted(heard) if each.id not in gone and each.id not in known)
    return ClubView(
        root=root,
        words=heard,
        speaking=speaking,
        members=members,
        gone=gone,
        epochs=epochs,
        in_force=in_force,
        owed=_owed(counted, members, in_force),
        owed_officers=_owed_officers(root, counted, in_force),
        forked=tuple(each for each in speaking if each in forked),
        still=tuple(each for each in root.officers if each in forked or each not in speaking),
        left_over=_by_coming(others),
    )


def closed_because(stands: ClubView, name: str) -> Sentence:
    """Why nothing can be sealed for a club of which no epoch is in force."""
    if not stands.epochs:
        return say("No key of «{name}» is known here yet: dub from one of its officers.", name=name)
    told = set(chain.from_iterable(each.gone for each in stands.epochs))
    if not told.issuperset(map(seat, stands.root.former)):
        return say(
            "The officers of «{name}» changed. Nothing goes to it until one of them has made a new key: dub from one.",
            name=name,
        )
    return say(
        "Two officers changed the list without knowing of each other. Nothing goes to «{name}» until"
        " the one's change has reached the other.",
        name=name,
    )


def same_person(stands: ClubView, admission: Admission) -> tuple[Admission, ...]:
    """All admissions of somebody: two officers who let one person in apart gave them two ids."""
    return tuple(
        each
        for each in stands.members
        if each.address == admission.address or (each.imprint and each.imprint == admission.imprint)
    )


def maker_of(stands: ClubView, epoch: Epoch) -> str:
    """Imprint of the officer who made an epoch; empty where that is known of nobody. Others may send its key."""
    heard = [each for each in stands.words if not each.is_hearsay or each.teller in stands.speaking]
    made = (each.imprint for each in heard if any(known.id == epoch.id for known in each.epochs))
    return min((each for each in made if each in stands.speaking), default="")


# -- what an officer does next ----------------------------------------------------------------------------------------


def next_epoch(
    stands: ClubView, *, club: str, epoch_id: str, recipient: str, expelled: Iterable[str] = (), at: str = ""
) -> Epoch:
    """The next epoch: every id gone that is known to be, and the labels that forked. In force at once for its maker.

    Whoever publishes it publishes `taken_over(stands, stands.still)` with it, for those labels speak no more then.

    Raises: UsageError where more are gone than an epoch can name.
    """
    gone = stands.gone.union(expelled, map(tongue, stands.forked))
    number = max((each.number for each in stands.epochs), default=0)
    if number == MAX_NUMBER and any(gone.issubset(each.gone) for each in stands.epochs):
        gone |= {epoch_id}  # an id that is nobody's: no epoch before this one knows it
    if len(gone) > MAX_GONE:
        raise UsageError(say("a club lets {most} out and no more; begin a new one", most=MAX_GONE))
    return Epoch(
        id=epoch_id,
        club=club,
        number=min(number + 1, MAX_NUMBER),  # where numbers end, `gone` alone decides
        recipient=recipient,
        gone=tuple(sorted(gone)),
        at=at,
    )


def taken_over(stands: ClubView, officers: Collection[str]) -> RosterPart:
    """Acts of these officers, by id, for the roster of another one: they count whatever becomes of those labels.

    Whose label forked is an officer until he is removed: each of the others takes over what comes of his, for they hold
    different branches of it. Whether the acts of one who was removed shall count a person says.
    """
    theirs = [each for each in stands.words if each.imprint in officers]
    admitted = [each for each in _admitted(theirs) if each.id not in stands.gone]
    out = {each.id: each for words in theirs for each in (words.roster or RosterPart()).expulsions}
    told = chain.from_iterable(epoch.gone for each in theirs for epoch in each.epochs)
    every = {name: Expulsion(id=name) for name in told} | out
    return RosterPart(
        admissions=_by_coming(admitted), expulsions=tuple(sorted(every.values(), key=lambda each: each.id))
    )


def key_letters(stands: ClubView, *, held: Collection[str], to: Sequence[Admission]) -> tuple[KeyLetter, ...]:
    """Letters that bring keys to these members: of the epoch in force, and of those before that all of a letter lived.

    `held` are ids of epochs whose keys are here; without that of the one in force there is nothing to send. At most 256
    a letter, in the order of their coming.
    """
    if stands.in_force is None or stands.in_force.id not in held:
        return ()
    first = stands.in_force
    before = (each for each in stands.epochs if each.id in held and each.number <= first.number and each != first)
    epochs = (first, *list(before)[: LETTER_EPOCHS - 1])
    groups = _grouped([(each, _lived(each, epochs)) for each in _by_coming(to)])
    return tuple(KeyLetter(tuple(each for each, _ in group), epochs[: group[-1][1]]) for group in groups)


# -- their parts ------------------------------------------------------------------------------------------------------


def _speaking(root: ClubRoot, words: Iterable[OfficerWords]) -> tuple[str, ...]:
    said = chain.from_iterable(each.epochs for each in words if each.imprint in root.officers)
    told = set(map(seat, root.former)).union(*(epoch.gone for epoch in said))
    return tuple(each for each in root.officers if told.isdisjoint((seat(each), tongue(each))))


def _gone(words: Iterable[OfficerWords]) -> Iterator[str]:
    for each in words:
        yield from chain.from_iterable(epoch.gone for epoch in each.epochs)
        if each.roster is not None:
            yield from (out.id for out in each.roster.expulsions)


def _admitted(words: Iterable[OfficerWords]) -> Iterator[Admission]:
    return _once(chain.from_iterable(each.roster.admissions for each in words if each.roster is not None))


def _once(said: Iterable[V]) -> Iterator[V]:
    """One of each id, the same for everybody where one id means two things."""
    found: dict[str, V] = {}
    for each in said:
        known = found.setdefault(each.id, each)
        if known != each and encode(each) < encode(known):
            found[each.id] = each
    return iter(found.values())


def _rank(epoch: Epoch) -> tuple[int, str]:
    return -epoch.number, epoch.id


def _by_coming(admissions: Iterable[Admission]) -> tuple[Admission, ...]:
    return tuple(sorted(admissions, key=lambda each: (each.since, each.id)))


def _owed(words: Iterable[OfficerWords], members: Iterable[Admission], epoch: Epoch | None) -> tuple[Admission, ...]:
    if epoch is None:
        return ()
    given = {name for lists in _lists(words, epoch) for name in lists.members}
    return tuple(each for each in members if each.id not in given)


def _owed_officers(root: ClubRoot, words: Sequence[OfficerWords], epoch: Epoch | None) -> tuple[str, ...]:
    """Whose label forked is an officer still, and hears of it by what comes with the key."""
    if epoch is None:
        return ()
    given = {imprint for lists in _lists(words, epoch) for imprint in lists.officers}
    given |= {each.imprint for each in words if epoch in each.epochs}  # who made it
    return tuple(each for each in root.officers if each not in given)


def _lists(words: Iterable[OfficerWords], epoch: Epoch) -> Iterator[GivenEpoch]:
    for each in words:
        if each.roster is not None:
            yield from (given for given in each.roster.given if given.epoch == epoch.id)


def _lived(admission: Admission, epochs: Sequence[Epoch]) -> int:
    """How many of these epochs, the newest first, somebody was in the club for; that in force is everybody's.

    Where numbers end they say nothing of before and after: who came then gets no other.
    """
    if admission.since == MAX_NUMBER:
        return 1
    return max(1, sum(each.number >= admission.since for each in epochs))


Lived = tuple[Admission, int]


def _grouped(lived: list[Lived]) -> list[list[Lived]]:
    """In letters: whose who lived through as many epochs together, neighbours joined where the fewest keys are lost."""
    fewest = _in_letters(lived)
    most = max(len(fewest), min(FEW_LETTERS, len(fewest) + 1))
    runs = [part for _, run in groupby(lived, key=itemgetter(1)) for part in _in_letters(list(run))]
    while len(runs) > most:
        able = [place for place, (one, other) in enumerate(pairwise(runs)) if len(one) + len(other) <= LETTER_MEMBERS]
        if not able:
            return fewest
        place = min(able, key=lambda each: len(runs[each]) * (runs[each][0][1] - runs[each + 1][-1][1]))
        runs[place : place + 2] = [runs[place] + runs[place + 1]]
    return runs


def _in_letters(lived: list[Lived]) -> list[list[Lived]]:
    return [lived[start : start + LETTER_MEMBERS] for start in range(0, len(lived), LETTER_MEMBERS)]
