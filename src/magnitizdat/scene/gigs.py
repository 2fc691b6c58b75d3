"""Where a club meets: which of what its officers wrote counts, and for how long. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from magnitizdat.catalogue.clubs import Gig

KEPT = timedelta(days=7)
"""After a gig is over: then it leaves label and libraries."""

FIRST_YEAR, LAST_YEAR = 1970, 9998
"""Of moments."""


class GigWord(NamedTuple):
    """A gig as an officer wrote it, in the label of that imprint."""

    imprint: str
    gig: Gig


def moment(text: str) -> datetime | None:
    """A moment of a gig, in its own zone (without one: UTC); None where it is none that every zone can say."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def ends(gig: Gig) -> datetime | None:
    """When it is over, as far as it says; None where it does not even say when it begins."""
    begin, end = moment(gig.dtstart), moment(gig.dtend)
    return begin if begin is None or end is None else max(begin, end)


def is_past(gig: Gig, now: datetime) -> bool:
    """Whether it is to be forgotten; so is one that does not say when it begins."""
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


def _order(word: GigWord) -> tuple[float, str, str]:
    begin = moment(word.gig.dtstart)
    return begin.timestamp() if begin is not None else 0.0, word.gig.club, word.gig.uid
