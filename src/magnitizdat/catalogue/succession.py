"""Who can carry a label on: verdicts about its roots. PURE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tuf.api.metadata import Root

from magnitizdat.catalogue import metadata
from magnitizdat.catalogue.metadata import read_statement
from magnitizdat.catalogue.trust import named_list
from magnitizdat.errors import NotFoundError
from magnitizdat.model import Value
from magnitizdat.sentence import Sentence, say

if TYPE_CHECKING:
    from magnitizdat.catalogue.refresh import LabelState

CONTINUES = "x-continues"
"""Field of a root that hands a label over: `{"version", "sha256"}` of the last targets list that its holders stand by,
by the canonical form of its `signed`."""


class RootStep(Value, frozen=True, kw_only=True):
    """One root version: distinct public root keys, how many must sign, and how many of the keys are new in it."""

    version: int
    keys: int
    threshold: int
    new_keys: int
    new_online_keys: bool


class Succession(Value, frozen=True, kw_only=True):
    """How the newest root stands.

    `fragile`: one lost key ends the label (threshold = n, or more than there are keys). `exposed`: a root key also
    signs day by day, so a stolen library takes the label for good.
    """

    keys: int
    threshold: int
    standing: Literal["sound", "fragile"]
    exposed: bool
    steps: tuple[RootStep, ...]

    @property
    def sentence(self) -> Sentence:
        """For people."""
        if self.standing == "fragile":
            return say(
                "This label needs {threshold} of its {keys} root keys: one lost key ends it.",
                threshold=self.threshold,
                keys=self.keys,
            )
        if self.exposed:
            return say("A root key of this label also signs day by day: whoever steals it takes the label.")
        spare = self.keys - self.threshold
        return say(
            "{threshold} of {keys} root keys carry this label on: {spare} may be lost.",
            threshold=self.threshold,
            keys=self.keys,
            spare=spare,
        )


def succession(state: LabelState) -> Succession:
    """The verdict on the root chain that is held.

    Raises: NotFoundError if no root is held, DamagedError.
    """
    roots = [read_statement(Root, data, max_length=metadata.MAX_ROOT_LENGTH).signed for data in state.roots()]
    if not roots:
        raise NotFoundError(say("nothing is held of this label yet; dub it from somewhere"))
    newest = roots[-1]
    keys, online = metadata.key_identities(newest, Root.type), _online(newest)
    threshold = newest.roles[Root.type].threshold
    return Succession(
        keys=len(keys),
        threshold=threshold,
        standing="sound" if threshold < len(keys) else "fragile",
        exposed=threshold == 1 and bool(keys & online),
        steps=tuple(_step(before, root) for before, root in zip([None, *roots], roots, strict=False)),
    )


def continues_of(root: Root) -> tuple[int, str] | None:
    """(version, digest) of the last list that the holders who signed this root stand by; None where it names none."""
    return named_list(root.unrecognized_fields, CONTINUES)


def _step(before: Root | None, root: Root) -> RootStep:
    keys = metadata.key_identities(root, Root.type)
    return RootStep(
        version=root.version,
        keys=len(keys),
        threshold=root.roles[Root.type].threshold,
        new_keys=len(keys - metadata.key_identities(before, Root.type)) if before else len(keys),
        new_online_keys=before is None or _online(root) != _online(before),
    )


def _online(root: Root) -> set[bytes]:
    return set().union(*(metadata.key_identities(root, role) for role in root.roles if role != Root.type))
