"""`mag reel mend`: a reel made whole from its spare parts. Needs no library and no key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import TargetError
from magnitizdat.model import Progress, Silent
from magnitizdat.ops.places.sources import require_sealed
from magnitizdat.reel.check import check
from magnitizdat.reel.copy import copy
from magnitizdat.reel.mend import mend
from magnitizdat.reel.reports import MendReport


def mend_reel(
    folder: Path,
    disk: Disk,
    *,
    others: Sequence[Path] = (),
    scratch: Path | None = None,
    into: Path | None = None,
    progress: Progress | None = None,
) -> MendReport:
    """As `reel.mend.mend`. A reel as one file that is hurt is taken apart into a folder, and mended there.

    That is `into`, else one beside it with its name. Interrupted, the same call goes on.

    Raises: also SourceError for an open reel, NoSpaceError, UsageError where something else is in that folder.
    """
    if folder.is_file():
        if (found := check(folder, progress=progress)).is_valid:
            return MendReport(after=found)
        file, folder = folder, into or beside(folder)
        _take_apart(file, folder, disk, progress or Silent())
        report = mend(folder, disk, others=others, scratch=scratch, progress=progress)
        return structs.replace(report, folder=str(folder))
    report = mend(folder, disk, others=others, scratch=scratch, progress=progress)
    require_sealed(folder, report.after)
    return report


def beside(file: Path) -> Path:
    """The folder that a reel as one file is taken apart into, where nobody says which."""
    return file.with_suffix("") if file.suffix else file.with_name(f"{file.name}-mended")


def _take_apart(file: Path, folder: Path, disk: Disk, progress: Progress) -> None:
    """`file` is only read: what is left of it is worth something until the folder is whole. Raises: TargetError."""
    copied = copy(file, [(folder, disk.apart())], watch=lambda _: progress).targets[0]
    if copied.verdict != "done":
        raise TargetError(copied.reason)
