"""Own albums that stay here until they are open: with a track of an album that a label listed and withholds (ADR 0070).

Whatever leaves a library asks here: a cut, a spool, an evening, an export, a signature, a player.
"""

from __future__ import annotations

from collections.abc import Iterable

from magnitizdat.errors import UsageError
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Shortfall
from magnitizdat.sentence import advice, say

CLOSED = say("it is a premiere, or has a track of one, and nothing of it leaves before it is open")
WITHDRAWN = say("its label has withdrawn it and asks not to pass it on")


def withheld_albums(library: Library) -> set[str]:
    """Ids of own albums that stay here."""
    return library.index.closed.albums()


def require_open(library: Library, album: AlbumView) -> None:
    """Raises: UsageError where it stays here."""
    if album.id in withheld_albums(library):
        raise UsageError(
            advice(
                terminal=say(
                    "«{title}» is a premiere, or has a track of one: nothing of it leaves before it is open;"
                    " `mag premiere list` shows when",
                    title=album.title,
                ),
                page=say(
                    "«{title}» is a premiere, or has a track of one: nothing of it leaves before it is open",
                    title=album.title,
                ),
            )
        )


def leaving(library: Library, albums: Iterable[AlbumView]) -> tuple[list[AlbumView], list[Shortfall]]:
    """Those of these that may leave, and why the others do not.

    Raises: UsageError where some were asked for and none may.
    """
    asked, staying = list(albums), withheld_albums(library)
    going = [each for each in asked if each.id not in staying]
    if asked and not going:
        require_open(library, asked[0])
    left = [each for each in asked if each.id in staying]
    return going, [Shortfall(what=each.title, id=each.release_id, reason=CLOSED) for each in left]
