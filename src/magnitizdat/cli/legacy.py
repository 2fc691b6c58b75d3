"""Give: what is left to others who keep it: archives and sleeves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.cli.staying import WithClub
from magnitizdat.model import fields
from magnitizdat.sentence import Voice

PANEL = "Give"


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.command(rich_help_panel=PANEL)(archive)
    app.command(rich_help_panel=PANEL)(sleeve)


def archive(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="Name, four words or address of a label.")],
    destination: Annotated[
        Path, typer.Argument(metavar="DEST", help="A new folder, or an archive to bring up to date.")
    ],
    with_club: WithClub = False,
) -> int:
    """All that a label signed, for whoever keeps it: plain files, pages for any browser, a BagIt bag.

    Run it again to go on after an interruption. `mag dub DEST` takes it back with its signatures.
    """
    from magnitizdat.ops.clubs.staying import gate
    from magnitizdat.ops.give.archive import archive as archive_op
    from magnitizdat.ops.labels.labels import find_label

    out = face.current
    with out.library() as library, out.progress() as progress:
        view = find_label(library, label)
        passes, now = gate(library, with_club=with_club), datetime.now(UTC)
        report = archive_op(library, view, destination, now=now, disk=out.disk(), passes=passes, progress=progress)
    return out.end(report.outcome(destination), fields(report))


def sleeve(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="Title or id of an album.")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where the page goes; else a file here with its name.")
    ] = None,
    with_club: WithClub = False,
) -> int:
    """A sleeve to print, cut and fold: tracks, notes, four words, and a code that says whose it is. One A4 page."""
    from magnitizdat.ops.clubs.staying import gate
    from magnitizdat.ops.give.inlays import inlay_name, write_inlay

    out = face.current
    with out.library() as library:
        album = library.shelf.find(release)
        target = to or Path(inlay_name(album))
        out.require_new(target)
        voice = Voice(out.language.code, out.language.translate, out.language.is_right_to_left)
        passes = gate(library, with_club=with_club)
        report = write_inlay(library, album, target, voice, disk=out.disk(), passes=passes)
    return out.end(report.outcome(), fields(report))
