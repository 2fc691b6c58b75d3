"""What two libraries listed under a label since both held one list: who changed a line of it more often spoke last.

One line of a list is there, or not, or names another document; each library changes it in turn, on top of what it has
heard. So the longer row of changes knows the shorter one, or was made beside it (a causal length, Yu and Rostad 2020).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import pairwise

import msgspec

from magnitizdat.errors import LibraryError
from magnitizdat.formats.spool_paths import label_path
from magnitizdat.library.library import Library
from magnitizdat.library.members import whole_name

_SUFFIX = ".targets.json"

Lines = Mapping[str, str]
"""Digests of documents by target path."""


class SinceApart:
    """Lists of a label that each of two libraries held, the newest that both held first; read when it is asked for."""

    def __init__(self, ours: Library, theirs: Library, imprint: str) -> None:
        self._sides = ours, theirs
        self._imprint = imprint

    def changes(self, path: str) -> tuple[int, int]:
        """How often each of the two changed what the label says under a path."""
        ours, theirs = (_changes(lists, path) for lists in self._lists)
        return ours, theirs

    @cached_property
    def _lists(self) -> tuple[list[Lines], list[Lines]]:
        ours, theirs = (set(_versions(library, self._imprint)) for library in self._sides)
        common = next(filter(self._is_common, sorted(ours & theirs, reverse=True)), 0)
        one, two = (
            list(self._read(library, sorted(each for each in held if each >= common)))
            for library, held in zip(self._sides, (ours, theirs), strict=True)
        )
        return one, two

    def _is_common(self, version: int) -> bool:
        with suppress(LibraryError):
            one, two = (self._body(library, version) for library in self._sides)
            return one == two
        return False

    def _read(self, library: Library, versions: Iterable[int]) -> Iterator[Lines]:
        for version in versions:
            with suppress(LibraryError, msgspec.DecodeError):
                targets = _to_list(self._body(library, version)).signed.targets
                yield {path: target.hashes.get("sha256", "") for path, target in targets.items()}

    def _body(self, library: Library, version: int) -> bytes:
        return library.member(label_path(self._imprint, f"metadata/{version}{_SUFFIX}"))


class _DigestsOf(msgspec.Struct):
    hashes: dict[str, str]


class _ListBody(msgspec.Struct):
    targets: dict[str, _DigestsOf]


class _ListFile(msgspec.Struct):
    """Of a list, that was verified when it was taken, what it names."""

    signed: _ListBody


_to_list = msgspec.json.Decoder(_ListFile).decode


def _versions(library: Library, imprint: str) -> Iterator[int]:
    for name in library.index.cells.members_like(label_path(imprint, f"metadata/*{_SUFFIX}*")):
        version = whole_name(name).rsplit("/", 1)[-1].removesuffix(_SUFFIX)
        if version.isdecimal():
            yield int(version)


def _changes(lists: Iterable[Lines], path: str) -> int:
    return sum(before != after for before, after in pairwise(lines.get(path) for lines in lists))
