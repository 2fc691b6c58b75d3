"""Small versions of tracks: Opus 128, made by workers in their cage, sealed into the vault, listed in the document.

Made once for the bytes of a file: edits of tags keep them, and what an interrupted run encoded is not encoded again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import zip_longest
from typing import NamedTuple

import msgspec

from magnitizdat.errors import DamagedError, LibraryError, SourceError
from magnitizdat.library.journal import TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.lookahead import ahead
from magnitizdat.model import PIECE_LENGTH, SMALL_KIND, Artist, File, Progress, Release, Rendition, Shortfall, Track
from magnitizdat.ops.albums.quality import plays_anywhere
from magnitizdat.sentence import say
from magnitizdat.ways import AGAIN
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.values import MOST_ARTISTS, EncodeKind, Tags

KIND: EncodeKind = "opus-128"
BYTES_A_SECOND = 128_000 // 8
WORTH_BIT_RATE = 190_000
"""Bits a second of lossy audio from which on a small version saves about a third."""
KEEP_LENGTH = 32 << 20
"""Bytes up to which an encoding stays in memory until its digest is known; a longer one (35 minutes) is made twice."""
COMMIT_LENGTH = 16 << 20
"""Bytes after which what was made is flushed and committed, so that an interruption loses little."""
WORKERS = 2
JOB = say("no small version")


class Small(NamedTuple):
    """Releases with the small versions of their tracks; how many were made now; which could not be, and why."""

    releases: list[Release]
    made: int
    missing: tuple[Shortfall, ...]


class RenditionWish(NamedTuple):
    """A track that shall have a small version."""

    release: Release
    track: Track


class Encoded(NamedTuple):
    """A small version; without its bytes where they are many."""

    file: File
    pieces: tuple[bytes, ...]


def is_worth_it(track: Track) -> bool:
    """Lossless audio, what few can play, or such as a small version takes about two thirds of at most."""
    return track.bit_depth > 0 or not plays_anywhere(track) or track.bit_rate >= WORTH_BIT_RATE


def tags_of(release: Release, track: Track) -> Tags:
    """What a copy of a track says about itself."""
    return Tags(
        title=track.title,
        artist=track.artist,
        album=release.title,
        album_artist=release.artist,
        track=track.position,
        disc=track.disc,
        date=release.date,
        genres=track.genres or release.genres,
        composer=track.composer,
        comment=track.comment,
        compilation=release.kind == "compilation",
        isrc=track.isrc,
        musicbrainz_recording=track.musicbrainz_id,
        artists=_names(track.artists),
        artists_sort=_sort_names(track.artists),
        album_artists=_names(release.artists),
        album_artists_sort=_sort_names(release.artists) or tuple(filter(None, (release.sort_name,))),
        title_sort=track.title_sort[:512],
        album_sort=release.title_sort[:512],
        composer_sort=track.composer_sort[:512],
        released=release.released,
        disc_title=next((each.title for each in release.disc_titles if each.disc == track.disc), ""),
        pregap=track.pregap,
    )


def _names(artists: Sequence[Artist]) -> tuple[str, ...]:
    names = tuple(each.name for each in artists[:MOST_ARTISTS])
    return names if len(names) > 1 else ()


def _sort_names(artists: Sequence[Artist]) -> tuple[str, ...]:
    """As many as there are artists, or none."""
    names = tuple(each.sort_name[:512] for each in artists[:MOST_ARTISTS])
    return names if all(names) else ()


def add_small(library: Library, changes: Changes, releases: Sequence[Release], progress: Progress) -> Small:
    """Make what is missing of small versions on own albums, and put them on their tracks.

    Commits `changes` now and then, and on Ctrl-C: the next run goes on from there.

    Raises: NoSpaceError, TargetError.
    """
    return _Maker(library, changes, progress).run(releases)


def is_wanted(library: Library, track: Track) -> bool:
    """Whether a track has no small version here, can have one, and it was not found useless before."""
    shelf = library.shelf
    if (track.small is not None and shelf.holds(track.small)) or not is_worth_it(track):
        return False
    return shelf.holds(track.file) and library.job(JOB, track.file.sha256) is None


def put_on_tracks(
    library: Library, changes: Changes, rendition: Rendition, original: File, releases: Iterable[Release]
) -> None:
    """Write a small version down for every track of these releases that has the bytes it was made of."""
    for release in releases:
        for track in release.tracks:
            if track.file.sha256 == original.sha256 and is_wanted(library, track):
                changes.row(TrackRow(release_id=release.id, track=_small(track, rendition)))


def encode_small(library: Library, pool: ParserPool, wish: RenditionWish, *, passing: Callable[[int], None]) -> Encoded:
    """Encode one track, hashed by piece and whole; its bytes too, where they are few.

    `passing` is told of each part as it comes, and may raise to end it.

    Raises: LibraryError, SourceError.
    """
    whole, digests, length, kept = hashlib.sha256(), list[str](), 0, list[bytes]()
    for piece in _in_pieces(_parts(library, pool, wish, passing)):
        whole.update(piece)
        digests.append(hashlib.sha256(piece).hexdigest())
        length += len(piece)
        kept = [*kept, piece] if length <= KEEP_LENGTH else []
    pieces = tuple(digests) if len(digests) > 1 else ()
    file = File(sha256=whole.hexdigest(), length=length, media_type="audio/opus", pieces=pieces)
    return Encoded(file, tuple(kept))


def _parts(library: Library, pool: ParserPool, wish: RenditionWish, passing: Callable[[int], None]) -> Iterator[bytes]:
    blob = library.blob(wish.track.file.sha256)
    for part in pool.encode(blob, KIND, tags_of(wish.release, wish.track)):
        passing(len(part))
        yield part


class _Maker:
    def __init__(self, library: Library, changes: Changes, progress: Progress) -> None:
        self._library = library
        self._changes = changes
        self._progress = progress
        self._stopped = threading.Event()
        self._made: dict[str, Rendition] = {}
        self._missing: list[Shortfall] = []

    def run(self, releases: Sequence[Release]) -> Small:
        found: dict[str, Rendition] = {}
        wishes: dict[str, RenditionWish] = {}
        for release in releases:
            for track in release.tracks:
                if not self._is_wanted(track):
                    continue
                rendition = self._library.shelf.own_rendition(track.file)
                if rendition is not None:
                    found[track.file.sha256] = rendition
                else:
                    wishes.setdefault(track.file.sha256, RenditionWish(release, track))
        if wishes:
            self._make(list(wishes.values()), releases)
        return Small([self._with(release, found) for release in releases], len(self._made), tuple(self._missing))

    def _is_wanted(self, track: Track) -> bool:
        return is_wanted(self._library, track)

    def _with(self, release: Release, found: dict[str, Rendition]) -> Release:
        """The release with what was found on other albums (written down too) and what was made."""
        tracks = []
        for track in release.tracks:
            rendition = self._made.get(track.file.sha256)
            if rendition is None and self._is_wanted(track):
                rendition = found.get(track.file.sha256)
                if rendition is not None:
                    self._changes.row(TrackRow(release_id=release.id, track=_small(track, rendition)))
            tracks.append(_small(track, rendition) if rendition is not None else track)
        return msgspec.structs.replace(release, tracks=tuple(tracks))

    def _make(self, wishes: Sequence[RenditionWish], releases: Sequence[Release]) -> None:
        expected = sum(BYTES_A_SECOND * wish.track.duration_s for wish in wishes)
        self._progress.start(say("Making small versions"), round(expected))
        with ParserPool(WORKERS) as pool, ThreadPoolExecutor(WORKERS, "encode") as threads:
            try:
                encoded = partial(self._encoded, pool)
                # As many are under way as there are workers, beside the one that is being sealed: few are in memory.
                for wish, result in ahead(threads, encoded, wishes, most=WORKERS + 1):
                    self._take(wish, result, pool, releases)
            except KeyboardInterrupt:
                self._changes.commit()  # what is encoded is kept, and the next run goes on behind it
                raise
            finally:
                self._stopped.set()

    def _passing(self, length: int) -> None:
        if self._stopped.is_set():
            raise DamagedError(say("it was not made; {then}", then=AGAIN))
        self._progress.advance(length)

    def _encoded(self, pool: ParserPool, wish: RenditionWish) -> Encoded:
        return encode_small(self._library, pool, wish, passing=self._passing)

    def _take(
        self, wish: RenditionWish, result: Future[Encoded], pool: ParserPool, releases: Sequence[Release]
    ) -> None:
        """Seal one, and put it on every track of these releases that has these bytes."""
        original = wish.track.file
        try:
            file, kept = result.result()
            if file.length >= original.length:
                self._library.set_job(JOB, original.sha256, b"")  # it is not tried again
                return
            if not self._library.shelf.is_complete(file.sha256):
                again = _parts(self._library, pool, wish, lambda _length: None)
                self._changes.put_blob(file, kept or _verified(_in_pieces(again), file))
        except (LibraryError, SourceError) as exc:
            self._missing.append(Shortfall(what=f"{wish.release.title}: {wish.track.title}", reason=exc.sentence))
            return
        self._made[original.sha256] = rendition = Rendition(kind=SMALL_KIND, file=file)
        put_on_tracks(self._library, self._changes, rendition, original, releases)
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._changes.commit()


def _small(track: Track, rendition: Rendition) -> Track:
    others = (each for each in track.renditions if each.kind != rendition.kind)
    return msgspec.structs.replace(track, renditions=(rendition, *others))


def _in_pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, 1 MiB at a time."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) >= PIECE_LENGTH:
            yield bytes(held[:PIECE_LENGTH])
            del held[:PIECE_LENGTH]
    if held:
        yield bytes(held)


def _verified(pieces: Iterable[bytes], file: File) -> Iterator[bytes]:
    """The pieces of a second encoding, as long as they are those of the first."""
    made = zip_longest(pieces, file.piece_digests())
    for piece, digest in made:
        if piece is None or hashlib.sha256(piece).hexdigest() != digest:
            raise DamagedError(say("a second encoding of it came out different; it has no small version"))
        yield piece
