"""Labels that were first heard of through a club, and stay there: nothing of them goes to anybody else."""

from __future__ import annotations

from magnitizdat.library.club_rows import ClubLabelRow, ClubVoiceRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name


def of_clubs(library: Library) -> dict[str, str]:
    """Imprint of each such label, to that of its club; of the club's own label too, and of officers' made here.

    What was heard of there and became one's own since stays no more, nor does whose card a person keeps: they know it
    from elsewhere.
    """
    rows = [row for row in library.index.listening.kept(ClubLabelRow, "club-label:") if row.club]
    if not rows:
        return {}
    voices = {row.imprint for row in library.index.listening.kept(ClubVoiceRow, "club-voice:")}
    known = {view.imprint for view in library.shelf.labels() if view.standing == "own"}
    known |= {card.imprint for card in library.shelf.friends().values()}
    stay = {*voices, *(row.imprint for row in rows if row.imprint == row.club or row.imprint not in known)}
    return {row.imprint: row.club for row in rows if row.imprint in stay}


def made_for(library: Library, club: str) -> frozenset[str]:
    """Labels that were made here to speak in a club: whatever else its root names, nobody here speaks in it."""
    rows = library.index.listening.kept(ClubVoiceRow, "club-voice:")
    made = (row.imprint for row in rows if row.club == club)
    return frozenset(each for each in made if library.has_member(keys_name(each)))


def let_out(library: Library, changes: Changes, imprint: str) -> None:
    """A label stays in its club no more, unless it is of the club's door."""
    row = library.index.listening.kept_one(ClubLabelRow, f"club-label:{imprint}")
    if row is not None and row.club and not _is_door(row):
        changes.row(ClubLabelRow(imprint=imprint))


def _is_door(row: ClubLabelRow) -> bool:
    return row.made or row.imprint == row.club
