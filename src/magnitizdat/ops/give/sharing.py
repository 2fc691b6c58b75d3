"""What guests of an evening may hear and take: exactly these albums, file by file. Nothing else can be asked for."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from magnitizdat.errors import UsageError
from magnitizdat.formats.bundle import Bundle, Part
from magnitizdat.formats.checksum import crc32
from magnitizdat.formats.names import portable_name
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import IMAGE_TYPES, File, Release, Shortfall, Track
from magnitizdat.ops.albums.named import parts_of
from magnitizdat.ops.albums.quality import plays_anywhere
from magnitizdat.ops.albums.withheld import WITHDRAWN, leaving
from magnitizdat.ops.clubs.staying import Gate, let_through
from magnitizdat.pages.parts import rows, suffix
from magnitizdat.sentence import advice, say

SHORT_ID = 24
"""Hex digits that name a file on an evening's pages."""


class SharedTrack(NamedTuple):
    """A track with those of its versions that are here; `stem` is its file name without suffix."""

    track: Track
    number: int
    stem: str
    full: File | None
    small: File | None
    has_words: bool = False
    """Whether words to read along are here."""

    @property
    def versions(self) -> tuple[File, ...]:
        """What there is, the small one first: that is the one to listen to."""
        return tuple(file for file in (self.small, self.full) if file is not None)

    @property
    def heard(self) -> tuple[File, ...]:
        """Those that most browsers play."""
        plays = plays_anywhere(self.track)
        return tuple(file for file in self.versions if plays or file is self.small)


class SharedAlbum(NamedTuple):
    """An album as guests see it."""

    view: AlbumView
    release: Release
    tracks: tuple[SharedTrack, ...]
    cover: File | None

    @property
    def folder(self) -> str:
        """Name of the folder that a copy of it gets."""
        return portable_name(f"{self.release.artist} - {self.release.title}", max_bytes=100)

    def files(self, *, small: bool) -> Iterator[tuple[str, File]]:
        """Name and file of everything in a copy: small versions where there are some, or originals where they are."""
        for each in self.tracks:
            chosen = (each.small or each.full) if small else (each.full or each.small)
            if chosen is not None:
                yield f"{self.folder}/{each.stem}{suffix(chosen)}", chosen
        if self.cover is not None:
            yield f"{self.folder}/cover{suffix(self.cover)}", self.cover

    def state(self, *, small: bool) -> str:
        """Hex digits that change with any name or byte of such a copy."""
        listed = "\n".join(f"{file.sha256} {name}" for name, file in self.files(small=small))
        return hashlib.sha256(listed.encode()).hexdigest()[:32]

    def everything(self) -> Iterator[tuple[str, File]]:
        """Name and file of all that any copy has."""
        yield from self.files(small=True)
        yield from self.files(small=False)


class Shared:
    """The albums of one evening. Safe in several threads."""

    def __init__(
        self, library: Library, albums: Sequence[SharedAlbum], missing: Sequence[Shortfall] = (), *, staying: int = 0
    ) -> None:
        self._library = library
        self.albums = tuple(albums)
        self.missing = tuple(missing)
        self.staying = staying
        """How many albums stay in clubs, and would have been shared."""
        self._named = {
            file.sha256[:SHORT_ID]: (f"{each.stem}{suffix(file)}", file)
            for album in albums
            for each in album.tracks
            for file in each.versions
        }
        self._tracks = {
            file.sha256[:SHORT_ID]: each.track for album in albums for each in album.tracks for file in each.versions
        }
        self._sums = {file.sha256: _Sum(library, file) for album in albums for _, file in album.everything()}

    def file(self, short_id: str) -> tuple[str, File] | None:
        """Name and file behind an id of a page; None for whatever is not shared."""
        return self._named.get(short_id)

    def track(self, short_id: str) -> Track | None:
        """The track that such a file is of."""
        return self._tracks.get(short_id)

    def bundle(self, album: SharedAlbum, *, small: bool) -> Bundle:
        """A whole album as one ZIP.

        Raises: UsageError where it is too long for one; LibraryError.
        """
        files = list(album.files(small=small))
        if sum(file.length for _, file in files) > 0xF0000000:
            raise UsageError(say("this album is too long for one file; take its tracks one by one"))
        return Bundle([Part(name, self._library.blob(file.sha256), self._sums[file.sha256]) for name, file in files])


class _Sum:
    """The CRC-32 of a file, read once when a copy first needs it; copies of other files do not wait for it."""

    def __init__(self, library: Library, file: File) -> None:
        self._library, self._file = library, file
        self._found: int | None = None
        self._guard = threading.Lock()

    def __call__(self) -> int:
        with self._guard:
            if self._found is None:
                found = 0
                for piece in self._library.blob(self._file.sha256).pieces():
                    found = crc32(piece, found)
                self._found = found
            return self._found


def choose(
    library: Library,
    views: Iterable[AlbumView],
    *,
    songs: Sequence[str] = (),
    absent: Sequence[Shortfall] = (),
    named: bool = True,
    passes: Gate | None = None,
) -> Shared:
    """Share these albums, and of others these songs; what is withdrawn, closed or not here is told as missing.

    Songs are named as players name them; `absent`: what else was wished for, and is not here.
    `named`: somebody asked for these and no others. `passes`: what of clubs may go; without it nothing.

    Raises: UsageError where nothing is left.
    """
    whole = {view.id: view for view in views}
    parts = parts_of(library.browse.named(songs).values())
    others = library.shelf.albums_among(parts.keys() - whole.keys())
    going, closed = leaving(library, [*whole.values(), *others])
    passing = let_through(library, going, named=named, passes=passes)
    albums, missing = list[SharedAlbum](), [*absent, *closed, *passing.missing]
    for view in passing.albums:
        release = library.shelf.release(view.id)
        if release is None:
            continue
        if view.withdrawn or release.withdrawn:
            missing.append(
                Shortfall(
                    what=view.title,
                    id=view.release_id,
                    reason=WITHDRAWN,
                )
            )
            continue
        wanted = None if view.id in whole else parts[view.id]
        album = _shared(library, view, release, wanted)
        if len(album.tracks) < (len(release.tracks) if wanted is None else len(wanted)):
            missing.append(Shortfall(what=view.title, id=view.release_id, reason=say("not all of its tracks are here")))
        if album.tracks:
            albums.append(album)
    if not albums:
        raise UsageError(
            advice(
                terminal=say("there is nothing to share; name albums that `mag list` shows, or --all"),
                page=say("there is nothing to share; choose some albums, or all"),
            )
        )
    return Shared(library, albums, missing, staying=passing.staying)


def _shared(library: Library, view: AlbumView, release: Release, wanted: frozenset[str] | None) -> SharedAlbum:
    """An album, or of it the tracks with these ids."""

    def held(file: File | None) -> File | None:
        return file if file is not None and library.shelf.holds(file) else None

    tracks = [
        SharedTrack(
            row.track,
            row.number,
            row.stem,
            held(row.track.file),
            held(row.track.small),
            any(held(each.file) for each in row.track.lyrics),
        )
        for row in rows(release)
        if wanted is None or row.track.id in wanted
    ]
    cover = held(release.cover)
    is_picture = cover is not None and cover.media_type in IMAGE_TYPES
    return SharedAlbum(view, release, tuple(each for each in tracks if each.versions), cover if is_picture else None)
