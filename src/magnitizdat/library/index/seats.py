"""The songs of one album in the index. A song keeps its key, which is its turn, and its name, until it goes.

Songs that say no number stand in the order of their keys, and an edit moves none (ADR 104).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from magnitizdat.library.index.database import Database
from magnitizdat.library.index.finding import Finding, album_names
from magnitizdat.library.index.lines import TRACK, identity, song_name, track_line
from magnitizdat.library.turns import named, placed
from magnitizdat.model import Release, Track

_to_track = msgspec.msgpack.Decoder(Track).decode
_to_release = msgspec.msgpack.Decoder(Release).decode

Identity = tuple[str, str]


class SongSeat(NamedTuple):
    """Where a song stands, and what players call it: 0 and nothing where that is to be found."""

    key: int = 0
    song: str = ""


class Seats:
    """Table `track` of one index, one album at a time. What writes is called inside a transaction."""

    def __init__(self, db: Database, finding: Finding) -> None:
        self._db = db
        self._finding = finding

    def put(self, album: str, tracks: Iterable[Track]) -> None:
        """Songs where they stood, new ones behind all; of one that comes twice the last counts."""
        fresh = {identity(track): track for track in tracks}
        is_new = self._db.one("SELECT 1 FROM track WHERE album = ? LIMIT 1", (album,)) is None
        seated = [(track, SongSeat() if is_new else self.drop(album, track)) for track in fresh.values()]
        self._insert(album, seated, is_new=is_new)

    def put_before(self, album: str, track: Track, before: str) -> None:
        """One, right before another as rows call that; behind all, or where it stood, where that is not here."""
        self.put(album, [track])
        lines = self._db.all("SELECT key, song, body FROM track WHERE album = ? ORDER BY key", (album,))
        standing = {named(found): (found, SongSeat(*seat)) for *seat, body in lines for found in (_to_track(body),)}
        keys = [seat.key for _, seat in standing.values()]
        order = placed(list(standing), named(track), before)
        seated = [(standing[name], key) for name, key in zip(order, keys, strict=True)]
        moved = [(found, seat, key) for (found, seat), key in seated if seat.key != key]
        self._remove(seat.key for _, seat, _ in moved)
        self._insert(album, [(found, seat._replace(key=key)) for found, seat, key in moved])

    def put_all(self, album: str, tracks: Sequence[Track], before: Mapping[Identity, list[SongSeat]]) -> None:
        """The songs of an album where none stands, in their order; in that they keep seats from `before`."""
        seats = {name: list(each) for name, each in before.items()}
        last, fresh = 0, self._next_key(each.key for some in before.values() for each in some)
        seated = list[tuple[Track, SongSeat]]()
        for track in tracks:
            seat = seats[identity(track)].pop(0) if seats.get(identity(track)) else SongSeat()
            if seat.key <= last:
                seat, fresh = seat._replace(key=fresh), fresh + 1
            last = seat.key
            seated.append((track, seat))
        self._insert(album, seated, is_new=True)

    def of(self, album: str) -> dict[Identity, list[SongSeat]]:
        """Where the songs of an album stand."""
        found: dict[Identity, list[SongSeat]] = {}
        lines = self._db.all("SELECT key, song, id, blob FROM track WHERE album = ? ORDER BY key", (album,))
        for key, song, track, blob in lines:
            found.setdefault((track.hex(), blob.hex()), []).append(SongSeat(key, song))
        return found

    def drop(self, album: str, track: Track) -> SongSeat:
        """Take a song off an album; where it stood."""
        lines = self._db.all(
            "SELECT key, song FROM track WHERE album = ? AND id = ? AND blob = ? ORDER BY key",
            (album, *map(bytes.fromhex, identity(track))),
        )
        self._remove(key for key, _ in lines)
        return SongSeat(*lines[0]) if lines else SongSeat()

    def _remove(self, keys: Iterable[int]) -> None:
        for key in keys:
            self._finding.drop_track(key)
            self._db.run("DELETE FROM track WHERE key = ?", (key,))

    def _insert(self, album: str, seated: Sequence[tuple[Track, SongSeat]], *, is_new: bool = False) -> None:
        """Songs that do not stand on the album; `is_new`: nor does any other."""
        fresh = self._next_key(seat.key for _, seat in seated)
        keyed = [(seat.key or fresh + place, track) for place, (track, seat) in enumerate(seated)]
        taken = set() if is_new else {song for track, _ in seated for song in self._songs(album, track)}
        taken |= {seat.song for _, seat in seated}
        songs = [seat.song or song_name(album, track, taken) for track, seat in seated]
        lines = [track_line(key, album, track, song) for (key, track), song in zip(keyed, songs, strict=True)]
        self._db.many(TRACK, lines)
        found = self._db.one("SELECT body FROM album WHERE id = ?", (album,))
        self._finding.put_tracks(album, keyed, album_names(_to_release(found[0])) if found else ())

    def _next_key(self, others: Iterable[int]) -> int:
        """One behind all that there are, and these."""
        (highest,) = self._db.one("SELECT coalesce(max(key), 0) FROM track") or (0,)
        return int(max((highest, *others))) + 1

    def _songs(self, album: str, track: Track) -> list[str]:
        """What players call the same audio on this album."""
        song = song_name(album, track, set())
        statement = "SELECT song FROM track WHERE song >= ? AND song < ? AND album = ?"
        return [str(each) for (each,) in self._db.all(statement, (song, f"{song}~", album))]
