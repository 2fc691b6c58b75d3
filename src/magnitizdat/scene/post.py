"""Post: how long a letter goes along, what of a flood is kept, and how many files a reel shows. PURE.

No letter can be told from another by who carries it, so chance, an argument here, is all there is to choose by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Generic, NamedTuple, Protocol, TypeVar

from magnitizdat.formats.letter_file import LARGE, SMALL
from magnitizdat.reel.post import PostCount

LIFE = timedelta(days=180)
"""How long a letter goes along: an own one since it was written, others since they were first seen here."""
ALL_OF = PostCount(small=64, large=8)
"""Up to here all that is carried goes along, and letters to nobody fill up. Beyond, chance leaves some at home instead:
else those would fill the vaults of all who dub.
"""

MOST_OWN = 512
"""Files of one reel that own letters make necessary at most."""


class SealedLetter(Protocol):
    """A letter file by its length."""

    @property
    def length(self) -> int:
        """Bytes of the file."""
        ...


Letter = TypeVar("Letter", bound=SealedLetter)


class Aboard(NamedTuple, Generic[Letter]):
    """What goes onto a reel: letters, and how many files it shows in all, those to nobody included."""

    letters: tuple[Letter, ...]
    files: PostCount


def is_over(since: datetime, now: datetime) -> bool:
    """Whether a letter that was written or first seen then goes along no more."""
    return now - since > LIFE


def kept(coming: Sequence[Letter], room: int, chance: Random, is_wanted: Callable[[Letter], bool]) -> Iterator[Letter]:
    """Of letters that come, those that chance keeps: as many of the wanted as fit `room` bytes; what is held stays.

    Each is asked for only while there is room for it: to know it means to read all of it.
    """
    for letter in chance.sample(coming, len(coming)):
        if letter.length <= room and is_wanted(letter):
            room -= letter.length
            yield letter


def aboard(own: Sequence[Letter], others: Sequence[Letter], chance: Random, *, most: int) -> Aboard[Letter]:
    """What goes onto a reel that has `most` bytes for post: own letters, the first first, then what chance picks.

    There is room for as many as every reel has.
    """
    going = _fitting(own, most)
    files = PostCount.of(each.length for each in going).filled_up()
    files = _grown(files, _wanted(going, others), most)
    room = files - PostCount.of(each.length for each in going)
    rest = chance.sample(others, len(others))
    picked = [*_first(rest, SMALL, room.small), *_first(rest, LARGE, room.large)]
    return Aboard((*going, *picked), files)


def _first(letters: Sequence[Letter], length: int, count: int) -> list[Letter]:
    return [each for each in letters if each.length == length][:count]


def _fitting(own: Sequence[Letter], most: int) -> list[Letter]:
    """As many of the first as fit with the letters that fill them up."""
    going: list[Letter] = []
    for letter in own:
        files = PostCount.of(each.length for each in [*going, letter]).filled_up()
        if files.length <= most and files.files <= MOST_OWN:
            going.append(letter)
    return going


def _wanted(own: Sequence[Letter], others: Sequence[Letter]) -> PostCount:
    """How many files there are where there is room for all."""
    total = PostCount.of(each.length for each in [*own, *others])
    up, down = total.filled_up(), total.filled_up(down=True)
    return PostCount(
        small=up.small if up.small <= ALL_OF.small else down.small,
        large=up.large if up.large <= ALL_OF.large else down.large,
    )


def _grown(files: PostCount, wanted: PostCount, most: int) -> PostCount:
    """Step by step towards what is wanted, as long as it fits: the small ones first, for they are read by more."""
    while (more := files.with_more_small()).small <= wanted.small and more.length <= most:
        files = more
    while (more := files.with_more_large()).large <= wanted.large and more.length <= most:
        files = more
    return files
