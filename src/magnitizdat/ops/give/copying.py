"""`mag reel copy`: one reel onto many sticks at once. Needs no library and no key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.model import Progress
from magnitizdat.ops.places.sources import reel_at
from magnitizdat.reel.copy import copy
from magnitizdat.reel.copy_reports import CopyReport


def copy_reel(
    folder: Path,
    destinations: Sequence[Path],
    *,
    disk: Disk,
    planned: Callable[[int, int], None] | None = None,
    watch: Callable[[Path], Progress] | None = None,
) -> CopyReport:
    """As `reel.copy.copy`, with a disk of its own for each destination: what one fails at, the others do not hear of.

    Raises: SourceError if no reel is there, UsageError for destinations that cannot be meant, and for a folder in which
    several lie as one file each.
    """
    return copy(reel_at(folder), [(each, disk.apart()) for each in destinations], planned=planned, watch=watch)
