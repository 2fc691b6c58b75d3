"""A library that was restored, cloned or merged signs no version of a list that another copy may sign (law 3)."""

from __future__ import annotations

import hashlib

from magnitizdat.catalogue.publisher import RESTORED_SKIP
from magnitizdat.errors import UsageError
from magnitizdat.library.library import Library
from magnitizdat.sentence import advice, say


def versions_to_skip(library: Library, imprint: str, *, only_copy: bool) -> int:
    """0, or for a restored or cloned library, or a label whose key is in another one too, over 1 000 (law 3).

    Raises: UsageError where such a library has neither heard of the label nor been told that it is the only copy.
    """
    settings = library.index.settings
    if settings.is_shared(imprint):
        return versions_beyond(library, imprint)
    if not settings.is_copied() or settings.is_settled(imprint):
        return 0
    if not only_copy:
        raise UsageError(
            advice(
                terminal=say(
                    "this library was restored or rebuilt, and another copy may have signed since; dub the label"
                    " from somewhere first, or say --only-copy if there is no other"
                ),
                page=say(
                    "this library was restored or rebuilt, and another copy may have signed since; take the"
                    " label from somewhere first, or say that there is no other copy"
                ),
            )
        )
    return versions_beyond(library, imprint)


def versions_beyond(library: Library, imprint: str) -> int:
    """Versions to skip where another library may sign the next one: two that skip do not meet either.

    Of another label it is another number: the same gap in two would tell that one library signs both.
    """
    chance = hashlib.sha256(f"{library.device}\x1f{imprint}".encode()).digest()
    return RESTORED_SKIP + int.from_bytes(chance[:2])
