"""`mag export --images`: what tracks were cut from, bit for bit as it came in, with the cue sheets (ADR 0053)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import space
from magnitizdat.errors import LibraryError, NoSpaceError, SourceError, UsageError, partly
from magnitizdat.formats.names import portable_name, portable_names
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import DiscImage, File, Outcome, Progress, Release, Shortfall, Silent, Value
from magnitizdat.ops.albums.withheld import leaving
from magnitizdat.ops.give.exported import has_bytes, write_whole
from magnitizdat.sentence import say, size_words


class ImagesReport(Value, frozen=True, kw_only=True):
    """What was exported; `length` in bytes, with the sheets; `already`: images that stood there."""

    images: int
    length: int
    already: int
    missing: tuple[Shortfall, ...]

    def outcome(self, destination: Path) -> Outcome:
        """What stands where."""
        return Outcome(
            headline=say(
                "{n} disc {n:image|images} in {destination}, {length}, as they came in.",
                n=self.images,
                destination=destination,
                length=size_words(self.length),
            ),
            lines=(say("They are not sealed: whoever holds that folder can play them."),),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


def export_images(
    library: Library, albums: Sequence[AlbumView], destination: Path, *, disk: Disk, progress: Progress | None = None
) -> ImagesReport:
    """Write the images of albums, each album in a folder of its own under `destination`.

    What is there already stays: a file of these bytes counts, another is told.

    Raises: UsageError where none of them came from an image; TargetError; NoSpaceError, before anything is written.
    """
    going, _ = leaving(library, albums)
    releases = [found for view in going if (found := library.shelf.release(view.id)) is not None and found.images]
    if not releases:
        raise UsageError(say("none of it was cut from a disc image; without --images its tracks are written"))
    if destination.exists() and not destination.is_dir():
        raise UsageError(say("the destination is a file; name a folder"))
    disk.confine(destination)
    return _ImageWriter(library, disk, progress or Silent()).run(releases, destination)


class _PlacedImage(NamedTuple):
    """Where an image goes."""

    image: DiscImage
    path: Path

    def files(self) -> Iterator[tuple[Path, File]]:
        """The sheet before the image, so that no image is there without."""
        if self.image.sheet is not None:
            yield self.path.with_name(f"{_stem(self.path.name)}.cue"), self.image.sheet
        yield self.path, self.image.file

    def missing(self) -> Iterator[File]:
        """What is not there yet."""
        return (file for path, file in self.files() if not os.path.lexists(path))


def _names(images: Sequence[DiscImage]) -> list[str]:
    """A path for each image of an album: in the folder of its disc, and sheets do not meet either."""
    folders = [portable_name(image.folder) if image.folder else "" for image in images]
    spelled = {folder.casefold(): folder for folder in reversed(folders)}
    names = [""] * len(images)
    for folded, folder in spelled.items():
        here = [number for number, each in enumerate(folders) if each.casefold() == folded]
        stems = portable_names([_stem(portable_name(images[number].name)) for number in here])
        for number, stem in zip(here, stems, strict=True):
            names[number] = str(Path(folder, stem + PurePath(portable_name(images[number].name)).suffix))
    return names


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


class _ImageWriter:
    def __init__(self, library: Library, disk: Disk, progress: Progress) -> None:
        self._library = library
        self._disk = disk
        self._progress = progress
        self._missing: list[Shortfall] = []
        self._images = 0
        self._length = 0
        self._already = 0

    def run(self, releases: Sequence[Release], destination: Path) -> ImagesReport:
        folders = portable_names([f"{release.artist} - {release.title}" for release in releases])
        places = [
            (release, _PlacedImage(image, destination / folder / name))
            for release, folder in zip(releases, folders, strict=True)
            for image, name in zip(release.images, _names(release.images), strict=True)
        ]
        self._require_room(destination, [file for _, place in places for file in place.missing()])
        self._progress.start(say("Exporting"), sum(place.image.file.length for _, place in places))
        for release, place in places:
            self._image(release, place)
        self._disk.flush()
        return ImagesReport(
            images=self._images, length=self._length, already=self._already, missing=tuple(self._missing)
        )

    def _require_room(self, destination: Path, files: Sequence[File]) -> None:
        room = space(destination)
        needed = room.allocated(file.length for file in files)
        if not room.takes(needed):
            raise NoSpaceError(
                say(
                    "the images take {needed} and {free} are free in {destination}; nothing was written; free some, or"
                    " export fewer albums",
                    needed=size_words(needed),
                    free=size_words(room.free or 0),
                    destination=destination,
                )
            )

    def _image(self, release: Release, place: _PlacedImage) -> None:
        """An image with its sheet."""
        try:
            self._disk.mkdir(place.path.parent)
            is_there = [self._file(file, path) for path, file in place.files()]
            self._already += all(is_there)
            self._images += 1
        except (LibraryError, SourceError) as exc:
            what = f"{release.title}: {place.image.name}"
            self._missing.append(Shortfall(what=what, reason=exc.sentence, id=release.id))

    def _file(self, file: File, path: Path) -> bool:
        """Whether it was there. Raises: SourceError where another file is."""
        if not os.path.lexists(path):
            self._length += write_whole(self._disk, path, self._pieces(file))
            return False
        if not has_bytes(path, file.sha256):
            raise SourceError(
                say("another file is called {name} there, and stays; choose another folder", name=path.name)
            )
        self._progress.advance(file.length)
        return True

    def _pieces(self, file: File) -> Iterator[bytes]:
        for piece in self._library.blob(file.sha256).pieces():
            self._progress.advance(len(piece))
            yield piece
