"""How long things are, counted before anything of them is read."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from magnitizdat.library.index.database import Database
from magnitizdat.library.members import papers_between

_TRACKS = """
SELECT count(*), coalesce(sum(CASE WHEN b.complete THEN b.length ELSE s.length END), 0),
    coalesce(sum(CASE WHEN s.complete THEN s.length WHEN a.imprint = '' AND b.length * 8 >= ?3 * t.duration_s
        THEN min(b.length, cast(?4 * t.duration_s AS INTEGER)) ELSE b.length END), 0)
FROM track t JOIN album a ON a.id = t.album JOIN blob b ON b.digest = t.blob LEFT JOIN blob s ON s.digest = t.small
WHERE (b.complete OR coalesce(s.complete, 0)) AND ((?1 = '[]' AND ?2 = '[]' AND ?5 = '[]')
    OR a.id IN (SELECT value FROM json_each(?1)) OR a.imprint IN (SELECT value FROM json_each(?2))
    OR t.song IN (SELECT value FROM json_each(?5)))
"""
_OTHER_FILES = """
SELECT coalesce(sum(length), 0) FROM blob WHERE complete AND digest NOT IN (SELECT blob FROM track)
    AND digest NOT IN (SELECT small FROM track WHERE small IS NOT NULL)
    AND digest IN (SELECT blob FROM album_file WHERE ?1 = '[]' OR album IN (SELECT value FROM json_each(?1)))
"""
_PAPERS = """
SELECT coalesce(sum(length), 0) FROM member WHERE (name >= ?1 AND name < ?2) OR (name >= ?3 AND name < ?4)
"""
_MUSIC = """
SELECT coalesce(sum(b.length), 0) FROM album a JOIN album_file f ON f.album = a.id JOIN blob b ON b.digest = f.blob
WHERE b.complete AND NOT a.own AND a.imprint = ?
"""
_STRANGE = """
SELECT l.imprint FROM label l WHERE l.standing NOT IN ('own', 'followed')
    AND NOT EXISTS (SELECT 1 FROM member WHERE name = 'keys/' || l.imprint)
"""
_ALL_FILES = "SELECT coalesce(sum(b.length), 0) FROM album_file f JOIN blob b ON b.digest = f.blob WHERE b.complete"


class TrackLengths(NamedTuple):
    """Of tracks that play here: how many, and bytes as they are here, and of their small versions."""

    tracks: int
    full: int
    small: int


class Lengths:
    """Sums over one index. Where nothing is named, all of it counts."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_tracks(
        self,
        albums: Collection[str],
        imprints: Collection[str],
        songs: Collection[str] = (),
        *,
        worth_bit_rate: int,
        bytes_a_second: int,
    ) -> TrackLengths:
        """Of these albums, labels and songs together.

        A small version that is not made yet counts with so many bytes a second, where the original is worth it.
        """
        named = (json.dumps(list(albums)), json.dumps(list(imprints)))
        values = (*named, worth_bit_rate, bytes_a_second, json.dumps(list(songs)))
        return TrackLengths(*(self._db.one(_TRACKS, values) or (0, 0, 0)))

    def of_other_files(self, albums: Collection[str]) -> int:
        """Covers, words and notes of albums."""
        return int((self._db.one(_OTHER_FILES, (json.dumps(list(albums)),)) or (0,))[0])

    def of_papers(self, imprint: str) -> int:
        """A label's metadata and documents, every version that is here."""
        return int((self._db.one(_PAPERS, papers_between(imprint)) or (0,))[0])

    def of_music(self, imprint: str) -> int:
        """Files that are here and stand on albums of a label."""
        return int((self._db.one(_MUSIC, (imprint,)) or (0,))[0])

    def of_strange_papers(self) -> dict[str, int]:
        """Of each label that is not followed, and whose keys are not here: its papers beyond its music."""
        strange = [str(imprint) for (imprint,) in self._db.all(_STRANGE)]
        return {imprint: max(0, self.of_papers(imprint) - self.of_music(imprint)) for imprint in strange}

    def of_all_files(self) -> int:
        """Everything that stands on albums and is here."""
        return int((self._db.one(_ALL_FILES) or (0,))[0])
