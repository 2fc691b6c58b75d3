"""What mend says: values, and sentences that a courier understands."""

from __future__ import annotations

import shlex

from msgspec import structs

from magnitizdat.errors import partly
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.reel.reports import CheckReport, beside, counted
from magnitizdat.sentence import Sentence, advice, framed, say

_TAKE_WHOLE = advice(
    terminal=say("Ask for the file again; or `mag dub` takes from that folder what is whole."),
    page=say("Ask for the file again; or take from that folder what is whole."),
)


class MendReport(Value, frozen=True, kw_only=True):
    """What was mended. `missing` says what could not be, with a reason each."""

    after: CheckReport
    mended: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    renewed_parity: tuple[str, ...] = ()
    missing: tuple[Shortfall, ...] = ()
    folder: str = ""
    """Where it lies now, if it was one file."""
    left_as_one: str = ""
    """The one file that could not be taken apart."""

    def outcome(self) -> Outcome:
        """How the reel is now, what was done for it, and what could not be."""
        after = self.after.outcome()
        if self.is_remnant:
            headline = say("What came of the file lies in {folder}; its spare parts are lost.", folder=self.folder)
            after = structs.replace(after, headline=headline, exit_code=partly(self.is_remnant))
        if self.left_as_one:
            headline = say("{file} could not be taken apart, so nothing was mended.", file=self.left_as_one)
            after = structs.replace(after, headline=headline)
        lines = beside((*self.sentences(), *after.lines), self.missing)
        return structs.replace(after, lines=lines, missing=self.missing)

    @property
    def is_remnant(self) -> bool:
        """Whether all that could be done for one file was to take apart what came of it."""
        return bool(self.folder and self.after.unprotected) and not self.after.groups

    def sentences(self) -> list[Sentence]:
        """The report in plain words."""
        lines = []
        if self.folder:
            lines.append(
                say("The file was taken apart, and stays as it is: the reel lies in {folder} now.", folder=self.folder)
            )
        if self.is_remnant:
            lines.append(_TAKE_WHOLE)
        if self.left_as_one:
            lines.append(_elsewhere(self.left_as_one))
        if self.mended:
            lines.append(say("Mended and verified: {mended}.", mended=counted(self.mended)))
        if self.renamed:
            lines.append(say("Named again as they were: {renamed}.", renamed=counted(self.renamed)))
        if self.renewed_parity:
            groups = len(self.renewed_parity)
            lines.append(say("New spare parts were made for {groups} {groups:set|sets} of files.", groups=groups))
        lines += [framed("{what}: {reason}.", what=each.what, reason=each.reason) for each in self.missing]
        return lines or ([say("Nothing needed mending.")] if self.after.is_valid else [])


def _elsewhere(file: str) -> Sentence:
    return advice(
        terminal=say("In a folder elsewhere it can be: `mag reel mend {file} --into FOLDER`.", file=shlex.quote(file)),
        page=say("Copy the file to where there is room, and mend it there."),
    )
