"""Files that come in over a wire: sealed as they come, so that nothing plain is ever on disk, opened for the parsers.

Each is an age file under a random name. Whoever seals them keeps their names elsewhere; the identity that opens them is
the vault's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import MagError, UsageError
from magnitizdat.formats.age import open_sealed
from magnitizdat.formats.age_header import encode_header
from magnitizdat.formats.age_keys import X25519Identity, new_file_key, new_nonce
from magnitizdat.formats.age_stream import StreamReader, seal_chunks
from magnitizdat.formats.names import clean_text, opaque_name
from magnitizdat.model import Value
from magnitizdat.ops.intake.one_file import LazyFile
from magnitizdat.ops.intake.scan import ScannedFile
from magnitizdat.sentence import say

NEVER = -1
"""Stands for the time of a file that no walk will meet again."""
_NAME_LENGTH = 200
_GIVEN = "given"


class Arrival(Value, frozen=True, kw_only=True):
    """A file that came in: `id` is its name on disk, `name` what its giver called it, `length` its plain bytes."""

    id: str
    name: str
    length: int


class Landed(LazyFile):
    """An arrival as a file to import (a `ReadAt`). Its path is a name for reports; nothing is there.

    `hint`: where its giver had it, with the folders above, where that is known.
    """

    def __init__(self, arrival: Arrival, open_: Callable[[], StreamReader], hint: str = "") -> None:
        path = Path(_GIVEN, hint) if hint else Path(arrival.id, arrival.name)
        super().__init__(ScannedFile(path, hint or arrival.name, arrival.length, NEVER, is_pointed_at=True))
        self._open = open_
        self._stream: StreamReader | None = None

    @property
    def found(self) -> ScannedFile:
        """How an import names it."""
        return self._found

    def read_at(self, offset: int, length: int) -> bytes:
        if self._stream is None:
            self._stream = self._open()
        return self._stream.read_at(offset, length)

    def rest(self) -> None:
        self._stream = None

    def require_unchanged(self) -> None:
        """What is sealed does not change unnoticed."""


class Landing:
    """A folder of sealed arrivals."""

    def __init__(self, directory: Path, identity: X25519Identity, disk: Disk) -> None:
        self._directory = directory
        self._identity = identity
        self._disk = disk
        disk.confine(directory, alike=True)

    def receive(self, name: str, chunks: Iterable[bytes], *, limit: int) -> Arrival:
        """Seal one file while it comes in; durable on return, gone if anything goes wrong.

        Raises: UsageError if it has more than `limit` bytes; NoSpaceError, TargetError; what `chunks` raises.
        """
        self._disk.mkdir(self._directory)
        arrival_id = opaque_name()
        counted = _CountedParts(chunks, limit)
        file_key = new_file_key()
        path = self._path(arrival_id)
        with self._disk.create(path) as sealed:
            sealed.write(encode_header([self._identity.recipient.wrap(file_key)], file_key))
            for part in seal_chunks(counted, file_key, new_nonce()):
                sealed.write(part)
        try:
            self._disk.flush()
        except MagError:
            with suppress(MagError):
                self._disk.remove(path)  # until it goes, no later flush succeeds
            raise
        return Arrival(id=arrival_id, name=plain_name(name), length=counted.length)

    def open(self, arrival: Arrival, hint: str = "") -> Landed:
        """An arrival, to be imported; opened when it is first read."""
        path = self._path(arrival.id)
        return Landed(arrival, lambda: open_sealed(FileReader(path), [self._identity]), hint)

    def remove(self, arrival_id: str) -> None:
        """Remove one; an absent one is fine."""
        self._disk.remove(self._path(arrival_id))

    def sweep(self, kept: Iterable[str], *, before: float = math.inf) -> None:
        """Remove whatever is not among `kept`: nobody can open it, or asks for it, any more.

        `before`: seconds since 1970; what was written to later may still be coming in, and stays.
        """
        wanted = {self._path(each).name for each in kept}
        for path in self._directory.glob("*.age") if self._directory.is_dir() else ():
            # Not when it was written: that is the same of all files of a library.
            if path.name not in wanted and path.stat().st_ctime < before:
                self._disk.remove(path)

    def _path(self, arrival_id: str) -> Path:
        if not arrival_id.isalnum() or not arrival_id.isascii():
            raise UsageError(say("there is no such file here; look at the list again"))
        return self._directory / f"{arrival_id}.age"


class _CountedParts:
    """The parts of one file, counted as they go by."""

    def __init__(self, chunks: Iterable[bytes], limit: int) -> None:
        self._chunks, self._limit = chunks, limit
        self.length = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.length += len(chunk)
            if self.length > self._limit:
                raise UsageError(say("this file is too long to be taken here; import it from a folder or a stick"))
            yield chunk


def plain_name(name: str) -> str:
    """What a giver called a file, without folders and what would steer a terminal."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return clean_text(" ".join(last.split()))[:_NAME_LENGTH].lstrip(".") or "file"
