"""Stars, ratings, plays, playlists, queues, bookmarks and apps in the index: what rows of listening say.

Of a subject the row with the highest (counter, line) counts, in whatever order rows come and under whatever name of
a device; a play counts once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeVar

from magnitizdat.library.club_rows import ClubLabelRow, ClubNewsRow, ClubRow, ClubVoiceRow, EpochRow
from magnitizdat.library.given_rows import GivenGone
from magnitizdat.library.holder_rows import HolderRow, ProposalRow, SignedRootRow
from magnitizdat.library.index.database import Database
from magnitizdat.library.index.pages import ON_PAGE
from magnitizdat.library.journal import (
    AppRow,
    BookmarkRow,
    Entry,
    JournalLine,
    Kind,
    PlaylistGone,
    PlaylistRow,
    PlayRow,
    QueueRow,
    RatingRow,
    StarRow,
    decode_row,
    encode_row,
)
from magnitizdat.library.letter_rows import LetterGone, LetterKeyRow, LetterRow, SentRow, SilencedRow
from magnitizdat.library.post_rows import CarriedGone, CarriedRow
from magnitizdat.library.slip_rows import SlipKeyRow, SlipReelRow, SlipRow
from magnitizdat.library.wish_rows import WishGone, WishRow
from magnitizdat.model import Value

Ranking = Literal["starred", "frequent", "recent", "highest"]
Kept = TypeVar(
    "Kept",
    AppRow,
    BookmarkRow,
    CarriedGone,
    CarriedRow,
    ClubLabelRow,
    ClubVoiceRow,
    ClubNewsRow,
    ClubRow,
    EpochRow,
    GivenGone,
    HolderRow,
    LetterGone,
    LetterKeyRow,
    LetterRow,
    PlaylistGone,
    PlaylistRow,
    ProposalRow,
    QueueRow,
    SentRow,
    SignedRootRow,
    SilencedRow,
    SlipKeyRow,
    SlipReelRow,
    SlipRow,
    WishGone,
    WishRow,
)

_MARK = (
    "INSERT INTO mark (listener, kind, target, {0}) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (listener, kind, target) DO UPDATE SET {0} = excluded.{0}"
)
_PLAY = "INSERT OR IGNORE INTO play (device, counter, listener, track, album, at, count) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PLAYED = (
    "INSERT INTO mark (listener, kind, target, plays, played) VALUES (?, ?, ?, ?, ?) ON CONFLICT (listener, kind,"
    " target) DO UPDATE SET plays = plays + excluded.plays, played = max(played, excluded.played)"
)
_RANKINGS: dict[Ranking, tuple[str, str]] = {
    "starred": ("starred <> ''", "starred DESC, target"),
    "frequent": ("plays > 0", "plays DESC, played DESC, target"),
    "recent": ("played <> ''", "played DESC, target"),
    "highest": ("rating > 0", "rating DESC, plays DESC, target"),
}
_HEARD = """
SELECT t.album, t.song, coalesce(m.played, '') FROM json_each(?2) j CROSS JOIN track t ON t.album = j.value
    LEFT JOIN mark m ON m.listener = ?1 AND m.kind = 'track' AND m.target = lower(hex(t.id))
    ORDER BY j.key, t.disc, t.position, t.key
