"""Files at hand: what the index knows of them, asked for many at once."""

from __future__ import annotations

from collections.abc import Iterable

from magnitizdat.library.index.index import Index
from magnitizdat.library.index.tracks import OwnPlace


class AtHand:
    """Answers of the index about blobs. A question for each would take as long as to seal it.

    What was looked up is right until something is committed.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self.forget()

    def look_up(self, digests: Iterable[str], tracks: Iterable[str] = ()) -> None:
        """Ask about these files and recordings, in place of those before."""
        self._asked = frozenset(digests)
        self._complete = self._index.shelf.complete_among(self._asked) if self._asked else set()
        self._places = self._index.tracks.own_places_among(self._asked) if self._asked else {}
        self._tracks = frozenset(tracks)
        self._standing = self._index.tracks.own_standing(self._tracks) if self._tracks else {}

    def forget(self) -> None:
        """What was looked up is over."""
        self.look_up(())

    def is_complete(self, sha256: str) -> bool:
        """Whether every byte of a blob is here and verified."""
        return sha256 in self._complete if sha256 in self._asked else self._index.shelf.is_complete(sha256)

    def own_places(self, sha256: str) -> list[tuple[str, int]]:
        """Own albums that a file stands on, each with the key of its track there."""
        if sha256 in self._asked:
            return self._places.get(sha256, [])
        return self._index.tracks.own_places(sha256)

    def own_standing(self, track: str) -> list[OwnPlace]:
        """Where on own albums a recording stands, in whichever file."""
        asked = self._standing if track in self._tracks else self._index.tracks.own_standing([track])
        return asked.get(track, [])
