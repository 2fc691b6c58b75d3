"""Two years of couriers by chance: no letter is lost but for want of room, none comes twice or goes round for ever."""

from __future__ import annotations

import pytest

from tests.fakes_couriers import history

TRIED = 60


@pytest.mark.parametrize("number", range(TRIED))
def test_a_history(number):
    assert history(number).sticks


def test_letters_arrive_and_floods_are_refused():
    worlds = [history(number) for number in range(40)]
    assert sum(world.arrived for world in worlds) > 100
    assert sum(world.refused for world in worlds) > 1000


def keep_all(coming, room, chance, is_wanted):
    return (letter for letter in coming if is_wanted(letter))


def keep_none_of_the_last(coming, room, chance, is_wanted):
    return (letter for letter in coming[:-1] if letter.length <= room // 64 and is_wanted(letter))


def never(since, now):
    return False


@pytest.mark.parametrize(
    ("name", "fault"),
    [("kept", keep_all), ("kept", keep_none_of_the_last), ("is_over", never)],
    ids=["a quota that is not kept", "one that is left for no reason", "letters that go round for ever"],
)
def test_a_planted_fault_is_found(monkeypatch, name, fault):
    monkeypatch.setattr(f"tests.fakes_couriers.{name}", fault)
    failed = 0
    for number in range(TRIED):
        try:
            history(number)
        except AssertionError:
            failed += 1
    assert failed
