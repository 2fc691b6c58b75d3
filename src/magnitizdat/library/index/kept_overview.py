"""The overview, kept in the index between two servers: reading a large one anew takes seconds.

It stands beside the state of the catalogue that it was made of, and is of no use for any other. In `meta`, as whatever
else can be made again: `doctor --rebuild` starts without it.
"""

from __future__ import annotations

from array import array

import msgspec

from magnitizdat.library.index.database import Database
from magnitizdat.library.index.overview import AlbumLine, ArtistLine, GenreLine, Overview

NAME = "overview"
FORMAT = 3
"""Rises whenever `Overview`, or the order of what is in it, becomes another."""


class _KeptGenre(msgspec.Struct, array_like=True):
    name: str
    songs: bytes
    albums: tuple[int, ...]


class _KeptOverview(msgspec.Struct, array_like=True):
    """An overview without what follows from the rest of it."""

    format: int
    state: int
    albums: list[AlbumLine]
    by_title: bytes
    newest: bytes
    artists: list[ArtistLine]
    genres: dict[str, _KeptGenre]
    keys: bytes
    small: list[int]


_decode = msgspec.msgpack.Decoder(_KeptOverview).decode


def keep(db: Database, overview: Overview, state: int) -> None:
    """Write it down. Raises: LibraryError where nothing can be written, or somebody else is writing."""
    kept = _KeptOverview(
        FORMAT,
        state,
        overview.albums,
        overview.by_title.tobytes(),
        overview.newest.tobytes(),
        overview.artists,
        {name: _KeptGenre(line.name, line.songs.tobytes(), line.albums) for name, line in overview.genres.items()},
        overview.keys.tobytes(),
        sorted(overview.small),
    )
    with db.transaction():
        db.set_meta(NAME, msgspec.msgpack.encode(kept))


def kept(db: Database, state: int) -> Overview | None:
    """The overview of this state of the catalogue; None where none was kept."""
    body = db.meta(NAME)
    try:
        found = _decode(body) if body is not None else None
    except msgspec.MsgspecError:  # of another program
        return None
    if found is None or (found.format, found.state) != (FORMAT, state):
        return None
    return Overview(
        albums=found.albums,
        album_at={line.id: place for place, line in enumerate(found.albums)},
        by_title=array("q", found.by_title),
        newest=array("q", found.newest),
        artists=found.artists,
        artist_at={artist.id: place for place, artist in enumerate(found.artists)},
        genres={name: GenreLine(each.name, array("q", each.songs), each.albums) for name, each in found.genres.items()},
        keys=array("q", found.keys),
        small=frozenset(found.small),
    )
