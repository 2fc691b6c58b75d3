"""What check, mend and copy say: values, and sentences that a courier understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from magnitizdat.model import Shortfall, Value
from magnitizdat.reel.layout import size_words

FileState = Literal["whole", "damaged", "missing", "renamed"]
CopyVerdict = Literal["done", "failed", "refused"]

_STATES: dict[FileState, str] = {
    "whole": "{n} whole",
    "damaged": "{n} damaged",
    "missing": "{n} missing",
    "renamed": "{n} renamed",
}
_FILES = {
    "": ("{n} file", "{n} files"),
    "sealed": ("{n} sealed file", "{n} sealed files"),
    "par2": ("{n} par2 file", "{n} par2 files"),
    "other": ("{n} other file", "{n} other files"),
}


class SegmentReport(Value, frozen=True, kw_only=True):
    """One file of a group: `lost` of its `slices` do not verify; `unreadable` where the medium refused some.

    A renamed one is whole, under the name `found_as`.
    """

    path: str
    state: FileState
    length: int
    slices: int
    lost: int = 0
    unreadable: bool = False
    found_as: str = ""


class GroupReport(Value, frozen=True, kw_only=True):
    """Files that share spare parts. `needed`, `available`, `planned` count recovery slices of `slice_length` bytes."""

    name: str
    segments: tuple[SegmentReport, ...]
    slice_length: int
    needed: int
    available: int
    planned: int
    damaged_parity: tuple[str, ...] = ()
    main_lost: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every file is there and verifies, under its name."""
        return all(each.state == "whole" for each in self.segments)

    @property
    def is_mendable(self) -> bool:
        """Whether there are spare parts enough."""
        return self.needed <= self.available

    @property
    def is_parity_whole(self) -> bool:
        """Whether all spare parts that were made are there."""
        return not self.damaged_parity and self.available >= self.planned

    @property
    def spare_files(self) -> float:
        """How many more files may be lost, with fractions."""
        return (self.available - self.needed) / max(each.slices for each in self.segments)

    def survives(self) -> str:
        """What more may be lost."""
        return _worth(self.available - self.needed, max(each.slices for each in self.segments), self.slice_length)

    def sentence(self) -> str:
        """State of the group in plain words."""
        count = len(self.segments)
        bad = [each for each in self.segments if each.state != "whole"]
        if not bad:
            return f"{count} files whole; can still lose {self.survives()}"
        states = _states(Counter(each.state for each in bad))
        refused = sum(each.unreadable for each in bad)
        found = f"{states} of {count} files" + (f" ({refused} of them unreadable in parts)" if refused else "")
        if self.is_mendable:
            return f"{found}; can be mended, with {self.needed} of {self.available} spare parts"
        return (
            f"{found}; cannot be mended, as it needs {self.needed} spare parts and has {self.available};"
            " what is whole can still be dubbed"
        )


class CheckReport(Value, frozen=True, kw_only=True):
    """What is in the folder of a reel, found without any key.

    `unprotected` are sealed files that no spare parts stand for, `useless` par2 files that describe nothing,
    `foreign` whatever does not belong here and is left alone.
    """

    groups: tuple[GroupReport, ...]
    unprotected: tuple[str, ...] = ()
    useless: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    def count(self, state: FileState) -> int:
        """Segments in that state."""
        return sum(each.state == state for group in self.groups for each in group.segments)

    @property
    def is_complete(self) -> bool:
        """Whether no segment is missing."""
        return bool(self.groups) and self.count("missing") == 0

    @property
    def is_valid(self) -> bool:
        """Whether every segment verifies, and all its spare parts are there."""
        parity = all(group.is_parity_whole for group in self.groups)
        return bool(self.groups) and all(group.is_whole for group in self.groups) and parity and not self.unprotected

    @property
    def is_mendable(self) -> bool:
        """Whether mend would make every segment whole that spare parts stand for."""
        return bool(self.groups) and all(group.is_mendable for group in self.groups)

    def missing(self) -> tuple[Shortfall, ...]:
        """Groups that cannot be mended."""
        return tuple(
            Shortfall(what=f"group {group.name}", reason=group.sentence())
            for group in self.groups
            if not group.is_mendable
        )

    def sentences(self) -> list[str]:
        """The report in plain words, the verdict first."""
        lines = [self._verdict(), *self._about_reels(), *self._about_groups()]
        if self.count("missing") and not self.is_mendable:
            lines.append("If this is a copy that was interrupted: the same mag reel copy goes on where it stopped.")
        if self.unprotected:
            lines.append(f"Without spare parts, so nobody can say if whole: {_files(self.unprotected, 'sealed')}.")
        if self.useless:
            lines.append(f"Too damaged to be of use: {_files(self.useless, 'par2')}.")
        if self.foreign:
            lines.append(f"Left alone: {_files(self.foreign, 'other')}.")
        return lines

    def _verdict(self) -> str:
        total = sum(len(group.segments) for group in self.groups)
        states = _states(Counter(each.state for group in self.groups for each in group.segments))
        if not self.groups:
            return "No spare parts were found: this is no reel, or they are all lost."
        if self.is_valid:
            return f"The reel is whole: {total} files and all their spare parts verify. {self._survives()}"
        if all(group.is_whole and group.is_parity_whole for group in self.groups):
            return f"All {total} files that have spare parts verify; of the others nobody can say. {self._survives()}"
        if all(group.is_whole for group in self.groups):
            return (
                f"All {total} files verify, but spare parts are damaged or lost: mag reel mend makes new ones."
                f" {self._survives()}"
            )
        if self.is_mendable:
            return (
                f"The reel is damaged and can be mended without any key: mag reel mend. ({states})"
                f" {self._survives(is_hurt=True)}"
            )
        return f"The reel is damaged more than its spare parts can mend; the rest can still be used. ({states})"

    def _survives(self, *, is_hurt: bool = False) -> str:
        number, weakest = min(enumerate(self.groups, 1), key=lambda each: each[1].spare_files)
        worth = weakest.survives()
        if any(group.survives() != worth for group in self.groups):
            which = f"group {number} of {len(self.groups)} ({weakest.name}), the weakest; more in others"
            return f"{'Before that, it' if is_hurt else 'It'} can still lose {worth} in {which}."
        sizes = sorted({len(group.segments) for group in self.groups})
        many = " or ".join(map(str, sizes))
        return f"{'Before that, it' if is_hurt else 'It'} can still lose {worth} in each group of {many} files."

    def _about_reels(self) -> list[str]:
        """Two reels of the same length of file cannot be told apart without a key, and need not be."""
        count = len({each.length for group in self.groups for each in group.segments})
        if count < 2:
            return []
        return [f"These are files of at least {count} reels in one folder; each group is checked and mended by itself."]

    def _about_groups(self) -> list[str]:
        lines = [
            f"Group {group.name}: its main par2 file is missing; the others say all that it said."
            for group in self.groups
            if group.main_lost
        ]
        bad = [group for group in self.groups if not (group.is_whole and group.is_parity_whole)]
        for group in bad:
            line = f"Group {group.name}: {group.sentence()}."
            if group.damaged_parity:
                line += f" Damaged: {_files(group.damaged_parity, 'par2')}."
            elif group.available < group.planned:
                line += f" {group.planned - group.available} of {group.planned} spare parts are lost."
            lines.append(line)
        return lines


