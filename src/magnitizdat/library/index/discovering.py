"""Questions of `mag discover`: what followed labels say, of which albums, and what a listener has heard and likes.

Each answers for all albums at once, as bare tuples: there may be tens of thousands of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import msgspec

from magnitizdat.library.index.database import Database
from magnitizdat.model import Artist

# Label by label, out of an index that has all that is asked for: rows of voices lie far apart.
_BY_LABEL = "FROM label l CROSS JOIN voice v ON v.imprint = l.imprint"
_SAID = "l.standing = 'followed' AND (v.recommended OR v.rating)"
_REVIEWS = f"""
SELECT v.imprint, iif(v.album = '', v.id, v.album), v.recommended, v.rating, 0, v.date, v.release_id <> '', v.id
    {_BY_LABEL} AND v.kind = 'review' WHERE l.standing = 'followed'
"""
_PICKS = f"""
SELECT v.imprint, l.name, v.album, max(v.date) {_BY_LABEL} AND v.kind = 'review' AND v.recommended = 1
    WHERE l.standing = 'followed' AND v.album <> '' GROUP BY v.imprint, v.album ORDER BY max(v.date) DESC, v.album
"""
_ELSEWHERE = f"""
SELECT v.id, v.about, v.release_id, min(v.key) {_BY_LABEL} AND v.kind = 'review' WHERE {_SAID} AND v.album = ''
    GROUP BY v.id
"""
_COMPILED = f"""
SELECT v.imprint, v.key, v.date, coalesce(r.album, ''), s.imprint, s.release_id, s.track
    {_BY_LABEL} AND v.kind = 'compilation' CROSS JOIN voice_track s ON s.voice = v.key
    LEFT JOIN release r ON r.imprint = s.imprint AND r.release_id = s.release_id
    WHERE l.standing = 'followed'
"""
_VOUCHES = f"""
SELECT v.imprint, v.about {_BY_LABEL} AND v.kind = 'vouch' WHERE l.standing = 'followed'
    AND v.about NOT IN (SELECT imprint FROM label WHERE standing IN ('own', 'carrier'))
"""  # noqa: S608
_LIKED_TRACKS = """
SELECT t.artist, t.body FROM (SELECT target FROM mark WHERE listener = ?1 AND kind = 'track' AND {0} LIMIT ?2) m
    JOIN track t ON t.id = unhex(m.target)
"""
_LIKED_ALBUMS = """
SELECT a.artist, a.body FROM (SELECT target FROM mark WHERE listener = ?1 AND kind = 'album' AND {0} LIMIT ?2) m
    JOIN album a ON a.id = m.target
