"""Search in what an evening shares, and in nothing else of the library. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from magnitizdat.formats.spelling.keyboards import other_layouts
from magnitizdat.formats.spelling.words import folded
from magnitizdat.ops.give.sharing import SharedAlbum, SharedTrack

QUERY_LENGTH = 100
"""Characters that are looked at of what somebody types."""


_SOFT = str.maketrans("jy", "ii")
"""Трамвай is written tramvaj, tramvay and tramvai."""


def _plain(name: str) -> str:
    return folded(name).translate(_SOFT)


class SharedFind(NamedTuple):
    """An album by its number on the evening's pages; with `track`, that song of it."""

    number: int
    album: SharedAlbum
    track: SharedTrack | None = None


class SharedNames:
    """The names of one evening, read once: any script and case, no typos."""

    def __init__(self, albums: Sequence[SharedAlbum]) -> None:
        self.albums = albums
        self._named = [
            (f" {_plain(name)}", find) for number, album in enumerate(albums) for name, find in _of(number, album)
        ]

    def find(self, query: str) -> list[SharedFind]:
        """What bears every word that was typed, albums first; of another keyboard's reading where there is nothing."""
        typed = query[:QUERY_LENGTH]
        found = next(filter(None, (self._bearing(each) for each in (typed, *other_layouts(typed)))), [])
        return sorted(found, key=lambda find: find.track is not None)

    def _bearing(self, typed: str) -> list[SharedFind]:
        wanted = [f" {word}" for word in _plain(typed).split()]
        return [find for name, find in self._named if wanted and all(word in name for word in wanted)]


def _of(number: int, album: SharedAlbum) -> Iterator[tuple[str, SharedFind]]:
    release = album.release
    yield f"{release.title} {release.artist} {album.view.label}", SharedFind(number, album)
    for each in album.tracks:
        yield f"{each.track.title} {each.track.artist}", SharedFind(number, album, each)
