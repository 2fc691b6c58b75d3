"""`mag reel cut --one-file`: a sealed reel in one file, for ways that take one and not sixty.

It is made anew when it was interrupted: nothing of it is whole before its last byte. What an interrupted run left is
known by the names that the library keeps meanwhile, and goes; what was whole already is told, with the same words.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import space
from magnitizdat.errors import SourceError, UsageError
from magnitizdat.formats.age_keys import X25519Identity, X25519Recipient
from magnitizdat.formats.names import passphrase_words
from magnitizdat.library.library import CUT_FILE, Library
from magnitizdat.model import Progress, Value
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.cut import (
    A_REEL_IS_THERE,
    ReelReport,
    is_taken,
    meaning_of,
    names_of,
    read_into,
    reel_id,
    reported,
)
from magnitizdat.ops.give.cutting_alone import cutting_alone
from magnitizdat.ops.give.planned import PlannedReel, settle
from magnitizdat.ops.give.post import choose, letter_files
from magnitizdat.reel.one_file import SUFFIX, table_of
from magnitizdat.reel.one_file_writer import clear, cut_one_file, places_of
from magnitizdat.reel.plan import ReelPlan
from magnitizdat.reel.words import WordLock
from magnitizdat.reel.writer import CutReport, written_as_planned
from magnitizdat.scene.slips import ReturnNote, note_bytes
from magnitizdat.sentence import say


class _UnfinishedFile(Value, frozen=True, kw_only=True):
    """A reel as one file that is under way. Lives in the encrypted index alone. `base`: what its name is made of."""

    meaning: str
    secret: bytes
    words: str
    identity: str
    base: int


def cut_reel_as_one_file(
    library: Library,
    cargo: Cargo,
    folder: Path,
    *,
    disk: Disk,
    recipients: Sequence[X25519Recipient] = (),
    parity_percent: int = 10,
    size: int | None = None,
    work_factor: int = 17,
    return_to: str = "",
    planned: Callable[[PlannedReel], None] | None = None,
    progress: Progress | None = None,
) -> ReelReport:
    """As `cut.cut_reel`, into one file with an opaque name in `folder`.

    Raises: UsageError where that is no folder, is named like a file, or another reel lies in it as many files,
    NoSpaceError before the first byte, also for 4 GiB and more,
    TargetError, LibraryBusyError where another one is cut there.
    """
    _require_a_folder(folder)
    word_sealed = not recipients
    disk.confine(folder, alike=True)
    post = choose(cargo.mailbag, space(folder).free if size is None else size)
    cargo, reel, order = settle(
        cargo,
        post,
        recipients=max(1, len(recipients)),
        word_sealed=word_sealed,
        parity_percent=parity_percent,
        size=size,
        as_one_file=True,
    )
    target = str(folder.resolve())
    meaning = meaning_of(reel, cargo.quality, recipients, parity_percent, return_to)
    with cutting_alone(library, folder):
        job = _open_job(library, folder, meaning, reel, disk=disk, word_sealed=word_sealed)
        names = names_of(job.secret)
        note = ReturnNote(reel=reel_id(job.secret), address=return_to) if return_to else ReturnNote()
        if planned is not None:
            planned(order)
        file = places_of(folder, names, job.base).target
        report = _finished(file, reel)
        if report is None:
            identity = X25519Identity.from_text(job.identity) if word_sealed else None
            report = cut_one_file(
                reel,
                partial(read_into, cargo, note_bytes(note)),
                recipients,
                folder,
                disk,
                names=names,
                lock=WordLock(job.words, identity=identity, work_factor=work_factor) if word_sealed else None,
                letters=letter_files(library, post),
                progress=progress,
            )
        with library.afterwards():
            library.set_job(CUT_FILE, target, None)
        return reported(report, cargo, order, words=job.words, slip=note.reel, file=file)


def _require_a_folder(folder: Path) -> None:
    """Where the file gets a name of its own, and no reel of many files lies. Raises: UsageError."""
    if folder.is_dir():
        if is_taken(folder):
            raise UsageError(A_REEL_IS_THERE)
    elif folder.exists():
        raise UsageError(say("the destination is a file; name the folder that the new file shall come into"))
    elif folder.suffix.lower() == SUFFIX:
        raise UsageError(
            say(
                "the file gets a name of its own that says nothing; name the folder for it, and not {name}",
                name=folder.name,
            )
        )


def _finished(file: Path, reel: ReelPlan) -> CutReport | None:
    """What an earlier run made and was not told of any more. It got its name when all of it had been read back."""
    try:
        is_there = file.is_file() and file.stat().st_size == reel.total_bytes and table_of(file).is_strict
    except (SourceError, OSError):
        return None
    return written_as_planned(reel) if is_there else None


def _open_job(
    library: Library, folder: Path, meaning: str, reel: ReelPlan, *, disk: Disk, word_sealed: bool
) -> _UnfinishedFile:
    target = str(folder.resolve())
    held = library.job(CUT_FILE, target)
    if held is not None:
        job = msgspec.json.decode(held, type=_UnfinishedFile)
        if job.meaning == meaning:
            return job
        clear(places_of(folder, names_of(job.secret), job.base), disk)
    job = _UnfinishedFile(
        meaning=meaning,
        secret=secrets.token_bytes(32),
        words=passphrase_words(6) if word_sealed else "",
        identity=X25519Identity.generate().text if word_sealed else "",
        base=reel.layout.segments + reel.layout.groups,
    )
    library.set_job(CUT_FILE, target, msgspec.json.encode(job))
    return job
