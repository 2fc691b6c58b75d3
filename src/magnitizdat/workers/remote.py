"""A file whose bytes are on the other side of the pipe. Used in a worker, which never gets a path."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from magnitizdat.workers.seekable import Seekable

WINDOW = 1 << 20
_WINDOWS_KEPT = 4


class RemoteFile(Seekable):
    """A read-only seekable file over `fetch(offset, length)`, which raises OSError; a few windows of 1 MiB are kept."""

    def __init__(self, length: int, fetch: Callable[[int, int], bytes]) -> None:
        super().__init__(length)
        self._fetch = fetch
        self._windows: OrderedDict[int, bytes] = OrderedDict()

    def _next(self, size: int) -> bytes:
        parts, position = [], self._position
        while size > 0:
            number, start = divmod(position, WINDOW)
            part = self._window(number)[start : start + size]
            if not part:
                raise OSError("the source ended early")
            parts.append(part)
            position += len(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _window(self, number: int) -> bytes:
        if number in self._windows:
            self._windows.move_to_end(number)
            return self._windows[number]
        offset = number * WINDOW
        window = self._fetch(offset, min(WINDOW, self._length - offset))
        self._windows[number] = window
        if len(self._windows) > _WINDOWS_KEPT:
            self._windows.popitem(last=False)
        return window
