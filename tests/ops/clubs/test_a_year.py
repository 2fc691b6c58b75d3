"""A year of a club: three officers, twelve members, five sticks, and never two officers in one room.

Time is made. Who fills a stick, and who takes from it, is chance; it is the same chance in every run.
"""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import SourceError, UsageError
from magnitizdat.model import Silent
from magnitizdat.ops.clubs.admitting import admit
from magnitizdat.ops.clubs.expelling import expel
from magnitizdat.ops.clubs.gigs import GigWish, announce, programme_of
from magnitizdat.ops.clubs.officers import WantedOfficers, appoint, officer_card, sign_root
from magnitizdat.ops.clubs.receiving import join
from magnitizdat.ops.clubs.rosters import club_view
from magnitizdat.ops.dub.from_sources import dub_all
from magnitizdat.ops.give.fill import StickWish, fill
from magnitizdat.ops.labels.friends import add_friend
from magnitizdat.ops.post.inbox import inbox, read_letter
from magnitizdat.ops.post.writing import write
from tests.fakes_clubs import CLUB, Person, founder
from tests.fakes_library import put_album
from tests.fakes_spool import publish_all

BEGIN = datetime(2026, 1, 5, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
NAMES = "Анна Вера Галя Дима Егор Женя Зоя Игорь Катя Лена Максим Нина".split()
SLEEPER, LET_OUT, BACK_AGAIN = "Анна", "Вера", "Галя"
STICKS = 5
TEXT = "Приходи на Рубинштейна, будет тихо."


class Year:
    """The people of a club, what they carry, and the day."""

    def __init__(self, place) -> None:
        self.place, self.now, self.chance = place, BEGIN, random.Random(45)
        mike, self.club = founder(place, "Майк", now=BEGIN)
        self.officers = [mike, Person(place, "Наталья"), Person(place, "Борис")]
        self.members = {name: Person(place, name) for name in NAMES}
        self.filled = 0

    @property
    def everybody(self):
        return [*self.officers, *self.members.values()]

    def fill(self, who, *friends):
        """One of five sticks, wiped before it is filled: for the club, where nobody is named."""
        stick = self.place / f"stick-{self.filled % STICKS}"
        self.filled += 1
        shutil.rmtree(stick, ignore_errors=True)
        wish = StickWish(friends=friends or (CLUB,))
        fill(who.library, stick, wish, now=self.now, disk=Disk(), tell=[].append, progress=Silent())
        return stick

    def take(self, who, stick):
        """What of it opens for somebody, who joins where a letter lets in: names of labels that came."""
        came = []
        with suppress(SourceError):  # a reel for others: its post came along before that was said
            for _, report in dub_all(who.library, str(stick), now=lambda: self.now):
                came += [label.name for label in report.labels]
                for waiting in report.mail.brought.waiting:
                    join(who.library, waiting.letter, now=self.now)
        return came

    def pass_on(self, *, asleep=()):
        """A month: two who can fill a stick for the club do, and five by chance take from it."""
        self.now += MONTH
        awake = [each for each in self.everybody if each.name not in asleep]
        for _ in range(2):
            with suppress(UsageError):  # who is not in, or knows of no key in force, fills none
                stick = self.fill(self.chance.choice(awake))
                for guest in self.chance.sample(awake, 5):
                    self.take(guest, stick)

    def meet(self):
        """Every officer fills a stick, and everybody takes from it."""
        for officer in self.officers:
            others = [each for each in self.everybody if each is not officer]
            try:
                stick = self.fill(officer)
            except UsageError:
                stick = self.fill(officer, others[0].name)
            for guest in others:
                self.take(guest, stick)

    def appoint(self):
        """The founder lets two in, and gives the club into three hands, two of which suffice."""
        mike, *others = self.officers
        for each in others:
            add_friend(mike.library, each.card, name=each.name, sure=True)
            admit(mike.library, each.card, now=self.now)
            self.take(each, self.fill(mike, each.name))  # the letter that lets in lies on any reel
            self.take(each, self.fill(mike))
        cards = tuple(officer_card(each.library, self.club, each.name, now=self.now) for each in others)
        self.agree(mike, WantedOfficers(cards=cards, need=2), others)

    def agree(self, first, wanted, others):
        """A next root of the club, signed by one after the other; it goes round as a file."""
        asked = appoint(first.library, self.club, wanted, now=self.now)
        for each in (*others, first):
            asked = sign_root(each.library, [asked.proposal.encode()], now=self.now)

    def close(self):
        for each in self.everybody:
            each.close()


@pytest.fixture
def year(tmp_path):
    made = Year(tmp_path)
    yield made
    made.close()


def test_a_year_of_a_club(year):
    mike, natalia, boris = year.officers
    people = year.members
    publish_all(mike.library, [put_album(mike.library, lengths=(1000,))[0]])
    year.appoint()
    for officer in year.officers:
        for each in (*year.officers, *people.values()):
            if each is not officer:
                add_friend(officer.library, each.card, name=each.name, replace=True, sure=True)
    year.meet()
    for number, person in enumerate(people.values()):
        admit(year.officers[number % 3].library, person.card, now=year.now)
    year.meet()
    assert {len(club_view(each.library, year.club).members) for each in year.officers} == {14}
    assert all("Zoopark Tapes" in year.take(each, year.fill(mike)) for each in people.values())

    add_friend(people["Дима"].library, people["Нина"].card, name="Нина", sure=True)
    write(people["Дима"].library, "Нина", TEXT, name="Дима", now=year.now)
    for _ in range(3):
        year.pass_on(asleep=[SLEEPER])

    expel(mike.library, LET_OUT, now=year.now)
    expel(natalia.library, BACK_AGAIN, now=year.now)  # neither has heard of the other
    for _ in range(2):
        year.pass_on(asleep=[SLEEPER])
    year.take(boris, year.fill(natalia))
    assert not admit(boris.library, people[BACK_AGAIN].card, name="Галя снова", now=year.now).again
    for _ in range(2):
        year.pass_on(asleep=[SLEEPER])
    year.take(mike, year.fill(natalia))
    year.take(mike, year.fill(boris))
    year.agree(mike, WantedOfficers(out=("Борис",), need=2, papers=1), [natalia])
    for _ in range(2):
        year.pass_on(asleep=[SLEEPER])
    starts = (year.now + 3 * MONTH).strftime("%Y-%m-%d 19:00")
    announce(mike.library, year.club, GigWish(summary="Тихий концерт", starts=starts), now=year.now)
    for _ in range(2):
        year.pass_on(asleep=[SLEEPER])
    year.officers.remove(boris)
    year.members["Борис"] = boris
    year.meet()
    year.meet()

    views = [club_view(each.library, year.club) for each in year.officers]
    assert len({(each.members, each.in_force) for each in views}) == 1
    inside = {*NAMES, "Наталья", "Борис", "Галя снова"} - {LET_OUT, BACK_AGAIN}
    assert {each.name for each in views[0].members} == inside, "what Boris did counts: it was taken over"
    last = year.fill(natalia)
    opened = {name for name, person in people.items() if year.take(person, last)}
    assert opened == {*NAMES, "Борис"} - {LET_OUT}, "also who slept through the year, and who came back"
    letters = [read_letter(people["Нина"].library, each.id).text for each in inbox(people["Нина"].library).letters]
    assert TEXT in letters
    shown = [len(programme_of(each.library, now=year.now).gigs) for each in (people["Нина"], people[LET_OUT])]
    assert shown == [1, 0]
