"""What guests left: sealed, looked into by nobody, until the host accepts or refuses it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, NoSpaceError, UsageError
from magnitizdat.library.library import Library
from magnitizdat.model import Progress, Value
from magnitizdat.ops.intake.account import ImportReport
from magnitizdat.ops.intake.importing import import_landed
from magnitizdat.ops.intake.received import Arrival, Landing
from magnitizdat.sentence import say

FOLDER = "left"
JOB = "left"
FILE_LIMIT = 512 << 20
"""Bytes of one file that somebody leaves."""
TOTAL_LIMIT = 4 << 30
COUNT_LIMIT = 500
SHARE = 10
"""One guest may fill one part in so many, in bytes and in files."""
LOOK_LENGTH = 32 << 20
"""Bytes of one file after which the disk is looked at again."""
ABANDONED_S = 600.0
"""Seconds without a byte after which an upload is none any more; the server waits for less."""
SPARE = 1 << 30
"""Bytes that stay free on the library's disk, whatever guests leave."""


class QuarantineFullError(NoSpaceError):
    """There is no room for more from guests; what came before is kept."""


class Left(Value, frozen=True, kw_only=True):
    """One file that somebody left, the `number`th. `at`: when, to the minute; nothing says who."""

    number: int
    arrival: Arrival
    at: str


class ShareFullError(QuarantineFullError):
    """This guest has left as much as one guest may; there is room for others."""


class Accepted(NamedTuple):
    """What became of files that the host took in."""

    report: ImportReport
    left: int


@dataclass
class _Coming:
    """A file that is still coming: who leaves it, and bytes of it."""

    giver: str
    length: int = 0


class Quarantine:
    """The files that wait. Their names are in the encrypted index, their bytes sealed to the vault.

    Several threads may receive at once, through one of these: what is still coming counts too. Who left what is known
    to this alone, as long as it lives, and is written nowhere.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._guard = threading.Lock()
        self._coming: dict[object, _Coming] = {}
        self._givers: dict[str, str] = {}
        """Who left a file, by its id."""
        self._landing = Landing(library.directory / FOLDER, library.secrets.vault, library.disk.apart())

    def files(self) -> list[Left]:
        """What waits, in the order it came."""
        bodies = self._library.index.jobs.of_kind(JOB).values()
        found = [msgspec.json.decode(body, type=Left) for body in bodies]
        return sorted(found, key=lambda left: left.number)

    def receive(self, name: str, chunks: Iterable[bytes], *, now: datetime, giver: str) -> Left | None:
        """Take one file of a `giver`, as guests are told apart; None where it was too long and nothing of it is kept.

        Raises: ShareFullError, QuarantineFullError, or NoSpaceError where the disk is full before its time; what
        `chunks` raises.
        """
        ticket = object()
        try:
            with self._guard:
                self._coming[ticket] = _Coming(giver)
                self._check_room(giver)
            with _draining(chunks) as following:
                try:
                    arrival = self._landing.receive(name, self._counted(ticket, following), limit=FILE_LIMIT)
                except NoSpaceError:
                    raise
                except UsageError:
                    return None
            if not arrival.length:
                self._landing.remove(arrival.id)
                return None
            return self._keep(arrival, giver, now)
        finally:
            with self._guard:
                self._coming.pop(ticket, None)

    def _counted(self, ticket: object, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._count(ticket, len(chunk))
            yield chunk

    def _count(self, ticket: object, length: int) -> None:
        """So many bytes more are coming. Raises: as `_check_room`."""
        with self._guard:
            coming = self._coming[ticket]
            before = coming.length // LOOK_LENGTH
            coming.length += length
            if before != coming.length // LOOK_LENGTH:
                self._check_room(coming.giver)

    def _check_room(self, giver: str) -> None:
        """Raises: ShareFullError, QuarantineFullError."""
        files = [(self._givers.get(left.arrival.id), left.arrival.length) for left in self.files()]
        files += [(coming.giver, coming.length) for coming in self._coming.values()]
        own = [length for known, length in files if known == giver]
        if len(own) > COUNT_LIMIT // SHARE or sum(own) >= TOTAL_LIMIT // SHARE:
            raise ShareFullError(say("one guest may leave no more than this; ask your host to look at it first"))
        total = sum(length for _, length in files)
        if len(files) > COUNT_LIMIT or total >= TOTAL_LIMIT or free_bytes(self._library) < SPARE:
            raise QuarantineFullError(say("there is no room for more here; ask your host"))

    def _keep(self, arrival: Arrival, giver: str, now: datetime) -> Left:
        try:
            with self._guard:
                number = max((left.number for left in self.files()), default=0) + 1
                left = Left(number=number, arrival=arrival, at=now.isoformat(timespec="minutes"))
                self._library.set_job(JOB, arrival.id, msgspec.json.encode(left))
                self._givers[arrival.id] = giver
        except MagError:  # as when the library was locked meanwhile
            self._landing.remove(arrival.id)
            raise
        return left

    def accept(self, ids: Sequence[str], *, progress: Progress | None = None) -> Accepted:
        """Import these, as files of one's own choice are; what cannot be taken in stays, with a reason each.

        Raises: UsageError where there is no such file; as `import_landed`.
        """
        chosen = [self._find(each) for each in ids]
        report = import_landed(self._library, [self._landing.open(each.arrival) for each in chosen], progress=progress)
        stays = [each.what for each in report.missing] + [each.what for each in report.named if not each.of]
        for each in chosen:
            name = each.arrival.name
            inside = f"{name.rpartition('.')[0]}/"  # of a ZIP
            if not any(what == name or what.startswith(inside) for what in stays):
                self._forget(each.arrival.id)
        return Accepted(report, len(self.files()))

    def refuse(self, ids: Sequence[str]) -> int:
        """Remove these unseen; how many wait still."""
        for each in [self._find(each) for each in ids]:
            self._forget(each.arrival.id)
        return len(self.files())

    def sweep(self, *, now: datetime) -> None:
        """Remove what an interrupted upload left; not what another evening of this library is just being given."""
        self._landing.sweep((left.arrival.id for left in self.files()), before=now.timestamp() - ABANDONED_S)

    def _find(self, arrival_id: str) -> Left:
        body = self._library.job(JOB, arrival_id)
        if body is None:
            raise UsageError(say("there is no such file here; look at the list again"))
        return msgspec.json.decode(body, type=Left)

    def _forget(self, arrival_id: str) -> None:
        self._landing.remove(arrival_id)
        self._library.set_job(JOB, arrival_id, None)


def free_bytes(library: Library) -> int:
    """Free bytes on the library's disk; plenty where the system does not tell."""
    found = space(library.directory).free
    return 1 << 62 if found is None else found


@contextmanager
def _draining(chunks: Iterable[bytes]) -> Iterator[Iterator[bytes]]:
    """Parts of a file of which the rest is passed over: the next file of the same form stands behind it."""
    following = iter(chunks)
    yield following
    for _ in following:
        pass
