"""What a person corrected: where the journal's newest word about a track is not its first."""

from __future__ import annotations

from magnitizdat.library.index.pages import RowPlace
from magnitizdat.library.journal import AlbumRow, Row, TrackGone, TrackRow, decode_row
from magnitizdat.library.library import Library
from magnitizdat.library.sealed_rows import page_lines
from magnitizdat.model import Release, Track
from magnitizdat.ops.albums.renditions import tags_of
from magnitizdat.ops.intake.grouping import VARIOUS
from magnitizdat.workers.rewriting.wishes import WRITTEN

_BEFORE_TRACK = len("track:") + 32 + 1
"""Characters of a track's subject that name its album; the rest names the track wherever it was moved."""


def read_row(library: Library, device: str, counter: int, first: int) -> Row:
    """One row of the journal; `first` is the counter that its page begins with.

    Raises: LibraryError where the page is damaged or gone.
    """
    return decode_row(page_lines(library, device, first)[counter])


class Edits:
    """Answers for many tracks with one look through the journal."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._origins: dict[str, RowPlace] | None = None
        self._albums: dict[str, Release] = {}
        self._page: tuple[tuple[str, int], dict[int, bytes]] = (("", -1), {})

    def changed(self, release: Release, track: Track) -> frozenset[str]:
        """In which of its tags a track of an own album says anything else than its file did when it came in."""
        origin = self._origin(track)
        if origin is not None and origin.release_id != release.id:  # it was moved here
            return _differing(self._first(origin.release_id, release, of=1), origin.track, release, track)
        album = self._first(release.id, release, of=2)
        found = _differing(album, origin.track if origin else track, release, track)
        found = found - _COMPILED if _is_compiled(album, release) else found
        return frozenset(name for name in found if _GROWN.get(name, name) in found)

    def _origin(self, track: Track) -> TrackRow | TrackGone | None:
        """The first row about a track, where there is more than one."""
        if self._origins is None:
            self._origins = self._library.index.pages.origins(_BEFORE_TRACK)
        place = self._origins.get(f"{track.id}:{track.file.sha256[:16]}")
        row = self._read(*place) if place is not None else None
        return row if isinstance(row, TrackRow | TrackGone) else None

    def _read(self, device: str, counter: int, first: int) -> Row:
        """A row; the page that it stands on is kept, for its neighbours are asked for next."""
        if self._page[0] != (device, first):
            self._page = ((device, first), page_lines(self._library, device, first))
        return decode_row(self._page[1][counter])

    def _first(self, release_id: str, otherwise: Release, *, of: int) -> Release:
        """An album as it came in, where there are so many rows about it."""
        if release_id not in self._albums:
            place = self._library.index.pages.first_said(f"album:{release_id}", of=of)
            row = self._read(*place) if place is not None else None
            self._albums = {release_id: row.release if isinstance(row, AlbumRow) else otherwise}
        return self._albums[release_id]


def _differing(album: Release, track: Track, album_now: Release, track_now: Track) -> frozenset[str]:
    if (album, track) == (album_now, track_now):
        return frozenset()
    first, now = tags_of(album, track), tags_of(album_now, track_now)
    return frozenset(name for name in WRITTEN if getattr(first, name) != getattr(now, name))


_GROWN = {
    "album_artists": "album_artist",
    "album_artists_sort": "album_artist",
    "album_sort": "album",
    "disc_title": "album",
}
"""What an album also learns from files that came in later: it is a correction where the other is one."""
_COMPILED = {"album_artist", "album_artists", "album_artists_sort", "compilation"}


def _is_compiled(before: Release, now: Release) -> bool:
    """Whether an album is by various artists only since more of its files came in: nobody corrected that."""
    return before.artist != now.artist and (now.artist, now.kind) == (VARIOUS, "compilation")
