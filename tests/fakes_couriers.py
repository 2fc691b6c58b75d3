"""What can happen to letters in two years: written, answered, cut, copied, dubbed, flooded with, sent again, by chance.

Everybody has only what came to them by somebody's stick; what they keep and what goes along is decided by the functions
of `scene.post`. `World` checks the laws at every act; `history` is one of chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from magnitizdat.formats import budgets
from magnitizdat.formats.letter_file import LARGE, SMALL
from magnitizdat.reel.post import LEAST, PostCount
from magnitizdat.scene.post import ALL_OF, LIFE, aboard, is_over, kept

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TWO_YEARS = timedelta(days=730)
MUCH = 1 << 40
FLOOD = 400


class Letter(NamedTuple):
    """A sealed file: `name` is its digest. `to` nobody: no key opens it."""

    name: int
    length: int
    to: int = -1
    answers: int = -1


@dataclass
class Person:
    """A library: letters that came, own ones on their way, others' that are carried, and what was let go of."""

    number: int
    inbox: list[int] = field(default_factory=list)
    own: dict[Letter, datetime] = field(default_factory=dict)
    others: dict[Letter, datetime] = field(default_factory=dict)
    gone: set[Letter] = field(default_factory=set)

    def going(self, now: datetime) -> tuple[list[Letter], list[Letter]]:
        """Own letters, newest first, and those of others, that go along now."""
        own = sorted((each for each in self.own if not is_over(self.own[each], now)), key=self.own.__getitem__)
        return own[::-1], [each for each in self.others if not is_over(self.others[each], now)]

    def forget(self, now: datetime) -> None:
        """What goes along no more is let go of, and remembered."""
        for held in (self.own, self.others):
            over = [each for each in held if is_over(held[each], now)]
            self.gone.update(over)
            for each in over:
                del held[each]


class World:
    """People, and sticks that lie about: a stick is the letters of one reel."""

    def __init__(self, people: int, chance: Random) -> None:
        self.chance, self.now = chance, BEGIN
        self.people = [Person(number) for number in range(people)]
        self.sticks: list[tuple[Letter, ...]] = []
        self.authors: dict[int, Person] = {}
        self.names = self.refused = self.arrived = 0

    def _new(self, length: int, *, to: int = -1, answers: int = -1) -> Letter:
        self.names += 1
        return Letter(self.names, length, to, answers)

    # -- acts ---------------------------------------------------------------------------------------------------------

    def write(self, author: Person, to: Person, *, answers: int = -1, length: int = SMALL) -> None:
        letter = self._new(length, to=to.number, answers=answers)
        author.own[letter], self.authors[letter.name] = self.now, author

    def cut(self, person: Person, *, most: int = MUCH) -> None:
        """A reel of its letters, among so many to nobody."""
        own, others = person.going(self.now)
        going = aboard(own, others, self.chance, most=most)
        nobody = going.files - PostCount.of(each.length for each in going.letters)
        reel = (
            *going.letters,
            *(self._new(SMALL) for _ in range(nobody.small)),
            *(self._new(LARGE) for _ in range(nobody.large)),
        )
        self._reel_is_like_any(reel, most)
        for each in going.letters:
            since = person.own.get(each, person.others.get(each))
            assert since is not None
            assert self.now - since <= LIFE
        if most == MUCH:
            assert set(own) <= set(reel)
            if len(own) + len(others) <= ALL_OF.large:
                assert set(others) <= set(reel)
        self.sticks.append(tuple(self.chance.sample(reel, len(reel))))

    def _reel_is_like_any(self, reel: Sequence[Letter], most: int) -> None:
        files = PostCount.of(each.length for each in reel)
        assert len(set(reel)) == len(reel)
        assert files.small >= LEAST.small
        assert all(count & (count - 1) == 0 for count in files)
        assert files.length <= most

    def flood(self) -> None:
        """Somebody's stick: strangers' letters without number, some of them heavy, among whatever lay about."""
        strangers = [self._new(self.chance.choice((SMALL, SMALL, LARGE))) for _ in range(FLOOD)]
        seen = [letter for stick in self.sticks[-4:] for letter in stick]
        self.sticks.append((*strangers, *seen))

    def dub(self, person: Person, stick: Sequence[Letter]) -> None:
        """Take in the letters of a stick."""
        person.forget(self.now)
        before = dict(person.others)
        mine = [each for each in stick if each.to == person.number]
        for letter in mine:
            self._open(person, letter)
        coming = [each for each in stick if each.to != person.number]
        room = budgets.CARRIED.most - sum(each.length for each in before)

        def is_new(letter: Letter) -> bool:
            return letter not in person.others and letter not in person.own and letter not in person.gone

        for letter in kept(coming, room, self.chance, is_new):
            person.others[letter] = self.now
        self._nothing_is_lost(person, before, coming)

    def _open(self, person: Person, letter: Letter) -> None:
        if letter.name in person.inbox:
            return
        person.inbox.append(letter.name)
        self.arrived += 1
        for mine in [each for each in person.own if each.name == letter.answers]:
            person.gone.add(mine)
            del person.own[mine]

    def _nothing_is_lost(self, person: Person, before: dict[Letter, datetime], coming: Sequence[Letter]) -> None:
        length = sum(each.length for each in person.others)
        assert length <= budgets.CARRIED.most
        assert before.items() <= person.others.items()
        left = budgets.CARRIED.most - length
        for letter in coming:
            if letter not in person.others and letter not in person.own and letter not in person.gone:
                assert letter.length > left  # for want of room alone
                self.refused += 1
        assert len(set(person.inbox)) == len(person.inbox)

    # -- the end ------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """Everybody meets everybody for as long as it takes: no letter goes round for ever."""
        old = {letter for stick in self.sticks for letter in stick}
        for _ in range(2 * len(self.people)):
            self.now += LIFE / 2
            first = len(self.sticks)
            for person in self.people:
                self.cut(person)
            for person in self.people:
                for stick in self.sticks[first:]:
                    self.dub(person, stick)
        self.now += LIFE + timedelta(days=1)
        for person in self.people:
            own, others = person.going(self.now)
            assert not own
            assert not old & set(others)


def history(number: int) -> World:
    """Two years of some people, by chance."""
    chance = Random(number)
    world = World(chance.randint(2, 9), chance)
    floods = chance.random() < 0.2
    while world.now - BEGIN < TWO_YEARS:
        world.now += timedelta(hours=chance.expovariate(1 / 240))
        person, other = chance.sample(world.people, 2)
        _something(world, chance, person, other, floods=floods)
    world.end()
    return world


def _something(world: World, chance: Random, person: Person, other: Person, *, floods: bool) -> None:
    act = chance.random()
    if act < 0.1 and person.inbox:
        answers = chance.choice(person.inbox)
        world.write(person, world.authors[answers], answers=answers)
    elif act < 0.25:
        world.write(person, other, length=chance.choice((SMALL, SMALL, LARGE)))
    elif act < 0.5 or not world.sticks:
        world.cut(person, most=chance.choice((MUCH, MUCH, LEAST.length, 1 << 20, 4 << 20)))
    elif act < 0.52 and floods:
        world.flood()
    elif act < 0.6:
        world.sticks.append(chance.choice(world.sticks))  # a copy without keys, or an old one that turns up again
    else:
        world.dub(person, chance.choice(world.sticks[-6:]))
