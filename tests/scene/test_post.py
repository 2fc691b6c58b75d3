"""What goes along: counts that say nothing, own letters first, a quota that is kept, nothing held is displaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.letter_file import LARGE, SMALL
from magnitizdat.reel.post import LEAST, MOST_FILES, PostCount
from magnitizdat.scene.post import ALL_OF, LIFE, MOST_OWN, aboard, is_over, kept

NOW = datetime(2026, 11, 30, tzinfo=UTC)
MUCH = 1 << 40


class Sealed(NamedTuple):
    name: int
    length: int


def letters(small: int, large: int = 0, *, first: int = 0) -> list[Sealed]:
    return [Sealed(first + at, SMALL if at < small else LARGE) for at in range(small + large)]


counts = st.tuples(st.integers(0, 300), st.integers(0, 20))
mail = st.builds(lambda own, others: (letters(*own), letters(*others, first=1000)), counts, counts)
room = st.integers(LEAST.length, 64 << 20) | st.just(MUCH)
chance = st.builds(Random, st.integers(0, 1 << 32))


@given(mail, room, chance)
def test_a_reel_shows_powers_of_two_and_what_is_planned_fits(sent, most, chance):
    going = aboard(*sent, chance, most=most)
    assert going.files.small in {4 << step for step in range(12)}
    assert going.files.large in {0, *(1 << step for step in range(12))}
    assert going.files.length <= most
    assert going.files.files <= MOST_FILES
    left = going.files - PostCount.of(each.length for each in going.letters)
    assert left.small >= 0 <= left.large


@given(mail, room, chance)
def test_each_goes_once_and_none_is_invented(sent, most, chance):
    own, others = sent
    going = aboard(own, others, chance, most=most).letters
    assert len(set(going)) == len(going)
    assert set(going) <= {*own, *others}


@given(mail, chance)
def test_where_there_is_room_all_own_ones_go(sent, chance):
    own, others = sent
    files = PostCount.of(each.length for each in own).filled_up().files
    if files <= MOST_OWN:
        assert set(own) <= set(aboard(own, others, chance, most=MUCH).letters)


@given(mail, room, chance)
def test_others_never_take_the_place_of_own_ones(sent, most, chance):
    own, others = sent
    alone = set(aboard(own, [], chance, most=most).letters)
    assert alone == {each for each in aboard(own, others, chance, most=most).letters if each in own}


@given(st.integers(0, ALL_OF.small), st.integers(0, ALL_OF.large), chance)
def test_in_a_small_world_all_that_is_carried_goes(small, large, chance):
    others = letters(small, large)
    assert set(aboard([], others, chance, most=MUCH).letters) == set(others)


@given(mail, chance)
def test_in_a_large_one_no_more_go_to_nobody_than_own_ones_make_necessary(sent, chance):
    own, others = sent
    total = PostCount.of(each.length for each in [*own, *others])
    files = aboard(own, others, chance, most=MUCH).files
    if total.small > ALL_OF.small and files.small > ALL_OF.small:
        assert files.small <= total.small or files.small == PostCount.of(each.length for each in own).filled_up().small


@given(st.integers(0, 4), st.integers(0, 4), chance)
def test_one_to_four_letters_look_like_none(own, others, chance):
    if own + others <= 4:
        assert aboard(letters(own), letters(others, first=9), chance, most=MUCH).files == LEAST


@given(counts, st.integers(0, 16 << 20), chance)
def test_what_is_kept_fits_the_room_and_is_all_where_all_fits(come, room, chance):
    coming = letters(*come)
    found = list(kept(coming, room, chance, lambda _: True))
    assert sum(each.length for each in found) <= room
    assert len(set(found)) == len(found)
    if sum(each.length for each in coming) <= room:
        assert set(found) == set(coming)


@given(st.integers(1, 200), chance)
def test_what_is_here_already_takes_no_room(come, chance):
    coming = letters(come)
    wanted = coming[-1]
    assert list(kept(coming, SMALL, chance, lambda each: each == wanted)) == [wanted]


def test_nobody_is_asked_about_what_finds_no_room():
    asked = []
    assert len(list(kept(letters(10_000), 3 * SMALL, Random(0), lambda each: not asked.append(each)))) == 3
    assert len(asked) == 3


def test_chance_prefers_none():
    drawn = [next(kept(letters(10), SMALL, Random(seed), lambda _: True)).name for seed in range(2000)]
    assert all(120 < drawn.count(name) < 280 for name in range(10))


@given(st.integers(0, 400))
def test_180_days(days):
    assert is_over(NOW - timedelta(days=days), NOW) == (days > LIFE.days == 180)
