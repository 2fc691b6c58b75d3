"""One album under several names: which meet, in whatever order they come."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.ops.voices import meeting
from magnitizdat.ops.voices.meeting import Naming, meetings

namings = st.lists(
    st.builds(
        Naming,
        name=st.sampled_from("abcde"),
        label=st.sampled_from(("anna", "boris")),
        tracks=st.lists(st.sampled_from([b"%d" % track for track in range(10)]), max_size=6).map(tuple),
    ),
    max_size=12,
)


def naming(name: str, *tracks: int, label: str = "anna") -> Naming:
    return Naming(name, label, tuple(b"%d" % track for track in tracks))


@given(named=namings, seed=st.integers(0, 1000))
def test_it_depends_on_no_order(named, seed):
    assert meetings(random.Random(seed).sample(named * 2, len(named) * 2)) == meetings(named)


@given(named=namings)
def test_each_that_meets_is_in_one_group_with_its_first(named):
    found = meetings(named)
    for name, first in found.items():
        assert found[first] == first <= name
        assert sum(one == first for one in found.values()) > 1


@given(tracks=st.sets(st.integers(0, 9), min_size=1), others=st.sets(st.integers(0, 9), min_size=1))
def test_two_names_meet_by_half_of_the_tracks_of_each(tracks, others):
    found = meetings([naming("a", *tracks), naming("b", *others)])
    meet = 2 * len(tracks & others) >= len(tracks) and 2 * len(tracks & others) >= len(others)
    assert found == ({"a": "a", "b": "a"} if meet else {})


def test_a_single_is_not_its_album():
    assert meetings([naming("single", 1), naming("album", *range(10))]) == {}


def test_three_names_are_one_album_where_one_is_one_with_both():
    named = [naming("a", 1, 2), naming("b", 2, 3, 4, 5), naming("c", 1, 2, 3, 4)]
    assert meetings(named) == dict.fromkeys("abc", "a")


def test_most_labels_say_what_is_on_it():
    honest = [naming("a", 1, 2, label=label) for label in ("anna", "boris")]
    assert meetings([*honest, naming("a", 8, 9, label="eve"), naming("b", 8, 9)]) == {}
    assert meetings([*honest, naming("a", 8, 9, label="eve"), naming("b", 1, 2)]) == {"a": "a", "b": "a"}


def test_nobody_makes_it_compare_for_ever(monkeypatch):
    monkeypatch.setattr(meeting, "MAX_COMPARED", 1000)
    many = [naming(f"{number:04d}", *range(20), 100 + number) for number in range(500)]
    found = meetings(many)
    assert 2 <= len(found) < 100
    assert meetings(list(reversed(many))) == found
