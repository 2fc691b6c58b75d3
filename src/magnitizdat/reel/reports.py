"""What check and mend say: values, and sentences that a courier understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from magnitizdat.errors import EXIT_SOURCE, partly
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.sentence import Sentence, advice, framed, listed, say, size_words
from magnitizdat.ways import MEND

FileState = Literal["whole", "damaged", "missing", "renamed"]

_STATES: dict[FileState, Sentence] = {
    "whole": say("{n} whole"),
    "damaged": say("{n} damaged"),
    "missing": say("{n} missing"),
    "renamed": say("{n} renamed"),
}
_HURT: dict[FileState, Sentence] = {
    "damaged": say("damaged on the source"),
    "missing": say("missing on the source"),
    "renamed": say("under another name on the source"),
}
_FILES = {
    "": say("{n} {n:file|files}"),
    "sealed": say("{n} sealed {n:file|files}"),
    "par2": say("{n} par2 {n:file|files}"),
    "other": say("{n} other {n:file|files}"),
}
_ASK_AGAIN = advice(
    terminal=say(
        "Ask for the file again; or `mag reel mend` takes what is whole into a folder,"
        " and `mag dub` takes it from there."
    ),
    page=say("Ask for the file again; or mend it: what is whole comes into a folder, and can be taken from there."),
)


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

    def survives(self) -> Sentence:
        """What more may be lost."""
        return _worth(self.available - self.needed, max(each.slices for each in self.segments), self.slice_length)

    def sentence(self) -> Sentence:
        """State of the group in plain words."""
        count = len(self.segments)
        bad = [each for each in self.segments if each.state != "whole"]
        if not bad:
            return say(
                "{count} {count:file|files} whole; can still lose {survives}", count=count, survives=self.survives()
            )
        states = _states(Counter(each.state for each in bad))
        refused = sum(each.unreadable for each in bad)
        found = say("{states} of {count} {count:file|files}", states=states, count=count)
        if refused:
            found = say("{found} ({refused} of them unreadable in parts)", found=found, refused=refused)
        if self.is_mendable:
            return say(
                "{found}; can be mended, with {needed} of {available} spare {available:part|parts}",
                found=found,
                needed=self.needed,
                available=self.available,
            )
        return say(
            "{found}; cannot be mended, as it needs {needed} spare parts and has {available};"
            " what is whole can still be dubbed",
            found=found,
            needed=self.needed,
            available=self.available,
        )


class CheckReport(Value, frozen=True, kw_only=True):
    """What is in the folder of a reel, found without any key.

    `unprotected` are sealed files that no spare parts stand for, `useless` par2 files that describe nothing,
    `foreign` whatever does not belong here and is left alone. `over` says which budgets par2 files were over.
    `archive_broken`: it is one file, whose archive is not as it was written, so no other program takes it apart.
    `mislisted`: nothing says that these are damaged but the checksums of that archive, which every other program takes.
    """

    groups: tuple[GroupReport, ...]
    unprotected: tuple[str, ...] = ()
    useless: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    over: tuple[Sentence, ...] = ()
    archive_broken: bool = False
    mislisted: tuple[str, ...] = ()

    def count(self, state: FileState) -> int:
        """Segments in that state."""
        return sum(each.state == state for group in self.groups for each in group.segments)

    @property
    def is_complete(self) -> bool:
        """Whether no segment is missing."""
        return bool(self.groups) and self.count("missing") == 0

    @property
    def breaks_off(self) -> bool:
        """Whether it is one file of which sealed files came and no spare parts, which are last in it."""
        return self.archive_broken and bool(self.unprotected) and not self.groups

    @property
    def is_valid(self) -> bool:
        """Whether every segment verifies, and all its spare parts are there."""
        parity = all(group.is_parity_whole for group in self.groups)
        whole = bool(self.groups) and all(group.is_whole for group in self.groups)
        return whole and parity and not (self.unprotected or self.archive_broken or self.mislisted)

    @property
    def is_mendable(self) -> bool:
        """Whether mend would make every segment whole that spare parts stand for."""
        return bool(self.groups) and all(group.is_mendable for group in self.groups)

    @property
    def is_hurt(self) -> bool:
        """Whether anything that spare parts stand for, or one of these, is not whole."""
        broken = self.archive_broken or bool(self.mislisted)
        return broken or not all(group.is_whole and group.is_parity_whole for group in self.groups)

    def hurt(self) -> tuple[Shortfall, ...]:
        """What is damaged, missing or under a wrong name."""
        files = (each for group in self.groups for each in group.segments if each.state != "whole")
        parity = (path for group in self.groups for path in group.damaged_parity)
        return (
            *(Shortfall(what=each.path, reason=_HURT[each.state]) for each in files),
            *(Shortfall(what=path, reason=_HURT["damaged"]) for path in parity),
        )

    def missing(self) -> tuple[Shortfall, ...]:
        """Groups that cannot be mended."""
        return tuple(
            Shortfall(what=say("set {name}", name=group.name), reason=group.sentence())
            for group in self.groups
            if not group.is_mendable
        )

    def outcome(self) -> Outcome:
        """The verdict, and what stands behind it. Until it is mended, a reel that can be is partly whole."""
        verdict, *lines = self.sentences()
        missing = self.missing()
        return Outcome(
            headline=verdict,
            lines=beside(lines, missing),
            missing=missing,
            exit_code=partly(not self.is_valid) if self.groups else EXIT_SOURCE,
            safe_to_pull=True,
        )

    def sentences(self) -> list[Sentence]:
        """The report in plain words, the verdict first."""
        lines = [self._verdict(), *self._about_reels(), *self._about_groups()]
        if self.count("missing") and not self.is_mendable:
            lines.append(
                say("If this is a copy that was interrupted: copy it once more, and it goes on where it stopped.")
            )
        if self.breaks_off:
            lines.append(_ASK_AGAIN)
        if self.unprotected:
            lines.append(
                say(
                    "These have no spare parts, so nobody can say whether they are whole: {unprotected}.",
                    unprotected=counted(self.unprotected, "sealed"),
                )
            )
        if self.mislisted:
            lines.append(
                say("Of these the list of the archive says otherwise: {mislisted}.", mislisted=counted(self.mislisted))
            )
        if self.useless:
            lines.append(say("Too damaged to be of use: {useless}.", useless=counted(self.useless, "par2")))
        lines += [framed("{over}.", over=each) for each in self.over]
        if self.foreign:
            lines.append(say("Left alone: {foreign}.", foreign=counted(self.foreign, "other")))
        return lines

    def _verdict(self) -> Sentence:
        total = sum(len(group.segments) for group in self.groups)
        states = _states(Counter(each.state for group in self.groups for each in group.segments))
        if self.breaks_off:
            return say(
                "The file breaks off, or its end is damaged: {count} of its sealed files came, and the spare parts,"
                " which are last in it, are lost.",
                count=len(self.unprotected),
            )
        if not self.groups:
            return say("No spare parts were found: this is not a reel, or they are all lost.")
        if self.is_valid:
            return say(
                "The reel is whole: {total} {total:file and all its|files and all their} spare parts verify."
                " {survives}",
                total=total,
                survives=self._survives(),
            )
        if self.archive_broken and all(group.is_whole for group in self.groups):
            return say(
                "All {total} files verify, but the archive around them is broken: {then}.", total=total, then=MEND
            )
        if self.mislisted and all(group.is_whole for group in self.groups):
            return say(
                "All {total} files verify, but the list of the archive says otherwise, so that other programs call it"
                " damaged: {then}.",
                total=total,
                then=MEND,
            )
        if all(group.is_whole and group.is_parity_whole for group in self.groups):
            return say(
                "{total:The|All} {total} {total:file that has|files that have} spare parts {total:verifies|verify};"
                " of the others nobody can say. {survives}",
                total=total,
                survives=self._survives(),
            )
        if all(group.is_whole for group in self.groups):
            return say(
                "All {total} files verify, but spare parts are damaged or lost, and can be made anew: {then}."
                " {survives}",
                total=total,
                then=MEND,
                survives=self._survives(),
            )
        if self.is_mendable:
            return say(
                "The reel is damaged and can be mended without any key: {then}. ({states}) {survives}",
                then=MEND,
                states=states,
                survives=self._survives(is_hurt=True),
            )
        return say(
            "The reel is damaged more than its spare parts can mend; the rest can still be used. ({states})",
            states=states,
        )

    def _survives(self, *, is_hurt: bool = False) -> Sentence:
        number, weakest = min(enumerate(self.groups, 1), key=lambda each: each[1].spare_files)
        worth = weakest.survives()
        if any(group.survives() != worth for group in self.groups):
            which = say(
                "the weakest of {groups} sets of files ({name}, number {number}); more in others",
                number=number,
                groups=len(self.groups),
                name=weakest.name,
            )
            if is_hurt:
                return say("Before that, it can still lose {worth} in {which}.", worth=worth, which=which)
            return say("It can still lose {worth} in {which}.", worth=worth, which=which)
        sizes = sorted({len(group.segments) for group in self.groups})
        many = say("{few} or {many}", few=listed(sizes[:-1]), many=sizes[-1]) if len(sizes) > 1 else sizes[0]
        if is_hurt:
            return say(
                "Before that, it can still lose {worth} of every {many} {many:file|files}.", worth=worth, many=many
            )
        return say("It can still lose {worth} of every {many} {many:file|files}.", worth=worth, many=many)

    def _about_reels(self) -> list[Sentence]:
        """Two reels of the same length of file cannot be told apart without a key, and need not be."""
        count = len({each.length for group in self.groups for each in group.segments})
        if count < 2:
            return []
        return [
            say(
                "These are files of at least {count} reels in one folder; each set is checked and mended by itself.",
                count=count,
            )
        ]

    def _about_groups(self) -> list[Sentence]:
        lines = [
            say("Set {name}: its main par2 file is missing; the others say all that it said.", name=group.name)
            for group in self.groups
            if group.main_lost
        ]
        bad = [group for group in self.groups if not (group.is_whole and group.is_parity_whole)]
        for group in bad:
            line = say("Set {name}: {sentence}.", name=group.name, sentence=group.sentence())
            if group.damaged_parity:
                damaged = say("Damaged: {files}.", files=counted(group.damaged_parity, "par2"))
                line = listed([line, damaged], " ")
            elif group.available < group.planned:
                lost = say(
                    "{lost} of {planned} spare {planned:part|parts} {lost:is|are} lost.",
                    lost=group.planned - group.available,
                    planned=group.planned,
                )
                line = listed([line, lost], " ")
            lines.append(line)
        return lines


def beside(lines: Iterable[Sentence], missing: Sequence[Shortfall]) -> tuple[Sentence, ...]:
    """Those lines that say something else than what is told as missing."""
    told = tuple(f"{each.what}:".lower() for each in missing)
    return tuple(line for line in lines if not line.lstrip(" ✗").lower().startswith(told))


def _worth(spare: int, per_file: int, slice_length: int) -> Sentence:
    """Spare recovery slices as something to imagine. A scratch as long as a slice may touch two of them."""
    files, rest = divmod(max(0, spare), per_file)
    scratches = rest // 2
    scratched = say("{n} damaged {n:spot|spots} of {length}", n=scratches, length=size_words(slice_length))
    whole = say("{n} whole {n:file|files}", n=files)
    if files and scratches:
        return say("{whole} and {scratched}", whole=whole, scratched=scratched)
    if scratches:
        return say("no whole file, only {scratched}", scratched=scratched)
    return whole if files else say("nothing more")


def counted(paths: Sequence[str], kind: str = "") -> Sentence:
    """How many files of a kind these are."""
    return _FILES[kind].filled(n=len(paths))


def _states(counts: Mapping[FileState, int]) -> Sentence:
    return listed(said.filled(n=counts[state]) for state, said in _STATES.items() if counts.get(state))
