"""What time has ended rests before it is destroyed, so that a clock that was wrong costs nothing for ever. PURE."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

LOOKS = 3
"""That find it over, after the first one that did, until it may be destroyed."""
STEP = timedelta(days=10)
"""Between one look that counts and the next, by the clocks of both."""


class Rest(NamedTuple):
    """What looks found: `over`, the last one that counts, empty where it is not over; `looks`, so many before that."""

    over: str = ""
    looks: int = 0

    @property
    def has_rested(self) -> bool:
        """Whether it may be destroyed."""
        return self.looks >= LOOKS


def rest(noted: Rest, now: datetime, *, is_over: bool, step: timedelta = STEP) -> Rest:
    """What a look finds of something that is over by its clock or not, after what was `noted` of it.

    However far a clock jumps, it is one look. A clock before the last one that counts shows that one of the two is
    wrong: it rests anew. So does what is noted oddly.
    """
    if not is_over:
        return Rest()
    with suppress(ValueError, TypeError):
        since = now - datetime.fromisoformat(noted.over)
        if timedelta(0) <= since < step:
            return noted
        if since >= step:
            return Rest(_said(now), noted.looks + 1)
    return Rest(_said(now))


def _said(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")
