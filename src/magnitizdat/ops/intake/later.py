"""Pictures and words that came to a folder after its music: taken along, where nobody chose others here meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from msgspec import structs

from magnitizdat.errors import MagError
from magnitizdat.library.journal import AlbumRow, decode_row
from magnitizdat.library.library import Library
from magnitizdat.library.sealed_rows import page_lines
from magnitizdat.model import Lyrics, Release, Track
from magnitizdat.ops.intake.beside import ChosenCover, Lying
from magnitizdat.ops.intake.one_file import NO_COVER, cover_rank
from magnitizdat.ops.intake.shelve import Shelves

TIMED = "text/x-lrc"


class Additions:
    """Puts on the shelf what belongs to music that is there."""

    def __init__(self, library: Library, shelves: Shelves) -> None:
        self._library = library
        self._shelves = shelves

    def albums_of(self, sha256s: Collection[str]) -> set[str]:
        """Own albums that these files stand on, or that were cut from them."""
        cut = self._library.shelf.own_albums_from
        found = {album for sha256 in sha256s for album in self._shelves.places(sha256)}
        return found or {album for sha256 in sha256s for album in cut(sha256)}

    def cover(self, albums: Collection[str], chosen: ChosenCover) -> str:
        """Title of the only album there, once it has that cover; empty where it keeps another, or there are more."""
        release = self._shelves.release(next(iter(albums))) if len(albums) == 1 else None
        if release is None:
            return ""
        if release.cover != chosen.file:
            is_cover = release.cover is None or cover_rank(chosen.lying.found.path.stem) < NO_COVER
            if not is_cover or not chosen.lying.is_fresh or not self._may_change(release, chosen.lying):
                return ""
            self._shelves.put_fields(structs.replace(release, cover=chosen.file))
        return release.title

    def _may_change(self, release: Release, lying: Lying) -> bool:
        """Whether its cover is still the one that it came with, or what this very file held before."""
        if release.cover is not None and release.cover.sha256 == lying.was:
            return True
        place = self._library.index.pages.first_said(f"album:{release.id}")
        if place is None:
            return True
        with suppress(MagError):
            first = decode_row(page_lines(self._library, place.device, place.first)[place.counter])
            return isinstance(first, AlbumRow) and first.release.cover == release.cover
        return False

    def tracks_for(self, sha256: str, lying: Lying) -> list[tuple[str, Track]]:
        """Album and track where these words go: to whom has no timed ones, or has those that this very file held."""
        found = []
        for album in sorted(self.albums_of([sha256])):
            release = self._shelves.release(album)
            for track in release.tracks if release is not None else ():
                timed = [each.file.sha256 for each in track.lyrics if each.file.media_type == TIMED]
                if track.file.sha256 == sha256 and (not timed or lying.was in timed):
                    found.append((album, track))
        return found

    def give_words(self, album: str, track: Track, words: Lyrics, was: str) -> None:
        """Those words, in place of what the same file held before."""
        kept = tuple(each for each in track.lyrics if each.file.sha256 != was)
        self._shelves.put_track(album, structs.replace(track, lyrics=(*kept, words)))
