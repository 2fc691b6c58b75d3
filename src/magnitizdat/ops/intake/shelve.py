"""From the tracks of a finished folder to albums on the shelf."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import DiscImage, File, Release, Track
from magnitizdat.ops.intake.arranging import Arranger, Placed
from magnitizdat.ops.intake.grouping import Taken


class Shelves:
    """Albums that one import makes or adds to, folder by folder."""

    def __init__(self, library: Library, changes: Changes) -> None:
        self._library = library
        self._changes = changes
        self._places: dict[str, set[str]] = {}
        """Albums that files came to since the last commit."""
        self._sounds: dict[str, set[str]] = {}
        """The same by ids of tracks."""
        self._arranger = Arranger(_OwnAlbums(library))
        self.albums: dict[str, None] = {}
        """Ids of all of them, in the order they came."""

    def release(self, album: str) -> Release | None:
        """An own album as it is going to be."""
        return self._arranger.release(album)

    def places(self, sha256: str) -> set[str]:
        """Own albums that a file stands on, or is going to."""
        standing = self._library.index.tracks.own_places(sha256)
        return {album for album, _ in standing} | self._places.get(sha256, set())

    def with_sound(self, track: str) -> list[str]:
        """Own albums that a recording stands on, or is going to, in whichever file."""
        standing = self._library.index.tracks.own_standing([track]).get(track, [])
        return sorted({each.album for each in standing} | self._sounds.get(track, set()))

    def put_fields(self, release: Release) -> None:
        """An album with other fields than before."""
        self._changes.row(AlbumRow(release=structs.replace(release, tracks=())))
        self._arranger.put(release)
        self.albums[release.id] = None

    def put_track(self, album: str, track: Track) -> None:
        """A track of an album with other fields than before."""
        self._changes.row(TrackRow(release_id=album, track=track))
        release = self.release(album)
        if release is not None:
            names = (track.id, track.file.sha256)
            tracks = (track if (each.id, each.file.sha256) == names else each for each in release.tracks)
            self._arranger.put(structs.replace(release, tracks=tuple(tracks)))
        self.albums[album] = None

    def shelve(
        self, taken: Sequence[Taken], folder_cover: File | None, folder: str, images: Mapping[str, DiscImage]
    ) -> dict[str, set[str]]:
        """Albums of what a folder gave: digests of files that came to each by its id. `folder` is its path.

        `images` are those that tracks of it were cut from, by the digest of each of these.
        """
        found = self._arranger.add(taken, folder.replace(os.sep, "/"), cover=folder_cover)
        placed = [self._with_images(each, images) for each in found]
        return {self._put(each): {track.file.sha256 for track in each.tracks} for each in placed}

    def _with_images(self, placed: Placed, images: Mapping[str, DiscImage]) -> Placed:
        """What these tracks of an album were cut from, where it does not have it yet."""
        known = {image.file.sha256 for image in placed.release.images}
        came = dict.fromkeys(images[each.file.sha256] for each in placed.tracks if each.file.sha256 in images)
        new = tuple(image for image in came if image.file.sha256 not in known)
        if not new:
            return placed
        release = structs.replace(placed.release, images=(*placed.release.images, *new))
        self._arranger.put(release)
        return placed._replace(release=release)

    def _put(self, placed: Placed) -> str:
        """Of repaired tags the original is written first, and then the repair as a command: so it can be taken back."""
        release = structs.replace(placed.release, tracks=())
        raw = {(track.id, track.file.sha256) for track in placed.tracks_as_written}
        repaired = [track for track in placed.tracks if (track.id, track.file.sha256) in raw]
        if placed.as_written is not None:
            self._changes.row(AlbumRow(release=placed.as_written))
        elif placed.existing is None or structs.replace(placed.existing, tracks=()) != release:
            self._changes.row(AlbumRow(release=release))
        for track in (*placed.tracks_as_written, *(each for each in placed.tracks if each not in repaired)):
            self._changes.row(TrackRow(release_id=release.id, track=track))
        if placed.as_written is not None:
            self._changes.row(AlbumRow(release=release))
        for track in repaired:
            self._changes.row(TrackRow(release_id=release.id, track=track))
        rows = len(repaired) + (placed.as_written is not None)
        if rows:
            self._changes.done("repair", [release.title], rows=rows)
        for track in placed.tracks:
            self._places.setdefault(track.file.sha256, set()).add(release.id)
            self._sounds.setdefault(track.id, set()).add(release.id)
        self.albums[release.id] = None
        return release.id

    def committed(self) -> None:
        """What waited stands in the index now."""
        self._arranger.committed()
        self._places, self._sounds = {}, {}


class _OwnAlbums:
    """What the arranger asks of a library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def release(self, album: str) -> Release | None:
        shelf = self._library.shelf
        return shelf.release(album) if shelf.is_own(album) else None

    def names(self) -> Iterable[tuple[str, str, str]]:
        return self._library.shelf.own_names()

    def below(self, folder: str) -> Iterable[tuple[str, str]]:
        return self._library.index.sources.albums_below(folder.replace("/", os.sep), os.sep)
