"""How music is chosen on the command line, alike for every verb that gives it."""

from __future__ import annotations

from typing import Annotated

import typer

Search = Annotated[
    list[str] | None,
    typer.Option("--search", metavar="TEXT", help="What `mag search TEXT` finds, whole albums first; repeatable."),
]
Playlists = Annotated[
    list[str] | None,
    typer.Option("--playlist", metavar="NAME", help="Songs of a playlist, or of what a label compiled; repeatable."),
]
