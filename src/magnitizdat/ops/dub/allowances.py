"""How much labels may send: of their metadata by one source, and of their papers into a library (law 14).

A label that its owner made or follows has plenty. All others share what a stranger is given: nobody asked for them.
"""

from __future__ import annotations

from magnitizdat.catalogue.following import Fetch
from magnitizdat.formats import budgets
from magnitizdat.formats.spool_index import NOTHING_SAID, Hints, LabelHint
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Library
from magnitizdat.library.members import keys_name
from magnitizdat.ops.places.spool import Spool
from magnitizdat.sentence import Sentence


def friends_of(library: Library | None) -> frozenset[str]:
    """Imprints of labels that are followed, or whose keys are here."""
    views = [] if library is None else library.shelf.labels()
    followed = {view.imprint for view in views if view.standing in {"own", "followed"}}
    signing = {view.imprint for view in views if library is not None and library.has_member(keys_name(view.imprint))}
    return frozenset(followed | signing)


class MetadataMeter:
    """Counts the metadata that one source sends: of each label, and of all that are no friends together."""

    def __init__(self, source: Spool, friends: frozenset[str]) -> None:
        self._source = source
        self.friends = friends
        self._strange = 0
        self._hints: Hints | None = None

    def hint(self, imprint: str) -> LabelHint:
        """What the source says of a label, so that less is asked for. Raises: UnreachableError."""
        if self._hints is None:
            self._hints = self._source.hints()
        return self._hints.get(imprint, NOTHING_SAID)

    def fetching(self, imprint: str) -> Fetch:
        """What `refresh` asks for a label's files. Raises: as `Spool.fetch`, and OverBudgetError."""
        length = 0

        def fetch(name: str, most: int) -> bytes:
            nonlocal length
            content = self._source.fetch(label_path(imprint, f"metadata/{name}"), most)
            length += len(content)
            if imprint in self.friends:
                budgets.METADATA.check(length)
            else:
                self._strange += len(content)
                budgets.STRANGE_METADATA.check(length)
                budgets.ALL_STRANGE_METADATA.check(self._strange)
            return content

        return fetch


class PaperRoom:
    """Room in a library for the papers of labels that are not followed: some for each, and as much as its music has."""

    def __init__(self, library: Library, friends: frozenset[str]) -> None:
        self._library = library
        self._friends = friends
        self._beyond: dict[str, int] | None = None  # by imprint, what its papers take beyond its music
        self._all = 0

    def problem(self, imprint: str) -> Sentence | None:
        """Why a label may have no more of its papers kept."""
        try:
            self.check(imprint)
        except budgets.OverBudgetError as exc:
            return exc.sentence
        return None

    def check(self, imprint: str) -> None:
        """Raises: OverBudgetError where the papers of a stranger, or of all of them, have no more room."""
        if imprint in self._friends:
            return
        lengths = self._library.index.lengths
        papers, music = lengths.of_papers(imprint), lengths.of_music(imprint)
        budgets.PAPERS.check(papers, music)
        if self._beyond is None:
            self._beyond = lengths.of_strange_papers()
            self._all = sum(self._beyond.values())
        beyond = max(0, papers - music)
        self._all += beyond - self._beyond.get(imprint, 0)
        self._beyond[imprint] = beyond
        budgets.ALL_PAPERS.check(self._all)
