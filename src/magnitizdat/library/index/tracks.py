"""Tracks: which are meant, where they stand, whether they are here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from magnitizdat.library.index.database import Database
from magnitizdat.library.index.smart import Smart, songs_by_rule

_NAMED = """
SELECT t.song, lower(hex(t.id)), a.id, a.title, a.artist, t.artist, t.duration_s, t.title, t.body
    FROM track t JOIN album a ON a.id = t.album ORDER BY t.key
"""


class NamedTrack(NamedTuple):
    """A track by all its names; `body` is the track in MessagePack."""

    song: str
    track: str
    album: str
    album_title: str
    album_artist: str
    artist: str
    duration_s: float
    title: str
    body: bytes


class OwnPlace(NamedTuple):
    """Where a track stands on an own album, and the file that it has there."""

    album: str
    album_title: str
    track: str
    sha256: str
    disc: int
    position: int


class OnAlbum(NamedTuple):
    """A track, and an album that it stands on."""

    album: str
    track: str


class Tracks:
    """Questions about table `track` of one index."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- songs, as players name them ------------------------------------------------------------------------------

    def songs_of(self, album: str) -> dict[int, str]:
        """Songs of an album by their keys, in the order of listening."""
        return dict(self._db.all("SELECT key, song FROM track WHERE album = ? ORDER BY disc, position, key", (album,)))

    def shuffled(self, count: int) -> list[str]:
        """At most so many songs, in an order of chance."""
        return [str(song) for (song,) in self._db.all("SELECT song FROM track ORDER BY random() LIMIT ?", (count,))]

    def songs_by_rule(self, listener: str, rule: Smart, *, now: datetime) -> list[str]:
        """Songs of which a rule holds for this listener, in its order.

        Raises: UsageError where the rule makes no sense.
        """
        return songs_by_rule(self._db, listener, rule, now=now)

    def count(self) -> int:
        """Tracks in all."""
        return int((self._db.one("SELECT count(*) FROM track") or (0,))[0])

    def duration_s(self) -> float:
        """Seconds of them all."""
        return float((self._db.one("SELECT sum(duration_s) FROM track") or (0,))[0] or 0)

    # -- where they stand -----------------------------------------------------------------------------------------

    def own_places(self, sha256: str) -> list[tuple[str, int]]:
        """Own albums that this file stands on, each with the key of its track there; the oldest first."""
        statement = "SELECT t.album, t.key FROM track t JOIN album a ON a.id = t.album WHERE a.own AND t.blob = ?"
        lines = self._db.all(f"{statement} ORDER BY t.key", (bytes.fromhex(sha256),))
        return [(str(album), int(key)) for album, key in lines]

    def own_places_among(self, digests: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
        """The same of several files, those that stand on none left out."""
        lines = self._db.all(
            "SELECT t.blob, t.album, t.key FROM track t JOIN album a ON a.id = t.album"
            " WHERE a.own AND t.blob IN (SELECT unhex(value) FROM json_each(?)) ORDER BY t.key",
            (json.dumps(list(digests)),),
        )
        found: dict[str, list[tuple[str, int]]] = {}
        for digest, album, key in lines:
            found.setdefault(digest.hex(), []).append((str(album), int(key)))
        return found

    def own_standing(self, tracks: Iterable[str]) -> dict[str, list[OwnPlace]]:
        """Where on own albums these recordings stand, the oldest first; those that stand on none left out."""
        lines = self._db.all(
            "SELECT t.album, a.title, lower(hex(t.id)), lower(hex(t.blob)), t.disc, t.position FROM track t"
            " JOIN album a ON a.id = t.album WHERE a.own AND t.id IN (SELECT unhex(value) FROM json_each(?))"
            " ORDER BY t.key",
            (json.dumps(list(tracks)),),
        )
        found: dict[str, list[OwnPlace]] = {}
        for place in map(OwnPlace._make, lines):
            found.setdefault(place.track, []).append(place)
        return found

    def albums_lacking_small(self) -> list[str]:
        """Own albums in no label with a track that is here and has no small version."""
        lines = self._db.all(
            "SELECT DISTINCT t.album FROM track t JOIN album a ON a.id = t.album JOIN blob b ON b.digest = t.blob"
            " WHERE a.own AND a.imprint = '' AND t.small IS NULL AND b.complete"
        )
        return [str(album) for (album,) in lines]

    def unsigned_albums_with(self, sha256: str) -> list[str]:
        """Own albums in no label that this file stands on."""
        lines = self._db.all(
            "SELECT DISTINCT t.album FROM track t JOIN album a ON a.id = t.album WHERE t.blob = ? AND a.own"
            " AND a.imprint = ''",
            (bytes.fromhex(sha256),),
        )
        return [str(album) for (album,) in lines]

    def titles_of(self, sha256: str) -> tuple[str, str]:
        """Title of an album that a file is of, and of the track that it is; empty for nothing."""
        found = self._db.one(
            "SELECT a.title, t.title FROM track t JOIN album a ON a.id = t.album WHERE ?1 IN (t.blob, t.small)"
            " UNION ALL SELECT a.title, '' FROM album_file f JOIN album a ON a.id = f.album WHERE f.blob = ?1",
            (bytes.fromhex(sha256),),
        )
        return (str(found[0]), str(found[1])) if found else ("", "")

    def is_whole(self, track: str) -> bool:
        """Whether a recording is here in full, on whichever album."""
        statement = "SELECT 1 FROM track t JOIN blob b ON b.digest = t.blob WHERE t.id = ? AND b.complete LIMIT 1"
        return self._db.one(statement, (bytes.fromhex(track),)) is not None

    def plays(self, track: str) -> bool:
        """Whether a recording can be heard here, in full or small."""
        statement = (
            "SELECT 1 FROM track t JOIN blob b ON b.digest = t.blob OR b.digest = t.small"
            " WHERE t.id = ? AND b.complete LIMIT 1"
        )
        return self._db.one(statement, (bytes.fromhex(track),)) is not None

    # -- what is meant --------------------------------------------------------------------------------------------

    def all_named(self) -> Iterator[NamedTrack]:
        """Every track, the oldest first."""
        return map(NamedTrack._make, self._db.iterate(_NAMED))

    def beginning_with(self, digits: str) -> OnAlbum | None:
        """A track whose id begins so, on some album."""
        found = self._db.one("SELECT album, id FROM track WHERE lower(hex(id)) GLOB ? || '*' LIMIT 1", (digits,))
        return None if found is None else OnAlbum(str(found[0]), bytes(found[1]).hex())

    def own_albums_with(self, digits: str) -> list[str]:
        """Own albums with a track whose id begins so."""
        lines = self._db.all(
            "SELECT DISTINCT a.id FROM track t JOIN album a ON a.id = t.album"
            " WHERE a.own AND lower(hex(t.id)) GLOB ? || '*'",
            (digits,),
        )
        return [str(album) for (album,) in lines]
