"""Officers of a club: cards of who is to come, and next roots that change who speaks for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from magnitizdat.cli import face, holders, signing
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import say


def register(clubs: typer.Typer) -> None:
    """Put the verbs under `mag club`."""
    clubs.command("officer-card")(officer_card)
    clubs.command("officers")(officers)


def officer_card(
    club: Annotated[str, typer.Argument(metavar="CLUB", help="A name, or four words.")],
    name: Annotated[str, typer.Argument(help="The name that the other officers see.")],
    to: holders.To = None,
) -> int:
    """Make a root key and a label with which you would be an officer, and show their card: for who appoints you."""
    from magnitizdat.ops.clubs.officers import officer_card as officer_card_op

    out = face.current
    out.require_new(to)
    with out.library() as library:
        card = officer_card_op(library, club, name, now=datetime.now(UTC))
    return holders.show_card(card, to)


def officers(
    club: Annotated[str, typer.Argument(metavar="[CLUB]", help="Which club, where you know of several.")] = "",
    add: Annotated[
        list[Path] | None, typer.Option("--add", metavar="CARD", help="An officer's card, or a photo. Repeat it.")
    ] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="NAME", help="Who is an officer no longer. Repeat it.")
    ] = None,
    need: holders.Need = 0,
    paper: holders.Papers = 0,
    disown: Annotated[bool, typer.Option("--disown", help="What those did who go counts no more.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="Your own label forked: go on with another.")] = False,
    take_over: Annotated[
        list[str] | None, typer.Option("--take-over", metavar="NAME", help="What this former officer did counts.")
    ] = None,
    to: holders.To = None,
    instead: holders.Instead = False,
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Say who speaks for a club, or propose other officers: so many of them sign each change."""
    from magnitizdat.ops.clubs import officers as ops

    out = face.current
    if renew and (add or remove):
        raise UsageError(say("--renew goes alone; change the other officers in a step of its own"))
    out.require_new(to)
    holders.require_seen(paper)
    cards, now = holders.cards_in(add), datetime.now(UTC)
    with out.library() as library:
        if not (cards or remove or renew or need or paper):
            found = ops.take_over(library, club, take_over, now=now) if take_over else ops.officers(library, club)
            return out.end(found.outcome(), fields(found))
        wanted = ops.WantedOfficers(cards, remove or (), need, paper, disown)
        if renew:
            report = ops.renew(library, club, now=now, instead=instead, only_copy=only_copy)
        else:
            report = ops.appoint(library, club, wanted, now=now, instead=instead, only_copy=only_copy)
    return holders.end(report, to)
