"""Taking one release from a source: its papers and pictures, and of each track the version that is wanted and there.

What a source claims to have decides only what is asked for first: whatever does not come is tried in the other version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice

from magnitizdat.errors import NotFoundError, SourceError
from magnitizdat.formats.age_stream import DAMAGED_HERE
from magnitizdat.formats.spool_index import Files
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName, File, Progress, Quality, Release, Shortfall, Track
from magnitizdat.ops.albums.quality import pick
from magnitizdat.ops.taking.fetching import Fetcher
from magnitizdat.ops.taking.parts import Parts, PartTaken, taken
from magnitizdat.sentence import say, verbatim
from magnitizdat.ways import MEND_IT


class ReleaseTaker:
    """Brings releases through one fetcher, and counts."""

    def __init__(
        self, library: Library, fetcher: Fetcher, quality: Quality, progress: Progress, parts: Callable[[], Parts]
    ) -> None:
        """`parts` is asked for where something is not on the source."""
        self._library = library
        self._fetcher = fetcher
        self._quality: Quality = quality
        self._progress = progress
        self._parts = cache(parts)
        self.counts = dict.fromkeys(("releases", "tracks", "length", "already"), 0)
        self.missing: list[Shortfall] = []
        self.small: list[AlbumName] = []
        self.partly: list[PartTaken] = []

    def take(self, imprint: str, release: Release, promised: Callable[[], Files] | None = None) -> None:
        """Bring what is lacking of a label's release; a source that is older than it has no more than `promised`.

        Raises: UnreachableError, NoSpaceError; what was committed stays, and the next run goes on from there.
        """
        if release.withdrawn and self._stays_there(release):
            return
        absent = self._absent(release)
        files = {file.sha256: file for file in self._wanted(release, absent)}
        lacking = [file for file in files.values() if self._fetcher.lacks(file)]
        self.counts["already"] += len(files) - len(lacking)
        if lacking:
            self._progress.start(verbatim(release.title), sum(file.length for file in lacking))
            failed = self._fetch(lacking)
            others = [file for file in self._others(release, failed) if file.sha256 not in absent]
            if others:
                failed |= self._fetch(others)
            self._report(release, self._meant(imprint, release, self._serious(release, failed), promised))
        if any(self._is_small(track) for track in release.tracks):
            self.small.append(AlbumName(id=release.id, title=release.title))

    def _stays_there(self, release: Release) -> bool:
        """Whether the source passes on of it no more than that its label withdrew it: then nothing of it is lost."""
        silent = (each for each in release.tracks if self._lacks(each.file) and self._lacks(each.small))
        first = [file for track in islice(silent, 1) for file in (track.file, track.small) if file is not None]
        return bool(first) and len(self._fetcher.absent(first)) == len({file.sha256 for file in first})

    def _lacks(self, file: File | None) -> bool:
        return file is None or self._fetcher.lacks(file)

    def _is_small(self, track: Track) -> bool:
        return self._lacks(track.file) and not self._lacks(track.small)

    def _absent(self, release: Release) -> set[str]:
        """Digests of what the source says it does not have. If it has the first, it probably has the rest."""
        questions = list(self._questions(release))
        absent = self._fetcher.absent(questions[:1])
        return absent and absent | self._fetcher.absent(questions[1:])

    def _questions(self, release: Release) -> Iterable[File]:
        """What is preferred of tracks that have two versions."""
        for track in release.tracks:
            if track.small is None or self._is_enough(track):
                continue
            if self._quality != "small" and self._lacks(track.file):
                yield track.file
            if self._quality != "full" and self._lacks(track.small):
                yield track.small

    def _is_enough(self, track: Track) -> bool:
        """Whoever asks for small versions needs none of what plays already."""
        return self._quality == "small" and not (self._lacks(track.file) and self._lacks(track.small))

    def _wanted(self, release: Release, absent: set[str]) -> Iterable[File]:
        def has(file: File) -> bool:
            return file.sha256 not in absent or not self._lacks(file)

        versions = {file.sha256 for track in release.tracks for file in (track.file, track.small) if file}
        yield from (file for file in release.files() if file.sha256 not in versions)
        for track in release.tracks:
            if self._is_enough(track):
                yield from (file for file in (track.file, track.small) if file and not self._lacks(file))
            else:
                yield from pick(track, self._quality, has) or (track.file,)

    def _others(self, release: Release, failed: dict[str, SourceError]) -> Iterable[File]:
        """The other version of tracks that do not play: of which what was wanted did not come."""
        for track in release.tracks:
            if track.small is not None and self._lacks(track.file) and self._lacks(track.small):
                yield from (file for file in (track.file, track.small) if file.sha256 not in failed)

    def _fetch(self, files: list[File]) -> dict[str, SourceError]:
        failed = self._fetcher.fetch(files)
        for file in files:
            if file.sha256 not in failed:
                self.counts["length"] += file.length
                self.counts["tracks"] += file.media_type.startswith("audio/")
        return failed

    def _serious(self, release: Release, failed: dict[str, SourceError]) -> dict[str, SourceError]:
        """Without what is no loss: a version that the source never had, or a small one where the original is here."""
        kept = dict(failed)
        for file in release.spare_files():
            if isinstance(kept.get(file.sha256), NotFoundError):
                del kept[file.sha256]
        for track in release.tracks:
            if track.small is None or (self._lacks(track.file) and self._lacks(track.small)):
                continue
            for file in (track.file, track.small):
                is_spare = file == track.small and self._quality != "both" and not self._lacks(track.file)
                if is_spare or isinstance(kept.get(file.sha256), NotFoundError):
                    kept.pop(file.sha256, None)
        return kept

    def _meant(
        self,
        imprint: str,
        release: Release,
        failed: dict[str, SourceError],
        promised: Callable[[], Files] | None,
    ) -> dict[str, SourceError]:
        """Without what is elsewhere: the source has a part of the release on purpose, and this is not in it."""
        absent = {sha256 for sha256, exc in failed.items() if isinstance(exc, NotFoundError)}
        there = self._parts().get((imprint, release.id)) if absent else None
        if absent and promised is not None:
            there = promised() if there is None else there & promised()
        if there is None or absent <= there:
            return failed
        self.partly.append(taken(release, there))
        return {sha256: exc for sha256, exc in failed.items() if sha256 not in absent - there}

    def _report(self, release: Release, failed: dict[str, SourceError]) -> None:
        if not failed:
            self.counts["releases"] += release.id not in {each.id for each in self.partly[-1:]}
            return
        lost = [track for track in release.tracks if track.file.sha256 in failed or _is_small_in(track, failed)]
        silent = sum(self._lacks(track.file) and self._lacks(track.small) for track in lost)
        what = (
            say("{silent} of {tracks} {tracks:track|tracks}", silent=silent, tracks=len(release.tracks))
            if silent
            else say("{failed} of its {failed:file|files}", failed=len(failed))
        )
        other = next((exc for exc in failed.values() if not isinstance(exc, NotFoundError)), None)
        if other is None:
            why = say("not on this source; if it is a reel, {then}; or take another copy", then=MEND_IT)
        elif other.sentence == DAMAGED_HERE:
            why = say("damaged on this source; if it is a reel, {then}; or take another copy", then=MEND_IT)
        else:
            why = other.sentence
        reason = say("{what} did not come: {why}", what=what, why=why)
        self.missing.append(Shortfall(what=release.title, reason=reason, id=release.id))


def _is_small_in(track: Track, failed: dict[str, SourceError]) -> bool:
    return track.small is not None and track.small.sha256 in failed
