"""Parser processes without keys or network: bytes in, values out (law 1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self, TypeVar

from magnitizdat.model import ReadAt
from magnitizdat.workers.values import Cage, EncodeKind, ParseFailure, Parsed, Tags, ZipEntry

Token = TypeVar("Token")

MEMORY_LIMIT = 1 << 30


class ParserPool:
    """A few spawned workers, started when first needed; may be used from several threads, closed by whoever opened it."""

    def __init__(self, workers: int = 2, *, memory_limit: int = MEMORY_LIMIT, seconds: float = 60.0) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers."""
        raise NotImplementedError

    def parse(self, items: Iterable[tuple[Token, ReadAt, str]]) -> Iterator[tuple[Token, Parsed | ParseFailure]]:
        """Facts and tags of each audio file `(token, source, name hint)`, in the order given.

        `items` is iterated lazily in the caller's thread, a few batches ahead; sources are read in other threads.
        """
        raise NotImplementedError

    def list_zip(self, source: ReadAt) -> list[ZipEntry]:
        """The files in a zip; folders are left out.

        Raises: DamagedError where it is not a zip or breaks a limit.
        """
        raise NotImplementedError

    def read_zip_member(self, source: ReadAt, index: int) -> Iterator[bytes]:
        """The bytes of one member, unpacked, in chunks of at most 1 MiB.

        Raises: DamagedError, also in mid-stream.
        """
        raise NotImplementedError

    def encode(self, source: ReadAt, kind: EncodeKind) -> Iterator[bytes]:
        """The audio in another encoding, without tags, at most stereo; chunks of at most 1 MiB.

        Raises: DamagedError, also in mid-stream.
        """
        raise NotImplementedError

    def retag(self, audio: bytes, tags: Tags) -> bytes:
        """The same packets with other tags (covers and lyrics stay).

        Raises: DamagedError if the file is not understood.
        """
        raise NotImplementedError

    def read_qr(self, image: bytes) -> list[str]:
        """Texts of the QR codes on a picture (JPEG, PNG, WebP).

        Raises: DamagedError if it is not a picture.
        """
        raise NotImplementedError

    def cage(self) -> Cage:
        """Which limits are in force in the workers."""
        raise NotImplementedError
