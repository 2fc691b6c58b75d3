"""What can happen to a club, in any order: people who come, go and come back, officers who know nothing of each other.

Everybody has only what came to them by somebody's stick. `World` is the truth; `history` is one of chance; `end` says
whether all agree then, and who holds the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from random import Random

from msgspec.structs import replace

from magnitizdat.catalogue.clubs import Admission, ClubRoot, Epoch, Expulsion, GivenEpoch, RosterPart
from magnitizdat.errors import NotMineError
from magnitizdat.formats.age import seal, unseal
from magnitizdat.formats.age_keys import X25519Identity, X25519Recipient
from magnitizdat.scene.clubs import (
    LETTER_MEMBERS,
    ClubView,
    OfficerWords,
    key_letters,
    maker_of,
    next_epoch,
    seat,
    taken_over,
    view,
)

CLUB = "mag1" + "q" * 58
MOST_OFFICERS = 5
ROUNDS = 60
"""Meetings of all with all after which everybody has to know everything."""


@dataclass(frozen=True, eq=False)
class Said:
    """One version of an officer's club label: what it says, for whom its roster is sealed, and the version before."""

    label: str
    words: OfficerWords
    sealed_to: frozenset[str]
    before: Said | None
    version: int

    def follows(self, other: Said) -> bool:
        """Whether it is that version, or one that was signed after it."""
        found: Said | None = self
        while found is not None and found.version > other.version:
            found = found.before
        return found is other


@dataclass(frozen=True, eq=False)
class Letter:
    """Keys of epochs to some, by an officer's label; the club's root goes along.

    `told` are the epochs as it tells of them, with who made each; `sealed` are their identities, in earnest.
    """

    sender: str
    root: int
    to: frozenset[str]
    told: tuple[tuple[str, Epoch], ...]
    sealed: bytes = b""


@dataclass(eq=False)
class Person:
    """Somebody and what they hold. `labels` are those that are theirs as an officer, the last one the present one.

    `away`: nobody meets them. `lost`: nobody ever will.
    """

    number: int
    address: str
    identity: X25519Identity | None = None
    root: int = 0
    labels: list[str] = field(default_factory=list)
    held: dict[str, Said] = field(default_factory=dict)
    forked: set[str] = field(default_factory=set)
    keys: dict[str, tuple[str, Epoch]] = field(default_factory=dict)
    secrets: dict[str, X25519Identity] = field(default_factory=dict)
    post: dict[Letter, None] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    away: bool = False
    lost: bool = False


