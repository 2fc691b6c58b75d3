"""A reel of which whoever cut it would like to hear: what became of it waits until the person says yes."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.library.library import Library
from magnitizdat.ops.places.sources import Source
from magnitizdat.ops.post.slips import note_due


def asked(library: Library, source: Source, *, now: datetime) -> tuple[str, ...]:
    """What slips call a source that was dubbed, where it asks for one."""
    if source.asks is None:
        return ()
    with library.afterwards():
        note_due(library, source.asks, source.releases, now=now)
    return (source.asks.reel,)
