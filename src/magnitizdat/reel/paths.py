"""Where each file of a reel lies: opaque names of eight characters, subfolders where there are many files. PURE."""

from __future__ import annotations

import re
from collections.abc import Callable

from magnitizdat.formats.names import opaque_name
from magnitizdat.reel.layout import NAME_LENGTH, PARITY_SUFFIX, SEGMENT_SUFFIX, Layout

Names = Callable[[int], str]
_SEGMENT = re.compile(rf"[a-z2-7]{{{NAME_LENGTH}}}{re.escape(SEGMENT_SUFFIX)}")
_PARITY = re.compile(rf"[a-z2-7]{{{NAME_LENGTH}}}(\.vol\d{{1,5}}\+\d{{1,5}})?{re.escape(PARITY_SUFFIX)}")
LEFTOVER = re.compile(rf"((?:[^/]+/)?{_SEGMENT.pattern})\.\d{{1,3}}")
"""What par2 calls a segment that it put aside, and we one on its way back: its path comes before."""


def is_segment_name(name: str) -> bool:
    """Whether a name can be one that we gave to a segment: no other is ever written by what a packet says."""
    return _SEGMENT.fullmatch(name) is not None


def is_parity_name(name: str) -> bool:
    """The same of a par2 file."""
    return _PARITY.fullmatch(name) is not None


def random_names() -> Names:
    """Names for numbers, drawn when first asked for: no two the same."""
    drawn: dict[int, str] = {}
    taken: set[str] = set()

    def name(number: int) -> str:
        while number not in drawn:
            fresh = opaque_name()
            if fresh not in taken:
                taken.add(fresh)
                drawn[number] = fresh
        return drawn[number]

    return name


class Paths:
    """Where everything lies within the folder of a reel."""

    def __init__(self, layout: Layout, names: Names) -> None:
        self._layout, self._names = layout, names

    def _name(self, number: int) -> str:
        name = self._names(number)
        if len(name) != NAME_LENGTH:
            raise ValueError("names on a reel have eight characters")
        return name

    def folders(self) -> list[str]:
        return [self._name(self._layout.segments + self._layout.groups + at) for at in range(self._layout.folders)]

    def _prefix(self, group: int) -> str:
        if not self._layout.folders:
            return ""
        return self._name(self._layout.segments + self._layout.groups + self._layout.folder(group)) + "/"

    def segment(self, index: int) -> str:
        return self._prefix(index % self._layout.groups) + self._name(index) + SEGMENT_SUFFIX

    def base(self, group: int) -> str:
        return self._name(self._layout.segments + group)

    def parity(self, group: int) -> list[str]:
        """The par2 files of a group in the order of `Layout.parity_lengths`, as par2 names them."""
        base, volumes = self._prefix(group) + self.base(group), self._layout.volumes(group)
        paths, first = [base + PARITY_SUFFIX], 0
        wide, wide_count = len(str(sum(volumes))), len(str(max(volumes)))
        for blocks in volumes:
            paths.append(f"{base}.vol{first:0{wide}d}+{blocks:0{wide_count}d}{PARITY_SUFFIX}")
            first += blocks
        return paths
