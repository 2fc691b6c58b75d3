"""Whether the page tells the system what plays: only where the owner said so. Kept sealed in the index."""

from __future__ import annotations

from magnitizdat.library.library import Library

_SHOWN = "names on the lock screen"


def shows_names(library: Library) -> bool:
    """Whether title, artist and cover may be told; no, until somebody says so."""
    return library.job(_SHOWN, "") == b"yes"


def show_names(library: Library, *, on: bool) -> None:
    """Tell them from now on, or no more."""
    library.set_job(_SHOWN, "", b"yes" if on else None)
