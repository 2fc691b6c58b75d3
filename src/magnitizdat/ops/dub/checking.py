"""`mag reel check`: what of a reel is whole, damaged or missing; for whoever has its key, of its albums too."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, get_args

from msgspec import structs

from magnitizdat.errors import MagError
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Progress, fields
from magnitizdat.ops.dub.holdings import Holdings, holdings
from magnitizdat.ops.places.reel_keys import reel_keys
from magnitizdat.ops.places.sources import reel_at, require_sealed
from magnitizdat.reel.check import check
from magnitizdat.reel.reports import CheckReport, FileState, beside
from magnitizdat.sentence import Sentence


class Checked(NamedTuple):
    """`held` is None where no key was at hand; `refused` is why the words open nothing."""

    report: CheckReport
    held: Holdings | None = None
    refused: Sentence | None = None

    def outcome(self) -> Outcome:
        """The reel's own, and what a key tells of albums."""
        found = self.report.outcome()
        held = self.held or Holdings(albums=())
        lines = beside(held.sentences(), held.missing) if self.held else ()
        return structs.replace(
            found,
            lines=(*found.lines, *lines),
            warnings=(self.refused,) if self.refused else (),
            missing=(*found.missing, *held.missing),
        )

    def facts(self) -> dict[str, Any]:
        """The gist of it, for scripts and the page; `albums` only where a key was at hand."""
        states: tuple[FileState, ...] = get_args(FileState)
        facts: dict[str, Any] = {
            **{state: self.report.count(state) for state in states},
            "complete": self.report.is_complete,
            "valid": self.report.is_valid,
            "mendable": self.report.is_mendable,
        }
        if self.held is not None:
            facts["albums"] = [{**fields(each), "is_whole": each.is_whole} for each in self.held.albums]
        return facts


def check_reel(
    folder: Path,
    library: Library | None,
    *,
    now: datetime,
    words: str = "",
    progress: Progress | None = None,
) -> Checked:
    """Check it, and with `words` or the addresses of a library also look at its albums. Changes nothing.

    Raises: SourceError for an open reel, which has nothing to check it by; UsageError for a folder in which several lie
    as one file each.
    """
    folder = reel_at(folder)
    report = check(folder, progress=progress)
    require_sealed(folder, report)
    if library is None and not words:
        return Checked(report)
    identities = reel_keys(library).identities if library else ()
    try:
        return Checked(report, holdings(folder, report, identities, now=now, words=words, library=library))
    except MagError as exc:  # without words: it is sealed to somebody else, and nothing is said of albums
        return Checked(report, refused=exc.sentence if words else None)
