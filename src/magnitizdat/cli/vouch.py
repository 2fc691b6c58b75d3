"""`mag vouch`: the word of a label for another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from magnitizdat.cli import face, signing
from magnitizdat.model import fields
from magnitizdat.sentence import say


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command(rich_help_panel="Publish")(vouch)


def vouch(
    label: Annotated[str, typer.Argument(help="The label: name, four words, or address.")],
    note: Annotated[str, typer.Option(help="A few words beside it, for whoever follows you.")] = "",
    as_: signing.As = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Say so no more.")] = False,
    only_copy: signing.OnlyCopy = False,
) -> int:
    """Sign that you know who is behind a label. Who follows you then meets no other of that name unwarned."""
    from magnitizdat.ops.voices import vouching

    out = face.current
    with out.library() as library:
        if not withdraw:
            out.say(vouching.statement(vouching.who(library, label, as_=as_)))
            if not out.confirm(say("Sign this?"), otherwise=say("what is signed needs a yes: repeat it with --yes")):
                return 0
        now = datetime.now(UTC)
        report = vouching.vouch(library, label, as_=as_, now=now, note=note, withdraw=withdraw, only_copy=only_copy)
    return out.end(report.outcome(), fields(report))
