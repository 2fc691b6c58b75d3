"""What time has ended rests before it is destroyed, so that a clock that was wrong costs nothing for ever. PURE."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

REST = timedelta(days=30)
"""Between the look that finds something over and the first that may destroy it, by the clocks of both."""


class Rest(NamedTuple):
    """What a look finds: since when it is over, as it is to be noted (empty: it is not), and whether it may go."""

    over: str
    has_rested: bool


def rest(noted: str, now: datetime, *, is_over: bool) -> Rest:
    """What a look finds of something that is over by its clock or not, and what earlier looks `noted` of it.

    A clock before that note shows that one of the two is wrong: it rests anew. So does what is noted oddly.
    """
    if not is_over:
        return Rest("", has_rested=False)
    with suppress(ValueError, TypeError):
        rested = now - datetime.fromisoformat(noted)
        if rested >= timedelta(0):
            return Rest(noted, has_rested=rested >= REST)
    return Rest(now.astimezone(UTC).isoformat(timespec="seconds"), has_rested=False)
