"""A calendar is what RFC 5545 says, to a library of others: whatever people write into it comes back as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats.names import clean_line
from magnitizdat.pages.calendar import MOST_OCTETS, Event, calendar

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
moments = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
events = st.builds(
    Event,
    uid=st.from_regex("[0-9a-f]{32}", fullmatch=True),
    summary=st.text(min_size=1, max_size=300),
    starts=st.builds(datetime.astimezone, moments, zones),
    ends=st.none(),
    location=st.text(max_size=200),
    status=st.sampled_from(["TENTATIVE", "CONFIRMED", "CANCELLED"]),
    sequence=st.integers(0, 1 << 30),
)


@given(said=st.lists(events, max_size=4))
def test_what_a_library_of_others_reads_is_what_was_said(said):
    read = icalendar.Calendar.from_ical(calendar(said, NOW))
    assert len(read.events) == len(said)
    for event, each in zip(read.events, said, strict=True):
        assert str(event["SUMMARY"]) == clean_line(each.summary)
        assert str(event.get("LOCATION", "")) == clean_line(each.location)
        assert event.decoded("DTSTART") == each.starts
        assert event.decoded("DTSTAMP") == NOW
        assert (str(event["UID"]), str(event["STATUS"])) == (each.uid, each.status)
        assert int(event["SEQUENCE"]) == each.sequence
        assert "DTEND" not in event


@given(said=st.lists(events, max_size=4))
def test_no_line_is_longer_than_it_may_be_and_none_cuts_a_character(said):
    lines = calendar(said, NOW).split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= MOST_OCTETS
    assert all(line.decode() for line in lines)


def test_text_of_a_strangers_making_begins_no_line_of_its_own():
    made = calendar([Event("a" * 32, "x\r\nEND:VEVENT\nATTENDEE:mailto:a@b", NOW, location="a,b;c\\n\u2028d")], NOW)
    assert made.count(b"BEGIN:") == made.count(b"END:") - made.count(b"END:VEVENT ATTENDEE") == 2
    (event,) = icalendar.Calendar.from_ical(made).events
    assert "ATTENDEE" not in event
    assert str(event["LOCATION"]) == clean_line("a,b;c\\n\u2028d")


def test_an_end_stands_there_where_it_comes_after_the_beginning():
    for ends in (NOW, NOW - timedelta(hours=1)):
        assert b"DTEND" not in calendar([Event("a" * 32, "Gig", NOW, ends)], NOW)
    assert b"DTEND:20261201T140000Z" in calendar([Event("a" * 32, "Gig", NOW, NOW + timedelta(hours=2))], NOW)
