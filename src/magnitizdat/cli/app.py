"""The verbs, in the five groups that people meet them in. Each handler parses, calls one op and renders."""

from __future__ import annotations

from typing import Annotated

import typer

from magnitizdat.cli import (
    clubs,
    give,
    history,
    label,
    legacy,
    letters,
    listen,
    marks,
    merge,
    panic,
    pass_on,
    players,
    playlists,
    premieres,
    prepare,
    publish,
    safe,
    serve,
    share,
    simulate,
    speak,
    stash,
    take,
    travel,
    vouch,
    want,
)
from magnitizdat.cli.help import Grouped
from magnitizdat.cli.settings import GLOBAL_HELP

app = typer.Typer(
    name="mag",
    cls=Grouped,
    help="Music passed hand to hand: import it, publish it, carry it on sealed reels, listen.",
    epilog=GLOBAL_HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    listen,
    marks,
    players,
    serve,
    take,
    want,
    history,
    give,
    share,
    stash,
    pass_on,
    legacy,
    publish,
    speak,
    playlists,
    label,
    letters,
    clubs,
    safe,
    merge,
    panic,
    travel,
    premieres,
    prepare,
    vouch,
    simulate,
):
    module.register(app)


@app.command(rich_help_panel="Start here")
def tour(
    keep: Annotated[
        str, typer.Option(metavar="DIR", help="Leave libraries, reel and plain export here to look at.")
    ] = "",
    opens_page: Annotated[bool, typer.Option("--serve", help="Then open the page on the music of the tour.")] = False,
) -> int:
    """The whole story on generated music, in about a minute, offline."""
    from pathlib import Path

    from magnitizdat.cli import face
    from magnitizdat.tour.story import run_tour

    afterwards = serve.open_library_page if opens_page else None
    report = run_tour(face.current.say, keep=Path(keep) if keep else None, afterwards=afterwards)
    if not opens_page:
        face.current.document(report)
    return 0 if report.failed == 0 else 1
