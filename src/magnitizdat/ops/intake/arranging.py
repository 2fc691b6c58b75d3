"""Folder after folder to albums, among those that are here already. Pure: what is here is asked for, nothing is kept.

The same albums come out whatever folder comes first, and whether all come at once or over a year (ADR 0050).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, islice
from typing import NamedTuple, Protocol

from msgspec import structs

from magnitizdat.model import File, Release, Track
from magnitizdat.ops.intake.grouping import AlbumGroup, Taken, group, release_id
from magnitizdat.ops.intake.likeness import fold, without_guests
from magnitizdat.ops.intake.standing import AlbumHere, Host, host_of, may_go_on, merge
from magnitizdat.workers.discs import disc_folder, may_be_a_disc

MOST_ALIKE = 64
"""Albums of one artist and title that files which come are compared with: the last ones."""


class AlbumsHere(Protocol):
    """Own albums that are here, as the arranger asks for them. A folder is a path with `/` between names."""

    def release(self, album: str) -> Release | None:
        """One by its id, with its tracks."""
        ...

    def names(self) -> Iterable[tuple[str, str, str]]:
        """Artist, title and id of each."""
        ...

    def below(self, folder: str) -> Iterable[tuple[str, str]]:
        """Ids of those that files in this folder stand on, or in one right below it; each with that one's name."""
        ...


class NoAlbums:
    """The `AlbumsHere` of an empty library."""

    def release(self, _album: str) -> Release | None:
        return None

    def names(self) -> Iterable[tuple[str, str, str]]:
        return ()

    def below(self, _folder: str) -> Iterable[tuple[str, str]]:
        return ()


class Placed(NamedTuple):
    """Tracks that came to an album; `release` has its fields and all its tracks."""

    release: Release
    existing: Release | None
    tracks: tuple[Track, ...]
    as_written: Release | None
    tracks_as_written: tuple[Track, ...]


class Arranger:
    """Takes folders one by one."""

    def __init__(self, known: AlbumsHere) -> None:
        self._known = known
        self._pending: dict[str, Release] = {}
        self._names: dict[tuple[str, str], dict[str, None]] | None = None
        self._below: dict[str, dict[tuple[str, str], None]] = {}

    def committed(self) -> None:
        """What came is known from now on."""
        self._pending = {}

    def put(self, release: Release) -> None:
        """An album has other fields from now on."""
        self._pending[release.id] = release

    def add(self, taken: Sequence[Taken], folder: str, *, cover: File | None = None) -> Iterator[Placed]:
        """Where the tracks of one folder stand; `cover` is its picture."""
        here = self._albums_here(folder)
        around = {fold(found.title) for album in here if (found := self.release(album)) is not None}
        for album in group(taken, folder_cover=cover, around=around):
            placed = self._placed(album, self._host(album, here, folder))
            self._know(placed.release, folder)
            yield placed

    def release(self, album: str) -> Release | None:
        """An album as it is going to be."""
        return self._pending.get(album) or self._known.release(album)

    def _host(self, album: AlbumGroup, here: Iterable[str], folder: str) -> Host | None:
        ids = dict.fromkeys((*album.marks.ids, *here, *self._alike(album.release)))
        releases = (release for each in ids if (release := self.release(each)) is not None)
        return host_of(album, [self._standing(album, release, here, folder) for release in releases])

    def _standing(self, album: AlbumGroup, release: Release, here: Iterable[str], folder: str) -> AlbumHere:
        is_here = release.id in here
        is_near = not is_here and may_go_on(album, release) and release.id in self._albums_near(folder)
        return AlbumHere(release, is_here, is_near)

    def _placed(self, album: AlbumGroup, host: Host | None) -> Placed:
        if host is None:
            release = self._with_own_id(album.release)
            as_written = structs.replace(album.as_written, id=release.id) if album.as_written is not None else None
            whole = structs.replace(release, tracks=album.tracks)
            return Placed(whole, None, album.tracks, as_written, album.tracks_as_written)
        there = {(track.id, track.file.sha256) for track in host.release.tracks}
        new = [track for track in album.tracks if (track.id, track.file.sha256) not in there]
        tracks = _further(new, host.discs)
        whole = structs.replace(merge(host.release, album), tracks=(*host.release.tracks, *tracks))
        return Placed(whole, host.release, tracks, None, _further(album.tracks_as_written, host.discs))

    def _with_own_id(self, release: Release) -> Release:
        """Where another album has its id, as a copy in other files has, it gets one of its own."""
        others = (release_id((release.id, str(number))) for number in count(2))
        own = next(album for album in chain((release.id,), others) if self.release(album) is None)
        return structs.replace(release, id=own)

    # -- what is here ---------------------------------------------------------------------------------------------

    def _know(self, release: Release, folder: str) -> None:
        self._pending[release.id] = release
        if self._names is not None:
            self._names.setdefault(_name(release.artist, release.title), {})[release.id] = None
        above, _, name = folder.rpartition("/")
        self._below.setdefault(folder, {})["", release.id] = None
        self._below.setdefault(above, {})[name, release.id] = None

    def _alike(self, release: Release) -> Iterable[str]:
        """Some albums of this artist and title, of which few have more than one."""
        if self._names is None:
            self._names = {}
            pending = ((each.artist, each.title, each.id) for each in self._pending.values())
            for artist, title, album in chain(self._known.names(), pending):
                self._names.setdefault(_name(artist, title), {})[album] = None
        return islice(reversed(self._names.get(_name(release.artist, release.title), {})), MOST_ALIKE)

    def _albums_below(self, folder: str) -> Iterable[tuple[str, str]]:
        return (*self._known.below(folder), *self._below.get(folder, {}))

    def _albums_here(self, folder: str) -> dict[str, None]:
        """Albums that the files of a folder stand on, or those of the discs in it, or of the discs beside it."""
        above, _, name = folder.rpartition("/")
        album = _named_disc(name)
        if album is not None and above:
            found, own = self._albums_below(above), album
        else:
            found, own = self._albums_below(folder), ""
        return dict.fromkeys(each for name, each in found if (not name and not own) or _named_disc(name) == own)

    def _albums_near(self, folder: str) -> set[str]:
        """Albums of the folders above, beside and below."""
        around = (*self._albums_below(folder), *self._albums_below(folder.rpartition("/")[0]))
        return {album for _, album in around}


def _name(artist: str, title: str) -> tuple[str, str]:
    return fold(without_guests(artist)), fold(title)


def _named_disc(folder: str) -> str | None:
    """The album that a disc's folder names: "" of "CD1", "45" of "45 CD1"; None of what is no disc's."""
    found = disc_folder(folder)
    return fold(found.album) if found else "" if may_be_a_disc(folder) else None


def _further(tracks: Sequence[Track], discs: int) -> tuple[Track, ...]:
    return tuple(structs.replace(track, disc=min(9999, track.disc + discs)) if discs else track for track in tracks)
