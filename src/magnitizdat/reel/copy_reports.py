"""What a copy says: values, and sentences that a courier understands."""

from __future__ import annotations

from typing import Literal

from magnitizdat.errors import EXIT_UNEXPECTED, EXIT_USAGE, partly
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.reel.reports import CheckReport
from magnitizdat.sentence import SILENCE, Sentence, framed, say, size_words
from magnitizdat.ways import MEND

CopyVerdict = Literal["done", "failed", "refused"]


class TargetReport(Value, frozen=True, kw_only=True):
    """One stick. `refused`: nothing was written. `length` bytes in `files` are whole there, `kept` of these before."""

    folder: str
    verdict: CopyVerdict
    reason: Sentence = SILENCE
    length: int = 0
    files: int = 0
    kept: int = 0

    def sentence(self) -> Sentence:
        """For people."""
        if self.verdict != "done":
            return self.reason
        length = size_words(self.length)
        if not self.kept:
            return say(
                "{files} {files:file|files}, {length}, read back. Safe to pull.", files=self.files, length=length
            )
        return say(
            "{files} {files:file|files}, {length}, read back, {kept} of them were there already. Safe to pull.",
            files=self.files,
            length=length,
            kept=self.kept,
        )


class CopyReport(Value, frozen=True, kw_only=True):
    """What was copied where. `unreadable`: files of the source of which parts are zeros on what was written now."""

    files: int
    length: int
    targets: tuple[TargetReport, ...]
    source_read: int = 0
    """Bytes that were read of the source: `length`, and what was read again for slow sticks."""
    unreadable: tuple[Shortfall, ...] = ()
    mendable: bool = True
    source: CheckReport | None = None
    """How the source is by its own spare parts, where a stick holds a copy of it."""

    @property
    def is_source_hurt(self) -> bool:
        """Whether a faithful copy is a faithful copy of damage."""
        return self.source is not None and self.source.is_hurt

    def outcome(self) -> Outcome:
        """How many sticks hold a copy. Where none does, it is what the person asked for, or something went wrong.

        No copy of a damaged source is called good.
        """
        done = [target for target in self.targets if target.verdict == "done"]
        refused = all(target.verdict == "refused" for target in self.targets)
        none = EXIT_USAGE if refused else EXIT_UNEXPECTED
        missing = self.missing()
        return Outcome(
            headline=self._headline(len(done)),
            lines=(
                *(
                    framed(
                        "{mark} {folder}: {said}",
                        mark="!" if self.is_source_hurt else "✓",
                        folder=target.folder,
                        said=target.sentence(),
                    )
                    for target in done
                ),
                *self.sentences(),
            ),
            missing=missing,
            exit_code=partly(missing) if done else none,
            safe_to_pull=len(done) == len(self.targets),
        )

    def missing(self) -> tuple[Shortfall, ...]:
        """Sticks that have no whole copy, and what no stick could be given."""
        failed = (each for each in self.targets if each.verdict != "done")
        hurt = self.source.hurt() if self.source is not None and not self.unreadable else ()
        return (*(Shortfall(what=each.folder, reason=each.reason) for each in failed), *self.unreadable, *hurt)

    def _headline(self, done: int) -> Sentence:
        if not done:
            return say("No stick holds a whole copy.")
        if not self.is_source_hurt:
            return say("Sticks that hold a whole copy, read back: {done}.", done=done)
        if self.source is not None and self.source.is_mendable:
            return say("Copied, and the source is damaged: mend it first, then copy it again.")
        return say("Copied, and the source is damaged more than its spare parts can mend; find another copy of it.")

    def sentences(self) -> list[Sentence]:
        """What to know beyond the verdicts."""
        if not self.unreadable:
            return []
        advice = (
            say("every copy can be mended without any key: {then}", then=MEND)
            if self.mendable
            else say("that is more than the spare parts can mend: keep the source, and find another copy of the reel")
        )
        count = len(self.unreadable)
        return [
            say(
                "Parts of {count} {count:file|files} of the source cannot be read; {advice}.",
                count=count,
                advice=advice,
            )
        ]
