"""Senders whom a person does not want to hear.

A label is known by its imprint. Who is proven to be nobody has but the name that they say: under another they are heard
again, and somebody else of that name is not.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import structs

from magnitizdat.errors import UsageError
from magnitizdat.formats.names import clean_line, imprint_words
from magnitizdat.library.letter_rows import LetterRow, SilencedRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Outcome, Value
from magnitizdat.ops.post.senders import Senders
from magnitizdat.sentence import Sentence, advice, say


class SilencedReport(Value, frozen=True, kw_only=True, omit_defaults=False):
    """Who is not heard any more, or is again: labels by imprint, and names that nobody proved."""

    silent: bool
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    hidden: int = 0

    def outcome(self) -> Outcome:
        """Who, and what that does not do."""
        who = ", ".join(dict.fromkeys((*map(imprint_words, self.labels), *(f"«{name}»" for name in self.names))))
        if not self.silent:
            return Outcome(headline=say("Letters of {who} are shown again.", who=who))
        lines = [say("Letters of theirs that are here are shown no more: {hidden}.", hidden=self.hidden)]
        if self.names and not self.labels:
            lines.append(
                say(
                    "Nobody proved that name: letters under another name still come, and those under this one"
                    " come no more."
                )
            )
        return Outcome(headline=say("Silenced: {who}. They are not told.", who=who), lines=tuple(lines))


class Silenced:
    """Who is not heard, as it is now."""

    def __init__(self, library: Library) -> None:
        rows = [row for row in library.index.listening.kept(SilencedRow, "silenced:") if row.silent]
        self.labels = {row.imprint for row in rows if row.imprint}
        self.names = {row.name for row in rows if not row.imprint}

    def is_silent(self, signer: str, name: str) -> bool:
        """Whether this sender is not heard: by the label that is proven, else by the name."""
        return signer in self.labels if signer else folded(name) in self.names


def folded(name: str) -> str:
    """A name as it is compared: case and what nobody sees aside."""
    return clean_line(name).casefold()[:512]


def block(library: Library, who: str, *, now: datetime, silent: bool = True) -> SilencedReport:
    """Hear a sender no more, or (not `silent`) again: by name, four words, imprint, or the id of a letter.

    Raises: UsageError where nobody in the inbox is meant.
    """
    with library.changes() as changes:
        rows = library.index.listening.kept(LetterRow, "letter:")
        meant = [row for row in rows if _is_meant(library, row, who)]
        labels = {row.signer for row in meant if row.signer}
        names = {folded(row.name) for row in meant if not row.signer and row.name}
        if not silent:
            known = Silenced(library)
            labels, names = labels & known.labels, (names | {folded(who)}) & known.names
        if not (labels or names):
            raise UsageError(_nobody(who, silent=silent))
        note_silence(library, changes, labels, names, silent=silent, now=now)
        changes.commit()
    hidden = sum(row.signer in labels if row.signer else folded(row.name) in names for row in rows)
    return SilencedReport(
        silent=silent, labels=tuple(sorted(labels)), names=tuple(sorted(names)), hidden=hidden if silent else 0
    )


def note_silence(
    library: Library, changes: Changes, labels: set[str], names: set[str], *, silent: bool, now: datetime
) -> None:
    """Write that down of labels, by imprint, and of names; whether a label is blocked as a whole stays as it is."""
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    for imprint in sorted(labels):
        row = library.index.listening.kept_one(SilencedRow, f"silenced:{imprint}:") or SilencedRow(
            name="", imprint=imprint
        )
        changes.row(structs.replace(row, silent=silent, at=at))
    for name in sorted(names):
        changes.row(SilencedRow(name=name, silent=silent, at=at))


def _is_meant(library: Library, row: LetterRow, who: str) -> bool:
    wanted = folded(who)
    if row.id.startswith(wanted) and len(wanted) >= 8:
        return True
    if row.signer:
        called = folded(Senders(library).called(row.signer) or row.name)
        return wanted in {called, row.signer, imprint_words(row.signer)}
    return bool(wanted) and folded(row.name) == wanted


def _nobody(who: str, *, silent: bool) -> Sentence:
    if silent:
        return advice(
            terminal=say("no letter here is of «{who}»; `mag inbox` shows who wrote", who=who),
            page=say("no letter here is of «{who}»; look under Post", who=who),
        )
    return say("«{who}» is not silenced", who=who)
