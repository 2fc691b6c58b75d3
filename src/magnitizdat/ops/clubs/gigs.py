"""`mag club gig` and `mag club programme`: where a club meets. It is said on reels for that club alone (ADR 0069)."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from msgspec.structs import replace

from magnitizdat.catalogue.clubs import Gig
from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryBusyError, MagError, UsageError
from magnitizdat.formats.names import clean_line
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.clubs.past_gigs import forget_past, gigs_here
from magnitizdat.ops.clubs.rosters import Club, club_root, club_view, find_club, known_clubs, my_label
from magnitizdat.ops.voices.saying import say_voices
from magnitizdat.pages.calendar import Event, calendar
from magnitizdat.scene.gigs import GigWord, is_past, moment, programme
from magnitizdat.sentence import advice, say

Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


class GigLine(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A gig as a list shows it; its fields are those of iCalendar, `club` and `imprint` are of the club."""

    club: str
    imprint: str
    uid: str
    summary: str
    dtstart: str
    dtend: str = ""
    location: str = ""
    status: Status = "CONFIRMED"
    sequence: int = 0


class GigReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What was signed. `is_new`: it was not announced before."""

    gig: GigLine
    is_new: bool

    def outcome(self) -> Outcome:
        """How others hear of it, and for how long."""
        what, club = self.gig.summary, self.gig.club
        headline = say("«{what}» is in the programme of «{club}».", what=what, club=club)
        if self.gig.status == "CANCELLED":
            headline = say("«{what}» is cancelled in the programme of «{club}».", what=what, club=club)
        return Outcome(
            headline=headline,
            lines=(
                advice(
                    terminal=say(
                        "It goes on reels for the club, and on no other: `mag reel cut DEST --for {club}`.",
                        club=shlex.quote(club),
                    ),
                    page=say(
                        "It goes on reels for the club, and on no other: fill a stick for «{club}».",
                        club=shlex.quote(club),
                    ),
                ),
                say("A week after it is over it leaves your label, and the libraries that it reached."),
            ),
        )


class Programme(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What is announced, in the order of beginning; `file`: the calendar that was written, if one was."""

    gigs: tuple[GigLine, ...] = ()
    file: str = ""

    def outcome(self) -> Outcome:
        """How many, and that a calendar is not sealed."""
        if not self.gigs and not self.file:
            return Outcome(headline=say("Nothing is announced."))
        written = (say("The calendar is in {file}. It is not sealed: whoever has that file reads it.", file=self.file),)
        return Outcome(headline=say("Gigs: {gigs}.", gigs=len(self.gigs)), lines=written if self.file else ())


class GigWish(NamedTuple):
    """What shall be said of a gig; what is empty stays. Moments are ISO 8601, local where they say no zone."""

    summary: str = ""
    starts: str = ""
    ends: str = ""
    place: str = ""
    status: Status | None = None


def announce(
    library: Library, club: str, wish: GigWish, *, uid: str = "", now: datetime, only_copy: bool = False
) -> GigReport:
    """Sign a gig of a club in one's label there, or (`uid`, or how it begins) say one anew that is announced.

    Raises: UsageError where this library's person is no officer of it, and for a wish that is no gig.
    """
    forget_past(library, now=now)
    with library.changes() as changes:
        line = find_club(library, club, role="officer")
        mine = _writing(library, line)
        known = _announced(library, line, uid, now) if uid else None
        gig = _gig(line, wish, known, now)
        say_voices(library, changes, mine, [gig], now=now, only_copy=only_copy)
        changes.commit()
    return GigReport(gig=_line(line, gig), is_new=known is None)


def programme_of(library: Library, *, club: str = "", now: datetime) -> Programme:
    """What is announced in one club, or in all that this library's person is in; what is over rests, then is forgotten.

    Raises: UsageError where there is no such club.
    """
    with suppress(LibraryBusyError):  # it goes the next time
        forget_past(library, now=now)
    lines = {line.imprint: line for line in ([find_club(library, club)] if club else known_clubs(library))}
    words = [word for line in lines.values() if line.role in {"officer", "member"} for word in _words(library, line)]
    return Programme(gigs=tuple(_line(lines[word.gig.club], word.gig) for word in programme(words, now)))


