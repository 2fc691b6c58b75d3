"""`mag want`: what one asks others for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import say


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command(rich_help_panel="Take")(want)


def want(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="ALBUM|LABEL…", help="A title or id; a label's name or address.")
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Ask for these no more.")] = False,
    slip: Annotated[
        bool, typer.Option("--slip", help="Tell those whose reels ask for it what arrived, and what you ask for.")
    ] = False,
) -> int:
    """Ask for albums and labels that are not here; without any: what you ask for."""
    from magnitizdat.ops.post import slips, wanting

    out = face.current
    if slip and (names or drop):
        raise UsageError(say("give --slip alone; what is asked for goes along"))
    with out.library() as library:
        if slip:
            sent = slips.send_slips(library, now=datetime.now(UTC))
            return out.end(sent.outcome(), fields(sent))
        if drop:
            report = wanting.want_no_more(library, names or ())
        else:
            report = wanting.want(library, names or (), now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))
