"""How much room there is: on the medium of a folder that is there, or will be."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple


class Space(NamedTuple):
    """Bytes of a medium; None where it does not say."""

    free: int | None
    total: int | None

    def takes(self, needed: int) -> bool:
        """Whether `needed` more bytes fit, as far as one can know."""
        return self.free is None or needed <= self.free


def existing_folder(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    place = folder.absolute()
    while not place.is_dir() and place != place.parent:
        place = place.parent
    return place


def space(folder: Path) -> Space:
    """The room where a folder is or will be.

    Raises: OSError from the medium.
    """
    usage = shutil.disk_usage(existing_folder(folder))
    return Space(usage.free, usage.total) if usage.total else Space(None, None)
