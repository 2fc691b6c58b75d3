"""Closed albums of a source: their files come like those of others, as far as their label may fill this library."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.catalogue.premieres import Premiere
from magnitizdat.catalogue.refresh import Listed
from magnitizdat.errors import NotFoundError
from magnitizdat.formats import budgets
from magnitizdat.formats.names import clean_line
from magnitizdat.library.library import Library
from magnitizdat.model import Progress, Shortfall, Value
from magnitizdat.ops.premieres.withheld import premiere_at
from magnitizdat.ops.taking.fetching import Fetcher
from magnitizdat.sentence import Sentence, say, verbatim


class ClosedTaken(Value, frozen=True, kw_only=True):
    """A closed album that came: of which label, and when it opens. Without a title where its label tells none."""

    id: str
    label: str
    title: str
    opens: str

    def sentence(self) -> Sentence:
        """That it came, and until when it is closed."""
        if not self.title:
            return say("A closed album of «{label}» came; it opens on {opens}.", label=self.label, opens=self.opens)
        return say(
            "«{title}» of «{label}» came closed; it opens on {opens}.",
            title=self.title,
            label=self.label,
            opens=self.opens,
        )


class ClosedTaker:
    """Brings closed files through one fetcher, and says what came and what did not."""

    def __init__(self, library: Library, fetcher: Fetcher, progress: Progress) -> None:
        self._library = library
        self._fetcher = fetcher
        self._progress = progress
        self.taken: list[ClosedTaken] = []
        self.missing: list[Shortfall] = []
        self.length = 0
        """Bytes that came."""

    def take(self, imprint: str, label: str, targets: Mapping[str, Listed], friends: Collection[str]) -> None:
        """Bring what is lacking of a label's closed albums. One that its list does not name is none.

        Whoever is not among `friends` has little room here.

        Raises: UnreachableError, NoSpaceError; what was committed stays, and the next run goes on from there.
        """
        for each in self._library.index.closed.all(imprint):
            premiere = premiere_at(self._library, imprint, each.path)
            listed = targets.get(target_path(RELEASE, each.release_id))
            if premiere is None or listed is None or listed.sha256 != premiere.document:
                continue
            if self._fetcher.lacks(premiere.file):
                self._take(imprint, label, premiere, friends)

    def _take(self, imprint: str, label: str, premiere: Premiere, friends: Collection[str]) -> None:
        title = clean_line(premiere.title)
        what = title or say("a premiere of {label}", label=label)
        reason = self._too_much(imprint, premiere.file.length, friends)
        if reason is None:
            self._progress.start(verbatim(what), premiere.file.length)
            failed = self._fetcher.fetch([premiere.file]).get(premiere.file.sha256)
            if failed is None:
                self.length += premiere.file.length
                self.taken.append(ClosedTaken(id=premiere.id, label=label, title=title, opens=premiere.opens))
                return
            reason = failed.sentence
            if isinstance(failed, NotFoundError):
                reason = say("its closed file is not on this source; dub it from another copy")
        self.missing.append(Shortfall(what=what, reason=reason, id=premiere.id))

    def _too_much(self, imprint: str, length: int, friends: Collection[str]) -> Sentence | None:
        """Why a stranger's file is left there: nobody can look into it, and it may be long."""
        if imprint in friends:
            return None
        held = self._library.index.closed.lengths().items()
        strange = {each: there for each, there in held if each not in friends}
        try:
            budgets.STRANGE_CLOSED.check(strange.get(imprint, 0) + length)
            budgets.ALL_STRANGE_CLOSED.check(sum(strange.values()) + length)
        except budgets.OverBudgetError as exc:
            return exc.sentence
        return None