class World:
    """A club of so many people. With `in_earnest` everything is sealed and opened with real keys.

    With `owes` off officers send nobody an epoch who is on no list: what must not be.
    """

    def __init__(self, chance: Random, people: int, *, in_earnest: bool = False, owes: bool = True) -> None:
        self.chance, self.in_earnest, self.owes = chance, in_earnest, owes
        self.roots: list[ClubRoot] = []
        self.disowned = set[str]()
        self.names = 0
        self.people = [self._person(number) for number in range(people)]
        self.by_address = {each.address: each for each in self.people}
        self.sealed: list[tuple[Epoch, frozenset[str], bytes]] = []
        self.closed = 0
        self._views: dict[object, ClubView] = {}
        founder = self.people[0]
        label = self._new_label(founder)
        self.roots.append(ClubRoot(name="45", officers=(label,)))
        self.work(founder)

    # -- what somebody knows -----------------------------------------------------------------------------------------

    def view(self, person: Person) -> ClubView:
        """How the club stands, as far as they know."""
        labels = frozenset((said, name in person.forked) for name, said in person.held.items())
        known = (person.root, frozenset(person.labels), labels, frozenset(person.keys))
        if known not in self._views:
            self._views[known] = view(self.roots[person.root], [*self._words(person), *self._told(person)])
        return self._views[known]

    def _words(self, person: Person) -> Iterator[OfficerWords]:
        for name, said in person.held.items():
            is_open = name in person.labels or not said.sealed_to.isdisjoint(person.labels)
            roster = said.words.roster if is_open else None
            yield said.words._replace(roster=roster, is_forked=name in person.forked)

    def _told(self, person: Person) -> Iterator[OfficerWords]:
        """Epochs of which the key came before the document."""
        known = {epoch.id for said in person.held.values() for epoch in said.words.epochs}
        told = [(label, epoch) for label, epoch in person.keys.values() if epoch.id not in known]
        yield from (OfficerWords(label, None, (epoch,)) for label, epoch in told)

    @property
    def newest(self) -> int:
        """The newest root that somebody has who is not lost; who makes the next begins with this one."""
        return max(each.root for each in self.people if not each.lost)

    @property
    def club(self) -> ClubRoot:
        """What it says."""
        return self.roots[self.newest]

    def officers(self) -> list[Person]:
        """Who can be met, and speaks for the club as far as they know."""
        return [each for each in self.people if not (each.away or each.lost) and self.speaks(each)]

    def speaks(self, person: Person) -> bool:
        """Whether their words count, as far as they know. Who sees that their own label forked writes nothing in it."""
        stands = self.view(person)
        return bool(person.labels) and person.labels[-1] in {*stands.speaking} - {*stands.forked}

    # -- what an officer does ----------------------------------------------------------------------------------------

    def admit(self, officer: Person, person: Person) -> None:
        """Let somebody in, or in again, under a new id, and send what is in force."""
        self.work(officer)
        stands = self.view(officer)
        assert stands.in_force is not None
        guest = Admission(id=self._name(), name="Guest", address=person.address, since=stands.in_force.number)
        person.ids.add(guest.id)
        self._say(officer, admissions=(guest,))
        self._send(officer, [guest], ())

    def expel(self, officer: Person, member: Admission) -> None:
        """Let somebody out, who goes without the next key."""
        self._say(officer, expulsions=(Expulsion(id=member.id),))
        self._begin(officer)
        self._send(officer, self.view(officer).members, self.view(officer).owed_officers)

    def work(self, officer: Person) -> None:
        """What an officer's dub does: seal anew, take over what forked, make an epoch, send what is owed."""
        acts = taken_over(self.view(officer), self.view(officer).still)
        self._say(officer, admissions=acts.admissions, expulsions=acts.expulsions)
        if self.view(officer).needs_epoch:
            self._begin(officer)
        stands = self.view(officer)
        if self.owes:
            self._send(officer, stands.owed, stands.owed_officers)

    def change_officers(self, officer: Person, come: Iterable[Person], go: Iterable[str], *, disown: bool) -> None:
        """The next root, which enough have signed; what they did who go is taken over, or not."""
        club = self.club
        gone = tuple(go)
        acts = taken_over(self.view(officer), () if disown else gone)
        self.disowned |= {*gone} if disown else set()
        labels = tuple(self._new_label(each) for each in come)
        officers = (*(each for each in club.officers if each not in gone), *labels)
        self.roots.append(replace(club, officers=officers, former=(*club.former, *gone)))
        officer.root = len(self.roots) - 1
        self._say(officer, admissions=acts.admissions, expulsions=acts.expulsions)

    def restore(self, officer: Person) -> None:
        """Their library is as it was some versions ago, and nobody noticed: their label forks."""
        said = officer.held.get(officer.labels[-1])
        for _ in range(self.chance.randint(1, 3)):
            said = said.before if said is not None and said.before is not None else said
        if said is not None:
            officer.held[said.label] = said

    def _begin(self, officer: Person) -> None:
        identity = X25519Identity.generate() if self.in_earnest else None
        recipient = identity.recipient.text if identity is not None else "age1"
        stands = self.view(officer)
        epoch = next_epoch(stands, club=CLUB, epoch_id=self._name(), recipient=recipient)
        officer.keys[epoch.id] = officer.labels[-1], epoch
        if identity is not None:
            officer.secrets[epoch.id] = identity
        self._say(officer, epochs=(epoch,))
        assert self.view(officer).in_force == epoch

    def _send(self, officer: Person, members: Iterable[Admission], officers: Iterable[str]) -> None:
        stands = self.view(officer)
        if stands.in_force is None or stands.in_force.id not in officer.keys:
            return
        letters = key_letters(stands, held=officer.keys, to=tuple(members))
        for letter in letters:
            assert len(letter.members) <= LETTER_MEMBERS
            self._post(officer, letter.epochs, [each.address for each in letter.members])
        offices = tuple(each for each in officers if each != officer.labels[-1])
        if offices:
            self._post(officer, (stands.in_force,), offices)
        given = tuple(each.id for letter in letters for each in letter.members)
        if given or offices:
            lists = GivenEpoch(epoch=stands.in_force.id, members=given, officers=offices)
            self._say(officer, given=(lists,))

    def _post(self, officer: Person, epochs: tuple[Epoch, ...], to: Iterable[str]) -> None:
        addresses = frozenset(to)
        stands = self.view(officer)
        short = (epochs[0], *(replace(each, gone=()) for each in epochs[1:]))
        told = tuple((maker_of(stands, each), each) for each in short)
        sealed = self._sealed(officer, epochs, addresses) if self.in_earnest else b""
        officer.post[Letter(officer.labels[-1], officer.root, addresses, told, sealed)] = None

    def _sealed(self, officer: Person, epochs: tuple[Epoch, ...], addresses: frozenset[str]) -> bytes:
        identities = (self._owner(each).identity for each in addresses)
        recipients = [identity.recipient for identity in identities if identity is not None]
        return seal("\n".join(officer.secrets[each.id].text for each in epochs).encode(), recipients)

    def _owner(self, address: str) -> Person:
        return self.by_address[address]

    def _say(
        self,
        officer: Person,
        *,
        admissions: tuple[Admission, ...] = (),
        expulsions: tuple[Expulsion, ...] = (),
        given: tuple[GivenEpoch, ...] = (),
        epochs: tuple[Epoch, ...] = (),
    ) -> None:
        """The next version of their club label, where it says something new, or others than before may read it."""
        label = officer.labels[-1]
        before = officer.held.get(label)
        words = before.words if before is not None else OfficerWords(label, RosterPart())
        roster = words.roster or RosterPart()
        known = {each.id for each in (*roster.admissions, *roster.expulsions)}
        now = RosterPart(
            admissions=(*roster.admissions, *(each for each in admissions if each.id not in known)),
            expulsions=(*roster.expulsions, *(each for each in expulsions if each.id not in known)),
            given=(*roster.given, *given),
        )
        readers = frozenset(self.roots[officer.root].officers)
        if before is None or now != roster or epochs or readers != before.sealed_to:
            version = before.version + 1 if before is not None else 1
            said = OfficerWords(label, now, (*words.epochs, *epochs))
            officer.held[label] = Said(label, said, readers, before, version)

    # -- what goes from hand to hand ---------------------------------------------------------------------------------

    def meet(self, giver: Person, taker: Person, *, loss: float = 0.0) -> None:
        """A stick goes over: letters first, which anybody carries; then what is sealed to the club, if it opens."""
        for letter in giver.post:
            if letter not in taker.post and self.chance.random() >= loss:
                taker.post[letter] = None
        self._collect(taker)
        epoch = self._seal_for_club(giver)
        if epoch is not None and epoch.id in taker.keys:
            self._dub(giver, taker, loss)
            self._collect(taker)

    def _seal_for_club(self, giver: Person) -> Epoch | None:
        stands = self.view(giver)
        if stands.in_force is not None:
            recipient = stands.in_force.recipient
            sealed = seal(b"music", [X25519Recipient.from_text(recipient)]) if self.in_earnest else b""
            self.sealed.append((stands.in_force, stands.gone, sealed))
        self.closed += bool(stands.epochs) and stands.in_force is None
        return stands.in_force

    def _dub(self, giver: Person, taker: Person, loss: float) -> None:
        taker.root = max(taker.root, giver.root)
        for name, said in giver.held.items():
            held = taker.held.get(name)
            if self.chance.random() < loss or name in taker.forked:
                continue
            if held is None or said.follows(held):
                taker.held[name] = said
            elif not held.follows(said):
                taker.forked.add(name)

    def _collect(self, taker: Person) -> None:
        """Letters count where an officer signed them by the newest root that is known."""
        mine = {taker.address, *taker.labels}
        letters = [each for each in taker.post if not mine.isdisjoint(each.to)]
        taker.root = max([taker.root, *(each.root for each in letters)])
        officers = self.roots[taker.root].officers
        for letter in letters:
            if letter.sender in officers:
                self._keep(taker, letter)

    def _keep(self, taker: Person, letter: Letter) -> None:
        if self.in_earnest and any(each.id not in taker.keys for _, each in letter.told):
            assert taker.identity is not None
            texts = unseal(letter.sealed, [taker.identity]).decode().split("\n")
            for (_, told), text in zip(letter.told, texts, strict=True):
                taker.secrets[told.id] = X25519Identity.from_text(text)
        for maker, each in letter.told:
            if each.id not in taker.keys or (each.gone and not taker.keys[each.id][1].gone):
                taker.keys[each.id] = maker, each

    # -- what must be so ---------------------------------------------------------------------------------------------

    def gone_stay_out(self) -> None:
        """Who is gone, as whoever sealed something knew, does not open it, then or ever."""
        names = [(each, each.ids | {seat(label) for label in each.labels}) for each in self.people]
        for epoch, gone, sealed in self.sealed:
            for person, known in names:
                if known and known <= gone:
                    assert epoch.id not in person.keys, (person.number, epoch)
                    assert not sealed or not opens(person, sealed)

    def end(self) -> None:
        """All who can be met meet all, and nothing is lost any more: then all agree, and hold the key."""
        for person in self.people:
            person.away = False
        self._bury()
        for _ in range(ROUNDS):
            before = self._state()
            self._round()
            if self._state() == before:
                break
        self._agree()
        return self.gone_stay_out()

    def holders(self) -> list[Person]:
        """Who can be met and carries the club on: officers by the newest root who know it."""
        present = (each for each in self.people if not (each.away or each.lost) and each.root == self.newest)
        return [each for each in present if each.labels and each.labels[-1] in self.club.officers]

    def renew(self, holder: Person, person: Person) -> None:
        """An officer whose label speaks no more goes on with another."""
        self.change_officers(holder, [person], [person.labels[-1]], disown=False)

    def _bury(self) -> None:
        """Officers who are lost for good are removed by who is left; whose label forked gets another."""
        for _ in range(3):
            self._round()
        for holder in self.holders():
            if not self.speaks(holder):
                self.renew(holder, holder)
        gone = [each for each in self.club.officers if self.by_address[each].lost]
        if gone and (holders := self.holders()):
            self.change_officers(holders[0], (), gone, disown=False)

    def _round(self) -> None:
        officers = self.officers()
        for officer in officers:
            self.work(officer)
            self._take_over_former(officer)
        present = [each for each in self.people if not each.lost]
        for officer in officers:
            for person in self.chance.sample(present, len(present)):
                if person is not officer:
                    self.meet(officer, person)
                    self.meet(person, officer)
                    if self.speaks(officer):
                        self.work(officer)

    def _take_over_former(self, officer: Person) -> None:
        """A person says that what was done by these, who are officers no more, counts."""
        former = [each for each in self.roots[officer.root].former if each not in self.disowned]
        acts = taken_over(self.view(officer), former)
        self._say(officer, admissions=acts.admissions, expulsions=acts.expulsions)

    def _state(self) -> list[object]:
        return [
            (
                each.root,
                frozenset(each.held.values()),
                frozenset(each.keys),
                frozenset(each.forked),
            )
            for each in self.people
            if not each.lost
        ]

    def _agree(self) -> None:
        """Officers by the newest root; who was removed may not have heard of it."""
        officers = [each for each in self.officers() if each.labels[-1] in self.club.officers]
        if not officers:
            return  # nobody is left who could change anything
        epochs = {self.view(each).in_force for each in officers}
        lists = {self.view(each).members for each in officers}
        assert len(epochs) == 1, epochs
        assert len(lists) == 1
        (epoch,), (members,) = epochs, lists
        assert epoch is not None
        inside = {each.address for each in members}
        stands = self.view(officers[0])
        known = {each.id for each in (*members, *stands.left_over)} | stands.gone
        for person in self.people:
            if person.lost or not person.ids <= known:  # let in by what nobody has any more
                continue
            is_in = person.address in inside or person in officers
            assert (epoch.id in person.keys) == is_in, (person.number, is_in)
            if is_in:
                assert self.view(person).in_force == epoch, person.number
        sealed = self._seal_for_club(officers[0])
        assert sealed == epoch

    # -- names -------------------------------------------------------------------------------------------------------

    def _name(self) -> str:
        self.names += 1
        return f"{self.chance.getrandbits(64):016x}{self.names:016x}"

    def _person(self, number: int) -> Person:
        identity = X25519Identity.generate() if self.in_earnest else None
        return Person(number, identity.recipient.text if identity is not None else f"age1 {number}", identity)

    def _new_label(self, person: Person) -> str:
        label = f"mag1 {self._name()}"
        person.labels.append(label)
        self.by_address[label] = person
        return label


