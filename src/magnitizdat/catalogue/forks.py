"""Two statements of one role and version: the label freezes, and a person chooses the branch to go on with. PURE."""

from __future__ import annotations

import msgspec
from tuf.api.metadata import Root, Targets, Timestamp

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.continued import LeftOut, judged_anew, left_out, with_descendants
from magnitizdat.catalogue.following import TIMESTAMP_NAME
from magnitizdat.catalogue.memory import Fork
from magnitizdat.catalogue.metadata import read_statement
from magnitizdat.catalogue.refresh import LabelState, remember
from magnitizdat.errors import ForkError, NotFoundError
from magnitizdat.model import Checkpoint
from magnitizdat.sentence import say


def fork_of(error: ForkError) -> Fork:
    """What is remembered of a fork that was met."""
    return Fork(role=error.role, version=error.version, held=error.held, other=error.other, evidence=error.evidence)


def freeze(state: LabelState, fork: Fork | ForkError) -> LabelState:
    """`state` with the fork remembered: nothing new enters until `choose`."""
    found = fork_of(fork) if isinstance(fork, ForkError) else fork
    if any(each.is_same(found) for each in state.memory.forks):
        return state
    return remember(state, forks=(*state.memory.forks, found))


def choose(state: LabelState, sha256: str) -> LabelState:
    """The person chose the branch with the digest `sha256`; every other one is turned down for good.

    Of roots that is told once and for all: whoever has a key that was replaced can make others of that version without
    end. Choosing the other branch drops what was held from the forked version on; the next `refresh` brings the rest.

    Raises: NotFoundError if no fork has that digest.
    """
    fork = next((fork for fork in state.memory.forks if sha256 in (fork.held, fork.other)), None)
    if fork is None:
        raise NotFoundError(say("this label signed nothing that begins so; look at the label again"))
    turned_down = fork.other if sha256 == fork.held else fork.held
    chosen = remember(
        state,
        refused=(*state.memory.refused, *with_descendants(turned_down, state.memory.lists)),
        forks=tuple(other for other in state.memory.forks if not _is_decided(other, fork)),
    )
    stayed = sha256 == fork.held
    if not stayed:
        chosen = msgspec.structs.replace(chosen, files=_other_branch(state.files, fork))
        chosen = remember(chosen, left=_leaving(state, fork))
    if fork.role != Root.type:
        return chosen
    root = Checkpoint(version=fork.version, sha256=sha256)
    if stayed:
        return remember(chosen, told=(*chosen.memory.told, root))
    # The told roots lie on the branch that was turned down; kept, they would refuse the chosen one for ever.
    return remember(chosen, checkpoint=root, told=(root,))


def _leaving(state: LabelState, fork: Fork) -> tuple[LeftOut, ...]:
    """What the list of a branch names is left out, unless the other one names it too.

    Roots that were turned down judge nothing: what came under them came after the last root of both.
    """
    data = state.role_files().get(Targets.type)
    before = read_statement(Targets, data, max_length=metadata.MAX_TARGETS_LENGTH) if data is not None else None
    left = left_out(state.memory.left, before, None, root=len(state.roots()))
    return judged_anew(left, fork.version - 1) if fork.role == Root.type else left


def _is_decided(other: Fork, fork: Fork) -> bool:
    return other == fork or (other.role == fork.role == Root.type and other.version == fork.version)


def _other_branch(files: dict[str, bytes], fork: Fork) -> dict[str, bytes]:
    if fork.role == Root.type:
        kept = {f"{version}.root.json" for version in range(1, fork.version)}
        return {name: body for name, body in files.items() if name in kept or not name.endswith(".root.json")} | {
            f"{fork.version}.root.json": fork.evidence
        }
    name = TIMESTAMP_NAME if fork.role == Timestamp.type else f"{fork.version}.{fork.role}.json"
    # A branch that left long ago has an older timestamp; the one that is held belongs to what was turned down.
    is_past = fork.role == Targets.type and name not in files
    rest = {
        each: body
        for each, body in files.items()
        if each.endswith(".root.json") or (each == TIMESTAMP_NAME and not is_past)
    }
    return rest | ({name: fork.evidence} if fork.evidence else {})
