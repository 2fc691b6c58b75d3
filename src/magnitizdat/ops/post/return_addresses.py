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
    with library.changes() as changes:
        over = (slip_key_name(row.recipient) for row in known if row.number <= number - IN_FORCE)
        destroy(library, changes, [name for name in over if library.has_member(name)])
        changes.put_member(slip_key_name(recipient), identity.text.encode("ascii"))
        changes.row(SlipKeyRow(recipient=recipient, quarter=quarter, number=number))
        changes.commit()
    return recipient


def slip_identities(library: Library) -> Iterator[X25519Identity]:
    """What opens slips: the addresses in force."""
    for row in slip_keys(library):
        with suppress(LibraryError, DamagedError):  # destroyed, or a hurt cell: `mag doctor` says so
            yield X25519Identity.from_text(library.member(slip_key_name(row.recipient)).decode("ascii"))


def slip_keys(library: Library) -> list[SlipKeyRow]:
    """All that were ever made here."""
    return library.index.listening.kept(SlipKeyRow, "slip-key:")
