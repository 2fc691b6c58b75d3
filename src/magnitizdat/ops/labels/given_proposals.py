"""Copies and signatures of a proposal that somebody gives, brought together with what is kept of it here.

Nothing is kept before it was verified: signatures of nobody are left out, whoever brought them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from magnitizdat.catalogue.carrying_on import require_followed
from magnitizdat.catalogue.club_roots import club_of
from magnitizdat.catalogue.proposals import (
    SIGNATURE_TEXT,
    NextRoot,
    genuine,
    merge,
    read_proposal,
    read_signatures,
    unsigned,
)
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.errors import NotFoundError, UsageError
from magnitizdat.formats import budgets
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.ops.labels.holder_keys import proposals, state_under, waiting
from magnitizdat.ops.labels.labels import held_state
from magnitizdat.sentence import advice, say


class FoundProposal(NamedTuple):
    """A proposal with all signatures that are known of it, and how many that were given are of nobody."""

    proposed: NextRoot
    view: LabelView
    state: LabelState
    strange: int


def find_proposal(library: Library, files: Sequence[bytes]) -> FoundProposal:
    """The one proposal that these are copies and signatures of; with none, the one that waits here."""
    budgets.PROPOSALS.check(len(files))
    lone = [read_signatures(each) for each in files if is_lone(each)]
    copies = [read_proposal(each) for each in files if not is_lone(each)]
    named = {each.sha256 for each in copies} | {each.root for each in lone}
    known = _known(library, named)
    if not copies and not known:
        raise UsageError(say("a signature alone needs its proposal beside it; give the proposal's file too"))
    proposed = merge([unsigned(each) for each in copies or known])
    if named - {proposed.sha256}:
        raise UsageError(say("these are copies of more than one proposal; give those of one at a time"))
    proposed = _with_roots(proposed, known)
    view = _view(library, proposed)
    state = state_under(library, proposed)
    before = require_followed(proposed, state).signed
    given = {*_signatures(copies), *(sig for each in lone for sig in each.signatures)}
    merged = genuine(proposed, before, given)
    return FoundProposal(with_kept(merged, known, state), view, state, len(given) - len(merged.proposal.signatures))


def _signatures(copies: Iterable[NextRoot]) -> set[str]:
    return {sig for each in copies for sig in each.proposal.signatures}


def with_kept(proposed: NextRoot, kept: Sequence[NextRoot], state: LabelState) -> NextRoot:
    """A proposal with roots and genuine signatures of copies that are kept."""
    whole = _with_roots(proposed, kept)
    return genuine(whole, require_followed(whole, state).signed, _signatures([proposed, *kept]))


def _with_roots(proposed: NextRoot, kept: Sequence[NextRoot]) -> NextRoot:
    """A proposal with the roots of copies that are kept, where it brings none.

    What they say beside that counts no more: it is signed by nobody, and may have been altered on the way.
    """
    roots = proposed.proposal.roots or max((each.proposal.roots for each in kept), key=len, default=())
    return proposed._replace(proposal=msgspec.structs.replace(proposed.proposal, roots=roots))


def _known(library: Library, named: Iterable[str]) -> list[NextRoot]:
    wanted = set(named)
    known = proposals(library)
    if wanted:
        return [each for each in known if each.sha256 in wanted]
    open_ones = [each for each in known if each in waiting(library, held_state(library, each.proposal.imprint))]
    if len(open_ones) != 1:
        raise UsageError(
            advice(
                terminal=say("give the proposal's file; `mag status` says what waits here"),
                page=say("give the proposal's file, or its code"),
            )
        )
    return open_ones


def is_lone(data: bytes) -> bool:
    """Whether it is signatures without what they sign."""
    return data.startswith(SIGNATURE_TEXT.encode())


def _view(library: Library, proposed: NextRoot) -> LabelView:
    imprint = proposed.proposal.imprint
    found = next((view for view in library.shelf.labels() if view.imprint == imprint), None)
    is_here = found is not None and library.label_files(imprint)
    if not is_here and club_of(proposed.statement.signed) is not None:
        raise NotFoundError(say("this proposal is of a club that is not here; dub a reel for the club first"))
    if found is None or not is_here:
        raise NotFoundError(say("this proposal is of a label that is not here; dub that label first"))
    return found
