"""Mending a reel without any key: par2 for each damaged group, then every mended file is read back and verified.

par2 works in a folder of ours; a mended file replaces the old one once it has verified on the reel's own medium. What
an interrupted mend, or par2 by hand, left beside a file (`….age.1`) is searched for whole slices. Whole files are never
touched, files of no reel neither, and a file of which two sets say different things stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader, forget_cached, stands_in_the_way
from magnitizdat.errors import MagError
from magnitizdat.formats.names import opaque_name
from magnitizdat.model import Progress, Shortfall, Silent
from magnitizdat.reel import par2_child
from magnitizdat.reel.check import Examined, Inspection, check, examine, inspect
from magnitizdat.reel.folder import FolderFile, begins_as_age, survey
from magnitizdat.reel.fusing import OtherCopies
from magnitizdat.reel.mend_report import MendReport
from magnitizdat.reel.paths import LEFTOVER
from magnitizdat.reel.reports import CheckReport, GroupReport, SegmentReport
from magnitizdat.reel.sets import Gathered, ParitySet, gather
from magnitizdat.reel.workbench import Workbench, refuse_without_room
from magnitizdat.sentence import Sentence, advice, say
from magnitizdat.ways import AGAIN

__all__ = ["CheckReport", "GroupReport", "MendReport", "SegmentReport", "check", "mend"]

_AT_ONCE = 2
_STRANGERS = 64
_ASIDE, _ASIDE_TOO = ".901", ".902"
Group = tuple[ParitySet, list[Examined]]


def mend(
    folder: Path,
    disk: Disk,
    *,
    others: Sequence[Path] = (),
    scratch: Path | None = None,
    progress: Progress | None = None,
) -> MendReport:
    """Make every file of a reel whole that its spare parts allow, then make damaged spare parts anew.

    `others` are folders with other copies of it, which give what they have whole and are only read.

    `scratch` is a folder with room for two groups, for a stick that is too full. Interrupted, the same call goes on.
    What cannot be mended is in the report, with a reason each, and how the reel is now: what was read and verified in
    the meantime is not read again for that.

    Raises: SourceError if the folder cannot be listed, TargetError if the medium fails while it is written.
    """
    watcher = progress or Silent()
    disk.confine(folder, alike=True)
    if scratch is not None:
        disk.confine(scratch)
    if not others:
        return _MendRun(inspect(folder, by_crc=True, progress=watcher), disk, scratch, watcher).run()
    copies = OtherCopies(folder, others)
    gathered = copies.lend_parity(gather(folder, survey(folder)))
    found = inspect(folder, gathered=gathered, by_crc=True, progress=watcher)
    copies.lend_files(found.groups)
    copies.require_used()
    return _MendRun(found, disk, scratch, watcher, fused=True).run()


class _MendRun:
    """One mend under way."""

    def __init__(
        self, found: Inspection, disk: Disk, scratch: Path | None, progress: Progress, *, fused: bool = False
    ) -> None:
        self._fused = fused
        self._found, self._folder, self._disk = found, found.folder, disk
        self._scratch, self._progress = scratch, progress
        self._mended: list[str] = []
        self._renewed: list[str] = []
        self._missing: list[Shortfall] = []
        self._contested = _contested(found.groups)

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
        gathered = None
        if not self._renewed and not self._fused:
            gathered = Gathered([parity for parity, _ in groups], self._found.useless, self._found.over)
        after = inspect(self._folder, verified=hashed, gathered=gathered, progress=self._progress)
        return MendReport(
            after=after.report(),
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
                        self._missing.append(Shortfall(what=say("set {name}", name=parity.name), reason=exc.sentence))
                    except OSError as exc:
                        reason = say(
                            "the medium failed ({strerror}); {then}", strerror=os.strerror(exc.errno or 5), then=AGAIN
                        )
                        self._missing.append(Shortfall(what=say("set {name}", name=parity.name), reason=reason))
                    self._progress.advance(sum(each.file.length for each in files))
            finally:
                for future in futures:
                    future.cancel()

    def _give_names(self) -> list[str]:
        """Whole files go where they belong, and what lies there to where they were, if that is a segment's name too."""
        at = {each.path: (parity, each) for parity, files in self._found.groups for each in files}
        sought = {each.found_as for _, each in at.values() if each.found_as and each.path not in self._contested}
        origin: dict[str, str] = {}  # where the content of a place lay at first
        now: dict[str, str] = {}
        renamed, touched = [], set[str]()
        for _, each in at.values():
            if not each.found_as or each.path in self._contested or stands_in_the_way(self._folder / each.path):
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
        aside = second.with_name(second.name + (_ASIDE if source != target + _ASIDE else _ASIDE_TOO))
        self._disk.rename(first, aside)
        self._disk.rename(second, first)
        self._disk.rename(aside, second)

    def _mend_group(self, group: Group, threads: int) -> None:
        parity, files = group
        bad = [each for each in files if not each.is_whole]
        self._refuse_what_is_no_file(bad)
        extra = self._extra(parity, bad)
        needed = sum(len(each.lost) for each in bad)
        may_shift = bool(extra) or any(map(_may_be_shifted, bad))
        if needed > parity.blocks and not may_shift:
            raise MagError(_too_much(group))
        bench = Workbench(self._folder, parity, self._disk, self._scratch)
        code = par2_child.DONE
        try:
            bench.prepare(files, extra)
            is_all = bench.supply(needed)
            code = self._run_par2(bench, group, threads, shifted=False)
            # Looking for slices at every offset takes many times as long, so only where it can help.
            if code != par2_child.DONE and (not is_all or (code in par2_child.NOT_ENOUGH and may_shift)):
                bench.supply(parity.blocks)
                code = self._run_par2(bench, group, threads, shifted=may_shift)
            if code not in par2_child.NOT_ENOUGH:
                aside = bench.put_aside()  # damage that CRC-32 could not see
                bad += [each for each in files if each.is_whole and Path(each.path).name in aside]
                self._replace(bench, parity, bad)
            for each in files:  # par2 hashed all that it used and all that it made
                each.is_hashed = each.is_hashed or code == par2_child.DONE
        finally:
            if _is_whole(group) or code in par2_child.NOT_ENOUGH or not bench.is_kept:
                bench.clear()
        if not _is_whole(group):
            self._refuse_contested(bad)
            raise MagError(_too_much(group) if code in par2_child.NOT_ENOUGH else _failed(code))

    def _refuse_what_is_no_file(self, bad: list[Examined]) -> None:
        """What is replaced are plain files. Raises: MagError."""
        for path in (self._folder / each.path for each in bad):
            if kind := stands_in_the_way(path):
                where = path.relative_to(self._folder).as_posix()
                raise MagError(
                    say(
                        "{kind} stands where a file belongs ({where}); remove it and mend again", kind=kind, where=where
                    )
                )

    def _refuse_contested(self, bad: list[Examined]) -> None:
        """Raises: MagError."""
        for each in bad:
            if not each.is_whole and each.path in self._contested:
                raise MagError(
                    say(
                        "two sets of spare parts say different things of {path}, so it stays as it is;"
                        " move the par2 files that are not the reel's out of the folder and mend again",
                        path=each.path,
                    )
                )

    def _run_par2(self, bench: Workbench, group: Group, threads: int, *, shifted: bool) -> int:
        parity, files = group
        return bench.repair(
            largest=max(each.file.length for each in files) + parity.longest,
            total=sum(each.file.length for each in files),
            threads=threads,
            shifted=shifted,
        )

    def _extra(self, parity: ParitySet, bad: list[Examined]) -> list[str]:
        """Files beside the damaged ones that may hold some of their slices."""
        extra = [path for each in bad for path in each.leftovers]
        if not all(each.exists for each in bad):
            near = (path for path in self._found.unprotected if path.rpartition("/")[0] + "/" == (parity.prefix or "/"))
            extra += list(near)[:_STRANGERS]
        return extra

    def _replace(self, bench: Workbench, parity: ParitySet, bad: list[Examined]) -> None:
        """Old files by mended ones, whose MD5 par2 has seen, once the medium gives these back after a flush."""
        new = {each.path: bench.hand_over(each) for each in bad if each.path not in self._contested}
        self._disk.flush()
        for each in bad:
            path = new.get(each.path)
            if path is None:
                continue
            target = self._folder / each.path
            with suppress(OSError):
                forget_cached(path)  # else memory answers for the medium
            found = examine(self._folder, parity, each.file, at=path.relative_to(self._folder).as_posix(), by_crc=True)
            each.is_whole = found.is_whole and begins_as_age(FileReader(path))
            if each.is_whole:
                if path != target:
                    self._disk.rename(path, target)
                each.lost, each.exists = set(), True
                self._mended.append(each.path)
            elif path != target:
                self._disk.remove(path)

    def _remove_leftovers(self) -> None:
        """What stands beside a mended file: what par2 put aside, and what an interrupted mend left."""
        whole = {each.path for _, files in self._found.groups for each in files if each.is_whole}
        for found in survey(self._folder):
            leftover = LEFTOVER.fullmatch(found.path)
            if leftover and leftover[1] in self._mended and found.path not in whole:
                self._disk.remove(self._folder / found.path)

    def _renew_parity(self, group: Group) -> None:
        """Make a group's spare parts anew under another name; the old ones go when the new ones have verified."""
        parity, files = group
        place = self._folder / parity.prefix
        if not all(each.is_ours for each in parity.parity):
            raise MagError(
                say(
                    "its damaged spare parts lie in files that hold other things too, so they stay;"
                    " what is sealed is whole: dub it"
                )
            )
        refuse_without_room(place, parity.planned * parity.slice_length + (4 << 20), say("the new spare parts"))
        bench = Workbench(self._folder, parity, self._disk, self._scratch)
        base = opaque_name()
        try:
            bench.create(base, files)
            made = [place / path.name for path in bench.hand_over_parity(base)]
            self._verify_parity(parity, made)
        except BaseException:
            for path in place.glob(f"{base}*"):
                self._disk.remove(path)
            raise
        finally:
            bench.clear()
        for each in parity.parity:
            self._disk.remove(self._folder / each.path)
        self._renewed.append(parity.name)

    def _verify_parity(self, parity: ParitySet, made: list[Path]) -> None:
        """As the medium gives it back after a flush. Raises: MagError."""
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


