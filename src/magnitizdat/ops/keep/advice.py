"""What `mag doctor` says of the computer around a library: one sentence each, with what to do next.

A false alarm is worse than silence: what cannot be known is not said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from magnitizdat.disk.space import space
from magnitizdat.disk.surroundings import ROOT, Surroundings, surroundings, too_open
from magnitizdat.errors import MagError
from magnitizdat.library.keyring import slot_work_factor
from magnitizdat.library.library import SLOT_NAME, Library, read_slot
from magnitizdat.ops.keep.upkeep import DoctorReport
from magnitizdat.sentence import Sentence, say, size_words

WORK_FACTOR = 17
"""Of a key slot that is made today: 2**17 steps of scrypt, about a second."""
LITTLE_SPACE = 256 << 20
"""Bytes below which an import, a dub or a rebuild soon finds the disk full."""
MADE = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right says less."""
_SLACK = timedelta(days=1)


def with_advice(report: DoctorReport, library: Library, *, now: datetime, root: Path = ROOT) -> DoctorReport:
    """The report with what is known to be wrong around the library; what can be mended there is."""
    return msgspec.structs.replace(report, closed=_close_up(library), advice=advice(library, now=now, root=root))


def advice(library: Library, *, now: datetime, root: Path = ROOT) -> tuple[Sentence, ...]:
    """All that is known to be wrong around a library."""
    around = surroundings(library.directory.resolve(), root=root)
    return (*_kept_elsewhere(around), *_memory(around), *_of_library(library, now))


def _kept_elsewhere(around: Surroundings) -> Iterator[Sentence]:
    if around.synced:
        yield say(
            "{service} copies the folder of the library to others, who see when it changes and keep what was removed;"
            " move it out of there, and go on with --library.",
            service=around.synced,
        )
    if around.snapshots:
        yield say(
            "Snapshots ({kind}) keep older states of the library: a removed album, or a key file under"
            " an old passphrase, stays in them until you remove them.",
            kind=around.snapshots,
        )
    if around.is_removable:
        yield say(
            "The library lies on a medium that can be pulled out; such media fail without a word, so keep a second copy"
            " with `mag backup DEST`."
        )
    if around.is_encrypted is False:
        yield say(
            "The disk under the library is not encrypted by this computer: the library is, but not what other programs"
            " leave of music that you open; encrypt the disk when you next set the computer up."
        )


def _memory(around: Surroundings) -> Iterator[Sentence]:
    for name in around.swap:
        yield say(
            "Swap on {name} is not encrypted, and memory of a player or another program may be written there; encrypt"
            " it, or turn it off with `swapoff`.",
            name=name,
        )
    if around.hibernation:
        yield say(
            "Hibernation writes all memory to {name} without a cipher, open keys with it; run `mag lock` before, or let"
            " the computer sleep instead.",
            name=around.hibernation,
        )
    if around.cores:
        yield say(
            "{program} keeps memory of programs that crash: never that of mag, but perhaps a player's; turn it off, or"
            " clear what it kept.",
            program=around.cores,
        )


def _of_library(library: Library, now: datetime) -> Iterator[Sentence]:
    slot = read_slot(library.directory)
    changed = datetime.fromtimestamp(library.changed() / 1000, UTC)
    if now < max(changed, MADE) - _SLACK:
        yield say(
            "This computer's clock says {now}, and it was {changed} before, so one of the two is wrong. If today is not"
            " {now}, set it: music plays all the same, but what you sign bears a wrong day.",
            now=now.date().isoformat(),
            changed=max(changed, MADE).date().isoformat(),
        )
    if (factor := slot_work_factor(slot)) is not None and factor < WORK_FACTOR:
        yield say(
            "The passphrase is cheaper to guess than it need be (scrypt {factor}); `mag passwd` seals it anew.",
            factor=factor,
        )
    if library.index.settings.paper() != _digest(slot):
        yield (
            say(
                "The paper copy that was made is of an older key file; `mag backup --paper FILE` writes one of today's."
            )
            if library.index.settings.paper()
            else say(
                "No paper copy of the key file is noted here; if you have none, `mag backup --paper FILE` writes it."
            )
        )
    room = space(library.directory)
    if not room.takes(LITTLE_SPACE):
        yield say(
            "Only {free} are free where the library lies; make room before it is needed.",
            free=size_words(room.free or 0),
        )


def note_paper(library: Library | None) -> None:
    """A paper copy of the slot as it is now was written. Where the library is locked, or hurt, nobody notes it."""
    if library is None or library.index.is_read_only:
        return
    with suppress(MagError), library.index.transaction():
        library.index.settings.note_paper(_digest(read_slot(library.directory)))


def _digest(slot: bytes) -> str:
    return hashlib.sha256(slot).hexdigest()


def _close_up(library: Library) -> int:
    """Take from others of this computer what they may read of a library; how many files and folders that were."""
    top = library.directory
    closed = 0
    for path in too_open(iter([top, *(top / name for name in (SLOT_NAME, "index.db", "vault"))])):
        with suppress(MagError):
            library.disk.make_private(path)
            closed += not path.stat().st_mode & 0o077
    return closed