"""
_STARRED = "starred <> '' ORDER BY starred DESC, target"
_PLAYED = "plays > 0 ORDER BY plays DESC, played DESC, target"


class Style(NamedTuple):
    """What an album or a song can be liked for."""

    artists: tuple[str, ...]
    genres: tuple[str, ...]


class SpokenOf(NamedTuple):
    """What a voice calls an album that is not here."""

    imprint: str
    release_id: str
    artist: str
    title: str


class CompiledLine(NamedTuple):
    """A track on a compilation: whose it is, its key and day, and the album of that track.

    `album` is what the name (`imprint`, `release_id`) is here, as far as it was ever here; nothing where there is none.
    """

    label: str
    key: int
    on: str
    album: str
    imprint: str
    release_id: str
    track: bytes


class _StyleFields(msgspec.Struct):
    """Of the body of an album or a track."""

    genres: tuple[str, ...] = ()
    artists: tuple[Artist, ...] = ()


_to_style_fields = msgspec.msgpack.Decoder(_StyleFields).decode


class Discovering:
    """Asks tables of voices, of the shelf, and of listening. Writes nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- what is said ---------------------------------------------------------------------------------------------

    def followed(self) -> dict[str, str]:
        """Labels that are followed: name by imprint."""
        return dict(self._db.all("SELECT imprint, name FROM label WHERE standing = 'followed'"))

    def own(self) -> set[str]:
        """Imprints of one's own labels."""
        return {str(imprint) for (imprint,) in self._db.all("SELECT imprint FROM label WHERE standing = 'own'")}

    def reviews(self) -> list[tuple[str, str, int, int, int, str, int, str]]:
        """Reviews by followed labels: who, album, whether it is a pick, stars (0: none), 0, day, and more.

        Last come whether it has the name that its label gave the album, and its id.
        The album is that on the shelf, or where it is not here the id of the voice: labels that name it alike have one.
        """
        return self._db.all(_REVIEWS)

    def picks(self) -> list[tuple[str, str, str, str]]:
        """Albums here that a followed label picks: its imprint and name, the album, the day; the last pick first."""
        return self._db.all(_PICKS)

    def elsewhere(self) -> list[tuple[str, str, str, int]]:
        """Of these albums those that are not here: id, label and name where they have one, key of a voice about it."""
        return self._db.all(_ELSEWHERE)

    def compiled(self) -> list[CompiledLine]:
        """Tracks on compilations of followed labels."""
        return [CompiledLine(*line) for line in self._db.all(_COMPILED)]

    def having(self, tracks: Iterable[bytes]) -> dict[bytes, set[str]]:
        """Albums on the shelf that have these tracks."""
        statement = "SELECT t.id, t.album FROM json_each(?) j JOIN track t ON t.id = unhex(j.value)"
        found: dict[bytes, set[str]] = {}
        for track, album in self._db.all(statement, (json.dumps([track.hex() for track in tracks]),)):
            found.setdefault(track, set()).add(album)
        return found

    def path(self, key: int) -> tuple[str, str]:
        """Who says what has this key, and under which path."""
        return self._db.all("SELECT imprint, path FROM voice WHERE key = ?", (key,))[0]

    def vouches(self) -> list[tuple[str, str]]:
        """Who of the followed labels vouches for which label that is not one's own."""
        return self._db.all(_VOUCHES)

    def removed(self) -> list[tuple[str, str]]:
        """Label and name of what somebody removed here."""
        return self._db.all("SELECT imprint, release_id FROM release WHERE gone")

    def label_names(self, imprints: Iterable[str]) -> dict[str, str]:
        """What those of these labels are called that are known here, but for carriers."""
        statement = (
            "SELECT imprint, name FROM label WHERE standing <> 'carrier'"
            " AND imprint IN (SELECT value FROM json_each(?))"
        )
        return dict(self._db.all(statement, (json.dumps(list(imprints)),)))

    def spoken_of(self, keys: Iterable[int]) -> dict[int, SpokenOf]:
        """What voices call albums that are not here, by their keys."""
        lines = self._db.all(
            "SELECT v.key, v.about, v.release_id, v.artist, v.title FROM json_each(?) j"
            " JOIN voice v ON v.key = j.value",
            (json.dumps(list(keys)),),
        )
        return {int(key): SpokenOf(*said) for key, *said in lines}

    # -- albums ---------------------------------------------------------------------------------------------------

    def signers(self) -> dict[str, str]:
        """Of each album on the shelf who signed it; nobody's is empty."""
        return dict(self._db.all("SELECT id, imprint FROM album"))

    def styles(self, albums: Iterable[str]) -> dict[str, Style]:
        """What those of these albums that are on the shelf can be liked for."""
        statement = "SELECT a.id, a.artist, a.body FROM json_each(?) j JOIN album a ON a.id = j.value"
        lines = self._db.all(statement, (json.dumps(sorted(albums)),))  # as they lie: each page is read once
        return {album: _style(artist, body) for album, artist, body in lines}

    def tracks(self, albums: Iterable[str], keys: Iterable[int]) -> tuple[dict[str, set[bytes]], dict[int, set[bytes]]]:
        """Ids of the tracks of albums on the shelf, and of those that voices name."""
        on_shelf = "SELECT t.album, t.id FROM json_each(?) j JOIN track t ON t.album = j.value"
        named = "SELECT s.voice, s.track FROM json_each(?) j JOIN voice_track s ON s.voice = j.value"
        return self._sets(on_shelf, albums), self._sets(named, keys)

    def _sets(self, statement: str, asked: Iterable[Any]) -> dict[Any, set[bytes]]:
        found: dict[Any, set[bytes]] = {}
        for name, track in self._db.all(statement, (json.dumps(sorted(asked)),)):
            found.setdefault(name, set()).add(track)
        return found

    def playing(self, albums: Iterable[str]) -> set[str]:
        """Those of these albums of which something can be heard."""
        lines = self._db.all(
            "SELECT DISTINCT t.album FROM json_each(?) j JOIN track t ON t.album = j.value"
            " LEFT JOIN blob b ON b.digest = t.blob LEFT JOIN blob s ON s.digest = t.small"
            " WHERE b.complete OR s.complete",
            (json.dumps(list(albums)),),
        )
        return {str(album) for (album,) in lines}

    # -- a listener -----------------------------------------------------------------------------------------------

    def heard_albums(self, listener: str) -> set[str]:
        """Albums that something was played from."""
        statement = "SELECT target FROM mark WHERE listener = ? AND kind = 'album' AND plays > 0"
        return {str(album) for (album,) in self._db.all(statement, (listener,))}

    def heard_tracks(self, listener: str) -> set[bytes]:
        """Songs that were played, from wherever."""
        statement = "SELECT unhex(target) FROM mark WHERE listener = ? AND kind = 'track' AND plays > 0"
        return {track for (track,) in self._db.all(statement, (listener,)) if track}

    def starred_artists(self, listener: str) -> Collection[str]:
        """Ids of artists."""
        statement = "SELECT target FROM mark WHERE listener = ? AND kind = 'artist' AND starred <> ''"
        return {str(target) for (target,) in self._db.all(statement, (listener,))}

    def liked(self, listener: str, *, starred: int, played: int) -> list[Style]:
        """Of the songs and albums that a listener starred last, and of the songs played most: so many of each."""
        asked = (
            (_LIKED_TRACKS, _STARRED, starred),
            (_LIKED_TRACKS, _PLAYED, played),
            (_LIKED_ALBUMS, _STARRED, starred),
        )
        return [
            _style(artist, body)
            for statement, which, most in asked
            for artist, body in self._db.all(statement.format(which), (listener, most))
        ]


def _style(artist: str, body: bytes) -> Style:
    said = _to_style_fields(body)
    return Style(tuple([each.name for each in said.artists]) if said.artists else (artist,), said.genres)
