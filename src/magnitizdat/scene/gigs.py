"""Where a club meets: which of what its officers wrote counts, and for how long. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from magnitizdat.catalogue.clubs import Gig

KEPT = timedelta(days=7)
"""After a gig is over: then it leaves label and libraries."""


class GigWord(NamedTuple):
    """A gig as an officer wrote it, in the label of that imprint."""

    imprint: str
    gig: Gig


def moment(text: str) -> datetime | None:
    """A moment of a gig, in its own zone (without one: UTC); None where it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def ends(gig: Gig) -> datetime | None:
    """When it is over, as far as it says; None where it says no moment at all."""
    begin, end = moment(gig.dtstart), moment(gig.dtend)
    return max((each for each in (begin, end) if each is not None), default=None)


def is_past(gig: Gig, now: datetime) -> bool:
    """Whether it is to be forgotten; so is one that says no moment."""
    end = ends(gig)
    return end is None or now - end > KEPT


def programme(words: Iterable[GigWord], now: datetime) -> list[GigWord]:
    """Of each gig the newest word, in the order of beginning: whatever order they came in, everybody reads the same."""
    newest: dict[tuple[str, str], GigWord] = {}
    for word in words:
        name = (word.gig.club, word.gig.uid)
        newest[name] = max(newest.get(name, word), word, key=_age)
    return sorted((each for each in newest.values() if not is_past(each.gig, now)), key=_order)


def _age(word: GigWord) -> tuple[int, bool, str]:
    """Of two with one number a cancelled one counts: better to wait at home."""
    return word.gig.sequence, word.gig.status == "CANCELLED", word.imprint


def _order(word: GigWord) -> tuple[datetime, str, str]:
    return moment(word.gig.dtstart) or datetime.max.replace(tzinfo=UTC), word.gig.club, word.gig.uid
