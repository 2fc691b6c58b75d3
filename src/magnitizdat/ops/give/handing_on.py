"""Reels that guests of a share take along sealed: read first, then there; or not to be had. Needs no library."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from magnitizdat.errors import MagError, SourceError
from magnitizdat.model import Progress, Shortfall
from magnitizdat.ops.places.sticks import reels_in
from magnitizdat.reel.along import Along, Volume, look_over, require_listed
from magnitizdat.sentence import Sentence, say

__all__ = ["HandedOn", "Handing", "Volume"]

_UNREADABLE = say("the medium cannot be read")


class Handing:
    """One reel. Safe in several threads."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.found: Along | None = None
        self.trouble: Sentence | None = None
        """Why it is not to be had."""
        self.total = 0
        self.read = 0
        """Bytes of it that were read so far."""

    @property
    def is_awaited(self) -> bool:
        """Whether it is still being read."""
        return self.found is None and self.trouble is None

    @property
    def percent(self) -> int:
        """How much of it was read."""
        return 100 * self.read // (self.total or 1)

    @property
    def name(self) -> str:
        """What guests get it as; of several files the first. Empty until it was read."""
        return self.found.volumes[0].name if self.found else ""

    def look(self, progress: Progress) -> None:
        """Read all of it. Raises: SourceError where nothing of it can be handed out."""
        self.found = look_over(self.place, progress=progress)


class HandedOn:
    """All reels of a share."""

    def __init__(self, places: Iterable[Path]) -> None:
        self._named = tuple(tuple(Handing(reel) for reel in _reels_at(place)) for place in places)
        self.reels = tuple(reel for reels in self._named for reel in reels)

    def look(self, progress: Progress) -> None:
        """Read them one after the other; of several in one place one that is not to be had stops no other.

        Raises: SourceError for the first place of which nothing is to be had.
        """
        for reels in self._named:
            bad = list[MagError]()
            for each in reels:
                try:
                    each.look(progress)
                except (MagError, OSError) as exc:
                    bad.append(exc if isinstance(exc, MagError) else SourceError(_UNREADABLE))
                    each.trouble = bad[-1].sentence
            if len(bad) == len(reels):
                raise bad[0]

    def glance(self) -> None:
        """Look at the lists of those that are files. Raises: SourceError for the first, where none is to be had."""
        bad = list[MagError]()
        for each in self.reels:
            try:
                require_listed(each.place)
            except (MagError, OSError) as exc:
                bad.append(exc if isinstance(exc, MagError) else SourceError(_UNREADABLE))
                each.trouble = bad[-1].sentence
        if bad and len(bad) == len(self.reels):
            raise bad[0]

    def begin(self, is_over: Callable[[], bool]) -> None:
        """Read them in a thread, until that is so; what is not to be had says why."""
        threading.Thread(target=self._look_beside, args=(is_over,), name="handing on", daemon=True).start()

    def _look_beside(self, is_over: Callable[[], bool]) -> None:
        for each in (reel for reel in self.reels if reel.is_awaited):
            try:
                each.look(_ReadingOn(each, is_over))
            except _ShareOver:
                return
            except (MagError, OSError) as exc:
                each.trouble = exc.sentence if isinstance(exc, MagError) else _UNREADABLE

    @property
    def missing(self) -> tuple[Shortfall, ...]:
        """What of them is not handed out."""
        found = list[Shortfall]()
        for each in self.reels:
            name = each.place.name or str(each.place)
            if each.trouble is not None:
                found.append(Shortfall(what=name, reason=each.trouble))
            elif each.found is not None:
                found += [Shortfall(what=name, reason=reason) for reason in _lacks(each.found)]
        return tuple(found)


def _lacks(found: Along) -> list[Sentence]:
    lost = say("files of it that cannot be read and were left out: {count}; mend it", count=found.unreadable)
    strange = say("files that are not called as those of a reel are, and were left out: {count}", count=found.strange)
    return [
        *([lost] if found.unreadable else []),
        *([strange] if found.strange else []),
    ]


def _reels_at(place: Path) -> list[Path]:
    """Those of a folder, each in a folder of its own there, or a file; the place itself where it is one, or none is."""
    found = [reel for reel, _ in reels_in(place)]
    if place in found or not place.is_dir():
        return [place]
    with suppress(OSError):
        seen = (each for each in place.iterdir() if not each.name.startswith(".") and not each.is_symlink())
        below = sorted(each for each in seen if each.is_dir())
        found += [reel for folder in below for reel, _ in reels_in(folder)]
    return list(dict.fromkeys(found)) or [place]


class _ShareOver(Exception):  # noqa: N818 -- not an error: the share has ended
    pass


class _ReadingOn:
    """A `Progress` that counts, and ends what it watches once the share is over."""

    def __init__(self, reel: Handing, is_over: Callable[[], bool]) -> None:
        self._reel, self._is_over = reel, is_over

    def start(self, _what: Sentence, total: int | None, *, unit: Literal["bytes", "files"] = "bytes") -> None:
        """Note how much there is."""
        del unit
        self._reel.total = total or 0

    def advance(self, amount: int) -> None:
        """Raises: _ShareOver."""
        if self._is_over():
            raise _ShareOver
        self._reel.read += amount

    def say(self, _sentence: Sentence) -> None:
        """Nobody listens."""
