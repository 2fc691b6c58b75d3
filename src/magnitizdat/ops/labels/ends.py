"""Following ends: a label is unfollowed, or blocked and let in again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import structs

from magnitizdat.errors import UsageError
from magnitizdat.formats.names import imprint_words
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.journal import LabelRow
from magnitizdat.library.letter_rows import SilencedRow
from magnitizdat.library.library import Library
from magnitizdat.ops.labels.labels import find_label
from magnitizdat.ops.labels.removing import RemovedLabel, remove_label
from magnitizdat.sentence import say


def unfollow(library: Library, text: str) -> LabelView:
    """Follow a label no more: it is as it was when it came, and what is here of it stays.

    Raises: UsageError where it is not followed.
    """
    with library.changes() as changes:
        view = find_label(library, text)
        if view.standing != "followed":
            raise UsageError(say("you do not follow «{name}», so there is nothing to end", name=view.name))
        row = LabelRow(imprint=view.imprint, name=view.name, standing="new", heard=view.heard, frozen=view.frozen)
        changes.row(row)
        changes.commit()
    return view


def block(library: Library, text: str, *, now: datetime, sure: bool = False) -> RemovedLabel:
    """Take a label out with its albums, and let nothing of it in again: no music, no letters.

    Raises: as `remove_label`.
    """

    def silenced(view: LabelView) -> SilencedRow:
        return SilencedRow(name=view.name, imprint=view.imprint, blocked=True, at=_moment(now))

    return remove_label(library, text, sure=sure, also=silenced)


def unblock(library: Library, text: str, *, now: datetime) -> str:
    """Let a label in again; how it is called.

    Raises: UsageError where no such label is blocked.
    """
    wanted = text.strip().casefold()
    with library.changes() as changes:
        rows = blocked_rows(library)
        found = [row for row in rows if wanted in {row.name.casefold(), row.imprint, imprint_words(row.imprint)}]
        if len(found) != 1:
            raise UsageError(say("no label «{text}» is blocked; give its name or its four words", text=text))
        changes.row(structs.replace(found[0], silent=False, blocked=False, at=_moment(now)))
        changes.commit()
    return found[0].name or imprint_words(found[0].imprint)


def blocked_rows(library: Library) -> list[SilencedRow]:
    """Labels of which nothing comes in: blocked, and not on the shelf. Whose letters are silenced is another thing."""
    known = {view.imprint for view in library.shelf.labels()}
    rows = library.index.listening.kept(SilencedRow, "silenced:")
    return [row for row in rows if row.blocked and row.imprint not in known]


class LetIn(NamedTuple):
    """Imprints of labels that may come in, and how those are called that are blocked."""

    imprints: list[str]
    blocked: tuple[str, ...] = ()


def let_in(library: Library, imprints: Iterable[str]) -> LetIn:
    """Of these labels, what may come in."""
    shut, offered = (
        {row.imprint: row.name or imprint_words(row.imprint) for row in blocked_rows(library)},
        list(imprints),
    )
    return LetIn([each for each in offered if each not in shut], tuple(shut[each] for each in offered if each in shut))


def _moment(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")
