"""What is known of a label beside its files; it stays at home. PURE."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from magnitizdat.catalogue.continued import LeftOut, MetList
from magnitizdat.model import Checkpoint, DigestField, Value


class Fork(Value, frozen=True, kw_only=True):
    """Two statements of one role and version. `evidence` is the other file, empty where only its digest is known.

    `here` are titles of albums that only the held branch names so, `there` of the other one: for whoever chooses.
    """

    role: str
    version: int
    held: DigestField
    other: DigestField
    evidence: bytes = b""
    here: tuple[str, ...] = ()
    there: tuple[str, ...] = ()

    def is_same(self, other: Fork) -> bool:
        """Whether both say the same two statements."""
        return (self.role, self.version, self.held, self.other) == (other.role, other.version, other.held, other.other)


class Memory(Value, frozen=True, kw_only=True):
    """What was told of a label, seen of it and chosen.

    `checkpoint` is the newest root that was told of or seen: a chain that misses it is refused. `told` are those that a
    person told of, by a card or a choice: the newest of the held ones, and the newest that is to come. What was only
    seen first says nothing of which branch is right. `lists` were taken in, and `left` are releases of theirs that the
    newest list does not name.
    """

    checkpoint: Checkpoint | None = None
    told: tuple[Checkpoint, ...] = ()
    lists: tuple[MetList, ...] = ()
    left: tuple[LeftOut, ...] = ()
    refused: tuple[DigestField, ...] = ()
    forks: tuple[Fork, ...] = ()

    def seen(self, newest: Checkpoint) -> Memory:
        """With a root that was taken in."""
        known = self.checkpoint
        is_newer = known is None or known.version < newest.version
        return msgspec.structs.replace(self, checkpoint=newest) if is_newer else self

    def heard(self, told: Checkpoint, *, held: int) -> Memory:
        """With a root that a person told of, where so many roots are held."""
        return msgspec.structs.replace(self.seen(told), told=_lasting((*self.told, told), held))


def _lasting(told: Iterable[Checkpoint], held: int) -> tuple[Checkpoint, ...]:
    """Of the told roots the newest of those `held`, which speaks for all before it, and the newest that is to come.

    The imprint itself tells of the first.
    """
    ordered = sorted({each for each in told if each.version > 1}, key=lambda each: each.version)
    reached = sum(each.version <= held for each in ordered)
    return (*ordered[:reached][-1:], *ordered[reached:][-1:])
