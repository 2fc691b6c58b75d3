"""STUB of mine until premiere lands."""

from __future__ import annotations

from magnitizdat.catalogue.premieres import Premiere
from magnitizdat.library.library import Library
from magnitizdat.model import Value


class ClosedAlbum(Value, frozen=True, kw_only=True):
    """An album that lies closed."""

    imprint: str
    label: str
    id: str
    title: str
    artist: str
    opens: str
    need: int
    of: int
    opened: bool
    here: bool


def premieres(_library: Library) -> tuple[ClosedAlbum, ...]:
    """All."""
    return ()


def premiere_of(_library: Library, _closed: ClosedAlbum) -> Premiere:
    """Its document."""
    raise NotImplementedError
