"""`mag stash give`: whole reels that a stick lacks, least handed on first, each read back as `reel copy` does.

A copy counts once it was written and read back, and of two on one stick one does. Of a reel that turns out to be hurt
it counts when it was mended here and copied again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, TargetError, UsageError, partly
from magnitizdat.formats.names import opaque_name
from magnitizdat.model import Outcome, Progress, Shortfall, Silent, Value
from magnitizdat.ops.places.sources import mounted
from magnitizdat.ops.stash import rule
from magnitizdat.ops.stash.book import Stash, digest_of, is_letter, length_of, open_stash
from magnitizdat.ops.stash.taking import FoundReel, reels_in
from magnitizdat.reel.copy import copy
from magnitizdat.reel.copy_reports import CopyReport
from magnitizdat.reel.folder import FolderFile
from magnitizdat.reel.mend import mend
from magnitizdat.reel.one_file import reader_of
from magnitizdat.sentence import SILENCE, Sentence, framed, say, size_words

WatchStick = Callable[[Path], Progress]
DeviceOf = Callable[[Path], int]
_LOOKED_AT = 4096
"""Bytes at both ends of a file that lies on a stick already: what was overwritten as a whole is told by them."""


class GivenStick(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A stick: names of the reels that were written and read back, their bytes, and reels that were there already.

    `left`: reels that it has no room for, of `left_bytes` together.
    """

    folder: str
    given: tuple[str, ...] = ()
    bytes: int = 0
    already: int = 0
    left: int = 0
    left_bytes: int = 0
    reason: Sentence = SILENCE

    def sentence(self) -> Sentence:
        """For people."""
        if not self.given:
            return say(
                "nothing was written; {n} {n:reel was|reels were} there already, by names, lengths and beginnings",
                n=self.already,
            )
        return say(
            "{n} {n:reel|reels}, {length}, read back. Safe to pull.", n=len(self.given), length=size_words(self.bytes)
        )


class GiveReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What each stick was given."""

    sticks: tuple[GivenStick, ...]
    missing: tuple[Shortfall, ...] = ()
    warnings: tuple[Sentence, ...] = ()

    def outcome(self) -> Outcome:
        """By stick; what found no room is missing there."""
        given = sum(len(each.given) for each in self.sticks)
        return Outcome(
            headline=say("{n} {n:reel|reels} handed on.", n=given) if given else say("No reel was handed on."),
            lines=tuple(framed("{folder}: {said}", folder=each.folder, said=each.sentence()) for each in self.sticks),
            warnings=self.warnings,
            missing=self.missing,
            exit_code=partly(self.missing),
            safe_to_pull=not any(each.reason for each in self.sticks),
        )


def _device_of(folder: Path) -> int:
    return space(folder).device


def give(
    folder: Path,
    sticks: Sequence[Path],
    disk: Disk,
    *,
    now: datetime,
    watch: WatchStick | None = None,
    device_of: DeviceOf = _device_of,
) -> GiveReport:
    """From the stash in `folder` to `sticks`: each reel is read once for all of them. Repeated, it goes on.

    `device_of` tells media apart.

    Raises: UsageError where the stash is empty or the sticks cannot be meant, TargetError where none is there.
    """
    _refuse_what_cannot_be_meant(folder, sticks)
    with open_stash(folder, disk, now=now) as stash:
        if not stash.reels:
            raise UsageError(say("the stash is empty; take reels from a stick first"))
        own = device_of(folder)
        media = {stick: _medium(stick, own, device_of) for stick in sticks}
        beside = {stick: _beside(stick, media, device_of) for stick in sticks}
        run = _GiveRun(stash, [_StickRun(stick, disk.apart(), watch, media[stick], beside[stick]) for stick in sticks])
        for name in rule.giving_order(stash.reels):
            run.give(name)
        return run.report()


def _refuse_what_cannot_be_meant(folder: Path, sticks: Sequence[Path]) -> None:
    """Raises: UsageError, TargetError."""
    own, resolved = folder.resolve(), [stick.resolve() for stick in sticks]
    if len({*resolved}) < len(resolved):
        raise UsageError(say("the same folder is named twice; name each stick once"))
    if any(each.is_relative_to(own) for each in resolved):
        raise UsageError(say("that folder is the stash itself; name a stick"))
    if file := next((stick for stick in sticks if stick.is_file()), None):
        raise TargetError(say("{file} is a file; name a stick, or a folder on one", file=file))
    if gone := next((stick for stick in sticks if not stick.is_dir()), None):
        raise TargetError(say("{parent} is not there; plug the stick in, or check the path", parent=gone))


class _OnMedium(NamedTuple):
    """What a folder lies on: two folders on one stick are lost together."""

    id: int | Path
    top: Path
    is_own: bool = False
    """Whether the stash lies on it, too. Nobody can tell a stick from a folder there, so each folder counts."""


def _medium(folder: Path, own: int, device_of: DeviceOf) -> _OnMedium:
    device, place = device_of(folder), folder.resolve()
    if device == own:
        return _OnMedium(place, place, is_own=True)
    return _OnMedium(device, next((each for each in mounted() if place.is_relative_to(each)), place))


def _beside(stick: Path, media: Mapping[Path, _OnMedium], device_of: DeviceOf) -> set[str]:
    """What lies elsewhere on the medium of `stick`, as far as that can be looked through.

    A stick is, as a whole. Of another disk it is what was named too, and what lies next to it: a disk may be large.
    """
    medium = media[stick]
    others = {each for each, on in media.items() if each != stick and on.id == medium.id}
    around = stick.resolve().parent
    if medium.top not in {stick, stick.resolve()}:
        others.add(medium.top)
    elif not medium.is_own and device_of(around) == medium.id:
        others.add(around)
    return {digest_of(each.files) for top in others for each in reels_in(top) if not each.folder.is_relative_to(stick)}


class _StickRun:
    """A stick under way."""

    def __init__(self, folder: Path, disk: Disk, watch: WatchStick | None, medium: _OnMedium, beside: set[str]) -> None:
        self.folder, self.disk, self.medium = folder, disk, medium
        disk.confine(folder)
        self.progress = watch(folder) if watch else Silent()
        self.there: list[FoundReel] = reels_in(folder)
        self._beside = beside
        self.given: list[str] = []
        self.lacking: set[FolderFile] = set()
        self.bytes = self.left_bytes = 0
        self.counts = Counter[str]()
        self.reason = SILENCE

    def lacks(self, files: Sequence[FolderFile]) -> list[FolderFile]:
        """Files of a reel that do not lie here, nor others of its length under their names."""
        there = {file for reel in self._copies(files) for file in reel.files}
        return [each for each in files if each not in there]

    def unlike(self, source: Path, files: Sequence[FolderFile]) -> list[FolderFile]:
        """Files of the reel in `source` that lie here by name and length, and begin or end otherwise."""
        copies = [(reel.folder, {*reel.files}) for reel in self._copies(files)]
        found = {each: [folder / each.path for folder, there in copies if each in there] for each in files}
        return [file for file, at in found.items() if at and not any(_alike(source / file.path, each) for each in at)]

    def is_new(self, files: Sequence[FolderFile]) -> bool:
        """Whether a copy of this reel is one that its medium did not have before."""
        return digest_of(files) not in self._beside and bool(
            self.lacks([each for each in files if not is_letter(each)])
        )

    def place_for(self, name: str, files: Sequence[FolderFile]) -> Path:
        """Where a reel goes: to what is here of it, unless something else lies there too."""
        paths = {each.path for each in files}
        begun = (reel.folder for reel in self._copies(files) if reel.sealed <= paths and reel.folder.is_dir())
        return next(begun, self.folder / (opaque_name() if (self.folder / name).exists() else name))

    def _copies(self, files: Sequence[FolderFile]) -> list[FoundReel]:
        sealed = {each.path for each in files if not is_letter(each)}
        return [reel for reel in self.there if not sealed.isdisjoint(reel.sealed)]

    def has_room(self, lacking: Sequence[FolderFile]) -> bool:
        """Whether they fit. Raises: OSError."""
        room = space(self.folder)
        return room.takes(room.allocated(each.length for each in lacking))

    def report(self) -> GivenStick:
        """What became of it."""
        return GivenStick(
            folder=str(self.folder),
            given=tuple(self.given),
            bytes=self.bytes,
            already=self.counts["already"],
            left=self.counts["left"],
            left_bytes=self.left_bytes,
            reason=self.reason,
        )


class _GiveRun:
    """One give under way."""

    def __init__(self, stash: Stash, sticks: Sequence[_StickRun]) -> None:
        self._stash, self._sticks = stash, sticks
        self._missing: list[Shortfall] = []

    def give(self, name: str) -> None:
        """One reel, to all sticks that lack it and have room."""
        try:
            files = self._whole(name)
            takers = {stick.place_for(name, files): stick for stick in self._sticks if self._takes(stick, name, files)}
        except (MagError, OSError) as exc:
            self._missing.append(Shortfall(what=name, reason=_said(exc)))
            return
        if takers:
            self._copy(name, files, takers)

    def _whole(self, name: str) -> list[FolderFile]:
        """Its files, mended where some are lost. Raises: SourceError, TargetError."""
        files, held = self._stash.files(name), self._stash.reels[name]
        if digest_of(files) == held.digest:
            return files
        self._mend(name)
        return self._stash.files(name)

    def _mend(self, name: str) -> None:
        """Raises: TargetError where it cannot be."""
        if not mend(self._stash.folder / name, self._stash.disk.apart()).after.is_valid:
            raise TargetError(_DAMAGED)

    def _takes(self, stick: _StickRun, name: str, files: Sequence[FolderFile]) -> bool:
        if stick.reason:
            return False
        lacking = [*stick.lacks(files), *stick.unlike(self._stash.folder / name, files)]
        if not lacking:
            stick.counts["already"] += 1
            return False
        if not stick.has_room(lacking):
            stick.counts["left"] += 1
            stick.left_bytes += length_of(files)
            return False
        stick.lacking = {*lacking}
        return True

    def _copy(self, name: str, files: Sequence[FolderFile], takers: dict[Path, _StickRun]) -> None:
        report = self._copied(name, takers)
        if report.is_source_hurt or report.unreadable:
            try:
                self._mend(name)
            except MagError as exc:
                self._missing.append(Shortfall(what=name, reason=exc.sentence))
                return
            report = self._copied(name, takers)
        written, music = set[int | Path](), {each for each in files if not is_letter(each)}
        for (_, stick), target in zip(takers.items(), report.targets, strict=True):
            if target.verdict == "failed":
                stick.reason = target.reason
            if target.verdict == "refused":
                self._missing.append(Shortfall(what=target.folder, reason=target.reason))
            if target.verdict != "done":
                continue
            written |= {stick.medium.id} if stick.is_new(files) else set()
            is_written = not music.isdisjoint(stick.lacking)
            stick.given += [name] if is_written else []
            stick.bytes += length_of(files) if is_written else 0
            stick.counts["already"] += not is_written
        self._stash.count(name, len(written))

    def _copied(self, name: str, takers: dict[Path, _StickRun]) -> CopyReport:
        targets = [(target, stick.disk.apart()) for target, stick in takers.items()]
        return copy(self._stash.folder / name, targets, watch=lambda target: takers[target].progress)

    def _on_one_medium(self) -> Iterator[Sentence]:
        for stick in self._sticks:
            if stick.medium.is_own and stick.given:
                yield say(
                    "{folder} is on the disk of the stash: what is lost with one is lost with both", folder=stick.folder
                )
        shared = Counter(stick.medium.id for stick in self._sticks)
        for stick in self._sticks:
            if shared[stick.medium.id] > 1:
                yield say(
                    "{folder} is on one stick with another that you named; both count as one copy", folder=stick.folder
                )

    def report(self) -> GiveReport:
        """What was done."""
        sticks = [each.report() for each in self._sticks]
        return GiveReport(
            sticks=tuple(sticks),
            missing=(*self._missing, *(line for each in sticks for line in _lacking(each))),
            warnings=(*self._stash.warnings, *self._on_one_medium()),
        )


def _alike(file: Path, other: Path) -> bool:
    """Whether two files of one length begin and end with the same bytes. What cannot be read is like nothing."""
    try:
        return _ends_of(file) == _ends_of(other)
    except REFUSED:
        return False


def _ends_of(path: Path) -> tuple[bytes, bytes]:
    with reader_of(path) as reader:
        return reader.read_at(0, _LOOKED_AT), reader.read_at(max(0, reader.length - _LOOKED_AT), _LOOKED_AT)


_DAMAGED = say("it is damaged more than its spare parts can mend; take another copy of it, then drop this one")


def _lacking(stick: GivenStick) -> list[Shortfall]:
    lines = [Shortfall(what=stick.folder, reason=stick.reason)] if stick.reason else []
    if stick.left:
        reason = say("no room for {n} more {n:reel|reels}, {length}", n=stick.left, length=size_words(stick.left_bytes))
        lines.append(Shortfall(what=stick.folder, reason=reason))
    return lines


def _said(exc: MagError | OSError) -> Sentence:
    return (
        exc.sentence if isinstance(exc, MagError) else say("the medium could not be read; plug it in again and repeat")
    )
