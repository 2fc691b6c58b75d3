"""Wrong clocks cost nothing as long as they are few or short, and what is over by all clocks goes in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import assume, given
from hypothesis import strategies as st

from magnitizdat.scene.post import LIFE, is_over
from magnitizdat.scene.resting import LOOKS, STEP, Rest, rest

SINCE = datetime(2026, 11, 30, tzinfo=UTC)
AN_HOUR = timedelta(hours=1)

zones = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
wrong = st.timedeltas(timedelta(days=-20_000), timedelta(days=20_000))
steps = st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), min_size=1, max_size=6)
notes = st.builds(Rest, st.just(""), st.just(0)) | st.builds(Rest, st.text(max_size=32), st.integers(0, 9))
marks = st.datetimes(timezones=zones, min_value=datetime(1971, 1, 1), max_value=datetime(9000, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.isoformat(timespec="seconds")
)
REST = LOOKS * STEP
episodes = st.lists(st.tuples(wrong, steps), min_size=1, max_size=6)


def look(noted: Rest, now: datetime) -> Rest:
    return rest(noted, now, is_over=is_over(SINCE, now))


@given(episodes, zones)
def test_a_clock_that_is_wrong_for_less_than_a_rest_ends_nothing(story, zone):
    """It may jump both ways, as often as it likes, if it is right once between."""
    true, noted = SINCE, Rest()
    for off, days in story:
        begun = true
        for step in days:
            if true + step - begun < REST - timedelta(seconds=1) and not is_over(SINCE, true + step):
                true += step
            noted = look(noted, (true + off).astimezone(zone))
            assert not noted.has_rested
        noted = look(noted, true)
        assert noted == Rest()


@given(st.lists(st.tuples(wrong, st.lists(st.timedeltas(timedelta(0), STEP / 2), max_size=4)), max_size=LOOKS), zones)
def test_three_wrong_clocks_one_after_the_other_end_nothing_however_far_apart_they_are(story, zone):
    """Each is looked at for less than a step, and none of them is ever put right."""
    noted = Rest()
    for off, days in story:
        for step in (timedelta(0), *sorted(days)):
            noted = look(noted, (SINCE + off + step).astimezone(zone))
            assert not noted.has_rested


@given(notes, st.timedeltas(timedelta(0), timedelta(days=4_000)), zones)
def test_what_is_over_goes_after_one_rest_whatever_was_noted_before(before, after, zone):
    first = (SINCE + LIFE + AN_HOUR + after).astimezone(zone)
    noted = look(before, first)
    assume(not noted.has_rested)
    assert noted.over
    assert look(noted, first) == noted
    for number in range(1, LOOKS + 1):
        noted = look(noted, first + number * STEP)
    assert noted.has_rested


@given(marks, st.integers(0, LOOKS))
def test_a_clock_before_the_note_begins_the_rest_anew(mark, looks):
    before = datetime.fromisoformat(mark) - timedelta(seconds=1)
    found = rest(Rest(mark, looks), before, is_over=True)
    assert datetime.fromisoformat(found.over) == before
    assert found.looks == 0


def test_notes_without_an_offset_say_nothing():
    assert rest(Rest("2020-01-01", 2), SINCE, is_over=True) == Rest("2026-11-30T00:00:00+00:00", 0)
