"""`mag stash`: a courier's folder of sealed reels. No key is needed, and none is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.cli.face import parse_size
from magnitizdat.cli.help import Grouped
from magnitizdat.errors import UsageError
from magnitizdat.model import fields
from magnitizdat.sentence import say, size_words

PANEL = "Give"
stash = typer.Typer(
    cls=Grouped,
    help="Carry sealed reels of anybody: take them from sticks, give them to sticks. Needs no key.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[
    Path | None,
    typer.Option("--stash", metavar="DIR", help="Where the stash is; else MAG_STASH, else in your data folder."),
]


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.add_typer(stash, name="stash", rich_help_panel=PANEL)


@stash.command("take")
def take(
    sources: Annotated[
        list[Path] | None, typer.Argument(metavar="[DIR…]", help="Sticks or folders; without: all that are plugged in.")
    ] = None,
    folder: Folder = None,
    quota: Annotated[
        str, typer.Option(metavar="SIZE", help="From now on the stash takes at most this much, for example 64G.")
    ] = "",
) -> int:
    """Copy every sealed reel that the stash lacks, each read back, and mended where it is hurt."""
    from magnitizdat.ops.stash.taking import take as take_op

    out, allowed = face.current, parse_size(quota) if quota else None
    with out.progress() as progress:
        report = take_op(
            _folder(folder), sources or (), out.disk(), now=datetime.now(UTC), quota=allowed, progress=progress
        )
    return out.end(report.outcome(), fields(report))


@stash.command("give")
def give(
    sticks: Annotated[list[Path], typer.Argument(metavar="STICK…", help="Sticks or folders; each gets what it lacks.")],
    folder: Folder = None,
) -> int:
    """Copy whole reels that a stick lacks, those that were handed on least first; each is read back."""
    from magnitizdat.ops.stash.giving import give as give_op

    out = face.current
    with out.rows() as watch:
        report = give_op(_folder(folder), sticks, out.disk(), now=datetime.now(UTC), watch=watch)
    return out.end(report.outcome(), fields(report))


@stash.command("list")
def list_stash(folder: Folder = None) -> int:
    """What the stash holds: sizes, weeks, and how often each reel was handed on. Nobody can say what is in them."""
    from magnitizdat.ops.stash.keeping import kept

    out = face.current
    report = kept(_folder(folder), out.disk())
    if report.reels:
        rows = [[each.name, out.spoken(size_words(each.bytes)), each.week, str(each.copies)] for each in report.reels]
        out.table([say("reel"), say("size"), say("came"), say("handed on")], rows)
    return out.end(report.outcome(), fields(report))


@stash.command("drop")
def drop(
    names: Annotated[list[str], typer.Argument(metavar="REEL…", help="As `mag stash list` names them.")],
    folder: Folder = None,
) -> int:
    """Take reels out of the stash. It asks before one goes that was handed on less than twice."""
    from magnitizdat.errors import NotSureError
    from magnitizdat.ops.stash.keeping import drop as drop_op

    out, place = face.current, _folder(folder)
    try:
        report = drop_op(place, names, out.disk(), now=datetime.now(UTC), sure=out.settings.yes)
    except NotSureError as exc:
        if not out.confirm(say("{why}. Drop?", why=exc.sentence), otherwise=exc.sentence):
            raise UsageError(say("nothing was dropped")) from exc
        report = drop_op(place, names, out.disk(), now=datetime.now(UTC), sure=True)
    return out.end(report.outcome(), fields(report))


def _folder(named: Path | None) -> Path:
    from magnitizdat.program import stash_folder

    return named or stash_folder()
