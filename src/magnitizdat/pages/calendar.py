"""A programme as a calendar that any phone reads: iCalendar (RFC 5545). PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from magnitizdat.formats.names import clean_line

MOST_OCTETS = 75
"""Of a line, without its end. Source: RFC 5545, 3.1."""


class Event(NamedTuple):
    """One VEVENT. Moments know their zone; `ends` may be left out."""

    uid: str
    summary: str
    starts: datetime
    ends: datetime | None = None
    location: str = ""
    status: str = "CONFIRMED"
    sequence: int = 0


def calendar(events: Iterable[Event], now: datetime) -> bytes:
    """The whole file, moments in UTC, lines folded."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Magnitizdat//Programme//EN"]
    for event in events:
        lines += _event(event, now)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{_text(event.uid)}", f"DTSTAMP:{_utc(now)}", f"DTSTART:{_utc(event.starts)}")
    if event.ends is not None and event.ends > event.starts:
        yield f"DTEND:{_utc(event.ends)}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    yield from (f"STATUS:{event.status}", f"SEQUENCE:{event.sequence}", "END:VEVENT")


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Source: RFC 5545, 3.3.11."""
    escaped = clean_line(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> str:
    """No character of several bytes is cut. Source: RFC 5545, 3.1."""
    parts, length = [""], 0
    for character in line:
        octets = len(character.encode())
        if length + octets > MOST_OCTETS:
            parts.append("")
            length = 1  # the blank that marks a line that goes on
        parts[-1] += character
        length += octets
    return "\r\n ".join(parts)
