"""Return addresses that lie in reels: a new one each quarter, four of them in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from magnitizdat.errors import DamagedError, LibraryError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.library.library import Library
from magnitizdat.library.members import slip_key_name
from magnitizdat.library.reclaim import destroy
from magnitizdat.library.slip_rows import SlipKeyRow

IN_FORCE = 4
"""So many quarters' addresses open slips: a reel travels for a year at most."""
LEAP = 8
"""Quarters without a reel that are believed; a longer leap is a wrong clock's, and ends nothing."""
MOST = 4 * IN_FORCE
"""So many later ones end an address, whatever the clocks said."""


def return_address(library: Library, *, now: datetime) -> str:
    """The address that a reel of this quarter holds; those of a year ago are destroyed. Raises: LibraryBusyError."""
    quarter = f"{now.year}-{(now.month + 2) // 3}"
    known = slip_keys(library)
    for row in known:
        if row.quarter == quarter and library.has_member(slip_key_name(row.recipient)):
            return row.recipient
    number = max((row.number for row in known), default=0) + 1
    identity = X25519Identity.generate()
    recipient = identity.recipient.text
    made = SlipKeyRow(recipient=recipient, quarter=quarter, number=number)
    with library.changes() as changes:
        over = (slip_key_name(row.recipient) for row in known if _is_over(row, [*known, made]))
        destroy(library, changes, [name for name in over if library.has_member(name)])
        changes.put_member(slip_key_name(recipient), identity.text.encode("ascii"))
        changes.row(made)
        changes.commit()
    return recipient


def _is_over(row: SlipKeyRow, known: list[SlipKeyRow]) -> bool:
    """Whether enough quarters followed it, as far as clocks can be believed."""
    later = [each for each in known if each.number > row.number]
    followed, place = 0, _count(row)
    for each in sorted({_count(each) for each in later}):
        if 0 < each - place <= LEAP:
            followed, place = followed + 1, each
    return followed >= IN_FORCE or len(later) >= MOST


def _count(row: SlipKeyRow) -> int:
    """Its quarter, in quarters."""
    year, _, quarter = row.quarter.partition("-")
    return 4 * int(year) + int(quarter)


def slip_identities(library: Library) -> Iterator[X25519Identity]:
    """What opens slips: the addresses in force."""
    for row in slip_keys(library):
        with suppress(LibraryError, DamagedError):  # destroyed, or a hurt cell: `mag doctor` says so
            yield X25519Identity.from_text(library.member(slip_key_name(row.recipient)).decode("ascii"))


def slip_keys(library: Library) -> list[SlipKeyRow]:
    """All that were ever made here."""
    return library.index.listening.kept(SlipKeyRow, "slip-key:")
