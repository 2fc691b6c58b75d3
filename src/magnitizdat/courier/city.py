"""A city: districts, couriers, circles of readers, labels that they follow, and who meets whom when. PURE.

The same seed is the same city, on any machine. Times are weeks. Everything that chance decides is decided here, so that
whoever carries things in another way does so among the same people, on the same days, with the same losses.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import accumulate
from typing import Annotated, NamedTuple

from msgspec import Meta

from magnitizdat.model import Value

ALBUMS_A_WEEK = 100
LABELS = 300
WISHES_A_WEEK = 3
"""Albums that come out in a week and that a reader asks for."""
TASTE = 0.25
"""Friends like the same: where one of a circle follows a label, so many others of it do."""
SMALL_LENGTH, SPREAD = 60 << 20, 0.35
"""Bytes of a small version, as a median, and by how much they differ (sigma of the logarithm)."""
DISTRICT_COURIERS = 25
FAR_LEAST, FAR_MOST = 0.5, 0.9
"""Meetings with somebody of any district, in the one that keeps most to itself and in the most open one."""
LOST, SEIZED, SILENT = 0.02, 0.001, 0.02
"""Sticks that are lost, and that are seized, a way; couriers who pass nothing on."""
HIDING_WEEKS = 2
"""Whose stick was seized meets nobody for so long."""
MEASURED_WEEKS = 2


class CitySettings(Value, frozen=True, kw_only=True, omit_defaults=False):
    """How large a city is, and for how long; `stick`: albums of middling length; `meetings`: one goes to, a week."""

    people: Annotated[int, Meta(ge=2, le=50_000)] = 10_000
    couriers: Annotated[int, Meta(ge=2, le=2_000)] = 500
    weeks: Annotated[int, Meta(ge=3, le=52)] = 12
    stick: Annotated[int, Meta(ge=1, le=1_000)] = 10
    meetings: Annotated[int, Meta(ge=1, le=14)] = 3
    stash: bool = True
    """Whether couriers keep at home what they were given, or just what is on their stick."""
    seed: Annotated[int, Meta(ge=0, le=(1 << 63) - 1)] = 1


class Born(NamedTuple):
    """An album comes out, and lies with this courier."""

    time: float
    album: int
    courier: int


class Meeting(NamedTuple):
    """Two couriers meet, and each has a stick for the other: whether it was lost on the way, and whether seized."""

    time: float
    couriers: tuple[int, int]
    lost: tuple[bool, bool]
    seized: tuple[bool, bool]


class Visit(NamedTuple):
    """A reader comes to the courier of the circle, with a stick."""

    time: float
    reader: int
    lost: bool


Happening = Born | Meeting | Visit


class City:
    """What is so before anybody carries anything."""

    def __init__(self, settings: CitySettings) -> None:
        self.settings = settings
        chance = random.Random(settings.seed)  # noqa: S311  # a model, no secret
        couriers = settings.couriers
        self.districts = max(1, couriers // DISTRICT_COURIERS)
        self.district = [courier * self.districts // couriers for courier in range(couriers)]
        self.circles = [range(courier, settings.people, couriers) for courier in range(couriers)]
        self.silent = [chance.random() < SILENT for _ in range(couriers)]
        self.followers = list(self._followers(chance))
        self.born = sorted(chance.random() * settings.weeks for _ in range(ALBUMS_A_WEEK * settings.weeks))
        self.label = [chance.randrange(LABELS) for _ in self.born]
        self.lengths = [int(chance.lognormvariate(math.log(SMALL_LENGTH), SPREAD)) for _ in self.born]
        self.room = settings.stick * sum(self.lengths) // len(self.lengths)
        all_of_them: list[Happening] = [*self._births(chance), *self._meetings(chance), *self._visits(chance)]
        self.happenings = sorted(all_of_them, key=_when)

    def courier_of(self, reader: int) -> int:
        """Who serves this reader."""
        return reader % self.settings.couriers

    def wishers(self, album: int) -> list[int]:
        """Readers who ask for it."""
        return self.followers[self.label[album]]

    def measured(self) -> Iterator[int]:
        """Albums that came out early enough to be told how far they came in 14 days."""
        return (album for album, time in enumerate(self.born) if time <= self.settings.weeks - MEASURED_WEEKS)

    def _followers(self, chance: random.Random) -> Iterator[list[int]]:
        """Of each label: the nth is followed by a share as 1/n, in as few circles as taste has it."""
        scale = LABELS * WISHES_A_WEEK / ALBUMS_A_WEEK / sum(1 / rank for rank in range(1, LABELS + 1))
        for rank in range(1, LABELS + 1):
            share = min(0.9, scale / rank)
            circles = min(1.0, share / TASTE)
            yield [
                reader
                for circle in self.circles
                if chance.random() < circles
                for reader in circle
                if chance.random() < share / circles
            ]

    def _births(self, chance: random.Random) -> Iterator[Born]:
        """A label lives with one courier, who passes on what it makes."""
        open_ones = [courier for courier, silent in enumerate(self.silent) if not silent]
        homes = [chance.choice(open_ones or [0]) for _ in range(LABELS)]
        for album, time in enumerate(self.born):
            yield Born(time, album, homes[self.label[album]])

    def _meetings(self, chance: random.Random) -> Iterator[Meeting]:
        """Each courier goes to see others at any time, mostly near or mostly far, as people of the district do."""
        couriers = range(self.settings.couriers)
        near = [[each for each in couriers if self.district[each] == district] for district in range(self.districts)]
        for courier in couriers:
            own = self.district[courier]
            far = FAR_LEAST + (FAR_MOST - FAR_LEAST) * own / max(1, self.districts - 1)
            for time in self._times(chance):
                other = chance.choice(couriers if chance.random() < far else near[own])
                lost, seized = _two(chance, LOST), _two(chance, SEIZED)
                if other != courier:
                    yield Meeting(time, (courier, other), lost, seized)

    def _times(self, chance: random.Random) -> Iterator[float]:
        """A Poisson process over all weeks."""
        time = chance.expovariate(self.settings.meetings)
        while time < self.settings.weeks:
            yield time
            time += chance.expovariate(self.settings.meetings)

    def _visits(self, chance: random.Random) -> Iterator[Visit]:
        """Once a week, each reader on a day of theirs."""
        for reader in range(self.settings.people):
            day = chance.random()
            for week in range(self.settings.weeks):
                yield Visit(week + day, reader, chance.random() < LOST)


def _two(chance: random.Random, share: float) -> tuple[bool, bool]:
    """Whether it happens, to each of two."""
    return chance.random() < share, chance.random() < share


def _when(happening: Happening) -> tuple[float, str]:
    return happening.time, type(happening).__name__


def by_days(delays_weeks: list[float], asked: int, days: int) -> tuple[float, ...]:
    """The share of what was asked for that came within 1, 2, … `days` days."""
    counts = [0] * days
    for delay in delays_weeks:
        if (day := math.ceil(delay * 7)) <= days:
            counts[max(0, day - 1)] += 1
    return tuple(round(came / max(1, asked), 4) for came in accumulate(counts))
