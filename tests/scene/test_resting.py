"""A clock that was wrong for less than a rest costs nothing, and what is over by all clocks goes in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import assume, given
from hypothesis import strategies as st

from magnitizdat.scene.post import LIFE, is_over
from magnitizdat.scene.resting import REST, Rest, rest

SINCE = datetime(2026, 11, 30, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)

zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
wrong = st.timedeltas(timedelta(days=-20_000), timedelta(days=20_000))
steps = st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), min_size=1, max_size=6)
marks = st.datetimes(timezones=zones, min_value=datetime(1971, 1, 1), max_value=datetime(9000, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.isoformat(timespec="seconds")
)
episodes = st.lists(st.tuples(wrong, steps), min_size=1, max_size=6)


def look(noted: str, now: datetime) -> Rest:
    return rest(noted, now, is_over=is_over(SINCE, now))


@given(episodes, zones)
def test_a_clock_that_is_wrong_for_less_than_a_rest_ends_nothing(story, zone):
    """It may jump both ways, as often as it likes, if it is right once between."""
    true, noted = SINCE, ""
    for off, days in story:
        begun = true
        for step in days:
            if true + step - begun < REST - timedelta(seconds=1) and not is_over(SINCE, true + step):
                true += step
            found = look(noted, (true + off).astimezone(zone))
            assert not found.has_rested
            noted = found.over
        assert look(noted, true) == Rest("", has_rested=False)
        noted = ""


@given(marks | st.text(max_size=32), st.timedeltas(timedelta(0), timedelta(days=4_000)), zones)
def test_what_is_over_goes_after_one_rest_whatever_was_noted_before(noted, after, zone):
    first = (SINCE + LIFE + AN_HOUR + after).astimezone(zone)
    found = look(noted, first)
    assume(not found.has_rested)
    assert found.over
    noted_anew = look(found.over, first)
    assert noted_anew == found
    assert look(found.over, first + REST).has_rested


@given(marks)
def test_a_clock_before_the_note_begins_the_rest_anew(noted):
    before = datetime.fromisoformat(noted) - timedelta(seconds=1)
    found = rest(noted, before, is_over=True)
    assert datetime.fromisoformat(found.over) == before
    assert not found.has_rested


def test_notes_without_an_offset_say_nothing():
    assert rest("2020-01-01", SINCE, is_over=True) == Rest("2026-11-30T00:00:00+00:00", has_rested=False)
