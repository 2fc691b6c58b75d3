"""An open spool beside what should lie there: lengths are compared as the place lists them, and no music is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from magnitizdat.errors import partly
from magnitizdat.formats.spool_index import IndexedLabel
from magnitizdat.formats.spool_paths import INDEX_PATH, text_path
from magnitizdat.model import Outcome, Shortfall, SpoolFile, Value
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.standing import Age, lying
from magnitizdat.ops.places.targets import TreeTarget
from magnitizdat.sentence import Sentence, advice, say

_MENDED = advice(
    terminal=say("`mag publish --to` with --mend writes it again"), page=say("press Mend to have it written again")
)
_AGES: Mapping[Age, Sentence] = {
    "none": say("nothing there can be verified; {then}", then=_MENDED),
    "older": say("what lies there is older than what you have; publish it there again"),
    "newer": say("what lies there is newer than what you have; take it from there first"),
    "forked": say("what lies there was signed apart from what you have; take it from there to see what differs"),
}


class MirrorReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """What of an open spool lies there in full length, `files` of `all_files`, and their bytes."""

    files: int
    all_files: int
    length: int
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """One line, and whatever is lacking."""
        whole = say("{n} {n:file lies|files lie} there, and nothing is lacking.", n=self.files)
        part = say("Of {all_files} files {files} lie there in full length.", all_files=self.all_files, files=self.files)
        return Outcome(headline=part if self.missing else whole, missing=self.missing, exit_code=partly(self.missing))


def check_open(cargo: Cargo, target: TreeTarget) -> MirrorReport:
    """Compare what a place lists with what should be there. Raises: TargetError where it does not answer."""
    folders = ("blobs", *(f"labels/{label.view.imprint}" for label in cargo.loaded))
    there = dict(chain.from_iterable(map(target.lengths, folders)))
    expected = [file for file in cargo.files if file.path != INDEX_PATH]
    lying_there = [file for file in expected if _is_there(file, there)]
    return MirrorReport(
        files=len(lying_there),
        all_files=len(expected),
        length=sum(file.length for file in lying_there),
        missing=(*_behind(cargo, target), *_lacking(cargo, there)),
    )


def _is_there(file: SpoolFile, there: Mapping[str, int]) -> bool:
    return file.length in {there.get(file.path), there.get(text_path(file.path))}


def _behind(cargo: Cargo, target: TreeTarget) -> Iterator[Shortfall]:
    """Labels whose list there is another one."""
    for label in cargo.loaded:
        found = lying(label.verdict.state, target, IndexedLabel(label.view.imprint, label.view.name), label.verdict)
        if found.age != "same":
            yield Shortfall(what=say("label {known}", known=label.view.name), reason=_AGES[found.age])


def _lacking(cargo: Cargo, there: Mapping[str, int]) -> Iterator[Shortfall]:
    """What of albums, and of papers beside them, is not there in full length."""
    for name, files in cargo.album_files():
        yield from _shortfall(name.title, files, there, id_=name.id)
    papers = [file for file in cargo.head_files() if file.path != INDEX_PATH]
    yield from _shortfall(say("papers of labels"), papers, there)


def _shortfall(
    what: str | Sentence, files: list[SpoolFile], there: Mapping[str, int], *, id_: str = ""
) -> Iterator[Shortfall]:
    lacking = sum(not _is_there(file, there) for file in files)
    if lacking:
        reason = say("{n} {n:file is|files are} not there in full length; {then}", n=lacking, then=_MENDED)
        yield Shortfall(what=what, id=id_, reason=reason)
