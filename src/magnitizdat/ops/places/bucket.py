"""A spool in a bucket. One that is busy is waited for; one that is silent is not.

Left to themselves, `s3fs` (five tries around five tries) and what it is built upon wait minutes for a read that hangs.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from typing import Any

from magnitizdat.errors import UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.ops.places.spool import FarSpool, FsspecSpool

_PAUSES_S = (1, 2, 4, 8, 15, 30)
"""A minute in all."""


class BucketSpool(FsspecSpool, FarSpool):
    """A spool in a bucket."""

    gone = budgets.PIECE_S.sentence

    def __init__(self, filesystem: Any, root: str = "", *, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__(filesystem, root)
        filesystem.retries = 1  # of `s3fs`: we know better whom to ask instead
        self._pause = pause

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of an object."""
        for pause_s in _PAUSES_S:
            try:
                return super().fetch_range(path, offset, length)
            except UnreachableError as exc:
                if not _is_busy(exc):
                    raise
                self._pause(pause_s)
        return super().fetch_range(path, offset, length)


def _is_busy(exc: UnreachableError) -> bool:
    """As `s3fs` says 429 and 503."""
    return isinstance(exc.__cause__, OSError) and exc.__cause__.errno == errno.EBUSY


def patience(scheme: str) -> dict[str, Any]:
    """Options of the file system for addresses of a scheme: how long a silent bucket is waited for."""
    if scheme not in {"s3", "s3a"}:
        return {}
    silence_s = budgets.PIECE_S.most
    return {
        "config_kwargs": {"connect_timeout": silence_s, "read_timeout": silence_s, "retries": {"total_max_attempts": 1}}
    }
