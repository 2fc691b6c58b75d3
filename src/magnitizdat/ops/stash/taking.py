"""`mag stash take`: every sealed reel of these places that the stash lacks, copied, read back, and mended where hurt.

Needs no key, so what comes in is opaque. A reel that is here already gives the letters that lie beside it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED
from magnitizdat.errors import MagError, NotFoundError, SourceError, partly
from magnitizdat.formats import budgets
from magnitizdat.formats.letter_file import LENGTHS
from magnitizdat.model import Outcome, Progress, Shortfall, Silent, Value
from magnitizdat.ops.places.sources import mounted, places
from magnitizdat.ops.places.sticks import reels_in as sealed_reels
from magnitizdat.ops.stash import rule
from magnitizdat.ops.stash.book import Stash, digest_of, is_letter, is_whole, length_of, open_stash
from magnitizdat.reel.copy import copy, reel_files
from magnitizdat.reel.folder import FolderFile
from magnitizdat.reel.mend import mend
from magnitizdat.reel.one_file import reader_of
from magnitizdat.sentence import Sentence, advice, say, size_words

FULL = advice(
    terminal=say(
        "The stash is full of reels that you never handed on; give some to a stick with `mag stash give`,"
        " or let it grow with `--quota`."
    ),
    page=say("The stash is full of reels that you never handed on; give some to a stick, or let it grow."),
)


TOO_LARGE = advice(
    terminal=say(
        "Nothing came into the stash: what is new there is larger than its quota; let it grow with `--quota`."
    ),
    page=say("Nothing came into the stash: what is new there is larger than its quota; let it grow."),
)


class TakenReel(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A reel that came: the name of its folder in the stash, bytes, and whether it was mended on the way."""

    name: str
    bytes: int
    mended: bool = False


class TakeReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What came. `already`: reels that were here; `let_go`: names of reels that made room, each handed on twice.

    `is_full`: what was never handed on is in the way; `is_too_large`: a reel is larger than the quota. `quota`: bytes
    that it may take from now on, where nothing was plugged in to take from.
    """

    taken: tuple[TakenReel, ...] = ()
    already: int = 0
    letters: int = 0
    let_go: tuple[str, ...] = ()
    missing: tuple[Shortfall, ...] = ()
    is_full: bool = False
    is_too_large: bool = False
    warnings: tuple[Sentence, ...] = ()
    quota: int | None = None

    def outcome(self) -> Outcome:
        """What came, and what did not for want of room."""
        return Outcome(
            headline=FULL if self.is_full else self._headline(),
            lines=tuple(self._lines()),
            warnings=self.warnings,
            missing=self.missing,
            exit_code=partly(self.missing),
            safe_to_pull=True,
        )

    def _headline(self) -> Sentence:
        length = size_words(sum(each.bytes for each in self.taken))
        if self.taken:
            return say("{n} {n:reel|reels} came into the stash, {length}, read back.", n=len(self.taken), length=length)
        if self.is_too_large:
            return TOO_LARGE
        if self.quota is not None:
            return say(
                "The stash takes at most {quota} from now on. No stick is plugged in, so nothing came.",
                quota=size_words(self.quota),
            )
        return say("Nothing new: the stash has all reels that are there.")

    def _lines(self) -> list[Sentence]:
        lines = [self._headline()] if self.is_full and self.taken else []
        if self.letters:
            lines.append(say("New letters beside reels that were here already: {n}.", n=self.letters))
        if mended := sum(each.mended for each in self.taken):
            lines.append(say("Mended on the way, without any key: {n}.", n=mended))
        if self.let_go:
            lines.append(say("Let go, each handed on twice or more: {n}.", n=len(self.let_go)))
        return lines


class FoundReel(NamedTuple):
    """A sealed reel somewhere: its folder or its one file, what is in it, and the letters beside it."""

    folder: Path
    files: list[FolderFile]

    @property
    def sealed(self) -> set[str]:
        """Paths of the reel's own files."""
        return {each.path for each in self.files if not is_letter(each)}


def reels_in(top: Path) -> list[FoundReel]:
    """Sealed reels in a folder and below; those that cannot be listed are passed over."""
    found = dict[Path, FoundReel]()
    for reel in _where_reels_lie(top):
        with suppress(*REFUSED):
            found[reel] = FoundReel(reel, reel_files(reel))
    return list(found.values())


def _where_reels_lie(top: Path) -> Iterator[Path]:
    if top.is_file():
        yield top
        return
    for folder in places(top):
        with suppress(*REFUSED):
            yield from (reel for reel, _ in sealed_reels(folder))


def take(
    folder: Path,
    tops: Sequence[Path],
    disk: Disk,
    *,
    now: datetime,
    quota: int | None = None,
    progress: Progress | None = None,
) -> TakeReport:
    """Into the stash in `folder`, from `tops`; without these, from all mounted sticks. Repeated, it goes on.

    A quota is kept, also where nothing is plugged in; where a place is named that holds no reel it stays as it was.
    Raises: NotFoundError where nothing is plugged in, SourceError where no reel is there, TargetError.
    """
    if quota is not None and not tops and not mounted():
        with open_stash(folder, disk, now=now) as stash:
            stash.allow(quota)
        return TakeReport(quota=quota)
    reels = _found(folder, tops)
    with open_stash(folder, disk, now=now) as stash:
        if quota is not None:
            stash.allow(quota)
        run = _TakeRun(stash, now, progress or Silent())
        run.let_go(rule.too_old(stash.reels, now))
        for reel in reels:
            run.take(reel)
        return run.report()


