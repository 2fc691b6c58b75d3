"""Playlists by hand, stars and ratings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from magnitizdat.cli import face, playlists
from magnitizdat.cli.help import Grouped
from magnitizdat.model import fields

PANEL = "Listen"
Named = Annotated[list[str], typer.Argument(metavar="WHAT…", help="Albums, `ALBUM/3`, or tracks' own ids.")]
MaybeNamed = Annotated[
    list[str] | None, typer.Argument(metavar="[WHAT…]", help="Albums, `ALBUM/3`, or tracks' own ids.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the playlist is called.")]

lists = typer.Typer(
    cls=Grouped, help="Playlists: list, make, add to them, remove.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Put the verbs on the command line."""
    app.add_typer(lists, name="playlist", rich_help_panel=PANEL)
    app.command("star", rich_help_panel=PANEL)(star)


@lists.command("list")
def list_playlists() -> int:
    """Playlists here, and what labels compiled."""
    return playlists.list_playlists()


@lists.command("make")
def make(name: Name, what: MaybeNamed = None) -> int:
    """Make a playlist, of WHAT or of nothing yet."""
    from magnitizdat.ops.listen.by_hand import make_list

    out = face.current
    with out.library() as library:
        report = make_list(library, name, what or [], now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))


@lists.command("add")
def add(name: Name, what: Named) -> int:
    """Put WHAT at the end of a playlist."""
    from magnitizdat.ops.listen.by_hand import add_to_list

    out = face.current
    with out.library() as library:
        report = add_to_list(library, name, what, now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))


@lists.command("remove")
def remove(name: Name, what: MaybeNamed = None) -> int:
    """Take WHAT off a playlist; without it remove the playlist. The music stays in any case."""
    from magnitizdat.ops.listen.by_hand import drop_list, take_off_list

    out = face.current
    with out.library() as library:
        report = take_off_list(library, name, what, now=datetime.now(UTC)) if what else drop_list(library, name)
    return out.end(report.outcome(), fields(report))


def star(
    what: Named,
    off: Annotated[bool, typer.Option("--off", help="Take the stars back.")] = False,
    rating: Annotated[
        int | None,
        typer.Option("--rating", min=0, max=5, metavar="N", help="Rate it instead: 1 to 5, 0 takes it back."),
    ] = None,
) -> int:
    """Star albums or tracks, or rate them: players show it, and `mag list --starred` the albums."""
    from magnitizdat.ops.listen.by_hand import mark

    out = face.current
    with out.library() as library:
        report = mark(library, what, on=not off, rating=rating, now=datetime.now(UTC))
    return out.end(report.outcome(), fields(report))
