"""`mag reel mend`: a reel made whole from its spare parts. Needs no library and no key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.model import Progress
from magnitizdat.ops.places.sources import require_sealed
from magnitizdat.reel.mend import mend
from magnitizdat.reel.reports import MendReport


def mend_reel(
    folder: Path,
    disk: Disk,
    *,
    others: Sequence[Path] = (),
    scratch: Path | None = None,
    progress: Progress | None = None,
) -> MendReport:
    """As `reel.mend.mend`. Raises: also SourceError for an open reel."""
    report = mend(folder, disk, others=others, scratch=scratch, progress=progress)
    require_sealed(folder, report.after)
    return report
