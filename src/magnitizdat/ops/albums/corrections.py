"""What a person corrected: where the journal's newest word about a track is not its first."""

from __future__ import annotations

from magnitizdat.library.index.pages import RowPlace
from magnitizdat.library.journal import AlbumRow, Row, TrackGone, TrackRow, decode_row
from magnitizdat.library.library import Library
from magnitizdat.library.sealed_rows import page_lines
from magnitizdat.model import Release, Track
from magnitizdat.ops.intake.grouping import VARIOUS

ALBUM_TAGS = ("title", "artist", "date", "genres", "kind")
TRACK_TAGS = ("title", "artist", "disc", "position", "genres", "composer", "comment")
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
        self._albums: dict[str, bool] = {}
        self._page: tuple[tuple[str, int], dict[int, bytes]] = (("", -1), {})

    def corrected(self, release: Release, track: Track) -> bool:
        """Whether this track of an own album, or the album, says anything else than the file's own tags."""
        origin = self._origin(track)
        if origin is not None:
            if origin.release_id != release.id:
                return True  # it was moved here from another album
            if _said(origin.track, TRACK_TAGS) != _said(track, TRACK_TAGS):
                return True
        if release.id not in self._albums:
            self._albums = {release.id: self._album_corrected(release)}
        return self._albums[release.id]

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

    def _album_corrected(self, release: Release) -> bool:
        place = self._library.index.pages.first_said(f"album:{release.id}")
        row = read_row(self._library, *place) if place is not None else None
        if not isinstance(row, AlbumRow) or _said(row.release, ALBUM_TAGS) == _said(release, ALBUM_TAGS):
            return False
        found = {name for name in ALBUM_TAGS if getattr(row.release, name) != getattr(release, name)}
        return not (found <= {"artist", "kind"} and (release.artist, release.kind) == (VARIOUS, "compilation"))


def _said(value: Release | Track, names: tuple[str, ...]) -> list[object]:
    return [getattr(value, name) for name in names]
