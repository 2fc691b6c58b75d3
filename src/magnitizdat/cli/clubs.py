"""Clubs: a door with a key that is changed, and a list at it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from magnitizdat.cli import face, gigs, officers, signing
from magnitizdat.cli.help import Grouped
from magnitizdat.cli.label import show_paper
from magnitizdat.model import fields
from magnitizdat.sentence import SILENCE, say

if TYPE_CHECKING:
    from magnitizdat.library.library import Library
    from magnitizdat.model import Card
    from magnitizdat.ops.clubs.listing import Members

clubs = typer.Typer(
    cls=Grouped, help="Clubs: who is let in, and which key the door has.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    officers.register(clubs)
    gigs.register(clubs)
    app.add_typer(clubs, name="club", rich_help_panel="Give")


@clubs.command("create")
def create(name: Annotated[str, typer.Argument(help='What it is called, for example "45".')]) -> int:
    """Make a club: you are its first officer, and one root key is shown once as words for paper."""
    from magnitizdat.ops.clubs.creating import create_club

    out = face.current
    with out.library() as library:
        made = create_club(library, name, now=datetime.now(UTC))
    code = out.end(made.outcome(), fields(made))
    show_paper(made.paper_words, name)
    return code


WhichClub = Annotated[
    str, typer.Option("--club", metavar="CLUB", help="Which club: needed where you are an officer of several.")
]
ROLES = {"officer": say("officer"), "member": say("member"), "left": say("you left"), "out": say("you were let out")}


@clubs.command("list")
def list_clubs(
    club: Annotated[str, typer.Argument(metavar="[CLUB]", help="Who is in this one; only its officers know.")] = "",
) -> int:
    """Clubs that you are or were in; with CLUB, for its officers, who is in it."""
    from magnitizdat.ops.clubs.listing import members
    from magnitizdat.ops.clubs.receiving import invitations
    from magnitizdat.ops.clubs.rosters import clubs as known

    out = face.current
    if club:
        with out.library() as library:
            return _members(members(library, club))
    with out.library() as library:
        lines, waiting = known(library), invitations(library)
    out.document({"clubs": [fields(line) for line in lines], "invitations": [fields(each) for each in waiting]})
    rows = [
        [
            line.name,
            out.spoken(ROLES[line.role]),
            "" if line.members is None else str(line.members),
            out.spoken(say("yes") if line.key else say("no")),
            line.words,
        ]
        for line in lines
    ]
    if rows:
        out.table([say("CLUB"), SILENCE, say("MEMBERS"), say("KEY"), say("FOUR WORDS")], rows)
    for each in waiting:
        out.say(
            "A letter lets you into «{club}» ({words}): `mag club join {id}` joins.",
            club=each.name,
            words=each.words,
            id=each.letter[:8],
        )
    if not (rows or waiting):
        out.say("You are in no club. `mag club create NAME` makes one; an officer's letter lets you into others.")
    return 0


def _members(report: Members) -> int:
    out = face.current
    rows = [
        [each.name, each.id[:8], each.at[:10], out.spoken(say("yes") if each.key else say("no")), each.words]
        for each in report.members
    ]
    if rows:
        out.table([say("MEMBER"), say("ID"), say("SINCE"), say("KEY SENT"), say("FOUR WORDS")], rows)
    return out.end(report.outcome(), fields(report))


@clubs.command("admit")
def admit(
    card: Annotated[str, typer.Argument(metavar="CARD", help="A card's file, a photo of its QR, or a friend's name.")],
    club: WhichClub = "",
    name: Annotated[str, typer.Option(help="What they are called in the list; else as on the card.")] = "",
    past: Annotated[bool, typer.Option("--past", help="Give them the keys of what went before, too.")] = False,
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Let somebody in: a letter brings them the key of the present. In already: it is sent once more."""
    from magnitizdat.ops.clubs.admitting import admit as admit_op

    out = face.current
    with out.library() as library:
        whose = _card(library, card)
        now = datetime.now(UTC)
        report = admit_op(library, whose, club=club, name=name, past=past, now=now, only_copy=only_copy)
    return out.end(report.outcome(), fields(report))


def _card(library: Library, text: str) -> Card:
    """A friend's card by their name, else one out of a file."""
    from magnitizdat.ops.labels.friends import read_card

    friends = {name.casefold(): card for name, card in library.shelf.friends().items()}
    known = friends.get(text.strip().casefold())
    return known if known is not None else read_card(Path(text))


@clubs.command("expel")
def expel(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who: a name in the list, or how its id begins.")],
    club: WhichClub = "",
    silent: Annotated[bool, typer.Option("--silent", help="Do not write to them.")] = False,
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Let somebody out: the door has a new key, which letters bring to all others."""
    from magnitizdat.ops.clubs.expelling import expel as expel_op

    out = face.current
    with out.library() as library:
        if not out.confirm(
            say("Let «{name}» out?", name=name), otherwise=say("to let somebody out needs a yes: repeat it with --yes")
        ):
            return 0
        now = datetime.now(UTC)
        report = expel_op(library, name, club=club, silent=silent, now=now, only_copy=only_copy)
    return out.end(report.outcome(), fields(report))


@clubs.command("join")
def join(
    letter: Annotated[str, typer.Argument(metavar="ID", help="The letter that lets you in: how its id begins.")],
) -> int:
    """Join the club that a letter lets you into."""
    from magnitizdat.ops.clubs.receiving import join as join_op

    out = face.current
    with out.library() as library:
        report = join_op(library, letter, sure=out.settings.yes, now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))


@clubs.command("leave")
def leave(club: Annotated[str, typer.Argument(metavar="CLUB", help="A name, or four words.")]) -> int:
    """Leave a club: its keys are destroyed here. Nobody is told."""
    from magnitizdat.ops.clubs.leaving import leave as leave_op

    out = face.current
    with out.library() as library:
        if not out.confirm(
            say("Destroy the keys of «{club}» here?", club=club),
            otherwise=say("to destroy keys needs a yes: repeat it with --yes"),
        ):
            return 0
        report = leave_op(library, club, now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))
