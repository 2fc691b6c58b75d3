"""Proposals as a library keeps them: one row each, with the signatures that are known here."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.catalogue.proposals import NextRoot, proposal_bytes
from magnitizdat.library.holder_rows import ProposalRow
from magnitizdat.library.library import Changes


def keep(changes: Changes, proposed: NextRoot, *, now: datetime) -> None:
    """Keep a proposal as it is now."""
    changes.row(_row(proposed, proposal_bytes(proposed).decode(), now))


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
