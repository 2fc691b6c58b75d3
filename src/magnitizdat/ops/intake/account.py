"""What an import says of the files that it met."""

from __future__ import annotations

from magnitizdat.errors import EXIT_SOURCE, partly
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.ops.intake.preview import RepairedTag
from magnitizdat.sentence import Sentence, say, size_words


class ImportReport(Value, frozen=True, kw_only=True):
    """What an import did."""

    imported: int
    known: int
    unchanged: int
    moved: int
    passed_over: int
    """Files that systems leave behind: no person misses them."""
    length: int
    albums: tuple[str, ...]
    repaired: tuple[RepairedTag, ...]
    missing: tuple[Shortfall, ...]

    def _counted(self) -> Sentence:
        return say(
            "{imported} new {imported:track|tracks} ({length}) on {albums} {albums:album|albums}; {known} were here"
            " already, {unchanged} {unchanged:file|files} unchanged.",
            imported=self.imported,
            length=size_words(self.length),
            albums=len(self.albums),
            known=self.known,
            unchanged=self.unchanged,
        )

    def outcome(self) -> Outcome:
        """Where nothing of it was music, it is the source that is bad."""
        here = self.imported + self.known + self.unchanged
        moved = [say("{moved} {moved:original was|originals were} removed after reading back.", moved=self.moved)]
        repaired = (
            say("repaired {field}: {before} → {after}", field=each.field, before=each.before, after=each.after)
            for each in self.repaired
        )
        return Outcome(
            headline=self._counted() if here or not self.missing else say("Nothing of it could be taken in."),
            lines=(*moved[: self.moved], *repaired),
            missing=self.missing,
            exit_code=partly(self.missing) if here else EXIT_SOURCE,
        )
