"""How much room there is: on the medium of a folder that is there, or will be."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Space(NamedTuple):
    """Bytes of a medium; None where it does not say. `cluster`: what the shortest file takes; `device`: its number.

    `names`: how many more files it takes.
    """

    free: int | None
    total: int | None
    cluster: int = 1
    device: int = 0
    names: int | None = None

    def takes(self, needed: int) -> bool:
        """Whether `needed` more bytes fit, as far as one can know."""
        return self.free is None or needed <= self.free

    def allocated(self, lengths: Iterable[int]) -> int:
        """Bytes that files of these lengths take there."""
        return sum(-(-length // self.cluster) * self.cluster for length in lengths)


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
    place = existing_folder(folder)
    usage = shutil.disk_usage(place)
    said = os.statvfs(place) if hasattr(os, "statvfs") else None
    cluster = said.f_frsize if said is not None else 1
    names = said.f_favail if said is not None and said.f_files else None
    free, total = (usage.free, usage.total) if usage.total else (None, None)
    return Space(free, total, max(1, cluster), place.stat().st_dev, names)
