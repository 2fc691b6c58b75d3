"""Files that a page sends: sealed to the library as they come, and there until they are imported or dropped.

They outlive the page, the lock and the server. Their names are in the encrypted index and nowhere else on the disk.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Self

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, NoSpaceError, NotFoundError, UsageError
from magnitizdat.formats.age_keys import X25519Identity
from magnitizdat.formats.names import clean_text
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.intake.received import Arrival, Landed, Landing
from magnitizdat.sentence import say

FOLDER = "incoming"
JOB = "upload"
MAX_FILES = 5_000
MAX_LENGTH = 64 << 30
"""Bytes that may wait at once."""
MAX_FILE_LENGTH = 4 << 30
SPARE = 1 << 30
"""Bytes that stay free on the library's disk."""
LOOK_LENGTH = 32 << 20
"""Bytes of one file after which the disk is looked at again."""
MAX_DEPTH = 16
MAX_PART = 200
"""Folders of a name, and characters of each, that are kept."""

TOO_MANY = say("too many files wait here already; import or drop some, then send the rest")
TOO_MUCH = say("more than may wait here at once; import or drop some, then send the rest")
FULL = say("the disk of the library is nearly full; free some space, then send the rest")


class Upload(Value, frozen=True, kw_only=True):
    """One file that waits; `hint` is what its owner called it, with the folders above it."""

    number: int
    hint: str
    arrival: Arrival


Note = Callable[[int, Upload | None], None]
"""Writes down what waits under a number: None where nothing does any more."""


class Uploads:
    """What waits, by the numbers that a page gave. Safe in several threads."""

    def __init__(
        self,
        library: Path,
        identity: X25519Identity,
        *,
        disk: Disk,
        held: Iterable[Upload] = (),
        note: Note = lambda _number, _upload: None,
        max_files: int = MAX_FILES,
        max_length: int = MAX_LENGTH,
        spare: int = SPARE,
    ) -> None:
        self._library = library
        self._max_files, self._max_length, self._spare = max_files, max_length, spare
        self._landing = Landing(library / FOLDER, identity, disk)
        self._held = {upload.number: upload for upload in held}
        self._note = note
        self._promised: dict[object, int] = {}
        self._guard = threading.Lock()

    @classmethod
    def of(cls, library: Library, *, disk: Disk) -> Self:
        """Those of an open library."""
        bodies = library.index.jobs.of_kind(JOB).values()
        held = [msgspec.json.decode(body, type=Upload) for body in bodies]

        def note(number: int, upload: Upload | None) -> None:
            library.set_job(JOB, str(number), None if upload is None else msgspec.json.encode(upload))

        return cls(library.directory, library.secrets.vault, disk=disk, held=held, note=note)

    def waiting(self) -> list[Upload]:
        """All that came and was neither imported nor dropped."""
        with self._guard:
            return sorted(self._held.values(), key=lambda upload: upload.number)

    def put(self, number: int, name: str, chunks: Iterable[bytes]) -> Upload:
        """Keep a file under a number, in place of what had it; nothing of it stays where it does not come whole.

        Raises: UsageError beyond the quota, NoSpaceError; what the chunks raise.
        """
        ticket = object()
        try:
            with self._guard:
                if len(self._held) + len(self._promised) >= self._max_files:
                    raise UsageError(TOO_MANY)
                self._promised[ticket] = 0
            self._check_disk()
            hint = readable_hint(name) or str(number)
            arrival = self._landing.receive(hint, self._counted(ticket, chunks), limit=MAX_FILE_LENGTH)
        finally:
            with self._guard:
                self._promised.pop(ticket, None)
        return self._keep(Upload(number=number, hint=hint, arrival=arrival))

    def _keep(self, upload: Upload) -> Upload:
        try:
            with self._guard:
                self._note(upload.number, upload)
                before = self._held.pop(upload.number, None)
                self._held[upload.number] = upload
        except MagError:  # as when the library was locked meanwhile
            self._landing.remove(upload.arrival.id)
            raise
        if before is not None:
            self._landing.remove(before.arrival.id)
        return upload

    def _counted(self, ticket: object, chunks: Iterable[bytes]) -> Iterator[bytes]:
        unseen = 0
        for chunk in chunks:
            unseen += len(chunk)
            if unseen >= LOOK_LENGTH:
                self._check_disk()
                unseen = 0
            with self._guard:
                self._promised[ticket] += len(chunk)
                waiting = sum(each.arrival.length for each in self._held.values()) + sum(self._promised.values())
            if waiting > self._max_length:
                raise UsageError(TOO_MUCH)
            yield chunk

    def _check_disk(self) -> None:
        """Raises: NoSpaceError where less than the spare is free; a system that does not tell has plenty."""
        free = space(self._library).free
        if free is not None and free < self._spare:
            raise NoSpaceError(FULL)

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget these; what is not there is fine."""
        for number in numbers:
            with self._guard:
                upload = self._held.pop(number, None)
                if upload is not None:
                    self._note(number, None)
            if upload is not None:
                self._landing.remove(upload.arrival.id)

    def landed(self, numbers: Sequence[int]) -> dict[int, Landed]:
        """These, to be looked into or imported; of two that are called the same, the later in a folder of its own.

        Raises: NotFoundError.
        """
        with self._guard:
            missing = [number for number in numbers if number not in self._held]
            found = {number: self._held[number] for number in numbers if number not in missing}
        if missing:
            raise NotFoundError(say("some of these files are not here any more; send them again"))
        hints: set[str] = set()
        landed: dict[int, Landed] = {}
        for number, upload in found.items():
            hint = f"{number}/{upload.hint}" if upload.hint in hints else upload.hint
            hints.add(hint)
            landed[number] = self._landing.open(upload.arrival, hint)
        return landed

    def sweep(self, *, before: float = math.inf) -> None:
        """Remove what is in no list: what never came whole. `before`: seconds since 1970; later ones may be coming."""
        self._landing.sweep([upload.arrival.id for upload in self.waiting()], before=before)


def readable_hint(name: str) -> str:
    """A name with its folders, of whatever a browser sends: nothing in it steers a path or a terminal."""
    parts = [" ".join(clean_text(part).split())[:MAX_PART] for part in name.replace("\\", "/").split("/")]
    return "/".join([part for part in parts if part not in {"", ".", ".."}][-MAX_DEPTH:])
