"""What a vouch says beside what is held of a label: whether a root chain is the one that it names. PURE.

A checkpoint introduces a label to whoever holds nothing of it; what is held already it only stands beside (ADR 0060).
"""

from __future__ import annotations

from tuf.api.metadata import Root, Targets

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.metadata import read_statement
from magnitizdat.catalogue.refresh import LabelState
from magnitizdat.catalogue.voices import Vouch
from magnitizdat.formats.names import imprint_text
from magnitizdat.model import Checkpoint


def agrees(state: LabelState, known: Checkpoint) -> bool | None:
    """Whether the root chain of a label as held has this checkpoint; None where it ends before."""
    roots = state.roots()
    if known.version > len(roots):
        return None
    root = read_statement(Root, roots[known.version - 1], max_length=metadata.MAX_ROOT_LENGTH)
    return root.sha256 == known.sha256


def disagree(first: Checkpoint, second: Checkpoint) -> bool:
    """Whether no root chain can have both."""
    return first.version == second.version and first.sha256 != second.sha256


def is_possible(vouch: Vouch) -> bool:
    """Whether any label can be what is vouched for: its imprint is the digest of its first root."""
    checkpoint = vouch.checkpoint
    return checkpoint.version > 1 or imprint_text(bytes.fromhex(checkpoint.sha256)) == vouch.imprint


def newest_version(state: LabelState) -> int:
    """The version of the newest list by its name, without a look into it; 0 where none is held."""
    ending = f".{Targets.type}.json"
    versions = [name.removesuffix(ending) for name in state.files if name.endswith(ending)]
    return max((int(version) for version in versions if version.isdecimal()), default=0)
