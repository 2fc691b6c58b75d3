"""What was prepared from music and covers: loudness, waveforms, small pictures. In the index, and goes with the blobs.

It can be made again from the blobs at any time, so it is in no cell and no backup has to bring it back (ADR 0027).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from magnitizdat.formats.loudness import Sound, integrated
from magnitizdat.library.index.closed import ClosedFiles
from magnitizdat.library.index.database import Database
from magnitizdat.model import IMAGE_TYPES, File, Release, Track

FAILED = 0
"""Side of the thumbnail that stands for a picture which cannot be read."""

_MANY = 500
_to_release = msgspec.msgpack.Decoder(Release).decode
_to_track = msgspec.msgpack.Decoder(Track).decode


# It begins with the few that come into question: joining all tracks holds the index for seconds where there are many.
_UNHEARD = """
SELECT heard FROM (
    SELECT t.blob AS heard, t.key AS key FROM track t CROSS JOIN blob b ON b.digest = t.blob
        WHERE t.blob NOT IN (SELECT blob FROM loudness) AND b.complete
    UNION ALL
    SELECT t.small, t.key FROM blob b CROSS JOIN track t ON t.blob = b.digest CROSS JOIN blob s ON s.digest = t.small
        WHERE NOT b.complete AND s.complete AND t.small NOT IN (SELECT blob FROM loudness)
) GROUP BY heard ORDER BY min(key)
"""


class Loudness(NamedTuple):
    """Of a track or an album: None for silence, and for what cannot be decoded (then `peak` is None too)."""

    lufs: float | None
    peak: float | None


class Front(NamedTuple):
    """What an album or a track shows: pictures that are here, the best first, and the names for where there is none."""

    title: str
    artist: str
    pictures: tuple[File, ...]


class Prepared:
    """Reads and writes the prepared part of one index; each call that writes is one short transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- sound ----------------------------------------------------------------------------------------------------

    def unheard(self) -> list[str]:
        """Blobs that nobody has listened to, as a track sounds here: originals, else small versions; by album."""
        lines = self._db.all(_UNHEARD)
        return [digest.hex() for (digest,) in lines]

    def keep_sounds(self, sounds: Mapping[str, Sound | None]) -> None:
        """Write down what was heard in blobs; None where one cannot be decoded, so that nobody tries again."""
        found = {bytes.fromhex(sha256): sound for sha256, sound in sounds.items()}
        with self._db.transaction():
            self._db.many(
                "INSERT OR REPLACE INTO loudness (blob, lufs, peak) VALUES (?, ?, ?)",
                [
                    (digest, sound.lufs, sound.peak) if sound else (digest, None, None)
                    for digest, sound in found.items()
                ],
            )
            self._db.many(
                "INSERT OR REPLACE INTO waveform (blob, peaks, blocks) VALUES (?, ?, ?)",
                [(digest, sound.waveform, zlib.compress(sound.blocks)) for digest, sound in found.items() if sound],
            )
            albums = self._albums_with(list(found))
            self._db.many("DELETE FROM album_loudness WHERE album = ?", [(album,) for album in albums])
            self._keep_albums(albums)

    def keep_albums(self) -> None:
        """Work out the loudness of albums that lost it by an edit, all of whose tracks are known."""
        lines = self._db.all(
            "SELECT DISTINCT album FROM track WHERE album NOT IN (SELECT album FROM album_loudness) AND"
            " (blob IN (SELECT blob FROM loudness) OR small IN (SELECT blob FROM loudness))"
        )
        if lines:
            with self._db.transaction():
                self._keep_albums([str(album) for (album,) in lines])

    def _keep_albums(self, albums: Iterable[str]) -> None:
        for album in albums:
            lines = self._db.all(
                "SELECT l.peak, w.blocks FROM track t LEFT JOIN loudness l ON l.blob = CASE WHEN EXISTS"
                " (SELECT 1 FROM loudness WHERE blob = t.blob) THEN t.blob ELSE t.small END"
                " LEFT JOIN waveform w ON w.blob = l.blob WHERE t.album = ?",
                (album,),
            )
            if lines and all(blocks is not None for _, blocks in lines):
                lufs = integrated([zlib.decompress(blocks) for _, blocks in lines])
                peak = max(peak for peak, _ in lines)
                statement = "INSERT OR REPLACE INTO album_loudness (album, lufs, peak) VALUES (?, ?, ?)"
                self._db.run(statement, (album, lufs, peak))

    def _albums_with(self, digests: list[bytes]) -> list[str]:
        found = self._by_digest("SELECT DISTINCT album FROM track WHERE blob IN ({0}) OR small IN ({0})", digests)
        return list(dict.fromkeys(str(album) for (album,) in found))

    def waveform(self, sha256: str) -> bytes | None:
        """800 peaks of a byte each; None where nobody listened, or nothing could be decoded."""
        found = self._db.one("SELECT peaks FROM waveform WHERE blob = ?", (bytes.fromhex(sha256),))
        return None if found is None else bytes(found[0])

    def loudness(self, blobs: Iterable[str]) -> dict[str, Loudness]:
        """Of those blobs that were listened to."""
        statement = "SELECT blob, lufs, peak FROM loudness WHERE blob IN (SELECT unhex(value) FROM json_each(?))"
        found = self._db.all(statement, (json.dumps(list(blobs)),))
        return {digest.hex(): Loudness(lufs, peak) for digest, lufs, peak in found}

    def album_loudness(self, albums: Iterable[str]) -> dict[str, Loudness]:
        """Of those albums of which every track was listened to."""
        statement = "SELECT album, lufs, peak FROM album_loudness WHERE album IN (SELECT value FROM json_each(?))"
        found = self._db.all(statement, (json.dumps(list(albums)),))
        return {str(album): Loudness(lufs, peak) for album, lufs, peak in found}

    def _by_digest(self, statement: str, values: list[bytes] | list[str]) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(values), _MANY):
            part = values[start : start + _MANY]
            marks = ",".join(f"?{number + 1}" for number in range(len(part)))
            yield from self._db.all(statement.format(marks), part)

    # -- pictures -------------------------------------------------------------------------------------------------

    def unseen(self) -> list[str]:
        """Pictures that are here and were not made small."""
        kinds = ", ".join(f"'{kind}'" for kind in IMAGE_TYPES)
        lines = self._db.all(
            f"SELECT digest FROM blob WHERE media_type IN ({kinds}) AND complete"  # noqa: S608 -- our own four words
            " AND digest NOT IN (SELECT blob FROM thumbnail)"
        )
        return [digest.hex() for (digest,) in lines]

    def keep_thumbnails(self, thumbnails: Mapping[str, Mapping[int, bytes]]) -> None:
        """Keep small pictures by blob and side; none at all where one cannot be read, so that nobody tries again."""
        lines = [
            (bytes.fromhex(sha256), side, body)
            for sha256, bodies in thumbnails.items()
            for side, body in (bodies or {FAILED: b""}).items()
        ]
        with self._db.transaction():
            self._db.many("INSERT OR REPLACE INTO thumbnail (blob, side, body) VALUES (?, ?, ?)", lines)

    def thumbnail(self, sha256: str, side: int) -> bytes | None:
        """A small picture; empty where the large one cannot be read, None where nobody tried."""
        found = self._db.one(
            "SELECT body FROM thumbnail WHERE blob = ? AND side IN (?, ?) LIMIT 1",
            (bytes.fromhex(sha256), side, FAILED),
        )
        return None if found is None else bytes(found[0])

    def thumbnails_length(self) -> int:
        """Bytes of all small pictures."""
        return int((self._db.one("SELECT coalesce(sum(length(body)), 0) FROM thumbnail") or (0,))[0])

    # -- albums and tracks ----------------------------------------------------------------------------------------

    def album_front(self, album: str) -> Front | None:
        """What an album shows. A closed one shows nothing."""
        found = self._db.one("SELECT title, artist, body FROM album WHERE id = ?", (album,))
        if found is None or album in ClosedFiles(self._db).albums():
            return None
        release = _to_release(found[2])
        covers = [release.cover] if release.cover else self._covers_of_tracks(album)
        return Front(str(found[0]), str(found[1]), self._here(covers))

    def song_front(self, song: str) -> Front | None:
        """What a track shows: 24 digits of its id, then 8 of an album's; on another album where it left that one."""
        first = bytes.fromhex(song[:24])
        found = self._db.one(
            "SELECT album, body FROM track WHERE id BETWEEN ? AND ? ORDER BY substr(album, 1, 8) <> ? LIMIT 1",
            (first, first + b"\xff" * 20, song[24:32]),
        )
        front = self.album_front(str(found[0])) if found else None
        if found is None or front is None:
            return None
        own = _to_track(found[1]).cover
        return front._replace(pictures=(*self._here([own]), *front.pictures)) if own else front

    def _covers_of_tracks(self, album: str) -> list[File]:
        bodies = self._db.all("SELECT body FROM track WHERE album = ? ORDER BY disc, position, key LIMIT 1", (album,))
        return [cover for (body,) in bodies if (cover := _to_track(body).cover) is not None]

    def _here(self, files: Iterable[File]) -> tuple[File, ...]:
        statement = "SELECT 1 FROM blob WHERE digest = ? AND length = ? AND complete"
        return tuple(
            file
            for file in files
            if file.media_type in IMAGE_TYPES and self._db.one(statement, (bytes.fromhex(file.sha256), file.length))
        )
