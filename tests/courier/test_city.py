"""Laws of a city: nobody outruns the bound, no stick holds more than it can, and the same seed is the same city."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.courier.carrying import albums_in, bits_of
from magnitizdat.courier.city import HIDING_WEEKS, Born, City, CitySettings, Meeting
from magnitizdat.courier.maxprop import MaxProp
from magnitizdat.courier.simulate import WAYS, simulate
from magnitizdat.courier.ways_to_carry import ByThePlan, NewestFirst, SeenElsewhere, Unlimited
from magnitizdat.errors import UsageError

cities = st.builds(
    CitySettings,
    people=st.integers(30, 80),
    couriers=st.integers(2, 30),
    weeks=st.integers(3, 4),
    stick=st.integers(1, 12),
    meetings=st.integers(1, 7),
    stash=st.booleans(),
    seed=st.integers(0, 1 << 40),
)
few = settings(max_examples=15, deadline=None)


def ran(way, city):
    carrying = way(city)
    carrying.run()
    return carrying


def spread_one_by_one(city: City) -> dict[tuple[int, int], float]:
    """When each reader could have had each album, asked for each album alone: the bound, told otherwise."""
    return {pair: delay for album in range(len(city.born)) for pair, delay in spread(city, album)}


def spread(city: City, album: int):
    holders, asking, hidden = set(), set(city.wishers(album)), Counter()
    for each in city.happenings:
        if isinstance(each, Born):
            holders |= {each.courier} if each.album == album else set()
        elif isinstance(each, Meeting):
            holders |= met(each, frozenset(holders), hidden, city.silent)
        elif each.reader in asking and not each.lost:
            courier = each.reader % city.settings.couriers
            if courier in holders and not city.silent[courier]:
                asking.remove(each.reader)
                yield (album, each.reader), each.time - city.born[album]


def met(meeting: Meeting, holders: frozenset[int], hidden: Counter, silent: list[bool]) -> set[int]:
    if any(hidden[courier] > meeting.time for courier in meeting.couriers):
        return set()
    takers = set()
    for way in (0, 1):
        giver, taker = meeting.couriers[way], meeting.couriers[1 - way]
        if meeting.seized[way]:
            hidden[giver] = meeting.time + HIDING_WEEKS
        elif giver in holders and not silent[giver] and not meeting.lost[way]:
            takers.add(taker)
    return takers


@few
@given(cities)
def test_the_bound_is_how_far_an_album_can_come(asked):
    city = City(asked)
    assert ran(Unlimited, city).came == spread_one_by_one(city)


@few
@given(cities)
def test_nobody_outruns_the_bound(asked):
    city = City(asked)
    bound = ran(Unlimited, city).came
    for way in WAYS:
        came = ran(way, city).came
        assert came.keys() <= bound.keys()
        assert all(delay >= bound[pair] for pair, delay in came.items())


@few
@given(cities, st.sampled_from([way for way in WAYS if not way.is_bound]))
def test_no_stick_holds_more_than_it_can_and_every_byte_is_counted(asked, way):
    class Weighed(way):
        heaviest = 0

        def choose(self, giver, taker, lacking):
            albums = list(super().choose(giver, taker, lacking))
            assert set(albums) <= set(albums_in(lacking))
            self.heaviest = max(self.heaviest, sum(self.city.lengths[album] for album in albums))
            return albums

    city = City(asked)
    carrying = ran(Weighed, city)
    assert carrying.heaviest <= city.room
    carried = sum(city.lengths[album] * (copies - 1) for album, copies in enumerate(carrying.copies))
    assert carrying.carried_bytes == carried + sum(city.lengths[album] for album, _ in carrying.came)


@few
@given(cities)
def test_a_reader_gets_what_was_asked_for_once(asked):
    city = City(asked)
    carrying = ran(ByThePlan, city)
    assert all(reader in city.wishers(album) and delay >= 0 for (album, reader), delay in carrying.came.items())
    assert all(got & ~wished == 0 for got, wished in zip(carrying.got, carrying.wished, strict=True))
    assert sum(each.bit_count() for each in carrying.got) == len(carrying.came)


def test_same_seed_same_bytes_whatever_the_order_of_sets_is():
    asked = ["simulate", "--people", "90", "--couriers", "9", "--weeks", "3", "--seed", "7", "--json"]
    said = [
        subprocess.run(
            [sys.executable, "-m", "magnitizdat.cli", *asked],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


@pytest.fixture(scope="module")
def town():
    return {stick: simulate(CitySettings(people=2000, couriers=100, weeks=6, stick=stick)) for stick in (3, 10)}


def test_the_plan_comes_near_the_bound_and_carries_little_for_others(town):
    report = town[10]
    assert report.reach_14_days >= 0.9 * report.bound_14_days
    assert report.bytes_over_least <= min(2, report.bound.bytes_over_least, report.newest.bytes_over_least)
    assert report.reach_14_days > max(report.maxprop_14_days, report.newest_14_days, report.spray_14_days)


def test_where_sticks_are_small_the_plan_serves_most(town):
    assert town[3].reach_14_days >= 1.3 * town[3].maxprop_14_days


def test_a_report_agrees_with_itself(town):
    for report in town.values():
        assert list(report.plan.reach_by_day) == sorted(report.plan.reach_by_day)
        assert sum(report.copies_of_albums) == 600
        assert min(report.reach_by_district) <= report.reach_14_days <= max(report.reach_by_district)


def test_what_is_not_kept_at_home_comes_less_far():
    kept, lost = (City(CitySettings(people=400, couriers=40, weeks=4, stash=stash)) for stash in (True, False))
    assert kept.happenings == lost.happenings
    assert len(ran(NewestFirst, lost).came) < len(ran(NewestFirst, kept).came)


def test_more_couriers_than_people_are_refused():
    with pytest.raises(UsageError, match="couriers are people too"):
        simulate(CitySettings(people=5, couriers=6))


@given(st.lists(st.tuples(st.integers(0, 9), st.frozensets(st.integers(0, 6)))))
def test_what_was_seen_is_counted_once_for_each_courier(sightings):
    seen, plainly = SeenElsewhere(), {}
    for courier, albums in sightings:
        seen.see(courier, bits_of(albums))
        plainly[courier] = plainly.get(courier, frozenset()) | albums
    for album in range(7):
        assert seen.copies(album) == min(7, sum(album in albums for albums in plainly.values()))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda two: two[0] != two[1])))
def test_maxprop_likes_best_whom_it_met_last(meetings):
    carrying = MaxProp(City(CitySettings(people=6, couriers=6, weeks=3)))
    for one, other in meetings:
        carrying.meet(one, other)
        for here, there in ((one, other), (other, one)):
            chances = carrying._chances[here]
            assert sum(chances.values()) <= 1
            assert chances[there] >= 0.5
            assert carrying._likeliest(here)[:2] == [here, there] or max(chances.values()) == chances[there]


@given(st.frozensets(st.integers(0, 2000)))
def test_sets_are_bits(albums):
    assert list(albums_in(bits_of(albums))) == sorted(albums)
