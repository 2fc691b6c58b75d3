"""What reels for friends carried, beside what is here by now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

import msgspec

from magnitizdat.library.given_rows import GivenGone, GivenRow
from magnitizdat.library.index.database import Database
from magnitizdat.library.journal import decode_row

_HERE = """
SELECT a.id, a.title, a.imprint, coalesce(r.sha256, ''), coalesce(r.withdrawn, 0) FROM album a
    LEFT JOIN release r ON r.imprint = a.imprint AND r.release_id = a.release_id AND NOT r.gone
ORDER BY coalesce(nullif(a.sort_name, ''), a.artist) COLLATE NOCASE, a.date, a.title COLLATE NOCASE, a.id
"""
_SAID = """
WITH said AS (SELECT subject, counter FROM row UNION ALL SELECT subject, counter FROM tail)
SELECT iif(substr(subject, 1, 6) = 'album:', substr(subject, 7), substr(subject, 7, 32)) AS id, max(counter), count(*)
FROM said WHERE (subject > 'album:' AND subject < 'album;') OR (subject > 'track:' AND subject < 'track;') GROUP BY id
"""


class GivenAlbum(NamedTuple):
    """What a reel carried: the digest of the document, when, and where in the journal that was written down.

    `rows` are those that spoke of the album then, 0 where nobody counted.
    """

    sha256: str
    at: str
    counter: int
    rows: int
    reel: str = ""


class JournalSaid(NamedTuple):
    """Of rows about an album in the journal: where the last one stands on its device, and how many there are."""

    counter: int = 0
    rows: int = 0


class AlbumAtHand(NamedTuple):
    """An album as its label signs it by now; `sha256` is empty where it is in none."""

    id: str
    title: str
    imprint: str
    sha256: str
    is_withdrawn: bool


class ShelvedAlbum(NamedTuple):
    """An album here: the day on which it was published, else when it came; `is_own`: it was imported here."""

    release_id: str
    since: date
    is_own: bool


class _Published(msgspec.Struct):
    """The days that an album says of itself."""

    released: str = ""
    published: str = ""


_published = msgspec.msgpack.Decoder(_Published).decode


class GivenTable:
    """Rows of table `kept`, beside albums and the journal of one index."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def to(self, friend: str) -> dict[str, GivenAlbum]:
        """By album's id here (empty: of the last reel), what reels for a friend carried."""
        found, since = dict[str, GivenAlbum](), self._forgotten(friend)
        lines = self._db.all(
            "SELECT body, counter FROM kept WHERE subject >= ?1 AND subject < ?1 || ?2",
            (f"given:{friend}:", "\U0010ffff"),
        )
        for body, counter in lines:
            row = decode_row(body)
            if isinstance(row, GivenRow) and row.at >= since:
                found[row.album] = GivenAlbum(row.sha256, row.at, counter, row.rows, row.reel)
        return found

    def _forgotten(self, friend: str) -> str:
        """Since when what they were given counts."""
        found = self._db.one("SELECT body FROM kept WHERE subject = ?", (f"given-gone:{friend}",))
        row = decode_row(found[0]) if found else None
        return row.at if isinstance(row, GivenGone) else ""

    def friends(self) -> list[str]:
        """Imprints of those to whom something was given."""
        lines = self._db.all("SELECT DISTINCT substr(subject, 7, 62) FROM kept WHERE subject GLOB 'given:*'")
        return [str(friend) for (friend,) in lines]

    def shelved(self) -> dict[str, ShelvedAlbum]:
        """How long each album has been out, as far as it is known here."""
        lines = self._db.iterate("SELECT id, release_id, own, coalesce(added, unixepoch()), body FROM album")
        return {
            str(album): ShelvedAlbum(str(release_id), _since(_published(body), at), bool(own))
            for album, release_id, own, at, body in lines
        }

    def here(self) -> list[AlbumAtHand]:
        """All albums in the order of a shelf."""
        return [
            AlbumAtHand(str(album), str(title), str(imprint), str(sha256), bool(withdrawn))
            for album, title, imprint, sha256, withdrawn in self._db.all(_HERE)
        ]

    def said(self) -> dict[str, JournalSaid]:
        """What the journal says of each album here that is one's own, by its id."""
        return {str(album): JournalSaid(int(counter), int(rows)) for album, counter, rows in self._db.all(_SAID)}


def _since(said: _Published, added: int) -> date:
    """What says a year alone says too little of what is news."""
    try:
        return date.fromisoformat(said.published or said.released)
    except ValueError:
        return datetime.fromtimestamp(added, UTC).date()
