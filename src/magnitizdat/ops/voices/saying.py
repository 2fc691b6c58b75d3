"""Say something under a label, or take it back: a new version of the label's list, with what it says now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from magnitizdat.catalogue.voices import Voice
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.labels.labels import signing_label
from magnitizdat.sentence import say

__all__ = ["SaidReport", "say_voices", "signing_label", "withdraw"]


class SaidReport(Value, frozen=True, kw_only=True):
    """What was signed: paths of documents that are new or said anew, of those that did not change, and withdrawn."""

    label: str
    imprint: str
    version: int
    said: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def outcome(self) -> Outcome:
        """Who signed, and which version."""
        return Outcome(headline=say("Signed by {label}, version {version}.", label=self.label, version=self.version))


def say_voices(
    library: Library,
    changes: Changes,
    label: LabelView,
    voices: Sequence[Voice],
    *,
    now: datetime,
    only_copy: bool = False,
    without: Sequence[str] = (),
) -> SaidReport:
    """Sign what an own label says, in place of what it said of the same; `without` are paths that it lists no more.

    The caller commits. Raises: UsageError where it may not be signed.
    """
    raise NotImplementedError


def withdraw(
    library: Library,
    changes: Changes,
    label: LabelView,
    paths: Sequence[str],
    *,
    now: datetime,
    only_copy: bool = False,
) -> SaidReport:
    """List some of its voices no more. The caller commits. Raises: as `say_voices`."""
    return say_voices(library, changes, label, (), now=now, only_copy=only_copy, without=paths)
