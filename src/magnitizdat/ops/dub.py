"""`mag dub`: take from a spool what I lack, verify, seal into my library (TUF client workflow, then fetch missing).

Only what is missing is fetched; each piece is verified while it is sealed, each blob as a whole before it counts. An
interrupted run goes on where it was. Authentic and fresh are two verdicts (law 2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from magnitizdat.catalogue.documents import LabelDocument
from magnitizdat.catalogue.lookalike import names_clash
from magnitizdat.catalogue.refresh import Listed, freeze, remembered
from magnitizdat.errors import (
    DamagedError,
    ForkError,
    LibraryError,
    NotFoundError,
    RolledBackError,
    SourceError,
    UnreachableError,
)
from magnitizdat.formats.names import imprint_words
from magnitizdat.formats.spool_paths import blob_path, piece_name
from magnitizdat.library.journal import LabelRow, Standing
from magnitizdat.library.library import Changes, Library
from magnitizdat.library.shelf import Shelf
from magnitizdat.model import PIECE_LENGTH, File, Freshness, Progress, Release, Shortfall, Silent, Value
from magnitizdat.ops.albums import album_id, is_wanted
from magnitizdat.ops.labels import held_state
from magnitizdat.ops.offers import Offer, read_offer
from magnitizdat.ops.spool import Spool

COMMIT_LENGTH = 128 << 20
AHEAD = 24
"""Pieces fetched ahead of the one being sealed."""


class LabelReport(Value, frozen=True, kw_only=True):
    """What a source said of one label, and what we made of it."""

    imprint: str
    name: str
    standing: str
    genuine: bool
    verdict: str
    freshness: Freshness | None = None
    looks_like: str = ""
    new_releases: int = 0


class DubReport(Value, frozen=True, kw_only=True):
    """What a dub did. `missing` names releases that are not whole, labels that were refused, and why."""

    labels: tuple[LabelReport, ...]
    releases: int
    tracks: int
    length: int
    already: int
    missing: tuple[Shortfall, ...]
    refused: int = 0


class _Wanted(NamedTuple):
    """One release that lacks something."""

    title: str
    files: tuple[File, ...]


def dub(
    library: Library, source: Spool, *, now: datetime, known_only: bool = False, progress: Progress | None = None
) -> DubReport:
    """Take in everything new from `source`.

    Raises: UnreachableError, LibraryBusyError, NoSpaceError; what was committed before stays and the same call goes on.
    """
    with library.changes() as changes:
        return _Dub(library, changes, source, now, progress or Silent()).run(known_only=known_only)


class _Dub:
    def __init__(self, library: Library, changes: Changes, source: Spool, now: datetime, progress: Progress) -> None:
        self._library = library
        self._changes = changes
        self._source = source
        self._now = now
        self._progress = progress
        self._missing: list[Shortfall] = []
        self._done: set[str] = set()
        self._counts = dict.fromkeys(("releases", "tracks", "length", "already", "refused"), 0)

    def run(self, *, known_only: bool) -> DubReport:
        labels: list[LabelReport] = []
        known: dict[str, Standing] = {view.imprint: view.standing for view in self._library.shelf.labels()}
        for imprint in self._source.labels():
            if known_only and known.get(imprint, "new") not in {"own", "followed"}:
                continue
            labels.append(self._dub_label(imprint, known.get(imprint, "new")))
        self._changes.commit()
        return DubReport(labels=tuple(labels), missing=tuple(self._missing), **self._counts)

    # -- one label ------------------------------------------------------------------------------------------------

    def _dub_label(self, imprint: str, standing: Standing) -> LabelReport:
        held = held_state(self._library, imprint)
        name = imprint_words(imprint)
        try:
            offer = read_offer(self._library, self._source, held, now=self._now, keep=self._changes.put_member)
        except ForkError as exc:
            self._changes.put_label(imprint, held.files, remembered(freeze(held, exc)))
            return self._refused(imprint, standing, name, exc)
        except UnreachableError:
            raise
        except SourceError as exc:
            return self._refused(imprint, standing, name, exc)
        self._missing += offer.missing
        return self._take(imprint, standing, offer)

    def _refused(self, imprint: str, standing: str, name: str, exc: SourceError) -> LabelReport:
        known = next((view.name for view in self._library.shelf.labels() if view.imprint == imprint), name)
        self._counts["refused"] += 1
        self._missing.append(Shortfall(what=f"label {known}", reason=str(exc)))
        kind = "older than what you have" if isinstance(exc, RolledBackError) else "refused"
        return LabelReport(imprint=imprint, name=known, standing=standing, genuine=False, verdict=f"{kind}: {exc}")

    def _take(self, imprint: str, standing: Standing, offer: Offer) -> LabelReport:
        document, verdict, releases = offer.document, offer.verdict, offer.releases
        if any(release.carried for _, release in releases) and standing == "new":
            standing = "carrier"
        wanted, new = [], 0
        for listed, release in releases:
            if not is_wanted(self._library, imprint, release):
                continue
            if self._shelve(imprint, listed, release):
                new += 1
            wanted.append(_Wanted(release.title, tuple(release.files())))
        self._changes.put_label(imprint, verdict.state.files, remembered(verdict.state))
        self._changes.row(
            LabelRow(imprint=imprint, name=document.name, standing=standing, heard=self._now.date().isoformat())
        )
        self._changes.then(lambda shelf: shelf.db.set_meta(f"settled:{imprint}", 1))
        self._changes.commit()
        for each in wanted:
            self._fetch_release(each)
        return LabelReport(
            imprint=imprint,
            name=document.name,
            standing=standing,
            genuine=True,
            verdict="genuine",
            freshness=verdict.freshness,
            looks_like=self._lookalike(imprint, document),
            new_releases=new,
        )

    def _lookalike(self, imprint: str, document: LabelDocument) -> str:
        """Name of a followed or own label that this other one could be mistaken for."""
        for view in self._library.shelf.labels():
            if view.imprint != imprint and view.standing in {"own", "followed"}:
                if any(names_clash(name, view.name) for name in (document.name, *document.aliases)):
                    return view.name
        return ""

    def _shelve(self, imprint: str, listed: Listed, release: Release) -> bool:
        """Put a release on the shelf where it is new or was corrected; whether it was not here before."""
        held = self._library.db.one(
            "SELECT sha256, album FROM release WHERE imprint = ? AND release_id = ?", (imprint, release.id)
        )
        if held is not None and held[0] == listed.sha256:
            return False
        album = str(held[1]) if held is not None else album_id(imprint, release.id)
        own = self._library.db.one("SELECT 1 FROM album WHERE id = ? AND own", (album,)) is not None
        values = (imprint, release.id, album, listed.sha256, release.withdrawn)

        def shelve(shelf: Shelf) -> None:
            if not own:
                shelf.put_release(album, imprint, release)
            shelf.db.run("INSERT OR REPLACE INTO release VALUES (?, ?, ?, ?, ?, 0)", values)

        self._changes.then(shelve)
        return held is None

    # -- blobs ----------------------------------------------------------------------------------------------------

    def _fetch_release(self, wanted: _Wanted) -> None:
        lacking = [
            file
            for file in wanted.files
            if file.sha256 not in self._done and not self._library.shelf.is_complete(file.sha256)
        ]
        self._counts["already"] += len(wanted.files) - len(lacking)
        if not lacking:
            return
        self._progress.start(wanted.title, sum(file.length for file in lacking))
        absent, damaged = 0, []
        for file in lacking:
            try:
                self._fetch_blob(file)
                self._done.add(file.sha256)
                self._counts["length"] += file.length
                self._counts["tracks"] += file.media_type.startswith("audio/")
            except NotFoundError:
                absent += 1
            except DamagedError as exc:
                damaged.append(str(exc))
        if absent or damaged:
            reason = f"{absent} of its files are not on this source" if absent else damaged[0]
            self._missing.append(Shortfall(what=wanted.title, reason=reason))
        else:
            self._counts["releases"] += 1

    def _fetch_blob(self, file: File) -> None:
        """All pieces of a blob in order; those that a run before brought are read back and hashed, not fetched."""
        whole = hashlib.sha256()
        digests = file.piece_digests()
        held = self._held_pieces(file)
        for number, (piece, is_new) in enumerate(self._ordered_pieces(file, held)):
            whole.update(piece)
            if is_new:
                self._changes.put_member(piece_name(file.sha256, number, len(digests)), piece)
                self._progress.advance(len(piece))
            if self._changes.pending_bytes >= COMMIT_LENGTH:
                self._changes.commit()
        if whole.hexdigest() != file.sha256:
            self._forget(file)
            raise DamagedError("its signed pieces do not make its signed whole; tell the label")
        self._changes.then(lambda shelf: shelf.complete_blob(file))

    def _held_pieces(self, file: File) -> dict[int, bytes | None]:
        return dict.fromkeys(self._library.placements(file.sha256))

    def _ordered_pieces(self, file: File, held: dict[int, bytes | None]) -> Iterator[tuple[bytes, bool]]:
        placements = self._library.placements(file.sha256) if held else {}
        digests = file.piece_digests()
        with ThreadPoolExecutor(2) as pool:
            waiting: dict[int, Future[bytes]] = {}
            upcoming = 0
            for number, digest in enumerate(digests):
                while upcoming < len(digests) and upcoming - number < AHEAD:
                    if upcoming not in placements:
                        waiting[upcoming] = pool.submit(self._fetch_piece, file, upcoming, digests[upcoming])
                    upcoming += 1
                if number in placements:
                    try:
                        piece = self._library.vault.read(placements[number])
                    except LibraryError:
                        piece = b""
                    if hashlib.sha256(piece).hexdigest() == digest:
                        yield piece, False
                        continue
                    yield self._fetch_piece(file, number, digest), True
                else:
                    yield waiting.pop(number).result(), True

    def _fetch_piece(self, file: File, number: int, digest: str) -> bytes:
        length = file.piece_length(number)
        piece = self._source.fetch_range(blob_path(file.sha256), number * PIECE_LENGTH, length)
        if hashlib.sha256(piece).hexdigest() != digest:
            raise DamagedError("a piece is not what its label signed; dub it from another copy")
        return piece

    def _forget(self, file: File) -> None:
        digest = bytes.fromhex(file.sha256)
        self._changes.commit()
        self._changes.then(lambda shelf: shelf.db.run("DELETE FROM piece WHERE blob = ?", (digest,)))
        self._changes.commit()
