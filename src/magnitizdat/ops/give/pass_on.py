"""The program passed on: builds copied onto a stick and read back, a page for browsers and a leaflet beside them.

Order of writes (law 5): each build as a draft, flushed, read back, then named; the page in the same way; the leaflet
with the fingerprints last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from magnitizdat import __version__, language, program
from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import UsageError
from magnitizdat.model import Progress, Silent, Value
from magnitizdat.ops.give.builds import READ_LENGTH, Build, fingerprint, version_in_name
from magnitizdat.ops.give.page_placing import plan_page
from magnitizdat.ops.give.placing import (
    is_there,
    place,
    place_leaflet,
    refuse_foreign,
    refuse_what_will_not_fit,
)
from magnitizdat.pages.leaflet import MARK, PassedOn, leaflet, leaflet_names
from magnitizdat.pages.page_leaflet import PassedFile
from magnitizdat.sentence import say


class PassOnReport(Value, frozen=True, kw_only=True):
    """What lies on the stick now. `unlisted` are programs there that the leaflet does not speak of."""

    builds: tuple[PassedOn, ...]
    page: PassedFile
    leaflet: tuple[str, ...]
    unlisted: tuple[str, ...]


def pass_on(
    builds: Sequence[Build], destination: Path, disk: Disk, *, progress: Progress | None = None
) -> PassOnReport:
    """Copy builds and the page, and write the leaflet. What is there and the same is kept; nothing is overwritten.

    Raises: UsageError where another file has such a name, NoSpaceError, TargetError, SourceError.
    """
    progress = progress or Silent()
    disk.confine(destination)
    if not builds:
        raise UsageError(
            say(
                "no build of mag is at hand, for this one runs from Python; name one with --build FILE, or take"
                " --pocket for the page that opens reels in a browser"
            )
        )
    lengths = {build: build.path.stat().st_size for build in builds}
    progress.start(say("builds"), sum(lengths.values()) * 2)
    sums = {build: fingerprint(build.path, progress=progress) for build in builds}
    there = {build for build in builds if _is_there(destination / build.name, sums[build], progress)}
    planned = plan_page(destination, progress)
    voices = language.voices(program.data_folder())
    for name in leaflet_names(voices):
        refuse_foreign(destination / name, _is_leaflet)
    missing = sum(lengths[build] for build in builds if build not in there)
    refuse_what_will_not_fit(destination, missing + planned.length)
    disk.mkdir(destination)
    for build in builds:
        if build not in there:
            place(_read(build.path), sums[build], destination / build.name, disk, runs=True, progress=progress)
        disk.make_executable(destination / build.name)
    page = planned.carry_out(disk, progress)
    done = [
        PassedOn(**build.facts, length=lengths[build], sha256=sums[build], already=build in there) for build in builds
    ]
    place_leaflet(leaflet(done, page, version=__version__, voices=voices), destination, disk)
    names = [path.name for path in sorted(destination.iterdir()) if version_in_name(path)]
    unlisted = tuple(name for name in names if name not in {build.name for build in builds})
    return PassOnReport(builds=tuple(done), page=page, leaflet=leaflet_names(voices), unlisted=unlisted)


def _is_leaflet(beginning: bytes) -> bool:
    return MARK in beginning


def _is_there(target: Path, wanted: str, progress: Progress) -> bool:
    otherwise = say(
        "{target} is there already and is not this build; move it away, or choose another folder", target=target
    )
    return is_there(target, wanted, progress, otherwise=otherwise)


def _read(path: Path) -> Iterator[bytes]:
    with FileReader(path, follow=True) as reader:
        for offset in range(0, reader.length, READ_LENGTH):
            yield reader.read_at(offset, READ_LENGTH)
