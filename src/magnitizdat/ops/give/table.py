"""The spool of what was chosen, as one table made at the start.

What is not in it is not here, whatever the library holds: it is found missing without a look into the library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import NamedTuple

from magnitizdat.formats.spool_paths import parse_blob, text_path
from magnitizdat.library.library import Library
from magnitizdat.model import ReadAt, Shortfall, SpoolFile
from magnitizdat.ops.albums.withheld import WITHDRAWN
from magnitizdat.ops.give.cargo import Cargo

READERS = 64
"""Files whose places in the vault are remembered: whoever takes one asks for its pieces one after the other."""
_TYPES = {"json": "application/json", "txt": "text/plain; charset=utf-8"}


class Served(NamedTuple):
    """A file of the spool (a `ReadAt`): its bytes come out of the vault when they are asked for."""

    length: int
    read: Callable[[int, int], bytes]
    media_type: str

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes `offset:offset + length`, cut off at the end like a slice. Raises: LibraryError."""
        return self.read(offset, length)


class Table(Mapping[str, Served]):
    """Files by their paths in an open spool. Safe in several threads."""

    def __init__(self, library: Library, cargo: Cargo) -> None:
        self._cargo = cargo
        self._files = {text_path(each.path) if each.is_text else each.path: each for each in cargo.files}
        self._blob: Callable[[str], ReadAt] = lru_cache(READERS)(library.blob)

    @property
    def albums(self) -> int:
        """How many albums are in it, whole or in part."""
        return len(self._cargo.albums())

    @property
    def lacking(self) -> tuple[Shortfall, ...]:
        """What was asked for and is not in it, and albums of which it says no more than that they are withdrawn."""
        told = {each.id for each in self._cargo.lacking}
        gone = (each for each in self._cargo.withdrawn if each.id not in told)
        return (*self._cargo.lacking, *(Shortfall(what=each.title, id=each.id, reason=WITHDRAWN) for each in gone))

    def __getitem__(self, path: str) -> Served:
        file = self._files[path]
        sha256 = parse_blob(file.path)
        read = partial(self._read_paper, file) if sha256 is None else partial(self._read_blob, sha256)
        return Served(file.length, read, _TYPES.get(path.rpartition(".")[2], "application/octet-stream"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def _read_paper(self, file: SpoolFile, offset: int, length: int) -> bytes:
        return self._cargo.whole(file.path)[offset : offset + length]

    def _read_blob(self, sha256: str, offset: int, length: int) -> bytes:
        return self._blob(sha256).read_at(offset, length)
