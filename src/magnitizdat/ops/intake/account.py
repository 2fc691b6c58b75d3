"""One account of every name that an import met: each ends in one way, and the sums agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from magnitizdat.errors import EXIT_SOURCE, partly
from magnitizdat.model import Outcome, ReadAt, Shortfall, Value
from magnitizdat.ops.intake.preview import RepairedTag
from magnitizdat.ops.intake.scan import ScannedFile, is_junk
from magnitizdat.sentence import SILENCE, Sentence, listed, say, size_words
from magnitizdat.workers.values import Said

End = Literal[
    "imported",
    "updated",
    "known",
    "unchanged",
    "opened",
    "covers",
    "lyrics",
    "beside",
    "passed_over",
    "left_out",
]
"""How a name may end. See the fields of `ImportReport`."""
MetList = Callable[[ScannedFile, ReadAt], bool]
"""Is told of a playlist as long as it can be read; whether it sees to it."""
NAMES_KEPT = 10_000
"""Names that a report lists one by one, of what is neither music nor left out; of more it says how many."""


class NamedFile(Value, frozen=True, kw_only=True):
    """A file that was not taken as music. `kind`: what it is; `of`: title of what it was taken along with, or is of.

    A `copy` is music that is here in other bytes, from elsewhere: what it says of itself changes nothing.
    """

    what: str
    kind: str
    of: str = ""


class ImportReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What an import did: `met` is the sum of the ten counts after it."""

    met: int = 0
    imported: int = 0
    updated: int = 0
    """Files whose sound was here: their tracks say now what their tags say."""
    known: int = 0
    unchanged: int = 0
    opened: int = 0
    """Archives; what is in them was met too."""
    covers: int = 0
    lyrics: int = 0
    """Files that were taken along with an album, or a song."""
    beside: int = 0
    """Texts, scans, cue sheets, playlists that lie beside music and stay there."""
    passed_over: int = 0
    """Files that systems leave behind: no person misses them."""
    left_out: int = 0
    moved: int = 0
    further: int = 0
    """Tracks beyond one a file: what disc images held."""
    length: int = 0
    albums: tuple[str, ...] = ()
    repaired: tuple[RepairedTag, ...] = ()
    named: tuple[NamedFile, ...] = ()
    unnamed: int = 0
    """How many more there are of these."""
    missing: tuple[Shortfall, ...] = ()
    """What was left out, whole files and parts of them."""

    @property
    def here(self) -> int:
        """Files that are in the library now, or belong to something there."""
        return self.imported + self.updated + self.known + self.unchanged + self.covers + self.lyrics

    def _headline(self) -> Sentence:
        if self.here:
            return say(
                "{imported} new {imported:track|tracks} ({length}) on {albums} {albums:album|albums}; {known} were here"
                " already, {unchanged} {unchanged:file|files} unchanged.",
                imported=self.imported + self.further,
                length=size_words(self.length),
                albums=len(self.albums),
                known=self.known,
                unchanged=self.unchanged,
            )
        return say("Nothing of it could be taken in.") if self.missing else say("Nothing of it is music.")

    def _rest(self) -> Sentence:
        """What else was met, in one line."""
        parts = {
            "covers": say("{n} {n:cover|covers} taken along", n=self.covers),
            "lyrics": say("{n} {n:file|files} of lyrics taken along", n=self.lyrics),
            "opened": say("{n} {n:archive|archives} opened", n=self.opened),
            "beside": say("{n} left beside (texts, pictures, lists)", n=self.beside),
            "passed_over": say("{n} of the system passed over", n=self.passed_over),
            "left_out": say("{n} left out", n=self.left_out),
        }
        told = [said for name, said in parts.items() if getattr(self, name)]
        if self.met == self.left_out or not told:
            return SILENCE
        return say("{met} {met:file|files} met, among them: {parts}.", met=self.met, parts=listed(told))

    def outcome(self) -> Outcome:
        """Where nothing of it was music, it is the source that is bad."""
        updated = say("{n} {n:track says|tracks say} now what {n:its file says|their files say}.", n=self.updated)
        moved = say("{moved} {moved:original was|originals were} removed after reading back.", moved=self.moved)
        n = sum(each.kind == "copy" for each in self.named)
        copies = say("{n} {n:file is a copy|files are copies} of music here in other bytes; no tags changed.", n=n)
        repaired = (
            say("repaired {field}: {before} → {after}", field=each.field, before=each.before, after=each.after)
            for each in self.repaired
        )
        rest = self._rest()
        return Outcome(
            headline=self._headline(),
            lines=(*[rest][: len(rest)], *[updated][: self.updated], *[copies][:n], *[moved][: self.moved], *repaired),
            missing=self.missing,
            exit_code=partly(self.missing) if self.here else EXIT_SOURCE,
        )


class Account:
    """Keeps the account while an import goes on: what is met is ended once, by whoever knows how."""

    def __init__(self, met_list: MetList | None = None) -> None:
        self._met_list = met_list
        self._met = 0
        self._ends: Counter[str] = Counter()
        self._named: list[NamedFile] = []
        self._unnamed = 0
        self._missing: list[Shortfall] = []
        self.repaired: list[RepairedTag] = []
        self.moved = 0
        self.further = 0
        self.length = 0
        """Bytes of new music."""

    def meet(self, files: Sequence[ScannedFile]) -> list[ScannedFile]:
        """Files of a folder, those that a system made passed over."""
        self._met += len(files)
        for found in files:
            if is_junk(found):
                self.name(found, "system", "passed_over")
        return [found for found in files if not is_junk(found)]

    def end(self, how: End) -> None:
        """A file that was met ends so."""
        self._ends[how] += 1

    def name(self, found: ScannedFile, kind: str, how: End, *, of: str = "") -> None:
        """What is no music ends so, and is named."""
        self.end(how)
        if len(self._named) < NAMES_KEPT:
            self._named.append(NamedFile(what=found.hint, kind=kind, of=of))
        else:
            self._unnamed += 1

    def is_seen_to(self, found: ScannedFile, source: ReadAt) -> bool:
        """Whether somebody sees to a playlist once its music is here; it then ends beside that."""
        if found.odd or self._met_list is None or not self._met_list(found, source):
            return False
        self.name(found, "playlist", "beside")
        return True

    def leave_out(self, found: ScannedFile, reason: Sentence) -> None:
        """A file ends outside."""
        self.end("left_out")
        self.tell(found.hint, reason)

    def tell(self, what: str, reason: Sentence) -> None:
        """Something of a file that ends otherwise is missing."""
        self._missing.append(Shortfall(what=what, reason=reason))

    def tell_of(self, found: ScannedFile, omitted: Iterable[Said]) -> None:
        """What of a file of music was not taken along."""
        for each in omitted:
            self.tell(found.hint.removesuffix(found.path.suffix), each.sentence)

    @property
    def left_out(self) -> int:
        """Files that ended outside so far."""
        return self._ends["left_out"]

    @property
    def here(self) -> int:
        """Files of music so far that are in the library."""
        return sum(self._ends[how] for how in ("imported", "updated", "known", "unchanged"))

    def report(self, albums: Iterable[str]) -> ImportReport:
        """How it all ended."""
        return ImportReport(
            met=self._met,
            **dict(self._ends),
            moved=self.moved,
            further=self.further,
            length=self.length,
            albums=tuple(albums),
            repaired=tuple(self.repaired),
            named=tuple(self._named),
            unnamed=self._unnamed,
            missing=tuple(self._missing),
        )
