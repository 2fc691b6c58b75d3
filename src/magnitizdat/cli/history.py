"""Log and undo: what was done here, and how it is taken back."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from magnitizdat.cli import face
from magnitizdat.model import fields
from magnitizdat.sentence import say

PANEL = "Take"


def register(app: typer.Typer) -> None:
    """Put the verbs of this module on the command line."""
    app.command("log", rich_help_panel=PANEL)(log)
    app.command("undo", rich_help_panel=PANEL)(undo)


def log(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="So many at most.")] = 20,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Leave out so many of the newest.")] = 0,
) -> int:
    """What was corrected, merged, split, removed and taken back here, the newest first."""
    from magnitizdat.ops.albums.undo import log as log_op

    out = face.current
    with out.library() as library:
        found = log_op(library, offset=offset, count=limit)
    out.document(msgspec.to_builtins(found))
    taken_back = out.spoken(say("taken back"))
    rows = [
        [
            str(each.number),
            each.at[:10],
            out.spoken(each.sentence()),
            taken_back if each.is_undone else "",
        ]
        for each in found.commands
    ]
    if rows:
        out.table([say("number"), say("day"), say("what"), say("state")], rows)
    else:
        out.say("Nothing was done here yet that could be taken back.")
    earlier = found.total - offset - len(rows)
    if rows and earlier > 0:
        out.say("{n} earlier: `mag log --offset {offset}` goes on there.", n=earlier, offset=offset + len(rows))
    return 0


def undo(
    number: Annotated[int, typer.Argument(metavar="[N]", min=0, help="By `mag log`; else the newest.")] = 0,
) -> int:
    """Take a whole command back: an edit, merge, split or undo; a removal only where other albums have its files."""
    from magnitizdat.ops.albums.undo import undo as undo_op

    out = face.current
    with out.library() as library:
        report = undo_op(library, number)
    return out.end(report.outcome(), fields(report))
