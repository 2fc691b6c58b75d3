#!/bin/sh
# One would guess: a calendar that a library reads and writes again is the same calendar; and what it writes has what
# RFC 5545 asks of each event: when it was made (DTSTAMP, "MUST be included"), in lines of at most 75 bytes.
#
# What happens: ics.py gives each calendar that it reads and writes a CALSCALE that the one it read did not have, and
# spells it GEORGIAN, which is no scale (the RFC knows GREGORIAN alone). Events that it makes have no DTSTAMP, and a line
# is as long as its text. What comes in another order or in a field that it does not know it keeps. icalendar writes
# DTSTAMP when it is given, folds at 75 bytes, and reads all of this without a word.
#
# With: ics 0.7.3, icalendar 6.3.1.
#
# Why it matters: a programme of concerts is written once and passed through the calendars of many; a strict one leaves
# out events that lack what must be there. Write them with a library that folds, give DTSTAMP yourself, and do not test
# what you write with a reader that takes everything.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check ics==0.7.3 icalendar==6.3.1

cat > seen <<'END'
ics, made: longest line 106 bytes, DTSTAMP no, CALSCALE none
ics, read and written: CALSCALE GEORGIAN, SEQUENCE 3
icalendar, made: longest line 74 bytes, DTSTAMP yes, CALSCALE none
icalendar, reads that of ics: 1 event, CALSCALE GEORGIAN
END

venv/bin/python - > got <<'END'
from datetime import datetime, timezone

import icalendar
import ics

SUMMARY = "Friday at Rubinstein's: Zoopark, Kino and a long list of friends who play until the bridges close"
PLAIN = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//club//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261201T000000Z\r\n"
    "DTSTART:20261205T190000Z\r\nSUMMARY:Gig\r\nSEQUENCE:3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def field(text: str, name: str) -> str:
    return next((line.split(":", 1)[1] for line in text.splitlines() if line.startswith(f"{name}:")), "none")


def made(name: str, text: str) -> None:
    longest = max(len(line.encode()) for line in text.splitlines())
    stamp = "no" if field(text, "DTSTAMP") == "none" else "yes"
    print(f"{name}, made: longest line {longest} bytes, DTSTAMP {stamp}, CALSCALE {field(text, 'CALSCALE')}")


begin = datetime(2026, 12, 5, 19, tzinfo=timezone.utc)
made("ics", ics.Calendar(events=[ics.Event(name=SUMMARY, begin=begin, uid="1")]).serialize())
again = ics.Calendar(PLAIN).serialize()
print(f"ics, read and written: CALSCALE {field(again, 'CALSCALE')}, SEQUENCE {field(again, 'SEQUENCE')}")
calendar, event = icalendar.Calendar(), icalendar.Event()
for name, value in (("uid", "1"), ("summary", SUMMARY), ("dtstart", begin), ("dtstamp", begin)):
    event.add(name, value)
calendar.add_component(event)
made("icalendar", calendar.to_ical().decode())
read = icalendar.Calendar.from_ical(again)
print(f"icalendar, reads that of ics: {len(read.walk('VEVENT'))} event, CALSCALE {read['CALSCALE']}")
END

diff seen got || { echo "What ics.py writes has changed." >&2; exit 1; }
