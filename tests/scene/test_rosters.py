"""Rosters in parts: what was added stands there once, opens for the officers alone, and fits what others take."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magnitizdat.catalogue.clubs import MAX_PARTS, Admission, Expulsion, GivenEpoch, Roster
from magnitizdat.catalogue.documents import encode
from magnitizdat.catalogue.kinds import MAX_DOCUMENT_LENGTH
from magnitizdat.errors import UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.scene.rosters import (
    added,
    given_acts,
    opened_part,
    sealed_part,
    together,
    without_ended,
    without_given,
)
from tests.fakes_library import NOW

CLUB = "mag1" + "q" * 58
OFFICERS = [X25519Identity.generate() for _ in range(3)]
STRANGER = X25519Identity.generate()
ADDRESS = STRANGER.recipient.text
IDS = st.integers(0, 1 << 40).map(lambda number: f"{number:032x}")


def admission(number: int, name: str = "Н" * 12) -> Admission:
    return Admission(
        id=f"{number:032x}", name=name, address=ADDRESS, imprint=CLUB, since=3, at="2026-11-30T00:10:00+00:00"
    )


def addresses(officers=OFFICERS):
    return [each.recipient.text for each in officers]


ACTS = st.lists(
    st.one_of(
        st.builds(admission, st.integers(0, 1 << 60), st.text("аб«»\n\x1f", min_size=1, max_size=40)),
        st.builds(lambda name: Expulsion(id=name), IDS),
        st.builds(lambda name, members: GivenEpoch(epoch=name, members=tuple(members)), IDS, st.lists(IDS, max_size=9)),
    ),
    max_size=30,
)


@given(batches=st.lists(ACTS, max_size=4))
def test_what_is_added_stands_in_it_once(batches):
    parts = {}
    for batch in batches:
        parts |= added(parts, batch)
    whole, acts = together(parts.values()), [act for batch in batches for act in batch]
    said = (*whole.admissions, *whole.expulsions, *whole.given)
    assert sorted(map(encode, said)) == sorted(map(encode, acts))


@given(acts=ACTS, officers=st.integers(1, 16))
@settings(max_examples=40)
def test_a_part_opens_for_each_officer_and_for_nobody_else(acts, officers):
    who = [X25519Identity.generate() for _ in range(officers)]
    for part in added({}, acts).values():
        sealed = sealed_part(part, addresses(who))
        for each in (who[0], who[-1]):
            read = opened_part(sealed, [STRANGER, each])
            assert read is not None
            assert together([read]) == together([part])
            assert set(read.sealed_to) == set(addresses(who))
        assert opened_part(sealed, [STRANGER]) is None


def test_a_thousand_members_are_documents_that_others_take_and_one_more_changes_one_of_them():
    parts = added({}, (admission(number) for number in range(1000)))
    for number, part in parts.items():
        document = Roster(club=CLUB, part=number, sealed=sealed_part(part, addresses([STRANGER] * 1)))
        assert len(encode(document)) <= MAX_DOCUMENT_LENGTH
    assert len(parts) <= 10
    assert len(added(parts, [admission(1000)])) == 1
    assert len(added(parts, given_acts("ab" * 16, [f"{number:032x}" for number in range(256)]))) <= 2


def test_the_longest_part_is_a_document_that_others_take_also_with_sixteen_officers():
    parts = added({}, (admission(number, "Ж" * 80) for number in range(400)))
    many = [X25519Identity.generate().recipient.text for _ in range(16)]
    fullest = max(parts.values(), key=lambda part: len(encode(part)))
    sealed = sealed_part(fullest, many)
    assert len(encode(Roster(club=CLUB, part=63, sealed=sealed))) <= MAX_DOCUMENT_LENGTH


@given(few=st.integers(0, 4), more=st.integers(5, 6))
@settings(max_examples=10)
def test_the_length_says_little_of_how_many_there_are(few, more):
    lengths = set()
    for count in (few, more):
        (part,) = added({}, [*(admission(number) for number in range(count)), Expulsion(id="ab" * 16)]).values()
        lengths.add(len(b64decode(sealed_part(part, addresses()))))
    assert len(lengths) == 1


def test_two_copies_of_a_library_write_in_parts_of_their_own():
    ours = added({}, [admission(1)], writer="one")
    theirs = added(ours, [admission(2)], writer="other")
    assert not ours.keys() & theirs.keys()
    assert added({**ours, **theirs}, [admission(3)], writer="one").keys() == ours.keys()


def test_a_list_of_members_that_is_full_says_so():
    full = {number: part for number in range(MAX_PARTS) for part in added({}, [admission(number)], writer="x").values()}
    with pytest.raises(UsageError, match="full"):
        added(full, [admission(1)], writer="y")


def test_it_is_forgotten_to_whom_a_key_went_and_nothing_else():
    acts = [
        admission(1),
        *given_acts("ab" * 16, ["0" * 32]),
        *given_acts("cd" * 16, ["1" * 32]),
        Expulsion(id="2" * 32),
    ]
    parts = added({}, acts)
    changed = without_given(parts, ["ab" * 16])
    assert [each.epoch for each in together(changed.values()).given] == ["cd" * 16]
    assert together(changed.values()).admissions == together(parts.values()).admissions
    assert without_given(parts, ["ef" * 16]) == {}


@given(days=st.lists(st.integers(-400, 400), max_size=5))
@settings(max_examples=30)
def test_to_whom_a_key_went_is_forgotten_with_the_letter_and_nothing_else(days):
    moments = [(NOW - timedelta(days=each)).isoformat(timespec="seconds") for each in days]
    lists = [act for at in moments for act in given_acts("ab" * 16, ["0" * 32], at=at)]
    odd = [act for at in ("", "soon", "2026-05-01") for act in given_acts("cd" * 16, ["1" * 32], at=at)]
    parts = added({}, [admission(1), *lists, *odd])
    kept = together((parts | without_ended(parts, NOW)).values())
    assert [each.at for each in kept.given if each.at in moments] == [
        at for at, each in zip(moments, days, strict=True) if each <= 180
    ]
    assert [each for each in kept.given if each in odd] == odd
    assert kept.admissions == (admission(1),)
    assert without_ended(parts | without_ended(parts, NOW), NOW) == {}


@given(members=st.lists(IDS, max_size=700))
@settings(max_examples=20)
def test_to_whom_a_key_went_is_told_whole(members):
    acts = list(given_acts("ab" * 16, members, ["mag1" + "q" * 58]))
    assert [each for act in acts for each in act.members] == members
    assert [each for act in acts for each in act.officers] == ["mag1" + "q" * 58]


@given(sealed=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_what_is_no_part_says_nothing(sealed):
    assert opened_part(sealed, OFFICERS) is None


def test_room_that_came_back_is_used_again():
    """A hundred epochs of a thousand members fit, for of those before the last nobody asks to whom they went."""
    members = [f"{number:032x}" for number in range(1000)]
    parts = added({}, (admission(number) for number in range(1000)))
    for epoch in range(100):
        parts |= without_given(parts, [f"{epoch - 2:032x}"])
        for start in range(0, 1000, 256):
            parts |= added(parts, given_acts(f"{epoch:032x}", members[start : start + 256]))
    assert len(parts) <= 12
