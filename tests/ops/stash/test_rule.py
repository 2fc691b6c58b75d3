"""The rule alone: what was handed on less than twice never goes, and no more goes than room is needed for."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.ops.stash.rule import COPIES, HeldReel, giving_order, room_makers, too_old, week_of

names = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=8, max_size=8)
moments = st.integers(0, 4_102_444_799).map(lambda second: datetime.fromtimestamp(second, UTC))
held = st.builds(
    HeldReel,
    digest=st.just("0" * 64),
    bytes=st.integers(0, 1000),
    week=moments.map(week_of) | st.just("0000-W99"),
    copies=st.integers(0, 4),
)
stashes = st.dictionaries(names, held, max_size=12)


@given(stashes, st.integers(-10, 5000))
def test_room_is_made_by_what_was_handed_on_twice_and_by_no_more_than_is_needed(reels, lacking):
    gone = room_makers(reels, lacking)
    may_go = sum(each.bytes for each in reels.values() if each.may_go)
    assert (gone is None) == (may_go < lacking)
    if gone:
        assert all(reels[name].copies >= COPIES for name in gone)
        assert sum(reels[name].bytes for name in gone[:-1]) < lacking <= sum(reels[name].bytes for name in gone)


@given(stashes, moments)
def test_age_takes_nothing_that_was_handed_on_less_than_twice(reels, now):
    assert all(reels[name].copies >= COPIES for name in too_old(reels, now))


@given(stashes)
def test_least_handed_on_is_given_first(reels):
    order = [(reels[name].copies, reels[name].week) for name in giving_order(reels)]
    assert order == sorted(order)
    assert len(order) == len(reels)
