"""`mag reel mend`: a reel made whole from its spare parts. Needs no library and no key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.model import Progress, Shortfall, Silent
from magnitizdat.ops.places.sources import reel_at, require_sealed
from magnitizdat.reel.check import check
from magnitizdat.reel.copy import copy
from magnitizdat.reel.mend import mend
from magnitizdat.reel.mend_report import MendReport
from magnitizdat.reel.reports import CheckReport


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

    What cannot be written there is in the report. Raises: also SourceError for an open reel,
    UsageError for a folder in which several lie as one file each.
    """
    folder = reel_at(folder)
    if folder.is_file():
        if (found := check(folder, progress=progress)).is_valid:
            return MendReport(after=found)
        file, folder = folder, into or beside(folder)
        if (there := _mended_before(found, folder)) is not None:
            return MendReport(after=there, folder=str(folder))
        # The file is only read: what is left of it is worth something until the folder is whole.
        copied = copy(file, [(folder, disk.apart())], watch=lambda _: progress or Silent()).targets[0]
        if copied.verdict != "done":
            lacking = Shortfall(what=str(folder), reason=copied.reason)
            return MendReport(after=found, missing=(lacking,), left_as_one=str(file))
        report = mend(folder, disk, others=others, scratch=scratch, progress=progress)
        return structs.replace(report, folder=str(folder))
    report = mend(folder, disk, others=others, scratch=scratch, progress=progress)
    require_sealed(folder, report.after)
    return report


def _mended_before(found: CheckReport, folder: Path) -> CheckReport | None:
    """How the reel is in that folder, if it is the same one and whole: its spare parts may have other names by now."""
    named = _named(found)
    if not named or not folder.is_dir():
        return None
    there = check(folder)
    return there if there.is_valid and named <= _named(there) else None


def _named(report: CheckReport) -> set[tuple[str, int]]:
    return {(each.path, each.length) for group in report.groups for each in group.segments}


def beside(file: Path) -> Path:
    """The folder that a reel as one file is taken apart into, where nobody says which."""
    return file.with_suffix("") if file.suffix else file.with_name(f"{file.name}-mended")
