"""One cut at a time into one folder: two that mean the same reel would take its files from under each other's hands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from magnitizdat.errors import LibraryBusyError
from magnitizdat.library.library import CUTTING_NAME, Library
from magnitizdat.sentence import say

_PLACE_LENGTH = 7
"""Bytes of a place: below 2^63, where locks end."""


@contextmanager
def cutting_alone(library: Library, folder: Path) -> Iterator[None]:
    """While this library cuts a reel into `folder`. Raises: LibraryBusyError where it does already, from elsewhere."""
    digest = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogatepass")).digest()
    lock = library.disk.take_place(library.directory / CUTTING_NAME, int.from_bytes(digest[:_PLACE_LENGTH], "big"))
    if lock is None:
        raise LibraryBusyError(
            say("another mag is cutting a reel into {folder}; wait for it to finish, then do this again", folder=folder)
        )
    with lock:
        yield
