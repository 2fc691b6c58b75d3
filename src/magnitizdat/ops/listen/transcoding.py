"""Transcodes as files that are made while they are read: by whoever asks first, block by block, kept for a while.

Nothing is made that nobody reads: who goes away leaves at most one block behind. Memory is bounded: few blocks are made
at a time, and few are kept, for all listeners together.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import NamedTuple

from magnitizdat.formats.transcodes import RATE, Encoding, TranscodeLayout
from magnitizdat.library.library import Library
from magnitizdat.model import Digest, ReadAt
from magnitizdat.workers.pool import ParserPool

MAKERS = 2
"""Blocks made at a time: as many as there are workers."""
KEPT = 16 << 20
"""Bytes of blocks that are kept: two minutes of eight listeners."""


class _BlockName(NamedTuple):
    sha256: str
    encoding: Encoding
    origin_s: int
    samples: int
    number: int


class Transcoder:
    """Makes blocks, and keeps what was made last. Safe in several threads."""

    def __init__(self, pool: ParserPool) -> None:
        self._pool = pool
        self._making = threading.BoundedSemaphore(MAKERS)
        self._guard = threading.Lock()
        self._kept: OrderedDict[_BlockName, bytes] = OrderedDict()
        self._length = 0

    def open(
        self, library: Library, sha256: Digest | str, duration_s: float, encoding: Encoding, *, origin_s: int = 0
    ) -> Transcode:
        """A blob in another encoding, from a second on; `duration_s` is that of its sound.

        Raises: NotFoundError.
        """
        samples = max(0, round(duration_s * RATE) - origin_s * RATE)
        return Transcode(self, library.blob(sha256), _BlockName(sha256, encoding, origin_s, samples, 0))

    def forget(self) -> None:
        """Let go of all sound."""
        with self._guard:
            self._kept.clear()
            self._length = 0

    def block(self, source: ReadAt, name: _BlockName, layout: TranscodeLayout) -> bytes:
        """One block, as it stands in the file.

        Raises: DamagedError or UnsupportedError; what reading the source raises.
        """
        with self._making:  # also for what is kept: who waited for a block finds it
            found = self._found(name)
            if found is None:
                units = self._pool.transcode(
                    source,
                    name.encoding,
                    origin_s=name.origin_s,
                    first=name.number * name.encoding.block_units,
                    count=layout.units_of(name.number),
                )
                found = layout.wrapped(name.number, units)
                self._keep(name, found)
            return found

    def _found(self, name: _BlockName) -> bytes | None:
        with self._guard:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def _keep(self, name: _BlockName, block: bytes) -> None:
        with self._guard:
            if name not in self._kept:
                self._kept[name] = block
                self._length += len(block)
            while self._length > KEPT:
                self._length -= len(self._kept.popitem(last=False)[1])


class Transcode:
    """One transcode as bytes to be read (a `ReadAt`)."""

    def __init__(self, transcoder: Transcoder, source: ReadAt, name: _BlockName) -> None:
        self._transcoder, self._source, self._name = transcoder, source, name
        self._layout = TranscodeLayout(name.encoding, name.samples)

    @property
    def length(self) -> int:
        """Bytes in all, known before any is made."""
        return self._layout.length

    @property
    def media_type(self) -> str:
        """What it is."""
        return self._name.encoding.media_type

    @property
    def etag(self) -> str:
        """The same for the same bytes."""
        return hashlib.sha256(repr(self._name).encode()).hexdigest()[:32]

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes `offset:offset + length`, cut off at the end like a slice.

        Raises: DamagedError or UnsupportedError; what reading the source raises.
        """
        return b"".join(self._parts(offset, offset + length))

    def _parts(self, start: int, end: int) -> Iterator[bytes]:
        yield self._layout.head[start:end]
        for number in self._layout.blocks_of(start, end - start):
            at = self._layout.start_of(number)
            block = self._transcoder.block(self._source, self._name._replace(number=number), self._layout)
            yield block[max(0, start - at) : max(0, end - at)]
