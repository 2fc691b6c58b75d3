"""What is made of music after it came in: small covers, loudness and waveforms, small versions, order in full text.

What waits is read from the index each time, so an interruption costs what was under way and no more. Nothing here holds
the library's write lock for longer than sealing what was made takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from magnitizdat.errors import DamagedError, LibraryError, SourceError, UnsupportedError, partly
from magnitizdat.formats.loudness import Sound
from magnitizdat.library.library import Library
from magnitizdat.lookahead import ahead
from magnitizdat.model import SMALL_KIND, Outcome, Progress, ReadAt, Release, Rendition, Shortfall, Silent, Value
from magnitizdat.ops.albums.covers import KEPT_LENGTH, keep_thumbnails, make_thumbnails
from magnitizdat.ops.albums.renditions import (
    COMMIT_LENGTH,
    JOB,
    Encoded,
    RenditionWish,
    encode_small,
    is_wanted,
    put_on_tracks,
)
from magnitizdat.sentence import Sentence, say
from magnitizdat.workers.pool import ParserPool

ROUND = 64
"""Things of one kind that are made before looking again for what is more urgent."""

KEEP_EVERY_S = 5.0
WORKERS = 2
Gate = Callable[[], None]
AnyTask = TypeVar("AnyTask")
Made = TypeVar("Made")


class WaitingCount(Value, frozen=True, kw_only=True):
    """How many covers, tracks and small versions nobody has come to yet."""

    covers: int = 0
    tracks: int = 0
    small: int = 0

    @property
    def total(self) -> int:
        return self.covers + self.tracks + self.small


class PrepareReport(Value, frozen=True, kw_only=True):
    """What was made, and what could not be read."""

    covers: int
    tracks: int
    small: int
    missing: tuple[Shortfall, ...]

    def outcome(self) -> Outcome:
        """What was made now."""
        return Outcome(
            headline=say(
                "Made now: covers {covers}, loudness and waveforms {tracks}, small versions {small}.",
                covers=self.covers,
                tracks=self.tracks,
                small=self.small,
            ),
            lines=() if self.missing else (say("Nothing waits any more."),),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


class Preparer:
    """Makes what waits. `gate` is called often: it waits while this shall pause, and raises to end it."""

    def __init__(
        self, library: Library, pool: ParserPool, *, gate: Gate, workers: int = 1, progress: Progress | None = None
    ) -> None:
        self.made = {"covers": 0, "tracks": 0, "small": 0}
        self.missing: dict[str, Sentence] = {}
        self._library, self._pool, self._gate, self._workers = library, pool, gate, workers
        self._prepared = library.index.prepared
        self._progress = progress or Silent()
        self._waiting: WaitingCount | None = None
        self._later: set[str] = set()

    @property
    def waiting(self) -> WaitingCount:
        """As it was at the last look."""
        return self._waiting or WaitingCount()

    def look(self) -> WaitingCount:
        """Count what waits."""
        self._waiting = WaitingCount(covers=len(self._unseen()), tracks=len(self._unheard()), small=len(self._wishes()))
        return self._waiting

    def round(self) -> bool:
        """Make some of what waits, what is seen first coming first; False where nothing is left.

        Raises: LibraryBusyError, LibraryError, NoSpaceError; whatever the gate raises.
        """
        self._gate()
        return self._covers() or self._sounds() or self._small() or self._library.shelf.finding.merge()

    # -- covers and sounds: rows of the index -----------------------------------------------------------------------

    def _unseen(self) -> list[str]:
        return [sha256 for sha256 in self._prepared.unseen() if sha256 not in self.missing]

    def _unheard(self) -> list[str]:
        return [sha256 for sha256 in self._prepared.unheard() if sha256 not in self.missing]

    def _covers(self) -> bool:
        listed = self._unseen()[:ROUND]
        made: dict[str, dict[int, bytes]] = {}
        if listed:
            room = KEPT_LENGTH - self._prepared.thumbnails_length()
            for sha256, versions in self._each(listed, lambda each: make_thumbnails(self._library, self._pool, each)):
                made[sha256] = versions
                self._count("covers")
            keep_thumbnails(self._library, made, room=room)
        return bool(listed)

    def _sounds(self) -> bool:
        listed = self._unheard()[:ROUND]
        made: dict[str, Sound | None] = {}
        last = time.monotonic()
        try:
            for sha256, sound in self._each(listed, self._listen):
                made[sha256] = sound
                self._count("tracks")
                if time.monotonic() - last > KEEP_EVERY_S:
                    self._prepared.keep_sounds(made)
                    made, last = {}, time.monotonic()
        finally:
            if made:
                self._prepared.keep_sounds(made)
        if not listed:
            self._prepared.keep_albums()
        return bool(listed)

    def _listen(self, sha256: str) -> Sound | None:
        try:
            return self._pool.listen(_Gated(self._library.blob(sha256), self._gate))
        except (DamagedError, UnsupportedError):
            self._gate()  # nothing is said of a file whose worker was stopped
            return None

    # -- small versions: blobs of the vault ---------------------------------------------------------------------------

    def _wishes(self) -> list[RenditionWish]:
        """Tracks of own albums in no label that lack a small version, bytes that stand twice once."""
        found: dict[str, RenditionWish] = {}
        for album in self._library.index.tracks.albums_lacking_small():
            release = self._library.shelf.release(album)
            for track in release.tracks if release else ():
                sha256 = track.file.sha256
                if sha256 not in self.missing and sha256 not in self._later and is_wanted(self._library, track):
                    found.setdefault(sha256, RenditionWish(release, track))  # type: ignore[arg-type]  # has tracks
        return list(found.values())

    def _small(self) -> bool:
        wishes = self._wishes()[:ROUND]
        made: list[tuple[RenditionWish, Encoded]] = []
        length = 0
        try:
            for wish, encoded in self._each(wishes, self._encode):
                made.append((wish, encoded))
                self._count("small")
                length += encoded.file.length
                if length >= COMMIT_LENGTH:
                    self._keep_small(made)
                    made, length = [], 0
        finally:
            if made:
                self._keep_small(made)
        return bool(wishes)

    def _encode(self, wish: RenditionWish) -> Encoded:
        try:
            return encode_small(self._library, self._pool, wish, passing=lambda _length: self._gate())
        except SourceError:
            self._gate()  # nothing is said of a file whose worker was stopped
            raise

    def _keep_small(self, made: Iterable[tuple[RenditionWish, Encoded]]) -> None:
        """Seal what was encoded and put it on the tracks as they are by now, under the write lock."""
        library = self._library
        with library.changes() as changes:
            for wish, (file, pieces) in made:
                original = wish.track.file
                if file.length >= original.length:
                    library.set_job(JOB, original.sha256, b"")  # it is not tried again
                    continue
                if not pieces:  # too long to be held; it is made when its album is published
                    self._later.add(original.sha256)
                    continue
                releases = self._releases_with(original.sha256)
                if releases and not library.shelf.is_complete(file.sha256):
                    changes.put_blob(file, pieces)
                put_on_tracks(library, changes, Rendition(kind=SMALL_KIND, file=file), original, releases)
            changes.commit()

    def _releases_with(self, sha256: str) -> list[Release]:
        found = map(self._library.shelf.release, self._library.index.tracks.unsigned_albums_with(sha256))
        return [release for release in found if release is not None]

    # -- how ----------------------------------------------------------------------------------------------------------

    def _each(self, jobs: Iterable[AnyTask], make: Callable[[AnyTask], Made]) -> Iterator[tuple[AnyTask, Made]]:
        """What was made of each, in order, as many at once as there are workers; what cannot be read is noted."""

        def gated() -> Iterator[AnyTask]:
            for job in jobs:
                self._gate()
                yield job

        with ThreadPoolExecutor(self._workers, "prepare") as threads:
            for job, future in ahead(threads, make, gated(), most=self._workers + 1):
                try:
                    made = future.result()
                except (LibraryError, SourceError) as exc:
                    sha256 = job.track.file.sha256 if isinstance(job, RenditionWish) else str(job)
                    self.missing[sha256] = exc.sentence
                else:
                    yield job, made

    def _count(self, kind: str) -> None:
        self.made[kind] += 1
        self._progress.advance(1)
        if self._waiting is not None:
            left = max(0, getattr(self._waiting, kind) - 1)
            self._waiting = msgspec.structs.replace(self._waiting, **{kind: left})


class _Gated:
    """A blob that is read while the gate lets through."""

    def __init__(self, source: ReadAt, gate: Gate) -> None:
        self._source, self._gate = source, gate

    @property
    def length(self) -> int:
        return self._source.length

    def read_at(self, offset: int, length: int) -> bytes:
        self._gate()
        return self._source.read_at(offset, length)


def waiting(library: Library) -> WaitingCount:
    """How much there is to prepare."""
    with ParserPool(1) as pool:  # starts nothing before it is asked
        return Preparer(library, pool, gate=lambda: None).look()


def prepare(library: Library, *, progress: Progress | None = None) -> PrepareReport:
    """Make all that waits, now.

    Raises: LibraryBusyError, NoSpaceError; what was made until then stays.
    """
    library.index.require_writable()
    with ParserPool(WORKERS) as pool:
        preparer = Preparer(library, pool, gate=lambda: None, workers=WORKERS, progress=progress)
        if progress is not None:
            progress.start(say("Preparing for listening"), preparer.look().total, unit="files")
        while preparer.round():
            pass
    missing = tuple(_shortfall(library, sha256, reason) for sha256, reason in preparer.missing.items())
    return PrepareReport(**preparer.made, missing=missing)


def _shortfall(library: Library, sha256: str, reason: Sentence) -> Shortfall:
    """A file under the name that people know it by."""
    album, track = library.index.tracks.titles_of(sha256)
    return Shortfall(what=f"{album}: {track}" if track else album, reason=reason)