def opens(person: Person, sealed: bytes) -> bool:
    """Whether any key that somebody has opens it."""
    try:
        unseal(sealed, list(person.secrets.values()))
    except (NotMineError, ValueError):
        return False
    return True


# -- by chance --------------------------------------------------------------------------------------------------------


def _come(world: World) -> None:
    officer, person = _officer(world), world.chance.choice(world.people)
    if officer is not None and officer is not person:
        world.admit(officer, person)


def _go(world: World) -> None:
    officer = _officer(world)
    if officer is not None and (members := world.view(officer).members):
        world.expel(officer, world.chance.choice(members))


def _dub(world: World) -> None:
    officer = _officer(world)
    if officer is not None:
        world.work(officer)


def _appoint(world: World) -> None:
    officer, person = _chief(world), world.chance.choice(world.people)
    club = world.club
    is_one = person.labels and person.labels[-1] in club.officers
    if officer is not None and not is_one and len(club.officers) < MOST_OFFICERS:
        world.change_officers(officer, [person], (), disown=False)


def _remove(world: World) -> None:
    officer = _chief(world)
    others = [each for each in world.club.officers if officer is not None and each != officer.labels[-1]]
    if officer is not None and others:
        gone = world.chance.choice(others)
        world.change_officers(officer, (), [gone], disown=world.chance.random() < 0.3)


