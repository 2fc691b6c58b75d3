"""The index of names: which words there are, how they sound, and what bears them.

Every distinct word is kept once with its sounds (`word`, `sound`), so that its spellings cost nothing per track. Full
text of tracks (`search`) and of artists and albums (`naming`) is in words as they are written. A search goes from what
was typed to words that it may mean, and from these to what bears them; who is best is for `ops/listen` to say.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from magnitizdat.formats.spelling.keys import index_terms, lookup
from magnitizdat.formats.spelling.words import compounds, joined, words
from magnitizdat.library.index.database import Database
from magnitizdat.library.index.schema import FINDING_RULES
from magnitizdat.model import Artist, Release, Track

NameKind = Literal["artist", "album"]
FIRST_ALBUM = 1 << 40
"""Of keys of names; artists stand before it. A stretch of keys costs a search nothing, where a word for the kind, which
half of all names bear, is read to its end.
"""
MOST_KNOWN = 200_000
"""Words remembered as being in the index already, so that an import does not ask again."""
MOST_MEANT = 1000
"""Typed words whose meanings are remembered until the index changes, the latest: some 4 MB."""
MOST_JOINED = 3
"""A name of at most so many words is also found where they were typed as one."""
_BEGINNING_SCAN = 3000
_FULL_TEXT = ("search", "naming", "sound")
_MERGED_PAGES = 200
"""Of full text that are merged in one transaction: some ten milliseconds."""
_MOST_NAMES = 256
"""Of whom one track is by."""
_to_release = msgspec.msgpack.Decoder(Release).decode
_to_track = msgspec.msgpack.Decoder(Track).decode


class Finding:
    """Reads and writes the index of names. Called inside a transaction where it writes."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: set[str] = set()
        self._rolled_back = db.rolled_back
        self._meant: tuple[tuple[int, int], dict[str, dict[str, float]]] = ((0, 0), {})
        self.turn = threading.Lock()
        """Searches take turns: together they would be no faster, and each would wait for all."""

    # -- writing --------------------------------------------------------------------------------------------------

    def put_track(self, key: int, album: str, track: Track, names: tuple[str, ...]) -> None:
        """Make a track findable by its title, whom it is by, and what `album_names` says of its album.

        What is findable already is dropped first; a new one need not pay for that.
        """
        self.put_tracks(album, [(key, track)], names)

    def put_tracks(self, album: str, tracks: Iterable[tuple[int, Track]], names: tuple[str, ...]) -> None:
        """The same of several of one album, each with its key."""
        lines = []
        for key, track in tracks:
            people = (track.artist, *_spelled(track.artists), track.composer, track.composer_sort)
            fields = (_text((track.title, track.title_sort)), _text(people), _text(names))
            self._learn(" ".join(fields))
            lines.append((key, *fields, joined(track.title)))
            self._credit(album, key, track.artists)
            self._put_artists(track.by)
        self._db.many("INSERT INTO search (rowid, title, artist, album, whole) VALUES (?, ?, ?, ?, ?)", lines)

    def drop_track(self, key: int) -> None:
        """Find this track no more."""
        self.drop_tracks([key])

    def drop_tracks(self, keys: Iterable[int]) -> None:
        """Find none of these any more."""
        self._db.many("DELETE FROM search WHERE rowid = ?", [(key,) for key in keys])

    def put_album(self, album: str, release: Release, *, before: Release | None) -> None:
        """Make an album findable, and its artist by all other spellings that albums give."""
        self.drop_album(album)
        self._put_name("album", album, release.title, album_names(release)[1:])
        if before is not None and before.by != release.by:
            self._db.run("DELETE FROM credited WHERE album = ? AND track = 0", (album,))
        self._credit(album, 0, release.by if sorted_as(release) or release.artists else ())
        self._put_artists(release.by)
        if not release.artists and (release.aliases or (before is not None and before.aliases)):
            self._spell_artist(release.artist)

    def drop_album(self, album: str) -> None:
        """Find this album no more. An artist of whom nothing is left is not found either, for `artists` looks."""
        found = self._db.one("SELECT key FROM named WHERE kind = 'album' AND target = ?", (album,))
        if found is not None:
            self._db.run("DELETE FROM naming WHERE rowid = ?", found)
            self._db.run("DELETE FROM named WHERE key = ?", found)

    def refill(self) -> None:
        """Everything anew from the albums and tracks of the index."""
        with self._db.transaction():
            self._known.clear()
            for table in _FULL_TEXT:
                self._db.run(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608 -- our own names
            for table in ("named", "word", "credited"):
                self._db.run(f"DELETE FROM {table}")  # noqa: S608 -- our own names
            names = {}
            for album, body in self._db.iterate("SELECT id, body FROM album"):
                release = _to_release(body)
                names[album] = album_names(release)
                self.put_album(album, release, before=None)
            for key, album, body in self._db.iterate("SELECT key, album, body FROM track"):
                self.put_track(key, album, _to_track(body), names.get(album, ()))
            self._db.set_meta("finding", FINDING_RULES)
        while self.merge():
            pass

    def merge(self) -> bool:
        """Merge some of the parts in which commits leave full text, since a search asks each; False where none is left.

        Two parts of one level become one of the next, so each page is merged a few times however often somebody
        imports. Source: SQLite FTS5, 6.7 "The 'merge' Command", 6.11 "The 'usermerge' Configuration Option".
        """
        merged = False
        for table in _FULL_TEXT:
            with self._db.transaction():
                if self._db.one(f"SELECT v FROM {table}_config WHERE k = 'usermerge'") is None:  # noqa: S608 -- as above
                    self._db.run(f"INSERT INTO {table} ({table}, rank) VALUES ('usermerge', 2)")  # noqa: S608
                _, before = self._db.version()
                self._db.run(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", (_MERGED_PAGES,))  # noqa: S608
                merged |= self._db.version()[1] - before > 1
        return merged

    def refresh(self) -> None:
        """Fill an index that comes from an older mag; once, at the first search."""
        if self._db.meta("finding", 0) != FINDING_RULES and not self._db.read_only:
            self.refill()

    def _credit(self, album: str, track: int, artists: Sequence[Artist]) -> None:
        for each in artists:
            self._db.run(
                "INSERT OR REPLACE INTO credited (album, track, artist, sort_name) VALUES (?, ?, ?, ?)",
                (album, track, each.name, each.sort_name),
            )

    def _put_artists(self, artists: Sequence[Artist]) -> None:
        for each in artists:
            if each.sort_name and not self._knows(f"sorted {each.name}\0{each.sort_name}"):
                self._spell_artist(each.name)
            else:
                self._put_name("artist", each.name)

    def _spell_artist(self, artist: str) -> None:
        """By all names that albums give, and those that tracks and albums sort it by."""
        bodies = self._db.all("SELECT body FROM album WHERE artist = ?", (artist,))
        sorts = self._db.all("SELECT DISTINCT sort_name FROM credited WHERE artist = ?", (artist,))
        aliases = {alias: None for (body,) in bodies for alias in _to_release(body).aliases}
        aliases |= {str(name): None for (name,) in sorts if name}
        found = self._db.one("SELECT key FROM named WHERE kind = 'artist' AND target = ?", (artist,))
        if found is not None:
            self._db.run("DELETE FROM naming WHERE rowid = ?", found)
            self._db.run("DELETE FROM named WHERE key = ?", found)
        self._known.discard(f"artist {artist}")
        self._put_name("artist", artist, artist, tuple(aliases))

    def _put_name(self, kind: NameKind, target: str, name: str = "", more: tuple[str, ...] = ()) -> None:
        if kind == "artist" and self._knows(f"artist {target}"):
            return
        first, last = (1, FIRST_ALBUM) if kind == "artist" else (FIRST_ALBUM, 2 * FIRST_ALBUM)
        new = "SELECT coalesce(max(key) + 1, ?1), ?3, ?4 FROM named WHERE key >= ?1 AND key < ?2"
        if not self._db.run(f"INSERT OR IGNORE INTO named (key, kind, target) {new}", (first, last, kind, target)):
            return
        key = self._db.last_key()
        fields = (_text((name or target,)), _text(more), joined(name or target))
        self._learn(" ".join(fields if fields[0].count(" ") < MOST_JOINED else fields[:2]))
        self._db.run("INSERT INTO naming (rowid, name, more, whole) VALUES (?, ?, ?, ?)", (key, *fields))

    def _learn(self, text: str) -> None:
        """Words that are new to the index, with their sounds. A number has no other spelling, and is not kept."""
        for word in text.split():
            if word.isdecimal() or self._knows(word):
                continue
            if self._db.run("INSERT OR IGNORE INTO word (text) VALUES (?)", (word,)):
                self._db.run("INSERT INTO sound (rowid, terms) VALUES (?, ?)", (self._db.last_key(), index_terms(word)))

    def _knows(self, word: str) -> bool:
        """Whether this was said before, and not taken back with a transaction since."""
        if self._rolled_back != self._db.rolled_back or len(self._known) > MOST_KNOWN:
            self._known.clear()
            self._rolled_back = self._db.rolled_back
        known = word in self._known
        self._known.add(word)
        return known

    def meant(self) -> dict[str, dict[str, float]]:
        """What was found out of typed words since the index changed last; to be added to."""
        state = self._db.version()
        if self._meant[0] != state:
            self._meant = state, {}
        meant = self._meant[1]
        while len(meant) > MOST_MEANT:
            del meant[next(iter(meant))]
        return meant

    # -- words ----------------------------------------------------------------------------------------------------

    def beginning_with(self, typed: str, *, limit: int) -> list[str]:
        """Words that begin so, the shortest first (the word itself before all)."""
        lines = self._db.all(
            "SELECT text FROM (SELECT text FROM word WHERE text >= ? AND text < ? LIMIT ?)"
            " ORDER BY length(text), text LIMIT ?",
            (typed, f"{typed}\U0010ffff", _BEGINNING_SCAN, limit),
        )
        exact = self._db.all("SELECT text FROM word WHERE text = ?", (typed,))
        return list(dict.fromkeys(text for (text,) in (*exact, *lines)))

    def sounding_like(self, typed: str, *, limit: int) -> list[str]:
        """Words that sound so, or begin to."""
        asked = lookup(typed)
        found = self._sounding(asked.alike, limit)
        return found + self._sounding(asked.beginning, limit - len(found), still_typing=True)

    def sounding_nearly(self, typed: str, *, limit: int) -> list[str]:
        """Words that sound so but for about one typo; some of these are farther, the caller looks."""
        return self._sounding(lookup(typed).near, limit)

    def _sounding(self, terms: Sequence[str], limit: int, *, still_typing: bool = False) -> list[str]:
        if not terms or limit <= 0:
            return []
        asked = " OR ".join(f'"{term}"*' if still_typing else f'"{term}"' for term in terms)
        lines = self._db.all(
            "SELECT text FROM word WHERE key IN (SELECT rowid FROM sound WHERE sound MATCH ? LIMIT ?)", (asked, limit)
        )
        return [text for (text,) in lines]

    def among(self, candidates: Iterable[str]) -> list[str]:
        """Which of these are words of the index."""
        asked = json.dumps(list(candidates))
        lines = self._db.all("SELECT text FROM word WHERE text IN (SELECT value FROM json_each(?))", (asked,))
        return [text for (text,) in lines]

    # -- what bears them ------------------------------------------------------------------------------------------

    def tracks(self, match: str, *, limit: int) -> list[int]:
        """Keys of tracks by a full-text expression on title, artist, album and whole (the title as one word)."""
        return [key for (key,) in self._db.all("SELECT rowid FROM search WHERE search MATCH ? LIMIT ?", (match, limit))]

    def named(self, match: str, *, limit: int) -> dict[NameKind, list[int]]:
        """Keys of artists and of albums, so many of each, by an expression on name, more and whole.

        `more` are other spellings; an album's artist too. One question for both, unless there are very many artists: to
        find the words costs more than to read who bears them.
        """
        asked = "SELECT rowid FROM naming WHERE naming MATCH ? AND rowid >= ? LIMIT ?"
        found = [key for (key,) in self._db.all(asked, (match, 0, 4 * limit))]
        first = bisect_left(found, FIRST_ALBUM)
        artists, albums = found[:first][:limit], found[first:][:limit]
        if len(found) == 4 * limit and len(albums) < limit:
            albums = [key for (key,) in self._db.all(asked, (match, FIRST_ALBUM, limit))]
        return {"artist": artists, "album": albums}

    def artists(self, keys: Iterable[int]) -> list[tuple[int, str]]:
        """Key and name, of those of whom something is here."""
        return self._db.all(
            "SELECT key, target FROM named n WHERE key IN (SELECT value FROM json_each(?))"
            " AND (EXISTS (SELECT 1 FROM track WHERE artist = n.target)"
            " OR EXISTS (SELECT 1 FROM album WHERE artist = n.target)"
            " OR EXISTS (SELECT 1 FROM credited WHERE artist = n.target))",
            (json.dumps(list(keys)),),
        )

    def albums(self, keys: Iterable[int]) -> list[tuple[int, str, str, str]]:
        """Key, id, title and artist."""
        return self._db.all(
            "SELECT n.key, a.id, a.title, a.artist FROM named n JOIN album a ON a.id = n.target"
            " WHERE n.key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )

    def track_lines(self, keys: Iterable[int]) -> list[tuple[int, str, bytes, str, str, str, str]]:
        """Key, song, id, title, artist, title of the album and its id."""
        return self._db.all(
            "SELECT t.key, t.song, t.id, t.title, t.artist, a.title, a.id FROM track t JOIN album a ON a.id = t.album"
            " WHERE t.key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )


def album_names(release: Release) -> tuple[str, ...]:
    """Names by which an album's tracks are looked for too: its title, its artist, and other spellings of both."""
    return (release.title, release.title_sort, release.artist, *_spelled(release.by), *release.aliases)


def sorted_as(release: Release) -> str:
    """What its artists are sorted by together; empty where that is what they are called."""
    if release.sort_name or not any(each.sort_name for each in release.artists):
        return release.sort_name
    return ", ".join(each.sort_name or each.name for each in release.artists)


def _spelled(artists: Iterable[Artist]) -> Iterator[str]:
    for each in artists:
        yield from (each.name, each.sort_name)


@lru_cache(1 << 12)
def _text(names: tuple[str, ...]) -> str:
    """Their words, each once; of each name apart, for one of signs is a word."""
    return " ".join(dict.fromkeys(word for name in names[:_MOST_NAMES] for word in (*words(name), *compounds(name))))
