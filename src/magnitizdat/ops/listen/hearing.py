"""How the owner hears on the page: loudness and speed. Kept sealed in the index, for every browser."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from magnitizdat.library.library import Library
from magnitizdat.model import Value

_KEPT = "how the owner hears"


class Hearing(Value, frozen=True, kw_only=True, omit_defaults=False):
    """`loudness`: each track, or each album as one, brought to one loudness, or none. `speed`: 1 as it was made."""

    loudness: Literal["track", "album", "off"] = "track"
    speed: Annotated[float, Meta(ge=0.5, le=2)] = 1.0


def hearing(library: Library) -> Hearing:
    """What was chosen last."""
    kept = library.job(_KEPT, "")
    try:
        return msgspec.json.decode(kept, type=Hearing) if kept else Hearing()
    except msgspec.MsgspecError:  # a newer mag's
        return Hearing()


def hear(library: Library, chosen: Hearing) -> None:
    """Hear so from now on."""
    library.set_job(_KEPT, "", None if chosen == Hearing() else msgspec.json.encode(chosen))
