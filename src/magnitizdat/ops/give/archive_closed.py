"""Closed albums in an archive: their files as they travel, which nobody can look into, under names that say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from magnitizdat.catalogue.kinds import RELEASE, target_path
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.model import AlbumName
from magnitizdat.ops.premieres.withheld import premiere_at
from magnitizdat.sentence import say


class ArchivedClosed(NamedTuple):
    """A closed file, and where it lies in the payload."""

    name: AlbumName
    path: str
    sha256: str
    length: int


def closed_files(library: Library, label: LabelView) -> Iterator[ArchivedClosed]:
    """Those of a label that are here whole."""
    for each in library.index.closed.all(label.imprint):
        premiere = premiere_at(library, label.imprint, each.path)
        if premiere is not None and each.is_here:
            title = premiere.title or say("a premiere of {label}", label=label.name)
            name = AlbumName(id=premiere.id, title=title)
            yield ArchivedClosed(name, f"closed/{premiere.id}.age", each.sha256, premiere.file.length)


def withheld_paths(library: Library, imprint: str) -> set[str]:
    """Target paths of albums that a label lists and withholds: that they are not here is no loss."""
    return {target_path(RELEASE, each.release_id) for each in library.index.closed.all(imprint)}
