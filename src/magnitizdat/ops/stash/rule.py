"""Which reels of a stash go first, onto a stick and out of the stash. PURE.

Nobody can know whether another copy is still somewhere: a stick may be lost the day after. So what was written and read
back less than twice never goes by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from magnitizdat.model import END, DigestField, Value

COPIES = 2
"""So many were written and read back before a reel may go by itself."""
WEEKS = 26
"""From this age on it goes, where it may."""
NAME = "^[a-z2-7]{8}" + END
"""Of the folder of a reel in a stash."""


class HeldReel(Value, frozen=True, kw_only=True, omit_defaults=False):
    """A reel in a stash: what it is by the digest of its sorted names and lengths, bytes, the week in which it came.

    `copies` were written and read back since; `going`: it was let go of, and some of it may be here still.
    """

    digest: DigestField
    bytes: Annotated[int, Meta(ge=0, le=1 << 60)]
    week: Annotated[str, Meta(pattern=r"^\d{4}-W\d{2}" + END)]
    copies: Annotated[int, Meta(ge=0, le=1 << 40)] = 0
    going: bool = False

    @property
    def may_go(self) -> bool:
        """Whether it was handed on often enough."""
        return self.copies >= COPIES


Reels = Mapping[str, HeldReel]
"""By the names of their folders."""


def week_of(now: datetime) -> str:
    """As ISO 8601 writes weeks: `2026-W48`."""
    year, week, _ = now.isocalendar()
    return f"{year:04d}-W{week:02d}"


def giving_order(reels: Reels) -> list[str]:
    """Least handed on first, of these the oldest."""
    return sorted(reels, key=lambda name: (reels[name].copies, reels[name].week, name))


def too_old(reels: Reels, now: datetime) -> list[str]:
    """Those that go by their age. Of what came in a week that is yet to come nobody can say."""
    return [name for name, held in reels.items() if held.may_go and _age(held.week, now) > WEEKS]


def room_makers(reels: Reels, lacking: int) -> list[str] | None:
    """Those that go for `lacking` more bytes, most handed on first; None where all that may go are not enough."""
    gone = list(_until(reels, lacking))
    return gone if sum(reels[name].bytes for name in gone) >= lacking else None


def _until(reels: Reels, lacking: int) -> Iterator[str]:
    for name in sorted(reels, key=lambda name: (-reels[name].copies, reels[name].week, name)):
        if lacking <= 0 or not reels[name].may_go:
            return
        lacking -= reels[name].bytes
        yield name


def _age(week: str, now: datetime) -> int:
    """Weeks between; no week at all is as young as they come."""
    try:
        came = date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    except ValueError:
        return 0
    return (now.date() - came).days // 7
