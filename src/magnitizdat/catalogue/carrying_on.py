"""Where a proposal meets a label as it is held: what it follows, what it stands by, and the label under it. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

import msgspec
from tuf.api.metadata import Root, Targets

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.continued import HandedOver, handed_over
from magnitizdat.catalogue.holder_cards import public_of
from magnitizdat.catalogue.metadata import Statement, read_statement
from magnitizdat.catalogue.proposals import NextRoot, counted, root_file, root_keys, stands_by
from magnitizdat.catalogue.publisher import LabelKeys, Publication, carry_on, speaks_for
from magnitizdat.catalogue.refresh import LabelState, Verdict, heard, refresh, review, signed_here, thawed
from magnitizdat.catalogue.voices import HeardList
from magnitizdat.errors import NotFoundError, NotVerifiedError, SourceError, UsageError
from magnitizdat.model import Checkpoint
from magnitizdat.sentence import advice, say


def root_of(state: LabelState, version: int = 0) -> Statement[Root]:
    """A root that is held, the newest where no version is named.

    Raises: NotFoundError if it is not.
    """
    roots = state.roots()
    if not 0 < (version or len(roots)) <= len(roots):
        raise NotFoundError(say("that root of the label is not here; dub the label from somewhere first"))
    return read_statement(Root, roots[(version or len(roots)) - 1], max_length=metadata.MAX_ROOT_LENGTH)


def holders_of(state: LabelState, version: int = 0) -> tuple[str, ...]:
    """Public keys, in hex, that carry the label on by its newest root, or by that version of it."""
    return tuple(root_keys(root_of(state, version).signed))


def need_of(state: LabelState) -> int:
    """How many of them sign its next root."""
    return int(root_of(state).signed.roles[Root.type].threshold)


def newest_list(state: LabelState) -> HeardList | None:
    """The newest list that is held."""
    body = state.role_files().get(Targets.type)
    if body is None:
        return None
    statement = read_statement(Targets, body, max_length=metadata.MAX_TARGETS_LENGTH)
    return HeardList(version=statement.version, sha256=statement.sha256)


def hand_overs(state: LabelState) -> list[HandedOver]:
    """All that its roots say, in their order, and whether the newest list that is held goes on from the last."""
    roots = [root_of(state, version) for version in range(1, len(state.roots()) + 1)]
    body = state.role_files().get(Targets.type)
    newest = read_statement(Targets, body, max_length=metadata.MAX_TARGETS_LENGTH) if body is not None else None
    return handed_over(roots, newest, held=0)


def list_in(state: LabelState, body: bytes) -> HeardList:
    """A list of the label that its newest root's online key signed.

    Raises: DamagedError, NotVerifiedError.
    """
    statement = read_statement(Targets, body, max_length=metadata.MAX_TARGETS_LENGTH)
    metadata.require_signed(root_of(state).signed, Targets.type, statement)
    return HeardList(version=statement.version, sha256=statement.sha256)


def require_followed(proposed: NextRoot, state: LabelState) -> Statement[Root]:
    """The held root that a proposal follows.

    Raises: NotVerifiedError where it follows another one, or does not name the list that is held; NotFoundError where
    roots between are not held.
    """
    proposal = proposed.proposal
    if any(fork.role == Root.type for fork in state.memory.forks):
        raise UsageError(
            advice(
                terminal=say(
                    "this label has two next roots already; `mag label choose` goes on with one of them first"
                ),
                page=say("this label has two next roots already; choose one of them under its name first"),
            )
        )
    if len(state.roots()) < proposal.before.version:
        raise NotFoundError(say("this library holds older roots of the label than the proposal follows; dub it first"))
    before = root_of(state, proposal.before.version)
    if before.sha256 != proposal.before.sha256:
        raise NotVerifiedError(
            say("this proposal follows another root than the one that is held; ask where it came from")
        )
    if len(state.roots()) > before.version and root_of(state, proposed.version).sha256 != proposed.sha256:
        raise NotVerifiedError(say("the label went on with another root already; this proposal is of no use any more"))
    held = newest_list(state)
    named = stands_by(proposed.statement.signed)
    if held is not None and named is not None and held.version == named.version and held.sha256 != named.sha256:
        raise NotVerifiedError(
            say("the list that this proposal stands by is not the one that is held; ask its maker which is true")
        )
    return before


def is_taken_in(proposed: NextRoot, state: LabelState) -> bool:
    """Whether the label has that root already."""
    return len(state.roots()) >= proposed.version and root_of(state, proposed.version).sha256 == proposed.sha256


def ahead(state: LabelState, proposals: Iterable[NextRoot]) -> LabelState:
    """The label with next roots that enough have signed, where the list of their keeper is still to come."""
    for proposed in sorted(proposals, key=lambda each: each.version):
        if proposed.version == len(state.roots()) + 1:
            before = root_of(state)
            if proposed.proposal.before.sha256 == before.sha256 and counted(proposed, before.signed).is_enough:
                with suppress(SourceError):  # what is kept here stops nothing
                    state = _under(proposed, state)
    return state


def caught_up(state: LabelState, proposed: NextRoot) -> LabelState:
    """The label with those roots that a proposal brings along and that follow on the held ones.

    Raises: NotVerifiedError, DamagedError where one does not follow.
    """
    for each in proposed.proposal.roots:
        root = read_statement(Root, msgspec.json.encode(each), max_length=metadata.MAX_ROOT_LENGTH)
        before = root_of(state)
        if root.version == before.version + 1 <= proposed.proposal.before.version:
            metadata.require_signed(before.signed, Root.type, root)
            metadata.require_signed(root.signed, Root.type, root)
            heard(state, Checkpoint(version=root.version, sha256=root.sha256))  # another than was told of is refused
            if root.sha256 in state.memory.refused:
                raise NotVerifiedError(
                    say("this proposal follows a branch of the label that you turned down; ask for the other")
                )
            state = msgspec.structs.replace(state, files={**state.files, f"{root.version}.root.json": root.data})
    return state


def taken_in(proposed: NextRoot, state: LabelState, *, now: datetime) -> LabelState:
    """The label under a root that enough have signed, by who does not sign its lists.

    Where its keeper changes, what is listed waits for the new one: the root is remembered as the newest that there is,
    so that nothing without it is taken any more.
    """
    rooted = _under(proposed, state)
    try:
        return signed_here(review(rooted, now=now).state)
    except NotVerifiedError:
        return heard(state, Checkpoint(version=proposed.version, sha256=proposed.sha256))


def _under(proposed: NextRoot, state: LabelState) -> LabelState:
    data = root_file(proposed, root_of(state).signed)
    return msgspec.structs.replace(state, files={**state.files, f"{proposed.version}.root.json": data})


def carried_on(
    proposed: NextRoot, state: LabelState, keys: LabelKeys, *, now: datetime, skip_versions: int
) -> Publication:
    """The label under a root that enough have signed, with what is listed signed anew by the keys that it names."""
    return carry_on(state, root_file(proposed, root_of(state).signed), keys, now=now, skip_versions=skip_versions)


def received(state: LabelState, made: LabelState, *, now: datetime) -> Verdict:
    """What was signed here, taken in as any reader takes it: what a hand-over leaves out is noted, forks are settled.

    Raises: ForkError where another fork still waits for a choice.
    """

    def fetch(name: str, _length: int) -> bytes:
        if name not in made.files:
            raise NotFoundError(say("nothing is held of this label yet; dub it from somewhere"))
        return made.files[name]

    verdict = refresh(thawed(state, fetch, now=now), fetch, now=now)
    return msgspec.structs.replace(verdict, state=signed_here(verdict.state))


def up_to(state: LabelState, listed: bytes) -> LabelState:
    """The label with that list as its newest: what was signed after it is no part of it."""
    roots = {name: body for name, body in state.files.items() if name.endswith(".root.json")}
    name = f"{list_in(state, listed).version}.targets.json"
    return msgspec.structs.replace(state, files=roots | {name: listed})


def speaks_under(proposed: NextRoot, state: LabelState, keys: LabelKeys) -> bool:
    """Whether these keys sign day by day under a next root."""
    body = msgspec.json.encode({"signatures": [], "signed": proposed.proposal.root})
    rooted = msgspec.structs.replace(state, files={**state.files, f"{proposed.version}.root.json": body})
    return speaks_for(rooted, keys)


def is_void(state: LabelState, seed: bytes) -> bool:
    """Whether a root key carries this label on no more."""
    return public_of(seed) not in holders_of(state)
