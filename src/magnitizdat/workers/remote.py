"""A file whose bytes are on the other side of the pipe. Used in a worker, which never gets a path."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable

WINDOW = 1 << 20
_WINDOWS_KEPT = 4


class RemoteFile(io.RawIOBase):
    """A read-only seekable file over `fetch(offset, length)`, which raises OSError; a few windows of 1 MiB are kept."""

    def __init__(self, length: int, fetch: Callable[[int, int], bytes]) -> None:
        super().__init__()
        self._length = length
        self._fetch = fetch
        self._position = 0
        self._windows: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(0, self._length - self._position)
        size = left if size is None or size < 0 else min(size, left)
        parts = []
        while size > 0:
            number, start = divmod(self._position, WINDOW)
            part = self._window(number)[start : start + size]
            if not part:
                raise OSError("the source ended early")
            parts.append(part)
            self._position += len(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # any writable buffer, as in RawIOBase
        part = self.read(len(view))
        view[: len(part)] = part
        return len(part)

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
