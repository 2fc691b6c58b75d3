"""Clubs: a door with a key that is changed, and a list at it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.cli.help import Grouped
from magnitizdat.cli.label import show_paper
from magnitizdat.model import fields

clubs = typer.Typer(
    cls=Grouped, help="Clubs: who is let in, and which key the door has.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
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
