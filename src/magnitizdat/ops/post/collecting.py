"""Collecting post: what opens goes to the inbox, the rest is carried on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from magnitizdat.library.library import Changes, Library
from magnitizdat.model import Value


class PostReport(Value, frozen=True, kw_only=True):
    """What became of the letters of some media: opened and new, kept to be carried, left for want of room."""

    opened: int = 0
    kept: int = 0
    left: int = 0


def collect(library: Library, changes: Changes, files: Sequence[Path], *, now: datetime) -> PostReport:
    """Take in letter files; commits `changes`."""
    raise NotImplementedError
