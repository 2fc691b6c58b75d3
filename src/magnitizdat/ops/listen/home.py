"""Home: what a listener sees first. The picture of the day, what they began and did not end, what came last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import blake2b
from itertools import groupby, islice
from typing import NamedTuple

from magnitizdat.library.index.listening import HeardSong
from magnitizdat.library.library import Library
from magnitizdat.ops.listen import listening

SHELF = 12
"""Albums of one shelf of Home."""
_LOOKED_AT = 60
"""Albums heard last among which those are that somebody means to go on with."""


class Begun(NamedTuple):
    """An album of which `heard` songs of `of` were heard; `next` is where to go on."""

    album: str
    heard: int
    of: int
    next: str


class Home(NamedTuple):
    """Ids of albums. No album stands on two shelves; the picture may stand on one too, and is empty where none is."""

    picture: str
    begun: list[Begun]
    followed: list[str]
    added: list[str]
    played: list[str]


def home(library: Library, listener: str, *, today: date) -> Home:
    """What somebody sees first who comes back today."""
    overview = library.browse.overview()
    newest = [overview.albums[place].id for place in overview.newest]
    heard = [album for album in listening.ranked(library, listener, "album", "recent") if album in overview.album_at]
    follows = library.shelf.albums_that("follow")
    begun = list(islice(begun_albums(library, listener, heard[:_LOOKED_AT]), SHELF))
    shown = {each.album for each in begun}
    followed = _fresh((album for album in newest if album in follows), shown)
    added = _fresh(newest, shown)
    return Home(picture_of(overview.album_at, today), begun, followed, added, _fresh(heard, shown))


def _fresh(albums: Iterable[str], shown: set[str]) -> list[str]:
    """The first of these that are not shown yet; now they are."""
    found = list(islice((album for album in albums if album not in shown), SHELF))
    shown.update(found)
    return found


def begun_albums(library: Library, listener: str, albums: Sequence[str]) -> Iterator[Begun]:
    """Those of these albums of which something was heard, but not all."""
    for album, songs in groupby(library.index.listening.heard(listener, albums), key=lambda song: song.album):
        begun = _begun(album, list(songs))
        if begun is not None:
            yield begun


def _begun(album: str, songs: Sequence[HeardSong]) -> Begun | None:
    """Two songs have to be heard where there are more: one alone may have been met by chance."""
    heard = sum(bool(song.played) for song in songs)
    if not 0 < min(2, len(songs) - 1) <= heard < len(songs):
        return None
    last = max(range(len(songs)), key=lambda at: (songs[at].played, at))
    waiting = [song for song in (*songs[last:], *songs[:last]) if not song.played]
    return Begun(album, heard, len(songs), waiting[0].song)


def picture_of(albums: Iterable[str], today: date) -> str:
    """The album of a day: any of these is as likely; the same all day, and whatever else comes or goes; "" of none.

    Source: rendezvous hashing (Thaler and Ravishankar, 1998).
    """
    salt = today.isoformat().encode()
    return min(albums, key=lambda album: blake2b(album.encode(), digest_size=8, key=salt).digest(), default="")
