"""`mag panic --yes` before anything else is loaded: in danger the slot does not wait for what draws help pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magnitizdat.ops.keep.panic import PanicReport

done: list[PanicReport] = []
"""What the verb itself, once it is loaded, has only to tell."""


def panic_at_once(arguments: list[str]) -> None:
    """Do it, where this is what the line says and nothing is to be asked."""
    from magnitizdat import program
    from magnitizdat.cli.settings import take_settings
    from magnitizdat.disk.disk import Disk
    from magnitizdat.errors import MagError
    from magnitizdat.ops.keep.panic import panic

    try:
        settings = take_settings(arguments)
    except MagError:  # said by whoever reads the line again
        return
    if settings.yes and settings.rest == ["panic"]:
        done.append(panic(settings.library or program.library_folder(), disk=Disk(private=True)))
