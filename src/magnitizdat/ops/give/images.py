"""`mag export --images`: what tracks were cut from, bit for bit as it came in, with the cue sheets (ADR 0053)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.errors import LibraryError, SourceError, UsageError, partly
from magnitizdat.formats.names import portable_name, portable_names
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import DiscImage, File, Outcome, Progress, Release, Shortfall, Silent, Value
from magnitizdat.sentence import say, size_words


class ImagesReport(Value, frozen=True, kw_only=True):
    """What was exported; `length` in bytes, with the sheets."""

    images: int
    length: int
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

    Raises: UsageError where none of them came from an image; TargetError, NoSpaceError.
    """
    releases = [found for view in albums if (found := library.shelf.release(view.id)) is not None and found.images]
    if not releases:
        raise UsageError(say("none of it was cut from a disc image; without --images its tracks are written"))
    if destination.exists() and not destination.is_dir():
        raise UsageError(say("the destination is a file; name a folder"))
    disk.confine(destination)
    return _ImageWriter(library, disk, progress or Silent()).run(releases, destination)


class _ImageWriter:
    def __init__(self, library: Library, disk: Disk, progress: Progress) -> None:
        self._library = library
        self._disk = disk
        self._progress = progress
        self._missing: list[Shortfall] = []
        self._images = 0
        self._length = 0

    def run(self, releases: Sequence[Release], destination: Path) -> ImagesReport:
        self._progress.start(say("Exporting"), sum(each.file.length for release in releases for each in release.images))
        folders = portable_names([f"{release.artist} - {release.title}" for release in releases])
        for release, folder in zip(releases, folders, strict=True):
            self._disk.mkdir(destination / folder)
            for image in release.images:
                self._image(release, image, destination / folder)
        self._disk.flush()
        return ImagesReport(images=self._images, length=self._length, missing=tuple(self._missing))

    def _image(self, release: Release, image: DiscImage, folder: Path) -> None:
        name = portable_name(image.name)
        try:
            if image.sheet is not None:
                self._write(image.sheet, folder / f"{name.rpartition('.')[0] or name}.cue")
            self._write(image.file, folder / name)
            self._images += 1
        except (LibraryError, SourceError) as exc:
            self._missing.append(Shortfall(what=f"{release.title}: {image.name}", reason=exc.sentence, id=release.id))

    def _write(self, file: File, path: Path) -> None:
        """A whole file under its name, or none."""
        draft = path.with_name(f"{hashlib.sha256(path.name.encode()).hexdigest()[:16]}.new")
        self._disk.remove(draft)
        self._length += self._disk.write_new(draft, self._pieces(file))
        self._disk.rename(draft, path)

    def _pieces(self, file: File) -> Iterator[bytes]:
        for piece in self._library.blob(file.sha256).pieces():
            self._progress.advance(len(piece))
            yield piece
