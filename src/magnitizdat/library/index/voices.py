"""Voices in the index: what labels say of albums and of each other, without its text, and which album each is about.

A voice stands here as long as its document does (`document` holds the bytes). Which album a review is about follows the
shelf: once there are voices, triggers note in `reshelved` each album of which something changed, and `settle`, at the
end of every transaction, asks anew for the reviews that this can concern.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from magnitizdat.library.index.database import Database

_PUT = """
INSERT INTO voice (imprint, path, kind, id, about, release_id, artist, title, recommended, rating, date, heard,
    heard_sha256, album) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, iif(?3 = 'review', NULL, ''))
"""
_PUT_TRACK = "INSERT OR IGNORE INTO voice_track (voice, track, imprint, release_id) VALUES (?, ?, ?, ?)"
_CONCERNED = """
UPDATE voice SET album = NULL WHERE kind = 'review' AND key IN (
    SELECT v.key FROM reshelved d JOIN voice v ON v.album = d.album
    UNION SELECT s.voice FROM reshelved d JOIN track t ON t.album = d.album JOIN voice_track s ON s.track = t.id
    UNION SELECT v.key FROM reshelved d JOIN release r ON r.album = d.album
        JOIN voice v ON v.kind = 'review' AND v.about = r.imprint AND v.release_id = r.release_id)
"""
# By its name; else the album with the most of its tracks, at least half of them; then the one with the fewest others;
# then the first id.
_SETTLE = """
UPDATE voice SET album = coalesce(
    (SELECT a.id FROM release r JOIN album a ON a.id = r.album
        WHERE r.imprint = voice.about AND r.release_id = voice.release_id),
    (SELECT t.album FROM voice_track s JOIN track t ON t.id = s.track WHERE s.voice = voice.key GROUP BY t.album
        HAVING 2 * count(DISTINCT t.id) >= (SELECT count(*) FROM voice_track n WHERE n.voice = voice.key)
        ORDER BY count(DISTINCT t.id) DESC, (SELECT count(DISTINCT o.id) FROM track o WHERE o.album = t.album), t.album
        LIMIT 1),
    '') WHERE album IS NULL
"""
_LINES = """
SELECT v.imprint, v.path, v.kind, v.id, v.about, v.release_id, v.artist, v.title, v.recommended, v.rating, v.date,
    v.heard, v.heard_sha256, v.album, coalesce(l.name, ''), coalesce(l.standing, '')
