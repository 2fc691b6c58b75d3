"""From the tracks of a finished folder to albums on the shelf."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import File, Release, Track
from magnitizdat.ops.intake.grouping import AlbumGroup, Taken, group, merge


class Shelves:
    """Albums that one import makes or adds to, folder by folder."""

    def __init__(self, library: Library, changes: Changes) -> None:
        self._library = library
        self._changes = changes
        self._pending: dict[str, Release] = {}
        self.albums: dict[str, None] = {}
        """Ids of all of them, in the order they came."""

    def release(self, album: str) -> Release | None:
        """An own album as it is going to be."""
        return self._pending.get(album) or self._library.shelf.release(album)

    def put_fields(self, release: Release) -> None:
        """An album with other fields than before."""
        self._changes.row(AlbumRow(release=structs.replace(release, tracks=())))
        self._pending[release.id] = release
        self.albums[release.id] = None

    def put_track(self, album: str, track: Track) -> None:
        """A track of an album with other fields than before."""
        self._changes.row(TrackRow(release_id=album, track=track))
        release = self.release(album)
        if release is not None:
            names = (track.id, track.file.sha256)
            tracks = (track if (each.id, each.file.sha256) == names else each for each in release.tracks)
            self._pending[album] = structs.replace(release, tracks=tuple(tracks))
        self.albums[album] = None

    def shelve(self, taken: Sequence[Taken], folder_cover: File | None) -> list[str]:
        """Albums of what a folder gave; their ids."""
        return [self._put(album) for album in group(taken, folder_cover=folder_cover)]

    def _put(self, album: AlbumGroup) -> str:
        """Of repaired tags the original is written first, so that it can be put back."""
        key = album.release.id
        existing = self.release(key)
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
        return key

    def committed(self) -> None:
        """What waited stands in the index now."""
        self._pending = {}
