"""What the page's addresses call labels, friends, reels and sticks: names that say nothing in a browser's history."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from magnitizdat.errors import NotFoundError
from magnitizdat.library.index.views import LabelView
from magnitizdat.library.library import Library
from magnitizdat.sentence import say


def opaque(library: Library, kind: str, name: str) -> str:
    """32 hex digits that this library alone can make of a name, always the same."""
    return hmac.digest(library.secrets.web_key, f"page {kind}\x1f{name}".encode(), "sha256")[:16].hex()


def find_named(library: Library, kind: str, names: Iterable[str], wanted: str) -> str:
    """The name behind an opaque one.

    Raises: NotFoundError.
    """
    for name in names:
        if hmac.compare_digest(opaque(library, kind, name).encode(), wanted.encode()):
            return name
    raise NotFoundError(say("this is not here any more; look at the list again"))


def label_id(library: Library, imprint: str) -> str:
    """What the page calls a label."""
    return opaque(library, "label", imprint)


def find_label(library: Library, wanted: str) -> LabelView:
    """A label by what the page calls it. Raises: NotFoundError."""
    views = {view.imprint: view for view in library.shelf.labels()}
    return views[find_named(library, "label", views, wanted)]
