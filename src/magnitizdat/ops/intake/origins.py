"""What a file was before it was tagged anew: the one at its path, or one of the same folders that is gone since.

A file from elsewhere is a copy, whoever made it: nothing that it says changes what is here (ADR 0049).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from magnitizdat.library.index.sources import MOVED, Sources
from magnitizdat.library.index.tracks import OwnPlace
from magnitizdat.ops.intake.one_file import INSIDE
from magnitizdat.ops.intake.received import NEVER
from magnitizdat.ops.intake.scan import ScannedFile, path_text
from magnitizdat.workers.values import Parsed

_ODD_BYTES = "\\udc"
"""Stands in paths whose names are no text: they are not found again by it."""


class Origin(NamedTuple):
    """Tracks that a file was taken as before, and where it lay then, as `ScannedFile.place` says it."""

    places: tuple[OwnPlace, ...]
    place: str
    has_moved: bool = False


class Origins:
    """Of files of one import; `roots` are folders that a person named."""

    def __init__(self, sources: Sources, roots: Iterable[Path]) -> None:
        self._sources = sources
        self._roots = [f"{path_text(root.resolve())}{os.sep}" for root in roots if os.path.isdir(root)]  # noqa: PTH112 -- of any name

    def of(self, found: ScannedFile, parsed: Parsed, standing: Iterable[OwnPlace]) -> Origin | None:
        """What it was, among where its sound stands. What guests leave, pages give and zips hold was nothing."""
        if found.mtime_ns == NEVER or found.member >= 0:
            return None
        seen = self._sources.get(path_text(found.path))
        lay = seen.sha256 if seen is not None and seen.mtime_ns != MOVED else ""
        there = tuple(each for each in standing if each.sha256 == lay)
        return Origin(there, found.place) if there else self._moved(found, parsed, standing)

    def _moved(self, found: ScannedFile, parsed: Parsed, standing: Iterable[OwnPlace]) -> Origin | None:
        gone = [each for each in standing if each.sha256 in self._gone]
        if len(gone) > 1:  # which of them it was only its tags tell
            gone = [each for each in gone if is_place_of(each, parsed)]
        if len(gone) != 1:
            return None
        was = found._replace(path=Path(self._gone[gone[0].sha256]))
        return Origin((gone[0],), was.place, has_moved=True)

    @cached_property
    def _gone(self) -> dict[str, str]:
        """Files of these folders that lie nowhere any more, by their digests; asked for once in an import."""
        gone, here = dict[str, str](), set[str]()
        for seen in self._sources.with_music() if self._roots else ():
            if _is_there(seen.path):
                here.add(seen.sha256)
            elif INSIDE not in seen.path and seen.mtime_ns != MOVED and seen.path.startswith(tuple(self._roots)):
                gone.setdefault(seen.sha256, seen.path)
        return {sha256: path for sha256, path in gone.items() if sha256 not in here}


def is_place_of(place: OwnPlace, parsed: Parsed) -> bool:
    """Whether a file says that it is of this album, and this track there."""
    tags = parsed.tags
    return place.album_title.casefold() == tags.album.casefold() and tags.track in {0, place.position}


def _is_there(path: str) -> bool:
    return _ODD_BYTES in path or os.path.lexists(path.partition(INSIDE)[0])