def calendar_of(found: Programme, *, now: datetime) -> bytes:
    """The same as a calendar that any phone reads."""
    events = []
    for each in found.gigs:
        begin, end = moment(each.dtstart), moment(each.dtend)
        if begin is not None:
            events.append(Event(each.uid, each.summary, begin, end, each.location, each.status, each.sequence))
    return calendar(events, now)


def write_calendar(found: Programme, target: Path, *, now: datetime, disk: Disk) -> Programme:
    """The same as a file. Raises: TargetError, NoSpaceError."""
    disk.write_atomic(target, calendar_of(found, now=now))
    return replace(found, file=str(target))


def _writing(library: Library, line: Club) -> LabelView:
    """One's own label in a club. Raises: UsageError where it does not speak for the club."""
    root = club_root(library, line.imprint)
    mine = my_label(library, line.imprint, root)
    if mine is None or mine.imprint not in club_view(library, line.imprint).speaking:
        raise UsageError(say("you are no officer of «{club}»; ask one of them", club=line.name))
    return mine


def _words(library: Library, line: Club) -> Iterator[GigWord]:
    """What its officers announce; labels that do not speak for it any more say nothing."""
    speaking: tuple[str, ...] = ()
    with suppress(MagError):
        speaking = club_view(library, line.imprint).speaking
    for each in gigs_here(library):
        if each.imprint in speaking and each.gig is not None and each.gig.club == line.imprint:
            yield GigWord(each.imprint, each.gig)


def _announced(library: Library, line: Club, uid: str, now: datetime) -> Gig:
    """Raises: UsageError where none begins so, or several do."""
    found = [word.gig for word in programme(_words(library, line), now) if word.gig.uid.startswith(uid.casefold())]
    if len(found) != 1:
        raise UsageError(
            advice(
                terminal=say(
                    "no gig of «{club}» is called {uid}; `mag club programme` shows which are", club=line.name, uid=uid
                ),
                page=say("no gig of «{club}» is called {uid}; look at its programme again", club=line.name, uid=uid),
            )
        )
    return found[0]


def _gig(line: Club, wish: GigWish, known: Gig | None, now: datetime) -> Gig:
    """Raises: UsageError."""
    if known is None and not (wish.summary and wish.starts):
        raise UsageError(
            advice(
                terminal=say('say what it is and when: `mag club gig CLUB WHAT --starts "2026-12-05 20:00"`'),
                page=say("say what it is and when, for example 2026-12-05 20:00"),
            )
        )
    before = known or Gig(club=line.imprint, uid=secrets.token_hex(16), summary="-", dtstart="")
    starts = _moment(wish.starts) if wish.starts else before.dtstart
    ends = _moment(wish.ends) if wish.ends else before.dtend
    gig = replace(
        before,
        summary=clean_line(wish.summary)[:512] or before.summary,
        dtstart=starts,
        dtend=ends,
        location=clean_line(wish.place)[:4096] or before.location,
        status=wish.status or before.status,
        sequence=before.sequence + (known is not None),
    )
    _check_order(gig, now)
    return gig


def _check_order(gig: Gig, now: datetime) -> None:
    begin, end = moment(gig.dtstart), moment(gig.dtend)
    if begin is not None and end is not None and end < begin:
        raise UsageError(
            advice(
                terminal=say("it would end before it begins; say --ends anew"),
                page=say("it would end before it begins; choose another end"),
            )
        )
    if is_past(gig, now):
        raise UsageError(say("that has been over for a week; say another day"))


def _moment(text: str) -> str:
    """Raises: UsageError."""
    said = ""
    with suppress(ValueError, OverflowError, OSError):  # the last two: years that no clock here says
        found = datetime.fromisoformat(text.strip())
        local = found if found.tzinfo is not None else found.astimezone()
        said = local.isoformat(timespec="minutes")
    if moment(said) is None:
        raise UsageError(
            say('«{text}» is no moment; write for example "2026-12-05 20:00", by this computer\'s clock', text=text)
        )
    return said


def _line(line: Club, gig: Gig) -> GigLine:
    return GigLine(
        club=line.name,
        imprint=line.imprint,
        uid=gig.uid,
        summary=clean_line(gig.summary),
        dtstart=gig.dtstart,
        dtend=gig.dtend,
        location=clean_line(gig.location),
        status=gig.status,
        sequence=gig.sequence,
    )
