"""What of a source is meant, where not all of it is: some labels, some albums, what was removed here too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from magnitizdat.errors import UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.model import Release
from magnitizdat.sentence import say


def _folded(named: Iterable[str]) -> dict[str, str]:
    return {each.strip().casefold(): each for each in named}


class DubWishes:
    """Names of `albums` (titles, or ids) and of `labels`; everything where none is named. Remembers what was met.

    `again`: what of it the person removed here is taken nevertheless, named likewise; all of it where none is.
    """

    def __init__(
        self, *, albums: Sequence[str] = (), labels: Sequence[str] = (), again: Sequence[str] | None = None
    ) -> None:
        self._albums, self._labels = _folded(albums), _folded(labels)
        self._again = None if again is None else _folded(again)
        self._met = set[str]()

    @property
    def is_narrow(self) -> bool:
        """Whether some albums are meant, and nothing beside them."""
        return bool(self._albums)

    def wants_label(self, imprint: str, name: str) -> bool:
        """Whether a label is meant: by name, four words, or the beginning of its imprint."""
        if not self._labels:
            return True
        names = {name.casefold(), imprint, imprint_words(imprint)}
        found = {each for each in self._labels if each in names or (len(each) >= 8 and imprint.startswith(each))}
        self._met |= found
        return bool(found)

    def wants(self, release: Release) -> bool:
        """Whether an album is meant."""
        return not self._albums or self.names(release)

    def names(self, release: Release) -> bool:
        """Whether an album is meant by its own name."""
        found = self._albums.keys() & _names_of(release)
        self._met |= found
        return bool(found)

    def wants_again(self, release: Release) -> bool:
        """Whether an album is meant although it was removed here."""
        return self._again is not None and (not self._again or bool(self._again.keys() & _names_of(release)))

    def require_met(self) -> None:
        """Raises: UsageError where something that was named is nowhere."""
        for each, named in (self._albums | self._labels).items():
            if each not in self._met:
                raise UsageError(say("«{named}» is not on it under that name; look at what is on it", named=named))


def _names_of(release: Release) -> set[str]:
    return {release.id, release.title.casefold()}
