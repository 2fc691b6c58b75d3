"""In which order the songs of an own album stand that say no number, by what rows say of it. PURE.

A song that comes stands behind those that are there, or right before the one that its row names. It keeps its turn, in
whatever words it is told anew, until it goes (ADR 104).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from magnitizdat.library.journal import AlbumGone, Row, TrackGone, TrackRow
from magnitizdat.model import Track


def song_on_album(track: str, sha256: str) -> str:
    """What rows call a song on its album, by the digest of its sound and that of its file."""
    return f"{track}:{sha256[:16]}"


def named(track: Track) -> str:
    """The same of a track."""
    return song_on_album(track.id, track.file.sha256)


def turns(rows: Iterable[Row]) -> list[str]:
    """Songs that stand on an album after these rows, all of them about it, in their turn."""
    standing = Turns()
    for row in rows:
        standing.apply(row)
    return standing.songs


class Turns:
    """Songs that stand on one album, in their turn."""

    def __init__(self, songs: Iterable[str] = ()) -> None:
        self._songs = dict.fromkeys(songs)

    @property
    def songs(self) -> list[str]:
        """As rows call them."""
        return list(self._songs)

    def apply(self, row: Row) -> bool:
        """What one more row does; whether a song came to stand where it stands now."""
        match row:
            case AlbumGone():
                self._songs.clear()
            case TrackGone(track=track):
                self._songs.pop(named(track), None)
            case TrackRow(track=track, before=before):
                return self._put(named(track), before)
        return False

    def _put(self, song: str, before: str) -> bool:
        if song in self._songs and before not in self._songs:
            return False
        if before:
            self._songs = dict.fromkeys(placed(self.songs, song, before))
        else:
            self._songs[song] = None
        return True


def placed(order: Sequence[str], song: str, before: str) -> list[str]:
    """A song in its turn: right before another where that is there; else where it stood, or behind all."""
    if before not in order or before == song:
        return list(order) if song in order else [*order, song]
    others = [each for each in order if each != song]
    at = others.index(before)
    return [*others[:at], song, *others[at:]]


def in_turn(rows: Iterable[TrackRow], order: Sequence[str]) -> list[TrackRow]:
    """Rows so that they put their songs where these stand in `order`; the others of it stand like that already."""
    places = {song: place for place, song in enumerate(order)}
    following = dict(pairwise(order))
    last_first = sorted(rows, key=lambda row: places[named(row.track)], reverse=True)
    return [msgspec.structs.replace(row, before=following.get(named(row.track), "")) for row in last_first]
