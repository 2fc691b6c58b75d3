"""What somebody named, in numbers: albums by id or title, and the albums that songs are on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library

_WHOLE_ID = re.compile("[0-9a-f]{32}")


def find_albums(library: Library, wanted: Sequence[str]) -> Iterable[AlbumView]:
    """Albums by id or title: those by their whole ids at once, for they are many. Raises: UsageError."""
    whole = {view.id: view for view in library.shelf.albums_among(filter(_WHOLE_ID.fullmatch, wanted))}
    return [whole.get(each) or library.shelf.find(each) for each in wanted]


def parts_of(lines: Iterable[SongLine]) -> dict[str, frozenset[str]]:
    """Albums of these songs and, of each, the ids of the tracks that they are."""
    found: dict[str, set[str]] = {}
    for line in lines:
        found.setdefault(line.album.id, set()).add(line.track.id)
    return {album: frozenset(tracks) for album, tracks in found.items()}
