"""`mag pick` and `mag review`: what a label says of an album, in one document."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.catalogue.voices import NamedAlbum
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Release, Value
from magnitizdat.ops.voices.saying import SaidReport
from magnitizdat.sentence import say


class ReviewReport(Value, frozen=True, kw_only=True):
    """What a label says of an album now; `withdrawn` where that is nothing any more."""

    said: SaidReport
    album: str
    title: str
    recommended: bool = False
    rating: int | None = None
    withdrawn: bool = False

    def outcome(self) -> Outcome:
        """What is said, and that it travels."""
        return Outcome(headline=say("«{title}» ({id}) is signed.", title=self.title, id=self.album[:8]))


def pick(library: Library, album: str, *, as_: str, now: datetime, withdraw: bool = False) -> ReviewReport:
    """Recommend an album, or (`withdraw`) do so no more. What a review of it says stays.

    Raises: UsageError, LibraryBusyError; nothing is signed then.
    """
    raise NotImplementedError


def review(
    library: Library,
    album: str,
    *,
    as_: str,
    now: datetime,
    rating: int | None = None,
    headline: str = "",
    body: str = "",
    language: str = "",
    recommended: bool | None = None,
    withdraw: bool = False,
) -> ReviewReport:
    """Say something of an album; what is not given stays as it was said. `withdraw` takes back all but the pick.

    Raises: UsageError, LibraryBusyError; nothing is signed then.
    """
    raise NotImplementedError


def named_album(release: Release, imprint: str) -> NamedAlbum:
    """An album by the name that its label gave it (none where no label did), and by its first tracks."""
    raise NotImplementedError
