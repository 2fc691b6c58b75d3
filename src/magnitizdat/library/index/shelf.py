"""Albums, tracks and blobs in the index: what rows and signed releases say, made searchable.

Called inside a transaction where it writes. Piece digests stand once, in `blob`; a release that is read gets them back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from magnitizdat.errors import UsageError
from magnitizdat.library.index.database import Database
from magnitizdat.library.index.finding import Finding, album_names, sorted_as
from magnitizdat.library.index.lines import blob_values, split_pieces, strip_image, to_body
from magnitizdat.library.index.seats import Seats
from magnitizdat.library.index.views import AlbumView, LabelView, ids_that, read_views
from magnitizdat.library.journal import LabelRow
from magnitizdat.model import AUDIO_TYPES, SMALL_KIND, Card, DiscImage, File, Release, Rendition, Track
from magnitizdat.sentence import say
from magnitizdat.ways import no_album

_to_track = msgspec.msgpack.Decoder(Track).decode
_to_release = msgspec.msgpack.Decoder(Release).decode
_to_card = msgspec.json.Decoder(Card).decode


_NEAR = 5
"""Titles that are named where none is called as somebody typed."""
_BLOB = """
INSERT INTO blob (digest, length, media_type, pieces, complete) VALUES (?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE
    SET length = excluded.length, media_type = excluded.media_type, pieces = excluded.pieces,
    complete = excluded.complete
"""
_BLOB_UNLESS_WHOLE = f"{_BLOB} WHERE NOT complete"


class Shelf:
    """Reads and writes the catalogue part of one index."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.finding = Finding(db)
        self.seats = Seats(db, self.finding)

    # -- rows -----------------------------------------------------------------------------------------------------

    def put_own(self, release: Release) -> None:
        """The fields of an own album; what its tracks are stays."""
        self._db.run("UPDATE release SET gone = 0 WHERE album = ?", (release.id,))
        was_here = self._put_album_fields(release.id, release, imprint=self._imprint_of(release.id), own=True)
        if was_here:
            self._count_files(release.id)

    def put_track(self, album: str, track: Track, *, before: str) -> None:
        """A track of an own album, right before another, as rows call that, where it is not where it stood."""
        self.seats.put_before(album, track, before)
        self._use_all(album, Release(id="0" * 32, title="-", artist="-", tracks=(track,)))

    def put_tracks(self, album: str, tracks: Sequence[Track]) -> None:
        """Tracks of an own album, where they stood, or behind all; of one that comes twice the last counts."""
        self.seats.put(album, tracks)
        self._use_all(album, Release(id="0" * 32, title="-", artist="-", tracks=tuple(tracks)))

    def drop_track(self, album: str, track: Track) -> None:
        """Take a track off an own album."""
        self.seats.drop(album, track)
        self._count_files(album)

    def put_label(self, label: LabelRow) -> None:
        """How we stand to a label."""
        self._db.run(
            "INSERT INTO label (imprint, name, standing, heard, frozen) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (imprint) DO UPDATE SET name = excluded.name,"
            " standing = excluded.standing, heard = excluded.heard, frozen = excluded.frozen",
            (label.imprint, label.name, label.standing, label.heard, label.frozen),
        )

    def drop_label(self, imprint: str) -> None:
        """A label is not known here any more, nor what stood on the shelf of it."""
        for (album,) in self._db.all("SELECT id FROM album WHERE imprint = ? AND NOT own", (imprint,)):
            self.drop_album(str(album))
        self._db.run("DELETE FROM label WHERE imprint = ?", (imprint,))

    def put_published(self, release_id: str, imprint: str) -> None:
        """An own album stands in an own label."""
        self._db.run("UPDATE album SET imprint = ? WHERE id = ? AND own", (imprint, release_id))

    def put_friend(self, name: str, card: Card) -> None:
        """A friend's card in place of the one before."""
        self._db.run(
            "INSERT INTO friend (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
            (name, msgspec.json.encode(card)),
        )

    def drop_friend(self, name: str) -> None:
        """A friend's card goes."""
        self._db.run("DELETE FROM friend WHERE name = ?", (name,))

    def _imprint_of(self, album: str) -> str:
        found = self._db.one("SELECT imprint FROM album WHERE id = ?", (album,))
        return str(found[0]) if found else ""

    def remove(self, release_id: str, imprint: str) -> None:
        """An own album, or (with an imprint) a label's release, is not wanted here."""
        if imprint:
            found = self._db.one(
                "SELECT album FROM release WHERE imprint = ? AND release_id = ?", (imprint, release_id)
            )
            self._db.run("UPDATE release SET gone = 1 WHERE imprint = ? AND release_id = ?", (imprint, release_id))
            self.drop_album(str(found[0]) if found else "")
        else:
            self._db.run("UPDATE release SET gone = 1 WHERE album = ?", (release_id,))
            self.drop_album(release_id)

    # -- albums ---------------------------------------------------------------------------------------------------

    def put_release(self, album: str, imprint: str, release: Release) -> None:
        """Shelve a label's signed release in place of what stood under this album id."""
        found = self._db.one("SELECT added FROM album WHERE id = ?", (album,))
        before = self.seats.of(album)
        self.drop_album(album)
        self._put_album_fields(album, release, imprint=imprint, own=False, added=found[0] if found else None)
        places = {(track.disc, track.position, track.id, track.file.sha256): track for track in release.tracks}
        self.seats.put_all(album, list(places.values()), before)  # a label may list one twice in the same place
        self._use_all(album, release)

    def _put_album_fields(
        self, album: str, release: Release, *, imprint: str, own: bool, added: int | None = None
    ) -> bool:
        """Whether it was here. `added` is when it came (seconds since 1970): now, or what was known before."""
        bare = msgspec.structs.replace(release, tracks=(), images=tuple(map(strip_image, release.images)))
        before = self._db.one("SELECT body FROM album WHERE id = ?", (album,))
        self._db.run(
            "INSERT INTO album (id, imprint, release_id, title, artist, sort_name, date, own, body, added)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(?, unixepoch())) ON CONFLICT (id) DO UPDATE SET"
            " imprint = excluded.imprint, release_id = excluded.release_id, title = excluded.title,"
            " artist = excluded.artist, sort_name = excluded.sort_name, date = excluded.date, own = excluded.own,"
            " body = excluded.body",
            (
                album,
                imprint,
                release.id,
                release.title,
                release.artist,
                sorted_as(release),
                release.date,
                own,
                to_body(bare),
                added,
            ),
        )
        self._use_all(album, msgspec.structs.replace(release, tracks=()))
        standing = self._db.all("SELECT key, body FROM track WHERE album = ?", (album,))
        self.finding.drop_tracks(key for key, _ in standing)
        self.finding.put_tracks(album, ((key, _to_track(body)) for key, body in standing), album_names(release))
        self.finding.put_album(album, bare, before=_to_release(before[0]) if before else None)
        return before is not None

    def drop_album(self, album: str) -> None:
        """Take an album off the shelf; its blobs stay until `unused_blobs` are dropped."""
        for (key,) in self._db.all("SELECT key FROM track WHERE album = ?", (album,)):
            self.finding.drop_track(int(key))
        self.finding.drop_album(album)
        for table, column in (("track", "album"), ("album_file", "album"), ("album", "id")):
            self._db.run(f"DELETE FROM {table} WHERE {column} = ?", (album,))  # noqa: S608 -- our own two names

    def _count_files(self, album: str) -> None:
        self._db.run("DELETE FROM album_file WHERE album = ?", (album,))
        release = self.release(album)
        if release is not None:
            self._use_all(album, release)

    def _use_all(self, album: str, release: Release) -> None:
        self._use(album, release.files())
        self._use(album, release.spare_files(), spare=True)

    def _use(self, album: str, files: Iterable[File], *, spare: bool = False) -> None:
        """`spare` files are kept while they are here, and an album is whole without them."""
        lines = [blob_values(file) for file in files]
        self._db.many(_BLOB_UNLESS_WHOLE, [(*line, False) for line in lines])
        self._db.many(
            "INSERT INTO album_file (album, blob, spare) VALUES (?, ?, ?) ON CONFLICT (album, blob) DO UPDATE SET"
            " spare = min(spare, excluded.spare)",
            [(album, digest, spare) for digest, *_ in lines],
        )

    # -- reading --------------------------------------------------------------------------------------------------

    def release(self, album: str) -> Release | None:
        """An album with its tracks, in the order of listening."""
        found = self._db.one("SELECT body FROM album WHERE id = ?", (album,))
        if found is None:
            return None
        tracks = self._db.all(
            "SELECT t.body, b.pieces FROM track t LEFT JOIN blob b ON b.digest = t.blob WHERE t.album = ?"
            " ORDER BY t.disc, t.position, t.key",
            (album,),
        )
        bare = _to_release(found[0])
        return msgspec.structs.replace(
            bare,
            images=tuple(msgspec.structs.replace(image, file=self._with_pieces(image.file)) for image in bare.images),
            tracks=tuple(self._restore_pieces(_to_track(body), pieces) for body, pieces in tracks),
        )

    def _restore_pieces(self, track: Track, pieces: bytes | None) -> Track:
        renditions = tuple(
            Rendition(kind=rendition.kind, file=self._with_pieces(rendition.file)) for rendition in track.renditions
        )
        file = msgspec.structs.replace(track.file, pieces=split_pieces(pieces or b""))
        return msgspec.structs.replace(track, file=file, renditions=renditions)

    def _with_pieces(self, file: File) -> File:
        found = self._db.one("SELECT pieces FROM blob WHERE digest = ?", (bytes.fromhex(file.sha256),))
        return msgspec.structs.replace(file, pieces=split_pieces(found[0] if found else b""))

    def albums(self) -> Iterator[AlbumView]:
        """All albums in the order of a shelf: artist, date, title."""
        return self._albums("1")

    def albums_among(self, albums: Iterable[str]) -> Iterator[AlbumView]:
        """Those of these ids that are here."""
        return self._albums("a.id IN (SELECT value FROM json_each(?))", (json.dumps(list(albums)),))

    def own_albums(self) -> Iterator[AlbumView]:
        """Albums that were imported here."""
        return self._albums("a.own")

    def unsigned_albums(self) -> Iterator[AlbumView]:
        """Albums that stand in no label."""
        return self._albums("a.imprint = ''")

    def _albums(self, where: str, values: Iterable[Any] = (), *, limit: int = -1) -> Iterator[AlbumView]:
        return read_views(self._db, where, values, limit=limit)

    def count(self) -> int:
        """Albums in all."""
        return int((self._db.one("SELECT count(*) FROM album") or (0,))[0])

    def lacking(self) -> list[str]:
        """Albums of which some file is not here, or not whole."""
        lines = self._db.all(
            "SELECT DISTINCT f.album FROM blob b CROSS JOIN album_file f ON f.blob = b.digest WHERE NOT b.complete"
            " AND NOT f.spare"
        )
        return [str(album) for (album,) in lines]

    def album(self, album: str) -> AlbumView | None:
        """One album by its full id."""
        return next(self._albums("a.id = ?", (album,)), None)

    def own_names(self) -> list[tuple[str, str, str]]:
        """Artist, title and id of albums that were imported here."""
        return self._db.all("SELECT artist, title, id FROM album WHERE own")

    def is_own(self, album: str) -> bool:
        """Whether it is an album that was imported here."""
        return self._db.one("SELECT 1 FROM album WHERE id = ? AND own", (album,)) is not None

    def find(self, text: str) -> AlbumView:
        """The one album that an id, the beginning of an id, or a title means.

        Raises: UsageError where there is none, or more than one.
        """
        found: list[AlbumView] = []
        if re.fullmatch("[0-9a-f]{4,32}", text):
            found = list(self._albums("a.id >= ? AND a.id < ?", (text, text + "g"), limit=6))
        if not found:
            wanted = text.casefold()
            ids = [
                row[0] for row in self._db.iterate("SELECT id, title FROM album") if str(row[1]).casefold() == wanted
            ]
            found = [view for view in map(self.album, ids[:6]) if view is not None]
        if not found:
            raise UsageError(no_album(text, self._near(text.casefold())))
        if len(found) > 1:
            several = ", ".join(f"{view.id[:8]} ({view.artist})" for view in found)
            raise UsageError(
                say("«{text}» can mean several albums: {several}; give the id of one", text=text, several=several)
            )
        return found[0]

    def _near(self, wanted: str) -> list[str]:
        """A few titles that hold this text, or are by whom it names."""
        lines = self._db.all("SELECT title, artist FROM album ORDER BY title, id") if wanted else ()
        near = (str(title) for title, artist in lines if wanted in f"{title}\n{artist}".casefold())
        return [f"«{title}»" for title in islice(dict.fromkeys(near), _NEAR)]

    def albums_that(self, standing: str, imprint: str = "") -> set[str]:
        """Albums that stand so here (`own`, `follow`, `new`, `carried`, `withdrawn`), perhaps only those of a label."""
        return ids_that(self._db, standing, imprint)

    def labels(self) -> list[LabelView]:
        """Every label that we know, own ones first."""
        order = "CASE standing WHEN 'own' THEN 0 WHEN 'followed' THEN 1 WHEN 'new' THEN 2 ELSE 3 END, name, imprint"
        lines = self._db.all(f"SELECT imprint, name, standing, heard, frozen FROM label ORDER BY {order}")  # noqa: S608
        return [LabelView(imprint=i, name=n, standing=s, heard=h, frozen=f) for i, n, s, h, f in lines]

    def friends(self) -> dict[str, Card]:
        """Cards by the names that we gave them."""
        return {name: _to_card(body) for name, body in self._db.all("SELECT name, body FROM friend ORDER BY name")}

    # -- blobs ----------------------------------------------------------------------------------------------------

    def is_complete(self, sha256: str) -> bool:
        """Whether every byte of a blob is here and verified."""
        found = self._db.one("SELECT complete FROM blob WHERE digest = ?", (bytes.fromhex(sha256),))
        return bool(found and found[0])

    def complete_among(self, digests: Iterable[str]) -> set[str]:
        """Those of these blobs that are here whole."""
        statement = "SELECT digest FROM blob WHERE complete AND digest IN (SELECT unhex(value) FROM json_each(?))"
        return {digest.hex() for (digest,) in self._db.all(statement, (json.dumps(list(digests)),))}

    def holds(self, file: File) -> bool:
        """Whether exactly this file is here, whole: a label may sign a wrong length beside a right digest."""
        statement = "SELECT 1 FROM blob WHERE digest = ? AND length = ? AND complete"
        return self._db.one(statement, (bytes.fromhex(file.sha256), file.length)) is not None

    def plays(self, track: Track) -> File:
        """The version of a track that is to be heard: the original, or the small one where only that is here."""
        small = track.small
        needed = small is not None and (track.file.media_type not in AUDIO_TYPES or not self.holds(track.file))
        return small if small is not None and needed and self.holds(small) else track.file

    def own_rendition(self, file: File) -> Rendition | None:
        """A small version of these very bytes that is here, on any own album: nobody else's word is taken for it."""
        statement = (
            "SELECT t.body FROM track t JOIN album a ON a.id = t.album JOIN blob s ON s.digest = t.small"
            " WHERE t.blob = ? AND a.own AND s.complete LIMIT 1"
        )
        found = self._db.one(statement, (bytes.fromhex(file.sha256),))
        held = self._restore_pieces(_to_track(found[0]), b"").renditions if found else ()
        return next((each for each in held if each.kind == SMALL_KIND), None)

    def own_albums_from(self, sha256: str) -> list[str]:
        """Own albums with tracks that were cut from these bytes."""
        statement = "SELECT f.album FROM album_file f JOIN album a ON a.id = f.album WHERE f.blob = ? AND a.own"
        return [str(album) for (album,) in self._db.all(f"{statement} AND f.spare", (bytes.fromhex(sha256),))]

    def is_on_album(self, sha256: str) -> bool:
        """Whether an album uses these bytes, so that they are kept."""
        statement = "SELECT 1 FROM album_file WHERE blob = ? LIMIT 1"
        return self._db.one(statement, (bytes.fromhex(sha256),)) is not None

    def own_images(self) -> Iterator[DiscImage]:
        """What tracks of own albums were cut from, without digests of pieces."""
        statement = "SELECT body FROM album WHERE own AND id IN (SELECT album FROM album_file WHERE spare)"
        for (body,) in self._db.iterate(statement):
            yield from _to_release(body).images

    def complete_blob(self, file: File) -> None:
        """Write down that all pieces of a blob are in the vault and that the whole verified."""
        self.complete_blobs([file])

    def complete_blobs(self, files: Sequence[File]) -> None:
        """The same of several."""
        lines = [blob_values(file) for file in files]
        self._db.many(_BLOB, [(*line, True) for line in lines])
        # Pieces beyond the end are of somebody who signed another length.
        beyond = [(line[0], len(file.piece_digests())) for line, file in zip(lines, files, strict=True)]
        self._db.many("DELETE FROM piece WHERE blob = ? AND number >= ?", beyond)

    def expect(self, file: File) -> None:
        """A file is wanted here, whole or not yet."""
        self._db.run(_BLOB_UNLESS_WHOLE, (*blob_values(file), False))

    def unfinished(self, imprint: str = "") -> list[File]:
        """Files (of a label's albums, or of all) of which nobody knows yet that every byte is here."""
        lines = self._db.all(
            "SELECT digest, length, media_type, pieces FROM blob WHERE NOT complete AND (?1 = '' OR digest IN"
            " (SELECT f.blob FROM album_file f JOIN album a ON a.id = f.album WHERE a.imprint = ?1"
            " UNION SELECT blob FROM closed WHERE imprint = ?1))",
            (imprint,),
        )
        return [
            File(sha256=d.hex(), length=n, media_type=kind, pieces=split_pieces(pieces)) for d, n, kind, pieces in lines
        ]

    def unused_blobs(self) -> list[str]:
        """Blobs that no album uses any more, and that are no closed one."""
        lines = self._db.all(
            "SELECT digest FROM blob WHERE digest NOT IN (SELECT blob FROM album_file UNION SELECT blob FROM closed)"
            " UNION SELECT blob FROM piece WHERE blob NOT IN (SELECT digest FROM blob)"
        )
        return [digest.hex() for (digest,) in lines]