def _renew(world: World) -> None:
    for label in world.club.officers:
        person, holders = world.by_address[label], world.holders()
        if holders and person.labels[-1] == label and not world.speaks(person):
            return world.renew(world.chance.choice(holders), person)
    return None


def _restore(world: World) -> None:
    officer = _officer(world)
    if officer is not None:
        world.restore(officer)


def _leave(world: World) -> None:
    """So many have signed a next root that it is never lost with one of them."""
    person = world.chance.choice(world.people)
    person.away = not person.away
    others = [each for each in world.people if each is not person and not each.lost]
    if world.chance.random() < 0.05 and any(each.root == world.newest for each in others):
        person.lost = True


def _meet(world: World) -> None:
    present = [each for each in world.people if not (each.away or each.lost)]
    if len(present) > 1:
        giver, taker = world.chance.sample(present, 2)
        world.meet(giver, taker, loss=world.chance.choice((0.0, 0.0, 0.3)))


def _begin(world: World) -> None:
    """Its founder lets most in, and appoints some who have heard of it."""
    founder, *others = world.people
    for person in others:
        if world.chance.random() < 0.7:
            world.admit(founder, person)
            world.meet(founder, person)
    for person in others[: world.chance.randint(0, MOST_OFFICERS - 1)]:
        world.change_officers(founder, [person], (), disown=False)
        world.work(founder)
        world.meet(founder, person)


def _officer(world: World) -> Person | None:
    officers = world.officers()
    return world.chance.choice(officers) if officers else None


def _chief(world: World) -> Person | None:
    """An officer who knows the newest root: without it nobody makes the next."""
    officers = [each for each in world.officers() if each.root == world.newest]
    return world.chance.choice(officers) if officers else None


ACTS: tuple[tuple[Callable[[World], None], int], ...] = (
    (_meet, 40),
    (_come, 14),
    (_go, 12),
    (_dub, 12),
    (_appoint, 3),
    (_remove, 3),
    (_renew, 2),
    (_restore, 2),
    (_leave, 6),
)


def history(number: int, *, in_earnest: bool = False, owes: bool = True) -> World:
    """One by chance, the same for the same number: 2 to 200 people, mostly few."""
    chance = Random(number)
    people = chance.choice((2, 3, 4, 5, 6, 8, 12, 12, 20)) if number % 50 or in_earnest else chance.randint(20, 200)
    world = World(chance, people, in_earnest=in_earnest, owes=owes)
    _begin(world)
    acts = list(chain.from_iterable([act] * weight for act, weight in ACTS))
    for _ in range(chance.randint(10, 100 + people)):
        chance.choice(acts)(world)
    world.end()
    return world
