"""What somebody has typed and not yet sent, kept sealed in the library: it outlives the page, the lock and the server.

Only as much as people have in hand: of very many unfinished things the oldest goes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from magnitizdat.library.library import Library
from magnitizdat.model import Value

JOB = "in hand"
MAX_PLACE = 200
"""Characters of the name of a place."""
MAX_LENGTH = 256 << 10
"""Bytes of what is kept of one place."""
MAX_PLACES = 200
SHARED = "places"
"""Where the page keeps how its views were left: each tab knows its own, so that goes beside what others said."""
MAX_VISITS = 80
"""Of these, the last."""

Place = Annotated[str, Meta(min_length=1, max_length=MAX_PLACE)]
"""Where it is typed, as the page calls that."""


class _Unsent(Value, frozen=True, kw_only=True):
    at: str
    value: msgspec.Raw


def keep(library: Library, place: str, value: msgspec.Raw | None, *, now: datetime) -> None:
    """Keep this JSON in the place of what was typed there before; None forgets it."""
    if value is None:
        library.set_job(JOB, place, None)
        return
    with library.index.transaction():
        if place == SHARED:
            value = _beside(library, value)
        kept = _Unsent(at=now.isoformat(), value=value)
        library.index.jobs.put(JOB, place, msgspec.json.encode(kept))
        for oldest in _by_age(library)[:-MAX_PLACES]:
            library.index.jobs.drop(JOB, oldest)


def _beside(library: Library, said: msgspec.Raw) -> msgspec.Raw:
    """What is kept of views with what one tab says of its own; as it was said, where that is no object."""
    before = _all(library).get(SHARED)
    try:
        views = msgspec.json.decode(before.value, type=dict[str, msgspec.Raw]) if before else {}
        new = msgspec.json.decode(said, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return said
    whole = {name: view for name, view in views.items() if name not in new} | new
    return msgspec.Raw(msgspec.json.encode(dict(list(whole.items())[-MAX_VISITS:])))


def in_hand(library: Library) -> dict[str, msgspec.Raw]:
    """Everything that is kept, by its place."""
    return {place: kept.value for place, kept in _all(library).items()}


def _by_age(library: Library) -> list[str]:
    found = _all(library)
    return sorted(found, key=lambda place: found[place].at)


def _all(library: Library) -> dict[str, _Unsent]:
    bodies = library.index.jobs.of_kind(JOB)
    return {place: msgspec.json.decode(body, type=_Unsent) for place, body in bodies.items()}
