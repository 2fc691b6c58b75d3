"""`mag panic`: nothing here opens the library any more, and it is said what is out of reach."""

from __future__ import annotations

from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import EXIT_DONE, EXIT_LIBRARY, EXIT_PARTLY, EXIT_UNEXPECTED
from magnitizdat.library.panic import Fate, destroy
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.keep.locking import UNANSWERED, Held, still_holds
from magnitizdat.sentence import say

QUESTION = say("Destroy the keys of {directory} now? Without a paper copy or a backup nobody opens this library again.")
_HEADLINES = {
    Fate.ABSENT: say("There is no key in {directory} to destroy."),
    Fate.GONE: say("The keys are destroyed: overwritten, flushed, removed."),
    Fate.NOISE: say("The keys are destroyed: `key.age` is overwritten; what is left of it is noise."),
    Fate.REMOVED: say("`key.age` is removed but could not be overwritten: whoever examines the medium may find it."),
    Fate.KEPT: say("`key.age` could NOT be destroyed: break the medium. It still opens with the passphrase."),
}
BEYOND = (
    say("Out of reach: backups, the paper copy, a key that is with friends. They open with the passphrase."),
    say("Out of reach: snapshots and older versions that the file system, a sync folder or the cloud keeps."),
    say("Out of reach: flash. A stick, card or SSD may keep the overwritten bytes; the passphrase opens them."),
)


class PanicReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What became of the slot, by the name of its `Fate`, and of who held keys."""

    library: str
    slot: str
    ended: tuple[Held, ...] = ()
    holding: tuple[Held, ...] = ()
    unanswered: bool = False

    @property
    def is_slot_left(self) -> bool:
        """Whether the passphrase still opens what is here."""
        return self.slot == Fate.KEPT.name.lower()

    @property
    def is_nothing_done(self) -> bool:
        """Whether neither a slot was there nor anybody with keys."""
        return self.slot == Fate.ABSENT.name.lower() and not (self.ended or self.holding or self.unanswered)

    def outcome(self) -> Outcome:
        """Short: it is read by somebody in a hurry."""
        fate = Fate[self.slot.upper()]
        lines = [say("Processes ended: {n}.", n=len(self.ended))] if self.ended else []
        lines += map(still_holds, self.holding)
        lines += [UNANSWERED] if self.unanswered else []
        headline = _HEADLINES[fate].filled(directory=self.library)
        return Outcome(headline=headline, lines=(*lines, *BEYOND), exit_code=self._exit_code(fate))

    def _exit_code(self, fate: Fate) -> int:
        if fate is Fate.KEPT:
            return EXIT_UNEXPECTED
        if self.holding or self.unanswered:
            return EXIT_LIBRARY
        return EXIT_PARTLY if fate is Fate.REMOVED else EXIT_DONE


def panic(directory: Path, *, disk: Disk) -> PanicReport:
    """Destroy the slot, then end all processes with keys but this one. Needs neither passphrase nor lock."""
    done = destroy(directory, disk)
    return PanicReport(
        library=str(directory),
        slot=done.slot.name.lower(),
        ended=tuple(map(Held.of, done.ended)),
        holding=tuple(map(Held.of, done.left)),
        unanswered=done.unanswered,
    )
