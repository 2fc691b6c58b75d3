"""Labels that were first heard of through a club, and stay there: nothing of them goes to anybody else."""

from __future__ import annotations

from magnitizdat.library.club_rows import ClubLabelRow, ClubVoiceRow
from magnitizdat.library.letter_rows import LetterKeyRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.members import keys_name

_ONE_GO = 16
"""Rows that a founding writes at most."""


def of_clubs(library: Library) -> dict[str, str]:
    """Imprint of each such label, to that of its club; of the club's own label too, and of officers' made here.

    What was heard of there and became one's own since stays no more, nor does whose card a person keeps: they know it
    from elsewhere.
    """
    rows = [row for row in library.index.listening.kept(ClubLabelRow, "club-label:") if row.club]
    if not rows:
        return {}
    voices = _voices(library)
    known = {view.imprint for view in library.shelf.labels() if view.standing == "own"}
    known |= {card.imprint for card in library.shelf.friends().values()}
    stay = {*voices, *(row.imprint for row in rows if row.imprint == row.club or row.imprint not in known)}
    return {row.imprint: row.club for row in rows if row.imprint in stay}


def made_for(library: Library, club: str) -> frozenset[str]:
    """Labels that were made here to speak in a club: whatever else its root names, nobody here speaks in it."""
    made = (imprint for imprint, of in _voices(library).items() if of == club)
    return frozenset(each for each in made if library.has_member(keys_name(each)))


def _voices(library: Library) -> dict[str, str]:
    """Labels that were made to speak in a club, each with its club.

    An older mag wrote no row of that: it made the label's address and said where it stays in one go.
    """
    said = {row.imprint: row.club for row in library.index.listening.kept(ClubVoiceRow, "club-voice:")}
    rows = library.index.listening.kept(ClubLabelRow, "club-label:")
    untold = {row.imprint: row.club for row in rows if row.made and row.imprint not in {row.club, *said}}
    untold = {imprint: club for imprint, club in untold.items() if library.has_member(keys_name(imprint))}
    addresses = library.index.listening.kept(LetterKeyRow, "letter-key:") if untold else ()
    made = {row.imprint for row in addresses if row.imprint in untold and _is_of_one_go(library, row)}
    return said | {imprint: club for imprint, club in untold.items() if imprint in made}


def _is_of_one_go(library: Library, address: LetterKeyRow) -> bool:
    """Whether a device wrote of a label's address and of its club at once: nobody else's library knows a new label."""
    places = library.index.pages.about(address.subject)
    return any(
        there.device == place.device and abs(there.counter - place.counter) <= _ONE_GO
        for _, there in library.index.pages.about(f"club-label:{address.imprint}")
        for _, place in places
    )


def let_out(library: Library, changes: Changes, imprint: str) -> None:
    """A label stays in its club no more, unless it is of the club's door."""
    row = library.index.listening.kept_one(ClubLabelRow, f"club-label:{imprint}")
    if row is not None and row.club and not _is_door(row):
        changes.row(ClubLabelRow(imprint=imprint))


def _is_door(row: ClubLabelRow) -> bool:
    return row.made or row.imprint == row.club
