"""A spool in a bucket. One that is busy is waited for; one that is silent is not.

Left to themselves, `s3fs` (five tries around five tries) and what it is built upon wait minutes for a read that hangs.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from magnitizdat.errors import NotFoundError, UnreachableError
from magnitizdat.formats import budgets
from magnitizdat.ops.places.spool import FarSpool, FsspecSpool
from magnitizdat.sentence import Sentence, say
from magnitizdat.ways import AGAIN

_PAUSES_S = (1, 2, 4, 8, 15, 30)
"""A minute in all."""


class BucketSpool(FsspecSpool, FarSpool):
    """A spool in a bucket."""

    gone = budgets.PIECE_S.sentence

    def __init__(self, filesystem: Any, root: str = "", *, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__(filesystem, root)
        filesystem.retries = 1  # of `s3fs`: we know better whom to ask instead
        self._pause = pause
        self._was_read = False

    def labels(self) -> list[str]:
        """Folders under `labels/`."""
        with self._told():
            return super().labels()

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of an object."""
        with self._told():
            return self._waited_for(path, offset, length)

    def _waited_for(self, path: str, offset: int, length: int) -> bytes:
        for pause_s in _PAUSES_S:
            try:
                return super().fetch_range(path, offset, length)
            except UnreachableError as exc:
                if not _is_busy(exc):
                    raise
                self._pause(pause_s)
        return super().fetch_range(path, offset, length)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Why nothing of it can be read, where nothing ever was.

        Of one that was read before what may not be read is not there: so says a bucket that shows nobody its lists.
        """
        try:
            yield
        except UnreachableError as exc:
            if self._was_read and isinstance(exc.__cause__, PermissionError):
                raise NotFoundError(say("the source does not have this file")) from exc
            why = None if self._was_read else _why(exc.__cause__)
            if why is None:
                raise
            raise UnreachableError(why) from exc
        self._was_read = True


def _why(cause: BaseException | None) -> Sentence | None:
    """As `s3fs` and its client say that somebody has no key, the wrong one, or no connection."""
    if isinstance(cause, PermissionError):
        return say("the bucket does not let you read: check the key")
    if type(cause).__name__ == "NoCredentialsError":
        return say("there is no key for the bucket; give it as the manual of mirrors says")
    if type(cause).__name__ in {"EndpointConnectionError", "ConnectTimeoutError"}:
        return say("nothing answers where the bucket is; check the address, and {then}", then=AGAIN)
    return None


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
