"""From the tracks of a finished folder to albums on the shelf."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import File, Release
from magnitizdat.ops.intake.grouping import AlbumGroup, Taken, group, merge


class Shelves:
    """Albums that one import makes or adds to, folder by folder."""

    def __init__(self, library: Library, changes: Changes) -> None:
        self._library = library
        self._changes = changes
        self._pending: dict[str, Release] = {}
        self.albums: dict[str, None] = {}
        """Ids of all of them, in the order they came."""

    def shelve(self, taken: Sequence[Taken], folder_cover: File | None) -> None:
        """Albums of what a folder gave."""
        for album in group(taken, folder_cover=folder_cover):
            self._put(album)

    def _put(self, album: AlbumGroup) -> None:
        """Of repaired tags the original is written first, so that it can be put back."""
        key = album.release.id
        existing = self._pending.get(key) or self._library.shelf.release(key)
        release = merge(existing, album) if existing is not None else album.release
        if existing is None and album.as_written is not None:
            self._changes.row(AlbumRow(release=album.as_written))
        if existing is None or structs.replace(existing, tracks=()) != release:
            self._changes.row(AlbumRow(release=release))
        for track in (*album.tracks_as_written, *album.tracks):
            self._changes.row(TrackRow(release_id=key, track=track))
        tracks = (*(existing.tracks if existing is not None else ()), *album.tracks)
        self._pending[key] = structs.replace(release, tracks=tracks)
        self.albums[key] = None

    def committed(self) -> None:
        """What waited stands in the index now."""
        self._pending = {}
