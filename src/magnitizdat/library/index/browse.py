"""Paging through the catalogue at a flat cost: orders come from the overview, only rows asked for are read."""

from __future__ import annotations

import json
import re
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from magnitizdat.library.index import kept_overview
from magnitizdat.library.index.database import Database
from magnitizdat.library.index.overview import AlbumLine, Overview, read_overview
from magnitizdat.model import File, Release, Track

_PATIENCE = 20
_QUICK_S = 0.1
_to_track = msgspec.msgpack.Decoder(Track).decode
_to_release = msgspec.msgpack.Decoder(Release).decode
_SONG = "SELECT t.key, t.song, t.album, t.body FROM"
_SONG_ID = re.compile(r"([0-9a-f]{24})[0-9a-f]{8}(-[0-9]{1,6})?")


class SongLine(NamedTuple):
    """A track on an album, under the name that players use; `small` where only its small version is here."""

    key: int
    song: str
    album: AlbumLine
    track: Track
    small: bool

    @property
    def file(self) -> File:
        """The version that is to be heard."""
        return self.track.small if self.small and self.track.small else self.track.file


class Browse:
    """What players page through. Safe in several threads."""

    def __init__(self, db: Database, changed: Callable[[], int]) -> None:
        """`changed` is another value after every change of the catalogue."""
        self._db = db
        self._changed = changed
        self._guard = threading.Lock()
        self._overview: Overview | None = None
        self._state = -1
        self._until = 0.0
        self._is_kept = True

    def overview(self) -> Overview:
        """Everything that plays, as it stands.

        While a long import commits again and again, a large one is kept for some seconds: reading it takes its time.
        """
        state = self._changed()
        with self._guard:
            if self._overview is None or (state != self._state and time.monotonic() >= self._until):
                begun = time.monotonic()
                found = kept_overview.kept(self._db, state) if self._overview is None else None
                self._overview, self._state = found or read_overview(self._db), state
                taken = time.monotonic() - begun
                self._until = begun + (taken * _PATIENCE if taken > _QUICK_S else 0)
                self._is_kept = found is not None or taken <= _QUICK_S
            return self._overview

    def keep(self) -> None:
        """Keep for the next start what took long to read. Raises: LibraryError where nothing can be written."""
        with self._guard:
            if self._overview is not None and not self._is_kept:
                kept_overview.keep(self._db, self._overview, self._state)
                self._is_kept = True

    def album(self, album: str) -> AlbumLine | None:
        """One album by its id."""
        overview = self.overview()
        place = overview.album_at.get(album)
        return None if place is None else overview.albums[place]

    def releases(self, albums: Iterable[str]) -> dict[str, Release]:
        """The fields of some albums, without their tracks."""
        statement = "SELECT a.id, a.body FROM json_each(?) j JOIN album a ON a.id = j.value"
        return {album: _to_release(body) for album, body in self._db.all(statement, (json.dumps(list(albums)),))}

    def songs(self, keys: Sequence[int]) -> list[SongLine]:
        """Tracks by their keys in the index, in this order."""
        statement = f"{_SONG} json_each(?) j JOIN track t ON t.key = j.value ORDER BY j.key"
        return list(self._lines(self._db.all(statement, (json.dumps(list(keys)),))))

    def songs_of(self, album: str) -> list[SongLine]:
        """The tracks of an album, in the order of listening."""
        statement = f"{_SONG} track t WHERE t.album = ? ORDER BY t.disc, t.position, t.key"
        return list(self._lines(self._db.all(statement, (album,))))

    def named(self, songs: Iterable[str]) -> dict[str, SongLine]:
        """Tracks by their names, as far as they play here.

        Where an album is gone, the same recording on another one is meant (law 11).
        """
        wanted = [song for song in dict.fromkeys(songs) if _SONG_ID.fullmatch(song)]
        statement = f"{_SONG} json_each(?) j JOIN track t ON t.song = j.value"
        found = {line.song: line for line in self._lines(self._db.all(statement, (json.dumps(wanted),)))}
        for song in wanted:
            if song not in found and (line := self._elsewhere(song)) is not None:
                found[song] = line
        return found

    def recording(self, track: str) -> SongLine | None:
        """A track by the digest of its audio, on whichever album."""
        rows = self._db.all(f"{_SONG} track t WHERE t.id = ? ORDER BY t.key", (bytes.fromhex(track),))
        return next(self._lines(rows), None)

    def recordings(self, tracks: Iterable[str]) -> dict[str, SongLine]:
        """The same of several; those that do not play here are left out."""
        statement = f"{_SONG} json_each(?) j JOIN track t ON t.id = unhex(j.value) ORDER BY t.key DESC"
        rows = self._db.all(statement, (json.dumps(list(tracks)),))
        return {line.track.id: line for line in self._lines(rows)}

    def _elsewhere(self, song: str) -> SongLine | None:
        first = bytes.fromhex(song[:24])
        statement = f"{_SONG} track t WHERE t.id BETWEEN ? AND ? ORDER BY t.key"
        return next(self._lines(self._db.all(statement, (first, first + b"\xff" * 20))), None)

    def _lines(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[SongLine]:
        overview = self.overview()
        for key, song, album, body in rows:
            place = overview.album_at.get(album)
            if place is not None and _holds(overview, key):
                yield SongLine(key, song, overview.albums[place], _to_track(body), key in overview.small)


def _holds(overview: Overview, key: int) -> bool:
    at = bisect_left(overview.keys, key)
    return at < len(overview.keys) and overview.keys[at] == key
