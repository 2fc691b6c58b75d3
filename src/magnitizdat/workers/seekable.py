"""What is a file to libraries, and bytes of something else to us."""

from __future__ import annotations

import io
from abc import abstractmethod


class Seekable(io.RawIOBase):
    """A read-only file of `length` bytes; a kind of it says where they come from."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self._length = length
        self._position = 0

    @abstractmethod
    def _next(self, size: int) -> bytes:
        """The `size` bytes at `_position`, which are all there, or fewer where the source ends early."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        position = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence] + offset
        if position < 0:
            raise ValueError("negative position")
        self._position = position
        return position

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(0, self._length - self._position)
        content = self._next(left if size is None or size < 0 else min(size, left))
        self._position += len(content)
        return content

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # any writable buffer, as in RawIOBase
        content = self.read(len(view))
        view[: len(content)] = content
        return len(content)
