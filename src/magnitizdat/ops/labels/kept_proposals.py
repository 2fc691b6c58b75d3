"""Proposals as a library keeps them: one row each, with the signatures that are known here."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.catalogue.proposals import NextRoot, proposal_bytes
from magnitizdat.library.holder_rows import ProposalRow
from magnitizdat.library.library import Changes, Library


def keep(library: Library, changes: Changes, proposed: NextRoot, *, now: datetime) -> bool:
    """Keep a proposal as it is now, its signatures verified; whether that says anything new."""
    row = _row(proposed, proposal_bytes(proposed).decode(), now)
    if any(each.body == row.body for each in library.index.listening.kept(ProposalRow, row.subject)):
        return False
    changes.row(row)
    return True


def drop(changes: Changes, proposed: NextRoot, *, now: datetime) -> None:
    """Keep no more of a proposal than that it was there."""
    changes.row(_row(proposed, "", now))


def _row(proposed: NextRoot, body: str, now: datetime) -> ProposalRow:
    return ProposalRow(
        imprint=proposed.proposal.imprint,
        version=proposed.version,
        sha256=proposed.sha256,
        body=body,
        at=now.isoformat(timespec="seconds"),
    )
