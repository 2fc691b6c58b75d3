"""Labels that were first heard of through a club, and stay there: nothing of them goes to anybody else."""

from __future__ import annotations

from magnitizdat.library.club_rows import ClubLabelRow
from magnitizdat.library.library import Library


def of_clubs(library: Library) -> dict[str, str]:
    """Imprint of each such label, to that of its club; of the club's own label too, and of officers' made here."""
    rows = library.index.listening.kept(ClubLabelRow, "club-label:")
    return {row.imprint: row.club for row in rows if row.club}
