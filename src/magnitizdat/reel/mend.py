"""Mending a reel without any key: par2 for each damaged group, then every mended file is read back and verified.

In place, par2 keeps a damaged file beside the mended one (`….age.1`) until that one has verified; an interrupted mend
leaves such files, and the next takes whole slices out of them. With a scratch folder, or where the medium refuses to
read, a group is mended there and brought back. Whole files are never touched, files of no reel neither.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import forget_cached, stands_in_the_way
from magnitizdat.errors import MagError
from magnitizdat.formats.names import opaque_name
from magnitizdat.model import Progress, Shortfall, Silent
from magnitizdat.reel import par2_child
from magnitizdat.reel.check import LEFTOVER, Examined, Inspection, check, examine, inspect
from magnitizdat.reel.folder import FolderFile, is_plain_name, survey
from magnitizdat.reel.layout import PARITY_SUFFIX, volumes_for
from magnitizdat.reel.reports import CheckReport, GroupReport, MendReport, SegmentReport
from magnitizdat.reel.sets import ParitySet, gather
from magnitizdat.reel.workbench import InPlace, Scratch, Workbench, refuse_without_room
from magnitizdat.sentence import Sentence, say

__all__ = ["CheckReport", "GroupReport", "MendReport", "SegmentReport", "check", "mend"]

_AT_ONCE = 2
_STRANGERS = 64
_ASIDE = ".901"
Group = tuple[ParitySet, list[Examined]]


def mend(folder: Path, disk: Disk, *, scratch: Path | None = None, progress: Progress | None = None) -> MendReport:
    """Make every file of a reel whole that its spare parts allow, then make damaged spare parts anew.

    `scratch` is a folder with room for two groups, for a stick that is too full. Interrupted, the same call goes on.
    What cannot be mended is in the report, with a reason each, and how the reel is now: what was read and verified in
    the meantime is not read again for that.

    Raises: SourceError if the folder cannot be listed, TargetError if the medium fails while it is written.
    """
    watcher = progress or Silent()
    disk.confine(folder, alike=True)
    if scratch is not None:
        disk.confine(scratch)
    return _MendRun(inspect(folder, by_crc=True, progress=watcher), disk, scratch, watcher).run()


class _MendRun:
    """One mend under way."""

    def __init__(self, found: Inspection, disk: Disk, scratch: Path | None, progress: Progress) -> None:
        self._found, self._folder, self._disk = found, found.folder, disk
        self._scratch, self._progress = scratch, progress
        self._mended: list[str] = []
        self._renewed: list[str] = []
        self._missing: list[Shortfall] = []

    def run(self) -> MendReport:
        """Names first, then files, then spare parts."""
        groups = self._found.groups
        renamed = self._give_names()
        self._disk.flush()  # names are settled before par2 looks for files by them
        damaged = [group for group in groups if not _is_whole(group)]
        self._progress.start(say("mend"), sum(each.file.length for _, files in damaged for each in files))
        threads = 1 if len(damaged) > 1 else _AT_ONCE  # two groups keep two cores busy; one needs both for itself
        self._for_each(damaged, lambda group: self._mend_group(group, threads))
        self._remove_leftovers()
        self._for_each([group for group in groups if _is_whole(group) and group[0].is_damaged], self._renew_parity)
        self._disk.flush()
        hashed = {each.path for _, files in groups for each in files if each.is_whole and each.is_hashed}
        return MendReport(
            after=inspect(self._folder, verified=hashed, progress=self._progress).report(),
            mended=tuple(sorted(self._mended)),
            renamed=tuple(renamed),
            renewed_parity=tuple(sorted(self._renewed)),
            missing=tuple(self._missing),
        )

    def _for_each(self, groups: list[Group], work: Callable[[Group], None]) -> None:
        """Two groups at once; what stops one does not stop the others."""
        with ThreadPoolExecutor(_AT_ONCE, "mend") as pool:
            futures = [pool.submit(work, group) for group in groups]
            try:
                for (parity, files), future in zip(groups, futures, strict=True):
                    try:
                        future.result()
                    except MagError as exc:
                        self._missing.append(Shortfall(what=say("group {name}", name=parity.name), reason=exc.sentence))
                    except OSError as exc:
                        reason = say(
                            "the medium failed ({strerror}); run the same command again",
                            strerror=os.strerror(exc.errno or 5),
                        )
                        self._missing.append(Shortfall(what=say("group {name}", name=parity.name), reason=reason))
                    self._progress.advance(sum(each.file.length for each in files))
            finally:
                for future in futures:
                    future.cancel()

    def _give_names(self) -> list[str]:
        """Whole files go where they belong, and what lies there to where they were, if that is a segment's name too."""
        at = {each.path: (parity, each) for parity, files in self._found.groups for each in files}
        sought = {each.found_as for _, each in at.values() if each.found_as}
        origin: dict[str, str] = {}  # where the content of a place lay at first
        now: dict[str, str] = {}
        renamed, touched = [], set[str]()
        for _, each in at.values():
            if not each.found_as or stands_in_the_way(self._folder / each.path):
                continue
            place, occupant = now.get(each.found_as, each.found_as), origin.get(each.path, each.path)
            if place != each.path:
                self._exchange(place, each.path, swap=place in at or occupant in sought)
                origin[place], now[occupant] = occupant, place
                origin[each.path], now[each.found_as] = each.found_as, each.path
                touched.add(place)
            each.is_whole, each.is_hashed, each.exists, each.found_as = True, True, True, ""
            renamed.append(each.path)
        # What was moved out of the way may be another file by its content now: it is examined where it lies.
        for parity, each in (at[place] for place in touched if place in at):
            if not each.is_whole and not each.found_as:
                found = examine(self._folder, parity, each.file)
                each.lost &= found.lost
                each.is_whole, each.is_hashed, each.exists = found.is_whole, found.is_hashed, found.exists
                each.length, each.unreadable = found.length, found.unreadable
        return renamed

    def _exchange(self, source: str, target: str, *, swap: bool) -> None:
        """Interrupted, it leaves a file that the next mend takes for a leftover of the target."""
        first, second = self._folder / source, self._folder / target
        if not swap or not second.exists():
            self._disk.rename(first, second)
            return
        aside = second.with_name(second.name + _ASIDE)
        self._disk.rename(first, aside)
        self._disk.rename(second, first)
        self._disk.rename(aside, second)

    def _mend_group(self, group: Group, threads: int) -> None:
        parity, files = group
        bad = [each for each in files if not each.is_whole]
        self._refuse_what_is_no_file(parity, bad)
        extra = self._extra(parity, bad)
        if sum(len(each.lost) for each in bad) > parity.blocks and not extra and not any(map(_may_be_shifted, bad)):
            raise MagError(_too_much(group))
        bench = self._workbench(parity, bad)
        code = par2_child.DONE
        try:
            bench.prepare(files, extra)
            aside = _aside(bench)
            code = self._run_par2(bench, group, extra, threads, shifted=False)
            # Looking for slices at every offset takes many times as long, so only where it can help.
            if code in par2_child.NOT_ENOUGH and (extra or any(map(_may_be_shifted, bad))):
                code = self._run_par2(bench, group, extra, threads, shifted=True)
            if code not in par2_child.NOT_ENOUGH:
                hidden = _aside(bench) - aside  # damage that CRC-32 could not see
                bad += [each for each in files if each.is_whole and Path(each.path).name in hidden]
                bench.bring_back(bad)
                self._verify(parity, bad)
            for each in files:  # par2 hashed all that it used and all that it made
                each.is_hashed = each.is_hashed or code == par2_child.DONE
        finally:
            if _is_whole(group) or code in par2_child.NOT_ENOUGH or not bench.is_kept:
                bench.clear()
        if not _is_whole(group):
            raise MagError(_too_much(group) if code in par2_child.NOT_ENOUGH else _failed(code))

    def _refuse_what_is_no_file(self, parity: ParitySet, bad: list[Examined]) -> None:
        """par2 would wait for ever at a pipe: what it opens must be plain files. Raises: MagError."""
        bases = {Path(each.path).name.partition(".")[0] for each in parity.parity}
        # It looks by itself for more par2 files of a set.
        beside = [
            path
            for path in (self._folder / parity.prefix).iterdir()
            if path.name.lower().endswith(PARITY_SUFFIX) and path.name.partition(".")[0] in bases
        ]
        for path in [*(self._folder / each.path for each in bad), *beside]:
            if kind := stands_in_the_way(path):
                where = path.relative_to(self._folder).as_posix()
                raise MagError(
                    say(
                        "{kind} stands where a file belongs ({where}); remove it and mend again", kind=kind, where=where
                    )
                )

    def _run_par2(self, bench: Workbench, group: Group, extra: list[str], threads: int, *, shifted: bool) -> int:
        parity, files = group
        return par2_child.repair(
            bench.place,
            bench.parity_names(),
            [Path(path).name for path in extra],
            largest=max(each.file.length for each in files) + max(each.length for each in parity.parity),
            total=sum(each.file.length for each in files),
            threads=threads,
            shifted=shifted,
        )

    def _workbench(self, parity: ParitySet, bad: list[Examined]) -> Workbench:
        if self._scratch is not None or any(
            [each.unreadable for each in bad] + [each.unreadable for each in parity.parity]
        ):
            return Scratch(self._folder, parity, self._disk, self._scratch)
        return InPlace(self._folder, parity)

    def _extra(self, parity: ParitySet, bad: list[Examined]) -> list[str]:
        """Files beside the damaged ones that may hold some of their slices."""
        extra = [path for each in bad for path in each.leftovers]
        if not all(each.exists for each in bad):
            near = (path for path in self._found.unprotected if path.rpartition("/")[0] + "/" == (parity.prefix or "/"))
            extra += [path for path in near if is_plain_name(Path(path).name)][:_STRANGERS]
        return extra

    def _verify(self, parity: ParitySet, bad: list[Examined]) -> None:
        """Mended files, whose MD5 par2 has seen, as the medium gives them back after a flush."""
        for each in bad:
            if (self._folder / each.path).is_file():
                self._disk.adopt(self._folder / each.path)  # par2 wrote it
        self._disk.flush()
        for each in bad:
            with suppress(OSError):
                forget_cached(self._folder / each.path)  # else memory answers for the medium
            found = examine(self._folder, parity, each.file, by_crc=True)
            each.is_whole, each.lost, each.exists = found.is_whole, found.lost, found.exists
            if each.is_whole:
                self._mended.append(each.path)

    def _remove_leftovers(self) -> None:
        """What par2 put aside, and what an interrupted mend left, once the file itself is whole."""
        whole = {each.path for _, files in self._found.groups for each in files if each.is_whole}
        for found in survey(self._folder):
            leftover = LEFTOVER.fullmatch(found.path)
            if leftover and leftover[1] in whole and found.path not in whole:
                self._disk.remove(self._folder / found.path)

    def _renew_parity(self, group: Group) -> None:
        """Make a group's spare parts anew under another name; the old ones go when the new ones have verified."""
        parity = group[0]
        base = opaque_name()
        place = self._folder / parity.prefix
        refuse_without_room(place, parity.planned * parity.slice_length + (4 << 20), say("the new spare parts"))
        try:
            self._make_parity(group, base)
        except BaseException:
            for path in place.glob(f"{base}*"):
                self._disk.remove(path)
            raise
        for each in parity.parity:
            self._disk.remove(self._folder / each.path)
        self._renewed.append(parity.name)

    def _make_parity(self, group: Group, base: str) -> None:
        parity, files = group
        place = self._folder / parity.prefix
        par2_child.create(
            place,
            base,
            [each.file.name.decode("ascii") for each in files],
            slice_length=parity.slice_length,
            blocks=parity.planned,
            volumes=len(volumes_for(parity.planned)),
            disk=self._disk,
        )
        made = sorted(place.glob(f"{base}*"))
        self._disk.flush()
        for path in made:
            forget_cached(path)
        found = [FolderFile(path.relative_to(self._folder).as_posix(), path.stat().st_size) for path in made]
        sets = gather(self._folder, found).sets
        expected = {(each.name, each.md5) for each in parity.files}
        if len(sets) != 1 or sets[0].is_damaged or {(each.name, each.md5) for each in sets[0].files} != expected:
            raise MagError(
                say("the new spare parts do not verify: the medium is failing; copy the reel to another one")
            )


