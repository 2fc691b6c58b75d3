"""More: what the background worker would do, now."""

from __future__ import annotations

import typer

from magnitizdat.cli import face
from magnitizdat.model import fields


def register(app: typer.Typer) -> None:
    """Put the verb on the command line."""
    app.command(rich_help_panel="More")(prepare)


def prepare() -> int:
    """Make small covers, loudness, waveforms and small versions of your music now, not while you listen."""
    from magnitizdat.ops.jobs.preparing import prepare as prepare_op
    from magnitizdat.ops.jobs.preparing import waiting

    out = face.current
    with out.library() as library, out.progress() as progress:
        found = waiting(library)
        if found.total:
            out.say(
                "To be made: covers {covers}, loudness and waveforms {tracks}, small versions {small}."
                " Ctrl-C ends it, and what is made stays.",
                covers=found.covers,
                tracks=found.tracks,
                small=found.small,
            )
        report = prepare_op(library, progress=progress)
    return out.end(report.outcome(), fields(report))
