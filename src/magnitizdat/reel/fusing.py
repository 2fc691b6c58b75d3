"""Two bad copies of a reel: what the other one has whole, file by file and slice by slice, mends this one.

Nothing of the other is believed: par2 takes slices of it that have the digests of this reel's own spare parts, and the
other copy is only read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from magnitizdat.disk.reading import REFUSED
from magnitizdat.errors import SourceError, UsageError
from magnitizdat.reel.check import Examined, examine, lost_slices
from magnitizdat.reel.folder import survey
from magnitizdat.reel.one_file import reader_of
from magnitizdat.reel.par2_packets import Description
from magnitizdat.reel.paths import is_segment_name
from magnitizdat.reel.sets import Gathered, ParitySet, gather
from magnitizdat.sentence import say


class OtherCopies:
    """Other copies of a reel, by what lies in them."""

    def __init__(self, folder: Path, others: Sequence[Path]) -> None:
        """Raises: UsageError for the reel itself; SourceError where a folder cannot be listed."""
        self._folder = folder
        self._used = dict.fromkeys(others, False)
        self._files = dict[Path, dict[str, list[Path]]]()
        for other in others:
            if other.resolve() == folder.resolve():
                raise UsageError(say("{other} is the reel itself; name another copy of it", other=other))
            named = self._files.setdefault(other, {})
            for each in survey(other):
                named.setdefault(each.path.rpartition("/")[2], []).append(other / each.path)
                self._used[other] |= is_segment_name(each.path.rpartition("/")[2]) and (folder / each.path).is_file()

    def lend_parity(self, gathered: Gathered) -> Gathered:
        """Sets with the spare parts of other copies; those that lost all of theirs here are there again."""
        sets = {(each.prefix, each.set_id): each for each in gathered.sets}
        for other in self._used:
            theirs = gather(other, survey(other)).sets
            if not self._is_copy(sets, theirs):
                continue
            for each in theirs:
                ours = [known for (_, set_id), known in sets.items() if set_id == each.set_id]
                if not ours:
                    ours = [replace(each, parity=[], borrowed=[], blocks=0, exponents=frozenset())]
                    sets[each.prefix, each.set_id] = ours[0]
                for known in ours:
                    known.borrow(each, other)
                self._used[other] = True
        return gathered._replace(sets=list(sets.values()))

    def _is_copy(self, known: Iterable[tuple[str, bytes]], theirs: Sequence[ParitySet]) -> bool:
        """Whether a set stands in both, or something that lies here is what a set there describes."""
        ids = {set_id for _, set_id in known}
        return any(each.set_id in ids for each in theirs) or any(
            self._holds_some_of(each, file) for each in theirs for file in each.files
        )

    def _holds_some_of(self, parity: ParitySet, file: Description) -> bool:
        """Whether a file lies here in which at least one slice is as the set says."""
        return len(examine(self._folder, parity, file).lost) < parity.checksums[file.file_id].slices

    def lend_files(self, groups: Iterable[tuple[ParitySet, list[Examined]]]) -> None:
        """For each file that is not whole, the files of that name elsewhere; fewer of its slices are lost then."""
        for parity, files in groups:
            for each in files:
                if not each.is_whole and not each.found_as:
                    self._lend(parity, each)

    def _lend(self, parity: ParitySet, examined: Examined) -> None:
        checksums, name = parity.checksums[examined.file.file_id], examined.path.rpartition("/")[2]
        for other, named in self._files.items():
            for path in named.get(name, ()):
                try:
                    with reader_of(path) as source:
                        lost, _ = lost_slices(source, examined.file, checksums, parity.slice_length)
                except REFUSED:
                    continue
                examined.leftovers.append(str(path.resolve()))
                examined.lost &= lost
                self._used[other] = True

    def require_used(self) -> None:
        """Raises: SourceError for a folder that holds nothing of this reel."""
        for other, used in self._used.items():
            if not used and self._files[other]:
                raise SourceError(say("nothing in {other} belongs to this reel; name another copy of it", other=other))
            if not used:
                raise SourceError(say("there is nothing in {other}; name another copy of the reel", other=other))
