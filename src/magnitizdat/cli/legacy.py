"""Give: what is left to others who keep it: archives and sleeves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from magnitizdat.cli import face
from magnitizdat.model import fields

PANEL = "Give"


def register(app: typer.Typer) -> None:
    """Put the verbs of this group on the command line."""
    app.command(rich_help_panel=PANEL)(archive)


def archive(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="Name, four words or imprint of a label.")],
    destination: Annotated[
        Path, typer.Argument(metavar="DEST", help="A new folder, or an archive to bring up to date.")
    ],
) -> int:
    """All that a label signed, for whoever keeps it: plain files, pages for any browser, a BagIt bag.

    Run it again to go on after an interruption. `mag dub DEST` takes it back with its signatures.
    """
    from magnitizdat.ops.give.archive import archive as archive_op
    from magnitizdat.ops.labels.labels import find_label

    out = face.current
    with out.library() as library, out.progress() as progress:
        view = find_label(library, label)
        report = archive_op(library, view, destination, now=datetime.now(UTC), disk=out.disk(), progress=progress)
    return out.end(report.outcome(destination), fields(report))
