"""Clubs: where they meet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from magnitizdat.cli import face, signing
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import SILENCE, say

if TYPE_CHECKING:
    from magnitizdat.ops.clubs.gigs import Status

Club = Annotated[str, typer.Argument(metavar="CLUB", help="A club: its name, or its four words.")]
STATUS = {"TENTATIVE": say("not certain"), "CONFIRMED": SILENCE, "CANCELLED": say("cancelled")}


def register(clubs: typer.Typer) -> None:
    """Put the verbs beside the others of clubs."""
    for function in (gig, programme):
        clubs.command()(function)


def gig(
    club: Club,
    what: Annotated[str, typer.Argument(metavar="[WHAT]", help="What it is, in one line.")] = "",
    starts: Annotated[
        str, typer.Option("--starts", metavar="WHEN", help='For example "2026-12-05 20:00", by this computer\'s clock.')
    ] = "",
    ends: Annotated[str, typer.Option("--ends", metavar="WHEN", help="When it is over; may be left out.")] = "",
    place: Annotated[
        str, typer.Option("--place", help="Where; leave it out where people know it: a searcher would wait there.")
    ] = "",
    change: Annotated[
        str, typer.Option("--change", metavar="UID", help="Say anew what is announced; what you leave out stays.")
    ] = "",
    status: Annotated[
        str, typer.Option("--status", metavar="tentative|confirmed|cancelled", help="Whether it takes place.")
    ] = "",
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Announce where and when the club meets. It goes on reels for the club alone, and is forgotten a week after."""
    from magnitizdat.ops.clubs.gigs import GigWish, announce

    out = face.current
    wish = GigWish(summary=what, starts=starts, ends=ends, place=place, status=_status(status))
    with out.library() as library:
        report = announce(library, club, wish, uid=change, now=datetime.now(UTC), only_copy=only_copy)
    return out.end(report.outcome(), fields(report))


def programme(
    club: Annotated[str, typer.Argument(metavar="[CLUB]", help="Of this club alone.")] = "",
    ics: Annotated[
        str, typer.Option("--ics", metavar="FILE", help="Also as a calendar that any phone reads; it is not sealed.")
    ] = "",
) -> int:
    """Where your clubs meet, as far as you have heard."""
    from magnitizdat.ops.clubs.gigs import programme_of, write_calendar

    out, now = face.current, datetime.now(UTC)
    with out.library() as library:
        found = programme_of(library, club=club, now=now)
        if ics:
            found = write_calendar(found, Path(ics), now=now, disk=out.disk())
    rows = [
        [
            _when(each.dtstart),
            each.summary,
            each.location,
            each.club,
            out.spoken(STATUS[each.status]) if STATUS[each.status] else "",
            each.uid[:8],
        ]
        for each in found.gigs
    ]
    if rows:
        out.table([say("WHEN"), say("WHAT"), say("WHERE"), say("CLUB"), SILENCE, say("UID")], rows)
    return out.end(found.outcome(), fields(found))


def _status(text: str) -> Status | None:
    if not text:
        return None
    if text.upper() not in STATUS:
        raise UsageError(say("a status is tentative, confirmed or cancelled; choose one"))
    return cast("Status", text.upper())


def _when(moment: str) -> str:
    """By the clock of the place where it is."""
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M")
