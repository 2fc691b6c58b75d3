"""The other library: only read, never changed. Its music and papers show as a spool, so that a dub takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.locking import Lock
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, LibraryBusyError, LibraryError, NotFoundError, UsageError
from magnitizdat.formats.spool_paths import parse_blob, parse_label_file
from magnitizdat.library import holders
from magnitizdat.library.keyring import Secrets
from magnitizdat.library.library import INDEX_NAME, Library
from magnitizdat.model import PIECE_LENGTH, ReadAt
from magnitizdat.ops.places.spool import Spool
from magnitizdat.sentence import say

SCRATCH_NAME = "other.db"
"""A copy of the other index, sealed as that one is: SQLite writes beside every index that it reads."""
_NOT_THERE = say("the other library does not have this file")


@contextmanager
def opened(library: Library, directory: Path, secrets: Secrets) -> Iterator[Library]:
    """Another library, as it is now.

    Raises: UsageError where it is this one, LibraryBusyError while somebody uses it, LibraryError.
    """
    if directory.resolve() == library.directory.resolve():
        raise UsageError(say("this is the library itself; name the folder of another one"))
    if any(each.kind >= holders.OPEN for each in holders.holders(directory)):
        raise LibraryBusyError(say("the other library is in use; end that mag, then run this again"))
    scratch = library.directory / SCRATCH_NAME
    _clear(library.disk, scratch)
    try:
        for suffix in ("-wal", ""):
            _copy(library.disk, directory / f"{INDEX_NAME}{suffix}", Path(f"{scratch}{suffix}"))
        with Library(directory, secrets, disk=library.disk, index=str(scratch.absolute()), hold=Lock(-1)) as other:
            yield other
    finally:
        _clear(library.disk, scratch)


def _copy(disk: Disk, source: Path, target: Path) -> None:
    if source.exists():
        with FileReader(source) as reader:
            disk.write_new(target, (reader.read_at(at, PIECE_LENGTH) for at in range(0, reader.length, PIECE_LENGTH)))


def _clear(disk: Disk, scratch: Path) -> None:
    for leftover in scratch.parent.glob(f"{scratch.name}*"):
        disk.remove(leftover)


class LibrarySpool(Spool):
    """What a library holds of these labels; `metadata` are the files of each by name, perhaps newer than its own."""

    def __init__(self, library: Library, metadata: Mapping[str, Mapping[str, bytes]]) -> None:
        self._library = library
        self._metadata = metadata
        self._blob = lru_cache(8)(self._opened)

    def labels(self) -> list[str]:
        """Imprints."""
        return sorted(self._metadata)

    def fetch(self, path: str, max_length: int) -> bytes:
        """A file of a label."""
        content = self._label_file(path)
        if len(content) > max_length:
            raise DamagedError(say("a file of the source is longer than it may be; it was left out"))
        return content

    def _label_file(self, path: str) -> bytes:
        imprint, name = parse_label_file(path) or ("", "")
        if name.startswith("metadata/"):
            found = self._metadata.get(imprint, {}).get(name.removeprefix("metadata/"))
            if found is None:
                raise NotFoundError(_NOT_THERE)
            return found
        if not self._library.has_member(path):
            raise NotFoundError(_NOT_THERE)
        try:
            return self._library.member(path)
        except LibraryError as exc:
            raise DamagedError(exc.sentence) from exc

    def fetch_range(self, path: str, offset: int, length: int) -> bytes:
        """Bytes of a blob."""
        try:
            return self._blob(path).read_at(offset, length)
        except LibraryError as exc:
            raise DamagedError(exc.sentence) from exc

    def _opened(self, path: str) -> ReadAt:
        sha256 = parse_blob(path) or ""
        if not self._library.shelf.is_complete(sha256):
            raise NotFoundError(_NOT_THERE)
        return self._library.blob(sha256)

    def close(self) -> None:
        """Nothing to let go of."""
