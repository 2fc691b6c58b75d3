"""How albums and labels stand in a library, as lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from magnitizdat.library.index.database import Database
from magnitizdat.library.journal import Standing
from magnitizdat.model import Release, Value

_to_release = msgspec.msgpack.Decoder(Release).decode


class AlbumView(Value, frozen=True, kw_only=True):
    """A line of `mag list`: one album, and how it stands here.

    `artists` where `artist` is several; `length` is bytes that are here; `complete` where everything plays; `small`
    counts tracks that are here, but only in their small version; `formats` are media types of its tracks; `disowned`
    where it came under a key that was taken away, and those who carry its label on do not stand by it;
    `frozen` where its label signed two different things, and nobody has chosen yet.
    """

    id: str
    release_id: str
    title: str
    artist: str
    date: str
    tracks: int
    duration_s: float
    length: int
    own: bool
    complete: bool
    small: int = 0
    formats: tuple[str, ...] = ()
    imprint: str = ""
    label: str = ""
    standing: str = ""
    carried: bool = False
    withdrawn: bool = False
    disowned: bool = False
    frozen: bool = False
    artists: tuple[str, ...] = ()


class LabelView(Value, frozen=True, kw_only=True):
    """A label as the library knows it."""

    imprint: str
    name: str
    standing: Standing
    heard: str = ""
    frozen: str = ""


_ALBUMS = """
SELECT a.id, a.release_id, a.title, a.artist, a.date, a.own, a.imprint, coalesce(l.name, ''), coalesce(l.standing, ''),
    a.body, coalesce(r.withdrawn, 0),
    (SELECT count(*) FROM track t WHERE t.album = a.id),
    (SELECT coalesce(sum(duration_s), 0) FROM track t WHERE t.album = a.id),
    (SELECT coalesce(sum(b.length), 0) FROM album_file f JOIN blob b ON b.digest = f.blob
        WHERE f.album = a.id AND b.complete),
    NOT EXISTS (SELECT 1 FROM album_file f JOIN blob b ON b.digest = f.blob
        WHERE f.album = a.id AND NOT b.complete AND NOT f.spare
        AND NOT EXISTS (SELECT 1 FROM track t WHERE t.album = a.id AND (t.blob = f.blob OR t.small = f.blob)))
    AND NOT EXISTS (SELECT 1 FROM track t JOIN blob b ON b.digest = t.blob LEFT JOIN blob s ON s.digest = t.small
        WHERE t.album = a.id AND NOT b.complete AND NOT coalesce(s.complete, 0)),
    (SELECT count(*) FROM track t JOIN blob b ON b.digest = t.blob JOIN blob s ON s.digest = t.small
        WHERE t.album = a.id AND NOT b.complete AND s.complete),
    (SELECT group_concat(DISTINCT b.media_type) FROM track t JOIN blob b ON b.digest = t.blob WHERE t.album = a.id),
    EXISTS (SELECT 1 FROM disowned d WHERE d.imprint = r.imprint AND d.sha256 = r.sha256), coalesce(l.frozen, '')
FROM album a LEFT JOIN label l ON l.imprint = a.imprint
    LEFT JOIN release r ON r.imprint = a.imprint AND r.release_id = a.release_id
"""
_ORDER = "ORDER BY coalesce(nullif(a.sort_name, ''), a.artist) COLLATE NOCASE, a.date, a.title COLLATE NOCASE, a.id"
_THAT = """
SELECT a.id FROM album a LEFT JOIN label l ON l.imprint = a.imprint
    LEFT JOIN release r ON r.imprint = a.imprint AND r.release_id = a.release_id
WHERE ?2 IN ('', a.imprint) AND CASE ?1 WHEN 'own' THEN a.own WHEN 'withdrawn' THEN coalesce(r.withdrawn, 0)
    WHEN 'follow' THEN NOT a.own AND l.standing = 'followed' WHEN 'carried' THEN NOT a.own AND l.standing = 'carrier'
    WHEN 'new' THEN NOT a.own AND coalesce(l.standing, '') NOT IN ('followed', 'carrier', 'own') ELSE 1 END
"""


def read_views(db: Database, where: str, values: Iterable[Any] = (), *, limit: int = -1) -> Iterator[AlbumView]:
    """Albums in the order of a shelf; `where` is a clause on `a` (album) and `l` (label)."""
    for line in db.iterate(f"{_ALBUMS} WHERE {where} {_ORDER} LIMIT ?", (*values, limit)):
        release = _to_release(line[9])
        yield AlbumView(
            id=line[0],
            release_id=line[1],
            title=line[2],
            artist=line[3],
            date=line[4],
            own=bool(line[5]),
            imprint=line[6],
            label=line[7],
            standing=line[8],
            carried=release.carried,
            artists=tuple(each.name for each in release.artists),
            withdrawn=bool(line[10]),
            disowned=bool(line[17]),
            frozen=bool(line[18]),
            tracks=line[11],
            duration_s=round(line[12], 3),
            length=line[13],
            complete=bool(line[14]),
            small=line[15],
            formats=tuple(sorted((line[16] or "").split(","))) if line[16] else (),
        )


def ids_that(db: Database, standing: str, imprint: str) -> set[str]:
    """Ids of albums that stand so; of every label where `imprint` is empty."""
    return {str(album) for (album,) in db.all(_THAT, (standing, imprint))}