def _contested(groups: list[Group]) -> frozenset[str]:
    """Paths of which two sets say different things: there is no telling which of them lies."""
    said: dict[str, set[tuple[int, bytes]]] = {}
    for _, files in groups:
        for each in files:
            said.setdefault(each.path, set()).add((each.file.length, each.file.md5))
    return frozenset(path for path, contents in said.items() if len(contents) > 1)


def _is_whole(group: Group) -> bool:
    return all(each.is_whole for each in group[1])


def _may_be_shifted(examined: Examined) -> bool:
    """Whether bytes may have moved: par2 finds slices anywhere, our count looks at their places only."""
    return examined.exists and examined.length != examined.file.length


def _too_much(group: Group) -> Sentence:
    parity, files = group
    bad = [each for each in files if not each.is_whole]
    needed = sum(len(each.lost) for each in bad)
    return say(
        "{bad} of {files} files are damaged too much: {needed} spare parts are needed and {blocks} are there; {next}",
        bad=len(bad),
        files=len(files),
        needed=needed,
        blocks=parity.blocks,
        next=advice(
            terminal=say("another copy helps, be it damaged too: `mag reel mend --from OTHER`; or dub what is whole"),
            page=say("find another copy of it, or take what is whole"),
        ),
    )


def _failed(code: int) -> Sentence:
    if code == par2_child.DONE:
        return advice(
            terminal=say(
                "it gives back other bytes than were written: it is failing, or smaller than it says; copy"
                " the reel to another medium with `mag reel copy`, and mend it there"
            ),
            page=say(
                "it gives back other bytes than were written: it is failing, or smaller than it says; copy"
                " the reel to another stick, and mend it there"
            ),
        )
    return advice(
        terminal=say(
            "mending stopped before the end ({code}); free some space, or name a folder with --scratch,"
            " and run it again",
            code=code,
        ),
        page=say("mending stopped before the end ({code}); free some space, and do it again", code=code),
    )
