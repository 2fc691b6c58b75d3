"""Laws of what is worth carrying."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from magnitizdat.courier.plan import OnHand, plan, why

IDS = [f"{number:02x}" for number in range(12)]
PLACES = ["north", "south", "island"]

lengths = st.integers(0, 1000)
albums = st.lists(
    st.builds(
        lambda name, small, more, weeks, copies: OnHand(name, small, small + more, weeks, copies),
        st.sampled_from(IDS),
        lengths,
        lengths,
        st.integers(0, 60),
        st.integers(0, 5),
    ),
    unique_by=lambda each: each.id,
)
by_place = st.dictionaries(st.sampled_from(PLACES), st.frozensets(st.sampled_from(IDS)))
rooms = st.integers(0, 6000)
EVERYTHING = 10**9


def ids(chosen) -> list[str]:
    return [each.album.id for each in chosen]


@given(albums, by_place, by_place, rooms, st.booleans())
def test_it_fits_and_is_as_much_as_fits(stock, wishes, came, room, city):
    chosen = plan(stock, wishes, came, room, city=city)
    everything = plan(stock, wishes, came, EVERYTHING, city=city)
    assert sum(each.length for each in chosen) <= room
    left = room - sum(each.album.small for each in chosen)
    assert all(each.album.small > left for each in everything if each.album.id not in ids(chosen))
    assert len(set(ids(chosen))) == len(chosen)


@given(albums.flatmap(lambda stock: st.tuples(st.just(stock), st.permutations(stock))), by_place, by_place, rooms)
def test_the_order_of_a_shelf_is_no_matter(stocks, wishes, came, room):
    stock, shuffled = stocks
    assert plan(shuffled, wishes, came, room) == plan(stock, wishes, came, room)


@given(albums, by_place, by_place, rooms, st.booleans())
def test_full_versions_push_nothing_out(stock, wishes, came, room, city):
    small_alone = [each._replace(full=each.small) for each in stock]
    assert ids(plan(stock, wishes, came, room, city=city)) == ids(plan(small_alone, wishes, came, room, city=city))


@given(albums, by_place, by_place)
def test_what_came_everywhere_stays_and_all_else_goes(stock, wishes, came):
    places = wishes.keys() | came.keys()
    stays = {name for name in IDS if places and all(name in came.get(place, ()) for place in places)}
    assert set(ids(plan(stock, wishes, came, EVERYTHING))) == {each.id for each in stock} - stays


@given(albums, by_place, by_place)
def test_a_city_carries_what_is_asked_for_scarce_or_new(stock, wishes, came):
    chosen = plan(stock, wishes, came, EVERYTHING, city=True)
    assert set(ids(chosen)) == {
        each.album.id for each in plan(stock, wishes, came, EVERYTHING) if each.reason in {"asked", "scarce", "new"}
    }
    assert all(
        each.wishes or each.album.copies < 2 or (each.album.weeks <= 1.5 and each.album.copies < 5) for each in chosen
    )


@given(albums, by_place, by_place, st.sampled_from(IDS), st.integers(1, 100))
def test_what_others_ask_for_changes_no_reason(stock, wishes, came, name, others):
    alone = plan(stock, wishes, came, EVERYTHING, city=True)
    passed_on = plan(stock, wishes, came, EVERYTHING, city=True, beyond={name: others})
    assert {(each.album.id, each.reason) for each in alone} == {(each.album.id, each.reason) for each in passed_on}


@given(albums, by_place, by_place, st.data(), st.integers(1, 100))
def test_what_others_ask_for_moves_an_album_forward(stock, wishes, came, data, others):
    carried = ids(plan(stock, wishes, came, EVERYTHING, city=True))
    assume(carried)
    name = data.draw(st.sampled_from(carried))
    passed_on = ids(plan(stock, wishes, came, EVERYTHING, city=True, beyond={name: others}))
    assert passed_on.index(name) <= carried.index(name)


def test_a_city_passes_news_on_before_what_is_old():
    stock = [OnHand("00", 10, 10, weeks=0), OnHand("01", 10, 10, weeks=1), OnHand("02", 10, 10, weeks=20)]
    assert ids(plan(stock, {"north": ["02"]}, {}, 30)) == ["00", "01", "02"]
    assert ids(plan(stock, {"north": ["02"]}, {}, 30, city=True)) == ["00", "02", "01"]


def worth(album: OnHand, wishes, came) -> Fraction:
    """The formula as it is written down, in exact numbers; for ages of whole half-lives."""
    unserved = sum(album.id in wished and album.id not in came.get(place, ()) for place, wished in wishes.items())
    return (unserved + Fraction(1, 1 + album.copies)) * Fraction(1, 2) ** (album.weeks // 8) / max(1, album.small)


@given(albums, by_place, by_place)
def test_order_is_that_of_worth_by_byte(stock, wishes, came):
    aged = [each._replace(weeks=each.weeks // 8 * 8) for each in stock]
    worths = [worth(each.album, wishes, came) for each in plan(aged, wishes, came, EVERYTHING)]
    assert all(one >= other or float(one) == pytest.approx(float(other)) for one, other in pairwise(worths))


@given(albums, by_place, by_place, st.sampled_from(IDS), st.sampled_from(PLACES))
def test_who_asks_moves_an_album_forward(stock, wishes, came, name, place):
    assume(name not in came.get(place, ()))
    place_known = {**wishes, place: wishes.get(place, frozenset()) - {name}}
    asked = {**wishes, place: wishes.get(place, frozenset()) | {name}}
    before, after = ids(plan(stock, place_known, came, EVERYTHING)), ids(plan(stock, asked, came, EVERYTHING))
    assume(name in before)
    assert after.index(name) <= before.index(name)


@given(weeks=st.floats(-(10**6), 10**6))
def test_no_clock_is_too_wrong(weeks):
    stock = [OnHand("00", 1, 1, weeks), OnHand("01", 1, 1)]
    assert set(ids(plan(stock, {"north": ["01"]}, {}, 1))) == {"01"}


def test_reasons_are_said():
    stock = [OnHand(name, 10, 10, weeks, copies) for name, weeks, copies in [("00", 0, 0), ("01", 0, 0), ("02", 0, 4)]]
    stock.append(OnHand("03", 10, 10, weeks=3, copies=4))
    chosen = plan(stock, {"north": ["00"], "south": ["00"]}, {}, 40)
    assert [why(each) for each in chosen] == [
        "2 friends ask for it",
        "few others are known to have it",
        "it is new",
        "there is room left for it",
    ]
    assert [each.reason for each in chosen] == ["asked", "scarce", "new", "room"]


def test_numbers_that_cannot_be_are_no_reason_to_fail():
    stock = [OnHand("00", 10, 10, copies=-1), OnHand("01", -5, 10), OnHand("02", 10, 10)]
    assert [each.album.id for each in plan(stock, {}, {}, 20)] == ["00", "02"]