FROM voice v LEFT JOIN label l ON l.imprint = v.imprint
"""
_BY_KNOWN = "coalesce(l.standing, '') IN ('own', 'followed')"
_STRANGERS = """
SELECT count(DISTINCT v.imprint) FROM voice v LEFT JOIN label l ON l.imprint = v.imprint
WHERE v.album = ? AND coalesce(l.standing, '') NOT IN ('own', 'followed')
"""
_TRACKS = """
SELECT count(*), count((SELECT 1 FROM track t WHERE t.id = s.track LIMIT 1))
FROM voice v JOIN voice_track s ON s.voice = v.key WHERE v.imprint = ? AND v.path = ?
"""
_IN_ORDER = "ORDER BY v.date DESC, v.imprint, v.id"


class VoicedTrack(NamedTuple):
    """A track that a voice names, and for one of a compilation the album that it is on where it was signed."""

    id: str
    imprint: str = ""
    release_id: str = ""


class HeldVoice(NamedTuple):
    """What the index knows of a voice. `about` is an imprint: of the label that is vouched for, or of the album's name.

    `artist` and `title` are those of what it is about. `rating` is 0 where there is none. `heard` is the version of the
    label's list that its voucher holds, 0 for none.
    """

    kind: str
    id: str
    about: str = ""
    release_id: str = ""
    artist: str = ""
    title: str = ""
    recommended: bool = False
    rating: int = 0
    date: str = ""
    heard: int = 0
    heard_sha256: str = ""
    tracks: tuple[VoicedTrack, ...] = ()


class VoiceLine(NamedTuple):
    """A voice as it is found: who says it, how we stand to them, and, of a review, the album that it is about here."""

    imprint: str
    path: str
    kind: str
    id: str
    about: str
    release_id: str
    artist: str
    title: str
    recommended: bool
    rating: int
    date: str
    heard: int
    heard_sha256: str
    album: str
    label: str
    standing: str


class Voices:
    """Tables `voice` and `voice_track` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- what is said ---------------------------------------------------------------------------------------------

    def put(self, imprint: str, path: str, voice: HeldVoice) -> None:
        """Keep one whose document was put there right before: that took away what stood under its path."""
        self._db.run(_PUT, (imprint, path, *voice[:-1]))
        key = self._db.last_key()
        tracks = [(key, bytes.fromhex(each.id), each.imprint, each.release_id) for each in voice.tracks]
        self._db.many(_PUT_TRACK, tracks)

    def settle(self) -> None:
        """Find out anew which album each review is about, as far as the shelf or the reviews changed."""
        if self._db.one("SELECT 1 FROM reshelved LIMIT 1") is not None:
            self._db.run(_CONCERNED)
            self._db.run("DELETE FROM reshelved")
        if self._db.one("SELECT 1 FROM voice WHERE album IS NULL LIMIT 1") is not None:
            self._db.run(_SETTLE)

    # -- questions ------------------------------------------------------------------------------------------------

    def about_album(self, album: str, *, known: bool = False) -> list[VoiceLine]:
        """Reviews of an album that is here, by whomever or (`known`) by own and followed labels; the newest first."""
        return self._lines(f"v.album = ? AND {_BY_KNOWN if known else 'true'}", album)

    def about_albums(self, albums: Iterable[str]) -> list[VoiceLine]:
        """Reviews of several albums that are here, by followed labels; the newest first."""
        where = "v.album IN (SELECT value FROM json_each(?)) AND v.kind = 'review' AND l.standing = 'followed'"
        return self._lines(where, json.dumps(list(albums)))

    def signers(self, albums: Iterable[str]) -> dict[str, str]:
        """Of each of these albums that are here who signed it; nobody's is empty."""
        statement = "SELECT id, imprint FROM album WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._db.all(statement, (json.dumps(list(albums)),)))

    def strangers_about(self, album: str) -> int:
        """How many labels that are neither one's own nor followed say something of an album."""
        return int((self._db.one(_STRANGERS, (album,)) or (0,))[0])

    def about_label(self, imprint: str, *, known: bool = False) -> list[VoiceLine]:
        """Vouches for a label, by whomever or (`known`) by own and followed labels; the newest first."""
        return self._lines(f"v.kind = 'vouch' AND v.about = ? AND {_BY_KNOWN if known else 'true'}", imprint)

    def of_label(self, imprint: str) -> list[VoiceLine]:
        """What a label says; the newest first."""
        return self._lines("v.imprint = ?", imprint)

    def of_kind(self, kind: str, *, known: bool = False) -> list[VoiceLine]:
        """All of a kind, by whomever or (`known`) by own and followed labels; the newest first."""
        return self._lines(f"v.kind = ? AND {_BY_KNOWN if known else 'true'}", kind)

    def at(self, imprint: str, path: str) -> VoiceLine | None:
        """The one that a label lists under a path."""
        return next(iter(self._lines("v.imprint = ? AND v.path = ?", imprint, path)), None)

    def tracks(self, imprint: str, path: str) -> tuple[int, int]:
        """How many different tracks a voice names, and how many of them are on some album here."""
        return self._db.all(_TRACKS, (imprint, path))[0]

    def albums_of(self, imprint: str, path: str) -> list[str]:
        """Albums here that tracks of a voice stand on."""
        found = self._db.all(
            "SELECT DISTINCT t.album FROM voice v JOIN voice_track s ON s.voice = v.key JOIN track t ON t.id = s.track"
            " WHERE v.imprint = ? AND v.path = ? ORDER BY t.album",
            (imprint, path),
        )
        return [str(album) for (album,) in found]

    def _lines(self, where: str, *values: str) -> list[VoiceLine]:
        lines = self._db.all(f"{_LINES} WHERE {where} {_IN_ORDER}", values)
        return [VoiceLine._make(line)._replace(recommended=bool(line[8])) for line in lines]
