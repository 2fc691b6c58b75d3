"""In danger: panic."""

from __future__ import annotations

import typer

from magnitizdat.cli import at_once, face
from magnitizdat.errors import EXIT_UNEXPECTED
from magnitizdat.model import fields
from magnitizdat.sentence import say

PANEL = "In danger"


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command(rich_help_panel=PANEL)(panic)


def panic() -> int:
    """Destroy the keys on this device, at once: `key.age`, then every process that holds them. --yes does not ask."""
    from magnitizdat.library.slot import require_some
    from magnitizdat.ops.keep.panic import QUESTION
    from magnitizdat.ops.keep.panic import panic as panic_op

    out = face.current
    out.settings.passphrase_file = None  # none is needed, so one that is set says nothing about who is there to answer
    alone = say("nobody is there to be asked; `mag panic --yes` does it")
    if not out.confirm(QUESTION.filled(directory=out.directory), otherwise=alone):
        out.say("Nothing was touched.")
        return EXIT_UNEXPECTED  # whoever waits for it must not take it for done
    report = at_once.done.pop() if at_once.done else panic_op(out.directory, disk=out.disk(private=True))
    if report.is_nothing_done:
        require_some(out.directory)
    return out.end(report.outcome(), fields(report))
