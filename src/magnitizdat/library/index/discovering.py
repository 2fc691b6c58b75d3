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

_FOLLOWED = "FROM label l JOIN voice v ON v.imprint = l.imprint WHERE l.standing = 'followed'"
_REVIEWS = f"""
SELECT v.imprint, iif(v.album = '', v.id, v.album), v.recommended, v.rating, v.date, iif(v.album = '', v.key, 0)
    {_FOLLOWED} AND v.kind = 'review' AND (v.recommended OR v.rating) ORDER BY v.imprint, v.path
"""
# A track is on the album of that name, else on those that have it, else on one of that name that is not here.
_COMPILED = """
SELECT DISTINCT v.imprint, coalesce(a.id, o.album, ''), iif(o.album IS NULL AND a.id IS NULL, s.imprint, ''),
    iif(o.album IS NULL AND a.id IS NULL, s.release_id, ''), v.date, v.path
    FROM label l JOIN voice v ON v.imprint = l.imprint JOIN voice_track s ON s.voice = v.key
    LEFT JOIN release r ON r.imprint = s.imprint AND r.release_id = s.release_id
    LEFT JOIN album a ON a.id = r.album LEFT JOIN track o ON a.id IS NULL AND o.id = s.track
    WHERE l.standing = 'followed' AND v.kind = 'compilation'
"""
_VOUCHES = f"""
SELECT v.imprint, v.about {_FOLLOWED} AND v.kind = 'vouch'
    AND v.about NOT IN (SELECT imprint FROM label WHERE standing IN ('own', 'carrier'))
"""  # noqa: S608
_ALBUMS = """
SELECT id, imprint, artist, body FROM album
    WHERE id IN (SELECT value FROM json_each(?1)) OR imprint IN (SELECT value FROM json_each(?2))
"""
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


class ShelvedAlbum(NamedTuple):
    """An album on the shelf: who signed it (empty for nobody), and what it can be liked for."""

    id: str
    imprint: str
    style: Style


class SpokenOf(NamedTuple):
    """What a voice calls an album that is not here."""

    imprint: str
    release_id: str
    artist: str
    title: str


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

    def reviews(self) -> list[tuple[str, str, int, int, str, int]]:
        """Picks and ratings by followed labels: who, album, whether it is a pick, stars (0: none), day, key.

        The album is that on the shelf, or where it is not here the id of the voice: labels that name it alike have one.
        Only then there is a `key`, by which the voice is asked for what it says of the album.
        """
        return self._db.all(_REVIEWS)

    def compiled(self) -> list[tuple[str, str, str, str, str, str]]:
        """Albums with a track on a compilation of a followed label: who, album, its label and name there, day, path.

        Either it is on the shelf, or it has a name, or (all three empty) nothing is known of it but a track.
        """
        return self._db.all(_COMPILED)

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

    def albums(self, ids: Iterable[str], imprints: Iterable[str]) -> list[ShelvedAlbum]:
        """Those of these ids that are on the shelf, and all that these labels signed."""
        lines = self._db.all(_ALBUMS, (json.dumps(list(ids)), json.dumps(list(imprints))))
        return [ShelvedAlbum(album, imprint, _style(artist, body)) for album, imprint, artist, body in lines]

    def tracks(self, albums: Iterable[str], keys: Iterable[int]) -> tuple[dict[str, set[bytes]], dict[int, set[bytes]]]:
        """Ids of the tracks of albums on the shelf, and of those that voices name."""
        on_shelf = "SELECT t.album, t.id FROM json_each(?) j JOIN track t ON t.album = j.value"
        named = "SELECT s.voice, s.track FROM json_each(?) j JOIN voice_track s ON s.voice = j.value"
        return self._sets(on_shelf, albums), self._sets(named, keys)

    def _sets(self, statement: str, asked: Iterable[Any]) -> dict[Any, set[bytes]]:
        found: dict[Any, set[bytes]] = {}
        for name, track in self._db.all(statement, (json.dumps(list(asked)),)):
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
    return Style(tuple(each.name for each in said.artists) or (artist,), said.genres)