class MendReport(Value, frozen=True, kw_only=True):
    """What was mended. `missing` says what could not be, with a reason each."""

    after: CheckReport
    mended: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    renewed_parity: tuple[str, ...] = ()
    missing: tuple[Shortfall, ...] = ()

    def sentences(self) -> list[str]:
        """The report in plain words."""
        lines = []
        if self.mended:
            lines.append(f"Mended and verified: {_files(self.mended)}.")
        if self.renamed:
            lines.append(f"Named again as they were: {_files(self.renamed)}.")
        if self.renewed_parity:
            groups = len(self.renewed_parity)
            lines.append(f"New spare parts were made for {groups} group{'s' * (groups > 1)}.")
        lines += [f"{each.what}: {each.reason}." for each in self.missing]
        return lines or (["Nothing needed mending."] if self.after.is_valid else [])


class TargetReport(Value, frozen=True, kw_only=True):
    """One stick. `refused`: nothing was written. `length` bytes in `files` are whole there, `kept` of these before."""

    folder: str
    verdict: CopyVerdict
    reason: str = ""
    length: int = 0
    files: int = 0
    kept: int = 0

    def sentence(self) -> str:
        """For people."""
        if self.verdict != "done":
            return self.reason
        kept = f", {self.kept} of them were there already" if self.kept else ""
        return f"{self.files} files, {size_words(self.length)}, read back{kept}. Safe to pull."


class CopyReport(Value, frozen=True, kw_only=True):
    """What was copied where. `unreadable`: files of the source of which parts are zeros on what was written now."""

    files: int
    length: int
    targets: tuple[TargetReport, ...]
    source_read: int = 0
    """Bytes that were read of the source: `length`, and what was read again for slow sticks."""
    unreadable: tuple[Shortfall, ...] = ()
    mendable: bool = True

    def missing(self) -> tuple[Shortfall, ...]:
        """Sticks that have no whole copy, and what no stick could be given."""
        failed = (each for each in self.targets if each.verdict != "done")
        return (*(Shortfall(what=each.folder, reason=each.reason) for each in failed), *self.unreadable)

    def sentences(self) -> list[str]:
        """What to know beyond the verdicts."""
        if not self.unreadable:
            return []
        advice = (
            "every copy can be mended without any key: mag reel mend"
            if self.mendable
            else "that is more than the spare parts can mend: keep the source, and find another copy of the reel"
        )
        count = len(self.unreadable)
        return [f"Parts of {count} file{'s' * (count > 1)} of the source cannot be read; {advice}."]


def _worth(spare: int, per_file: int, slice_length: int) -> str:
    """Spare recovery slices as something to imagine. A scratch as long as a slice may touch two of them."""
    files, rest = divmod(max(0, spare), per_file)
    scratches = rest // 2
    scratched = f"{scratches} scratch{'es' * (scratches > 1)} of {size_words(slice_length)}"
    whole = f"{files} whole file{'s' * (files > 1)}"
    if files and scratches:
        return f"{whole} and {scratched}"
    if scratches:
        return f"no whole file, only {scratched}"
    return whole if files else "nothing more"


def _files(paths: Sequence[str], kind: str = "") -> str:
    return _FILES[kind][len(paths) != 1].format(n=len(paths))


def _states(counts: Mapping[FileState, int]) -> str:
    return ", ".join(said.format(n=counts[state]) for state, said in _STATES.items() if counts.get(state))