def _found(folder: Path, tops: Sequence[Path]) -> list[FoundReel]:
    own = folder.resolve()
    named = list(tops) or mounted()
    if not named:
        raise NotFoundError(say("no stick is plugged in; name the folder that holds reels"))
    if gone := next((top for top in named if not top.exists()), None):
        raise NotFoundError(say("{source} is not there; check the path, or plug the stick in", source=gone))
    found = [each for top in named for each in reels_in(top) if not each.folder.resolve().is_relative_to(own)]
    if tops and not found:
        raise SourceError(say("there is no sealed reel in {folder}; name the folder that holds some", folder=named[0]))
    return found


class _TakeRun:
    """One take under way."""

    def __init__(self, stash: Stash, now: datetime, progress: Progress) -> None:
        self._stash, self._now, self._progress = stash, now, progress
        self._taken: list[TakenReel] = []
        self._missing: list[Shortfall] = []
        self._let_go: list[str] = []
        self._already = self._letters = 0
        self._is_full = self._is_too_large = False

    def report(self) -> TakeReport:
        """What was done."""
        return TakeReport(
            taken=tuple(self._taken),
            already=self._already,
            letters=self._letters,
            let_go=tuple(self._let_go),
            missing=tuple(self._missing),
            is_full=self._is_full,
            is_too_large=self._is_too_large,
            warnings=tuple(self._stash.warnings),
        )

    def let_go(self, names: Sequence[str]) -> None:
        """Reels that may go."""
        if names:
            self._stash.let_go(names)
            self._let_go += names

    def take(self, reel: FoundReel) -> None:
        """One reel; what stops it stops no other."""
        try:
            name = self._place_of(reel)
            if name in self._stash.reels:
                self._already += 1
                self._letters += take_letters(reel, self._stash.folder / name, self._stash.disk)
            elif self._has_room(reel):
                self._copy(reel, name or self._stash.new_place())
        except (MagError, OSError) as exc:
            self._miss(reel, exc.sentence if isinstance(exc, MagError) else UNREADABLE)

    def _place_of(self, reel: FoundReel) -> str:
        """Where it lies here, whole or as far as it was copied; empty where it is new."""
        digest = digest_of(reel.files)
        same = next((name for name, held in self._stash.reels.items() if held.digest == digest), "")
        return same or next((name for name, paths in self._stash.paths() if self._is_copy_of(reel, name, paths)), "")

    def _is_copy_of(self, reel: FoundReel, name: str, paths: set[str]) -> bool:
        """Names of files are drawn by chance: one is enough. What was interrupted holds nothing else."""
        return not paths.isdisjoint(reel.sealed) and (name in self._stash.reels or paths <= reel.sealed)

    def _has_room(self, reel: FoundReel) -> bool:
        """Make room for it where something may go for it: for what its spare parts prove whole alone."""
        needed, free, quota = length_of(reel.files), self._stash.free, self._stash.quota
        if quota is not None and needed > quota:
            self._is_too_large = True
            self._miss(reel, _larger(needed, quota))
            return False
        lacking = 0 if free is None else needed - free
        going = rule.room_makers(self._stash.reels, lacking)
        if going is None:
            self._is_full = True
            self._miss(reel, say("no room in the stash for {length}", length=size_words(needed)))
            return False
        if going and not is_whole(reel.folder):
            self._miss(
                reel, say("its spare parts do not prove that it is whole, so no other reel goes to make room for it")
            )
            return False
        self.let_go(going)
        return True

    def _copy(self, reel: FoundReel, name: str) -> None:
        target, disk = self._stash.folder / name, self._stash.disk
        report = copy(reel.folder, [(target, disk.apart())], watch=lambda _: self._progress)
        if report.targets[0].verdict != "done":
            self._miss(reel, report.targets[0].reason)
            return
        hurt = report.is_source_hurt or bool(report.unreadable)
        if hurt and not mend(target, disk.apart(), progress=self._progress).after.is_valid:
            self._stash.clear(name)
            self._miss(reel, say("it is damaged more than its spare parts can mend; find another copy of it"))
            return
        self._stash.add(name, self._now)
        self._taken.append(TakenReel(name=name, bytes=self._stash.reels[name].bytes, mended=hurt))

    def _miss(self, reel: FoundReel, reason: Sentence) -> None:
        self._missing.append(Shortfall(what=str(reel.folder), reason=reason))


def _larger(needed: int, quota: int) -> Sentence:
    return say(
        "it has {length}, and the stash may take {quota} in all", length=size_words(needed), quota=size_words(quota)
    )


UNREADABLE = say("the medium could not be read; plug it in again and repeat")


def take_letters(reel: FoundReel, target: Path, disk: Disk) -> int:
    """Letters beside a reel that do not lie beside the copy in `target` yet; no more in all than a source may have."""
    there = {each.path for each in reel_files(target) if is_letter(each)}
    new = [each for each in reel.files if is_letter(each) and each.path not in there and each.length in LENGTHS]
    taken = new[: max(0, budgets.LETTERS.most - len(there))]
    for letter in taken:
        with reader_of(reel.folder / letter.path) as reader:
            content = reader.read_at(0, letter.length)
        disk.mkdir((target / letter.path).parent)
        disk.write_new(target / letter.path, [content])
    disk.flush()
    return len(taken)
