"""The program passed on: builds copied onto a stick and read back, a leaflet beside them, and a build looked at.

Order of writes (law 5): each build as a draft, flushed, read back, then named; the leaflet with the fingerprints last.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from magnitizdat import __version__, language, program
from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, NoSpaceError, SourceError, TargetError, UsageError
from magnitizdat.model import Progress, Silent, Value
from magnitizdat.ops.give.builds import READ_LENGTH, Build, at_hand, fingerprint, own_file, version_in_name
from magnitizdat.pages.leaflet import MARK, PassedOn, leaflet, leaflet_names
from magnitizdat.sentence import Sentence, say, size_words

_LEAFLET_SPACE = 1 << 18
_LOOKED_AT = 1 << 16


class PassOnReport(Value, frozen=True, kw_only=True):
    """What lies on the stick now. `unlisted` are programs there that the leaflet does not speak of."""

    builds: tuple[PassedOn, ...]
    leaflet: tuple[str, ...]
    unlisted: tuple[str, ...]


class Looked(Value, frozen=True, kw_only=True):
    """A build compared with those at hand; `like` is the one that it equals, or whose name it bears.

    `version` is what its name claims.
    """

    sha256: str
    length: int
    verdict: Literal["same", "different", "unknown"]
    like: str
    version: str

    @property
    def sentence(self) -> Sentence:
        """What that tells, and no more."""
        if self.verdict == "same":
            return say("It is the same, byte for byte, as {like}. It is as genuine as that.", like=self.like)
        if self.verdict == "different":
            return say(
                "It is called like {like}, which is at hand here, and is not the same. Do not start it.", like=self.like
            )
        other = say("nothing here is like it")
        if self.version and self.version != __version__:
            other = say("it calls itself version {version}, and this is {ours}", version=self.version, ours=__version__)
        return say(
            "It cannot be told from here whether it is genuine: {other}. Ask somebody you trust for its fingerprint.",
            other=other,
        )


def pass_on(
    builds: Sequence[Build], destination: Path, disk: Disk, *, progress: Progress | None = None
) -> PassOnReport:
    """Copy builds and write the leaflet. What is there already and the same is kept; nothing else is overwritten.

    Raises: UsageError where another file has such a name, NoSpaceError, TargetError, SourceError.
    """
    progress = progress or Silent()
    disk.confine(destination)
    if not builds:
        raise UsageError(say("no build of mag is at hand, for this one runs from Python; name one with --build FILE"))
    lengths = {build: build.path.stat().st_size for build in builds}
    progress.start(say("builds"), sum(lengths.values()) * 2)
    sums = {build: fingerprint(build.path, progress=progress) for build in builds}
    there = {build for build in builds if _is_there(destination / build.name, sums[build], progress)}
    voices = language.voices(program.data_folder())
    for name in leaflet_names(voices):
        _refuse_foreign(destination / name)
    _refuse_what_will_not_fit(destination, sum(lengths[build] for build in builds if build not in there))
    disk.mkdir(destination)
    for build in builds:
        if build not in there:
            _copy(build, sums[build], destination / build.name, disk, progress)
        disk.make_executable(destination / build.name)
    done = [
        PassedOn(**build.facts, length=lengths[build], sha256=sums[build], already=build in there) for build in builds
    ]
    _write_leaflet(leaflet(done, version=__version__, voices=voices), destination, disk)
    names = [path.name for path in sorted(destination.iterdir()) if version_in_name(path)]
    unlisted = tuple(name for name in names if name not in {build.name for build in builds})
    return PassOnReport(builds=tuple(done), leaflet=leaflet_names(voices), unlisted=unlisted)


def look_at(path: Path, *, progress: Progress | None = None) -> Looked:
    """Compare a file with the builds at hand, itself left out. Nothing of it is run.

    Raises: SourceError, and what opening a file raises.
    """
    with FileReader(path, follow=True) as reader:
        length = reader.length
    (progress or Silent()).start(say("fingerprint"), length)
    found = fingerprint(path, progress=progress)
    others = [build for build in at_hand() if not build.path.samefile(path)]
    same = [build.path for build in others if build.path.stat().st_size == length and fingerprint(build.path) == found]
    namesakes = [build.name for build in others if build.name == path.name]
    own = own_file()
    like = [(say("the program that you run now") if own and each.samefile(own) else str(each)) for each in same]
    return Looked(
        sha256=found,
        length=length,
        verdict="same" if same else "different" if namesakes else "unknown",
        like=[*like, *namesakes, ""][0],
        version=version_in_name(path),
    )


def _is_there(target: Path, wanted: str, progress: Progress) -> bool:
    """Whether an earlier run copied it; another file of that name is never touched."""
    if not os.path.lexists(target):
        return False
    if not target.is_symlink() and target.is_file() and fingerprint(target, uncached=True, progress=progress) == wanted:
        return True
    raise UsageError(
        say("{target} is there already and is not this build; move it away, or choose another folder", target=target)
    )


def _refuse_foreign(target: Path) -> None:
    if not os.path.lexists(target):
        return
    try:
        with FileReader(target) as reader:
            if MARK in reader.read_at(0, _LOOKED_AT):
                return
    except (MagError, OSError):
        pass
    raise UsageError(
        say(
            "{target} is there already and is not one of our leaflets; move it away, or choose another folder",
            target=target,
        )
    )


def _refuse_what_will_not_fit(destination: Path, length: int) -> None:
    free = space(destination).free
    if length and free is not None and free < length + _LEAFLET_SPACE:
        raise NoSpaceError(
            say(
                "the programs take {length} and {free} are free in {destination}; nothing"
                " was written; take another stick",
                length=size_words(length),
                free=size_words(free),
                destination=destination,
            )
        )


def _copy(build: Build, wanted: str, target: Path, disk: Disk, progress: Progress) -> None:
    """A draft, flushed, read back from the medium, and only then named."""
    draft = target.with_name(f"{target.name}.new")
    disk.remove(draft)  # left by a run that was cut off
    try:
        disk.write_new(draft, _read(build.path))
        disk.make_executable(draft)
        disk.flush()
        _read_back(draft, wanted, progress)
        disk.rename(draft, target)
        disk.flush()
    except BaseException:
        _withdraw(draft, disk)
        raise


def _write_leaflet(files: Mapping[str, bytes], destination: Path, disk: Disk) -> None:
    for name, content in files.items():
        disk.write_atomic(destination / name, content)
    for name, content in files.items():
        try:
            _read_back(destination / name, hashlib.sha256(content).hexdigest(), Silent())
        except BaseException:
            _withdraw(destination / name, disk)
            raise


def _read_back(path: Path, wanted: str, progress: Progress) -> None:
    try:
        found = fingerprint(path, uncached=True, progress=progress)
    except SourceError:
        found = ""
    if found != wanted:
        raise TargetError(
            say("{parent} does not give back what was written there; take another stick", parent=path.parent)
        )


def _withdraw(draft: Path, disk: Disk) -> None:
    try:
        disk.remove(draft)
    except MagError:  # the medium fails; what failed first is said
        return


def _read(path: Path) -> Iterator[bytes]:
    with FileReader(path, follow=True) as reader:
        for offset in range(0, reader.length, READ_LENGTH):
            yield reader.read_at(offset, READ_LENGTH)