"""
_HERE: dict[Kind, str] = {
    "track": "EXISTS (SELECT 1 FROM track WHERE id = unhex(m.target))",
    "album": "EXISTS (SELECT 1 FROM album WHERE id = m.target)",
    "artist": "1",
}


class Mark(Value, frozen=True, kw_only=True):
    """What a listener did with a track, album or artist; times are ISO 8601 in UTC, empty for never."""

    starred: str = ""
    rating: int = 0
    plays: int = 0
    played: str = ""


class HeardSong(NamedTuple):
    """A song on an album, and when it was last heard, from wherever; empty for never."""

    album: str
    song: str
    played: str


class Listening:
    """Tables `kept`, `play` and `mark` of one index. What writes is called inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def apply(self, entry: Entry) -> None:
        """Make the index say what a row says, unless a newer one is known; inside a transaction."""
        row = entry.row
        newer = self._db.run(
            "INSERT INTO kept (subject, counter, device, body) VALUES (?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE"
            " SET counter = excluded.counter, device = excluded.device, body = excluded.body"
            " WHERE (excluded.counter, excluded.body) > (kept.counter, kept.body)",
            (row.subject, entry.counter, entry.device, entry.line),
        )
        if newer and isinstance(row, StarRow):
            self._db.run(_MARK.format("starred"), (row.listener, row.kind, row.target, row.at))
        elif newer and isinstance(row, RatingRow):
            self._db.run(_MARK.format("rating"), (row.listener, row.kind, row.target, row.stars))

    def apply_play(self, device: str, counter: int, row: PlayRow) -> None:
        """One play more, unless it is counted; inside a transaction."""
        values = (device, counter, row.listener, row.track, row.album, row.at, row.count)
        if self._db.run(_PLAY, values):
            self._db.run(_PLAYED, (row.listener, "track", row.track, row.count, row.at))
            if row.album:
                self._db.run(_PLAYED, (row.listener, "album", row.album, row.count, row.at))

    def marks(self, listener: str, kind: Kind, targets: Iterable[str]) -> dict[str, Mark]:
        """What a listener did with these; targets that nothing was done with are left out."""
        lines = self._db.all(
            "SELECT target, starred, rating, plays, played FROM mark WHERE listener = ? AND kind = ?"
            " AND target IN (SELECT value FROM json_each(?))",
            (listener, kind, json.dumps(list(targets))),
        )
        return {target: Mark(starred=s, rating=r, plays=n, played=p) for target, s, r, n, p in lines}

    def ranking(self, listener: str, kind: Kind, ranked: Ranking, *, offset: int = 0, count: int = -1) -> list[str]:
        """Targets that are here, best or newest first."""
        which, order = _RANKINGS[ranked]
        statement = (
            f"SELECT target FROM mark m WHERE listener = ? AND kind = ? AND {which} AND {_HERE[kind]}"  # noqa: S608
            f" ORDER BY {order} LIMIT ? OFFSET ?"
        )
        return [str(target) for (target,) in self._db.all(statement, (listener, kind, count, offset))]

    def heard(self, listener: str, albums: Iterable[str]) -> list[HeardSong]:
        """Songs of these albums, album by album, in the order of listening."""
        return list(map(HeardSong._make, self._db.all(_HEARD, (listener, json.dumps(list(albums))))))

    def kept(self, wanted: type[Kept], prefix: str) -> list[Kept]:
        """Newest rows of this type about subjects that begin with `prefix`; a tombstone is a row of its own."""
        lines = self._db.all(
            "SELECT body FROM kept WHERE subject >= ?1 AND subject < ?1 || ?2 ORDER BY subject", (prefix, "\U0010ffff")
        )
        return [row for row in (decode_row(body) for (body,) in lines) if isinstance(row, wanted)]

    def kept_one(self, wanted: type[Kept], subject: str) -> Kept | None:
        """The newest row about one subject, unless it is a tombstone."""
        found = self._db.one("SELECT body FROM kept WHERE subject = ?", (subject,))
        row = decode_row(found[0]) if found else None
        return row if isinstance(row, wanted) else None

    def forget(self, subjects: Iterable[str]) -> None:
        """What is known of these is not; inside a transaction."""
        self._db.many("DELETE FROM kept WHERE subject = ?", ((subject,) for subject in subjects))

    def lines_of_page(self, device: str, first: int) -> list[JournalLine]:
        """Of a page's rows those that still say something."""
        stated = self._db.all(
            f"SELECT k.device, k.counter, k.subject, k.body FROM kept k {ON_PAGE}",  # noqa: S608 -- our own words
            (device, first),
        )
        return [(str(d), int(n), str(subject), bytes(body)) for d, n, subject, body in stated]

    def plays_of_page(self, device: str, first: int) -> list[JournalLine]:
        """The plays on a page."""
        plays = self._db.all(
            f"SELECT k.device, k.counter, k.listener, k.track, k.album, k.at, k.count FROM play k {ON_PAGE}",  # noqa: S608
            (device, first),
        )
        found = list[JournalLine]()
        for d, n, listener, track, album, at, count in plays:
            row = PlayRow(listener=listener, track=track, album=album, at=at, count=count)
            found.append((str(d), int(n), row.subject, encode_row(row)))
        return found
