"""Doors of clubs for tests: a club that is a label like any other, its key, and what is known through it alone."""

from __future__ import annotations

import hashlib

from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.club_rows import ClubLabelRow, EpochRow
from magnitizdat.library.library import Library
from magnitizdat.library.members import epoch_name
from magnitizdat.library.reclaim import rewrite


def give_key(library: Library, club: str, key: X25519Identity, *, number: int = 1) -> None:
    """The key of a club's door comes into a library."""
    epoch = hashlib.sha256(key.text.encode()).hexdigest()[:32]
    with library.changes() as changes:
        rewrite(library, changes, epoch_name(club, epoch), key.text.encode())
        changes.row(EpochRow(club=club, id=epoch, number=number, recipient=key.recipient.text))
        changes.commit()


def keep_in_club(library: Library, club: str, *imprints: str) -> None:
    """These labels were first heard of through the club."""
    with library.changes() as changes:
        for imprint in imprints:
            changes.row(ClubLabelRow(imprint=imprint, club=club))
        changes.commit()
