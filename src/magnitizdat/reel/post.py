"""The post of a reel: letter files in a folder of their own, in one of few counts, named like segments. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from magnitizdat.formats.letter_file import LARGE, SMALL
from magnitizdat.reel.layout import POST_FOLDER, SEGMENT_SUFFIX
from magnitizdat.reel.paths import Names

MOST_FILES = 1024
"""Letter files of one reel at most: own ones, and those of others that a vault holds."""
_FIRST_NAME = 1 << 40
"""Names of letters have numbers of their own, so that their count changes no other name."""


class PostCount(NamedTuple):
    """How many small and large letter files there are."""

    small: int = 0
    large: int = 0

    @classmethod
    def of(cls, lengths: Iterable[int]) -> PostCount:
        """Letters of these lengths."""
        found = list(lengths)
        return cls(found.count(SMALL), found.count(LARGE))

    @property
    def files(self) -> int:
        """How many in all."""
        return self.small + self.large

    @property
    def length(self) -> int:
        """Bytes of all."""
        return self.small * SMALL + self.large * LARGE

    def __sub__(self, other: PostCount) -> PostCount:
        return PostCount(self.small - other.small, self.large - other.large)

    def filled_up(self, *, down: bool = False) -> PostCount:
        """The counts that a reel shows with so many letters: 4, 8, 16 … and 0, 1, 2, 4 …; `down`: the ones below."""
        return PostCount(max(LEAST.small, _step(self.small, down=down)), _step(self.large, down=down))

    def with_more_small(self) -> PostCount:
        """One step more of the small ones."""
        return PostCount(2 * self.small, self.large)

    def with_more_large(self) -> PostCount:
        """The same of the large ones."""
        return PostCount(self.small, 2 * self.large or 1)


NO_POST = PostCount()
LEAST = PostCount(small=4)
"""What every reel has."""


def _step(count: int, *, down: bool) -> int:
    """The power of two that is not below, or not above; 0 for none."""
    if not count:
        return 0
    return 1 << (count.bit_length() - 1 if down else (count - 1).bit_length())


def letter_names(names: Names) -> set[str]:
    """All names that letters of a reel may have."""
    return {names(_FIRST_NAME + number) for number in range(MOST_FILES)}


def letter_path(names: Names, number: int) -> str:
    """Where a letter lies within the folder of a reel."""
    return f"{POST_FOLDER}/{names(_FIRST_NAME + number)}{SEGMENT_SUFFIX}"
