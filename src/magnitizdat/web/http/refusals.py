"""The one table of what errors are on the web. How they are worded is the matter of each door."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.errors import (
    AlikeError,
    LibraryError,
    LockedError,
    MagError,
    NoSpaceError,
    NotFoundError,
    NotSureError,
    SignedAnotherError,
    SourceError,
    UsageError,
)
from magnitizdat.web.http.routes import AbsentError, CrowdedError, DeniedError, TooMuchError, TooOftenError


class Refusal(NamedTuple):
    """What an error is in HTTP, and its `kind` for scripts."""

    status: int
    kind: str
    headers: dict[str, str]


_TABLE: tuple[tuple[type[MagError], int, str], ...] = (
    (AbsentError, 404, "notfound"),
    (NotFoundError, 404, "notfound"),
    (DeniedError, 404, "notfound"),
    (CrowdedError, 503, "usage"),
    (TooOftenError, 429, "usage"),
    (TooMuchError, 413, "usage"),
    (LockedError, 423, "locked"),
    (NoSpaceError, 507, "space"),
    (AlikeError, 409, "alike"),
    (NotSureError, 409, "unsure"),
    (SignedAnotherError, 409, "instead"),
    (UsageError, 400, "usage"),
    (SourceError, 422, "source"),
    (LibraryError, 503, "library"),
)
"""The first that fits: classes stand before those that they are of."""


def refusal(error: MagError) -> Refusal:
    """What an error is; whoever was wrong too often is told when to come again."""
    status, kind = next(((status, kind) for cls, status, kind in _TABLE if isinstance(error, cls)), (500, "unexpected"))
    headers = {"retry-after": str(int(error.wait_s) + 1)} if isinstance(error, TooOftenError) else {}
    return Refusal(status, kind, headers)
