"""Roots of a label that come without its lists, in a letter: taken in where they go on from the held ones. PURE."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from tuf.api.metadata import Root

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.metadata import Statement, read_statement
from magnitizdat.catalogue.refresh import LabelState, checkpoint, heard, imprint_of
from magnitizdat.errors import NotVerifiedError
from magnitizdat.formats import budgets
from magnitizdat.sentence import say

_OTHER_ROOTS = say("these roots are not the label's that is known here; ask where they came from")


def with_roots(state: LabelState, roots: Iterable[bytes]) -> LabelState:
    """A label with those of these roots that follow on the held ones, each signed by the one before and by itself.

    Raises: NotVerifiedError where one is another than the one that is held, told of, or turned down; DamagedError.
    """
    chain = [_read(each) for each in state.roots()]
    for root in map(_read, roots):
        if root.version <= len(chain):
            _require_same(root, chain[root.version - 1])
        elif root.version == len(chain) + 1:
            _require_next(state, root, chain)
            chain.append(root)
        else:
            raise NotVerifiedError(say("the label's root chain has a gap; ask for a complete copy"))
    budgets.ROOTS.check(len(chain))
    files = {f"{root.version}.root.json": root.data for root in chain}
    after = msgspec.structs.replace(state, files={**state.files, **files})
    if chain:
        heard(state, checkpoint(after))  # another than was told of is refused
    return after


def _read(data: bytes) -> Statement[Root]:
    return read_statement(Root, data, max_length=metadata.MAX_ROOT_LENGTH)


def _require_same(root: Statement[Root], held: Statement[Root]) -> None:
    if root.sha256 != held.sha256:
        raise NotVerifiedError(_OTHER_ROOTS)


def _require_next(state: LabelState, root: Statement[Root], chain: list[Statement[Root]]) -> None:
    """Raises: NotVerifiedError."""
    if root.version == 1 and imprint_of(root.data) != state.imprint:
        raise NotVerifiedError(_OTHER_ROOTS)
    if chain:
        metadata.require_signed(chain[-1].signed, Root.type, root)
    metadata.require_signed(root.signed, Root.type, root)
    if root.sha256 in state.memory.refused:
        raise NotVerifiedError(_OTHER_ROOTS)
