"""The same bytes in two folders that name an album each: they stand on both. A copy of an album is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from magnitizdat.library.journal import TrackGone, decode_row, track_subject
from magnitizdat.library.library import Library
from magnitizdat.library.sealed_rows import page_lines
from magnitizdat.model import Track
from magnitizdat.ops.intake.folder import MetFolder
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.scan import ScannedFile
from magnitizdat.ops.intake.shelve import Shelves
from magnitizdat.workers.values import Parsed


class Twins:
    """Decides about files of a folder that stand on albums of other folders."""

    def __init__(self, library: Library, shelves: Shelves) -> None:
        self._library = library
        self._shelves = shelves
        self._whole: set[int] = set()
        """Of each folder of this import what its music is."""

    def may_be(self, folder: MetFolder, found: ScannedFile, sha256: str, parsed: Parsed, was: str) -> bool:
        """Whether it may stand on a second album; `was`: what was taken of this path before, which was decided then."""
        beside = (digest for source, digest in folder.sources if source is not found)
        return parsed.tags.from_folder and was != sha256 and sha256 not in beside

    def choose(self, folder: MetFolder, was: Callable[[ScannedFile], str]) -> list[Taken]:
        """Those that are to stand there too. Of a folder that was interrupted they are looked at once more.

        `was`: what was taken of a file that is as it was.
        """
        if not folder.is_whole:
            twins = {each.track.file.sha256 for each in folder.twins}
            folder.sources = [each for each in folder.sources if each[1] not in twins]
            return []
        if folder.unchanged and not folder.twins:
            return []  # the index knows it
        here = frozenset([sha256 for _, sha256 in folder.sources] + [was(found) for found in folder.unchanged])
        is_copy = hash(here) in self._whole
        self._whole.add(hash(here))
        if is_copy or any(self._is_all_of(album, here) for album in self._albums_of(folder.twins)):
            return []
        return [each for each in folder.twins if not self._was_taken_away(each.track)]

    def _albums_of(self, twins: Iterable[Taken]) -> set[str]:
        return {album for each in twins for album in self._shelves.places(each.track.file.sha256)}

    def _is_all_of(self, album: str, digests: frozenset[str]) -> bool:
        release = self._shelves.release(album)
        return release is not None and {track.file.sha256 for track in release.tracks} == digests

    def _was_taken_away(self, track: Track) -> bool:
        """Whether a person took it off an album, as merging and splitting do: that is not undone by another import."""
        pages = self._library.index.pages
        for album in pages.albums_of(track_subject("", track)):
            subject = track_subject(album, track)
            newest = max(pages.about(subject), key=lambda each: each[1].counter)[1]
            row = decode_row(page_lines(self._library, newest.device, newest.first)[newest.counter])
            if isinstance(row, TrackGone):
                return True
        return False
