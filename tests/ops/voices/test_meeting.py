"""One album under several names: which meet, in whatever order they come."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.ops.voices import meeting
from magnitizdat.ops.voices.meeting import meetings

track = st.sampled_from([b"%d" % number for number in range(10)])
tracks = st.frozensets(track, max_size=6)
names = st.dictionaries(st.sampled_from("abcdefgh"), tracks)


def on(*numbers: int) -> frozenset[bytes]:
    return frozenset(b"%d" % number for number in numbers)


@given(named=names, seed=st.integers(0, 1000))
def test_it_depends_on_no_order(named, seed):
    lines = list(named.items())
    assert meetings(dict(random.Random(seed).sample(lines, len(lines)))) == meetings(named)


@given(named=names)
def test_each_that_meets_is_in_one_group_with_its_first(named):
    found = meetings(named)
    for name, first in found.items():
        assert found[first] == first <= name
        assert sum(one == first for one in found.values()) > 1


@given(one=tracks, other=tracks)
def test_two_names_meet_by_half_of_the_tracks_of_each(one, other):
    common = len(one & other)
    meet = common and 2 * common >= len(one) and 2 * common >= len(other)
    assert meetings({"a": one, "b": other}) == ({"a": "a", "b": "a"} if meet else {})


def test_a_single_is_not_its_album():
    assert meetings({"single": on(1), "album": on(*range(10))}) == {}


def test_three_names_are_one_album_where_one_is_one_with_both():
    named = {"a": on(1, 2), "b": on(2, 3, 4, 5), "c": on(1, 2, 3, 4)}
    assert meetings(named) == dict.fromkeys("abc", "a")


def test_nobody_makes_it_compare_for_ever(monkeypatch):
    monkeypatch.setattr(meeting, "MAX_COMPARED", 1000)
    many = {f"{number:04d}": on(*range(20), 100 + number) for number in range(500)}
    found = meetings(many)
    assert 2 <= len(found) < 100
    assert meetings(dict(reversed(many.items()))) == found
