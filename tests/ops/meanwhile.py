"""Two that act at the same time: what one of them is told."""

from __future__ import annotations

from collections.abc import Callable

from magnitizdat.errors import MagError


def done(act: Callable[..., object], *given: object) -> str:
    """What it says where it may not."""
    try:
        act(*given)
    except MagError as exc:
        return str(exc)
    return ""
