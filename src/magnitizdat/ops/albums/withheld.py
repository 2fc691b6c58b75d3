"""Own albums that stay here until they are open: with a track of an album that a label listed and withholds (ADR 0070).

Whatever leaves a library asks here: a cut, a spool, an evening, an export, a signature, a player.
"""

from __future__ import annotations

from magnitizdat.errors import UsageError
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Release
from magnitizdat.sentence import say

CLOSED = say("it is a premiere, or has a track of one, and nothing of it leaves before it is open")


def withheld_albums(library: Library) -> set[str]:
    """Ids of own albums that stay here."""
    return library.index.closed.albums()


def require_open(library: Library, album: AlbumView | Release) -> None:
    """Raises: UsageError where it stays here."""
    if album.id in withheld_albums(library):
        raise UsageError(
            say(
                "«{title}» is a premiere, or has a track of one: nothing of it leaves before it is open;"
                " `mag premiere list` shows when",
                title=album.title,
            )
        )
