"""Whatever order words about gigs come in, everybody reads the same programme; and nothing old or odd stays in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from magnitizdat.catalogue.clubs import Gig
from magnitizdat.scene.gigs import KEPT, GigWord, is_past, moment, programme

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
CLUB = "mag1" + "q" * 58
GIG = Gig(club=CLUB, uid="0" * 32, summary="Зоопарк", dtstart="2026-12-05T20:00+03:00")
gigs = st.builds(
    replace,
    st.just(GIG),
    uid=st.sampled_from(["0" * 32, "1" * 32, "2" * 32]),
    dtstart=st.sampled_from(
        ["2026-12-05T20:00+03:00", "2026-12-04T20:00", "2025-01-01T00:00Z", "", "tomorrow", "9999-12-31"]
    ),
    dtend=st.sampled_from(["", "2026-12-06T02:00+03:00", "0001-01-01T00:00+14:00"]),
    status=st.sampled_from(["TENTATIVE", "CONFIRMED", "CANCELLED"]),
    sequence=st.integers(0, 3),
)
words = st.lists(
    st.builds(GigWord, st.sampled_from(["a", "b"]), gigs), unique_by=lambda each: (each.imprint, each.gig.uid)
)


@given(said=words, chance=st.randoms())
def test_order_does_not_matter_and_each_gig_stands_there_once(said, chance):
    shown = programme(said, NOW)
    shuffled = list(said)
    chance.shuffle(shuffled)
    assert programme(shuffled, NOW) == shown
    assert len({each.gig.uid for each in shown}) == len(shown)
    assert not any(is_past(each.gig, NOW) for each in shown)
    begins = [moment(each.gig.dtstart) for each in shown]
    assert begins == sorted(begins)
    for each in shown:
        same = [word.gig.sequence for word in said if word.gig.uid == each.gig.uid]
        assert each.gig.sequence == max(same)


@pytest.mark.parametrize(
    ("dtstart", "dtend", "over"),
    [
        ("2026-12-05T20:00+03:00", "", datetime(2026, 12, 5, 17, tzinfo=UTC)),
        ("2026-12-05T20:00+03:00", "2026-12-06T02:00+03:00", datetime(2026, 12, 5, 23, tzinfo=UTC)),
        ("2026-12-05T20:00", "2026-12-01T00:00", datetime(2026, 12, 5, 20, tzinfo=UTC)),
    ],
)
def test_a_gig_is_kept_for_a_week_after_it_is_over(dtstart, dtend, over):
    gig = replace(GIG, dtstart=dtstart, dtend=dtend)
    assert not is_past(gig, over + KEPT)
    assert is_past(gig, over + KEPT + timedelta(seconds=1))


@pytest.mark.parametrize("dtstart", ["", "soon", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"])
def test_what_says_no_moment_that_can_be_shown_is_no_gig(dtstart):
    assert is_past(replace(GIG, dtstart=dtstart, dtend="2026-12-05T20:00+03:00"), NOW)


def test_of_two_that_say_otherwise_under_one_number_the_cancelled_counts():
    cancelled = GigWord("a", replace(GIG, status="CANCELLED"))
    assert programme([GigWord("b", GIG), cancelled], NOW) == [cancelled]