def _is_whole(group: Group) -> bool:
    return all(each.is_whole for each in group[1])


def _aside(bench: Workbench) -> Counter[str]:
    """Of which files there are leftovers, and how many: par2 puts a damaged one aside beside the mended one."""
    found = (LEFTOVER.fullmatch(path.name) for path in bench.place.iterdir())
    return Counter(each[1] for each in found if each)


def _may_be_shifted(examined: Examined) -> bool:
    """Whether bytes may have moved: par2 finds slices anywhere, our count looks at their places only."""
    return examined.exists and examined.length != examined.file.length


def _too_much(group: Group) -> Sentence:
    parity, files = group
    bad = [each for each in files if not each.is_whole]
    needed = sum(len(each.lost) for each in bad)
    return say(
        "{bad} of {files} files are damaged too much: {needed} spare parts are needed and {blocks}"
        " are there; find another copy of the reel and put both into one folder, or dub what is whole",
        bad=len(bad),
        files=len(files),
        needed=needed,
        blocks=parity.blocks,
    )


def _failed(code: int) -> Sentence:
    if code == par2_child.DONE:
        return say(
            "it gives back other bytes than were written: it is failing, or smaller than it says; copy the reel"
            " to another medium with mag reel copy, and mend it there"
        )
    return say(
        "mending stopped before the end ({code}); free some space, or name a folder with --scratch, and run it again",
        code=code,
    )
