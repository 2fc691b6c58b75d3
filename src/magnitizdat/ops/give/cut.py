"""`mag reel cut`: a sealed reel of what I hold.

Its exact size is known before the first byte. What an interrupted run needs to go on (names, which segments are whole)
is kept in the library until the reel is done; the same command then resumes, as long as it means the same reel.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, UsageError
from magnitizdat.formats.age_keys import X25519Identity, X25519Recipient
from magnitizdat.formats.names import passphrase_words
from magnitizdat.library.library import CUT, Library
from magnitizdat.model import AlbumName, Progress, Quality, Value
from magnitizdat.ops.give.cargo import Cargo
from magnitizdat.ops.give.cutting_alone import cutting_alone
from magnitizdat.ops.give.planned import PlannedReel, settle
from magnitizdat.ops.give.post import choose, letter_files
from magnitizdat.ops.give.voices import Voiced
from magnitizdat.reel.layout import NAME_LENGTH, PARITY_SUFFIX, POST_FOLDER, SEGMENT_SUFFIX
from magnitizdat.reel.one_file import files_in
from magnitizdat.reel.plan import ReelPlan
from magnitizdat.reel.post import letter_names
from magnitizdat.reel.words import WordLock
from magnitizdat.reel.writer import CutReport, SealedSegment, cut
from magnitizdat.scene.slips import RETURN_PATH, ReturnNote, note_bytes
from magnitizdat.sentence import say

EDITION, WORDS_EDITION = 3, 4
"""What a reel of the same contents was cut like: one that an older mag began otherwise is begun anew."""
A_REEL_IS_THERE = say("there is a reel in that folder already; name a new folder, or remove the old reel first")
SAVE_EVERY = 16
"""Segments after which what is whole is written down."""


class ReelReport(Value, frozen=True, kw_only=True):
    """What was cut. `words` open it; empty where it is sealed to friends. `left_out`: albums that did not fit.

    `without_small` went in full though small versions were asked for, `only_small` the other way round. Of own letters
    `letters` went along, and `letters_left` did not fit.
    """

    cut: CutReport
    words: str = ""
    albums: tuple[AlbumName, ...] = ()
    left_out: tuple[AlbumName, ...] = ()
    quality: Quality
    without_small: tuple[AlbumName, ...] = ()
    only_small: tuple[AlbumName, ...] = ()
    voices: tuple[Voiced, ...] = ()
    staying: int = 0
    """Labels that stay in clubs, and would have gone."""
    letters: int = 0
    letters_left: int = 0
    slip: str = ""
    """What slips call it, where it holds a return address."""
    file: str = ""
    """Where it lies, as one file."""
    beside: tuple[str, ...] = ()
    """Other reels as one file in the same folder."""


class _UnfinishedReel(Value, frozen=True, kw_only=True):
    """An unfinished reel. Lives in the encrypted index alone."""

    meaning: str
    secret: bytes
    words: str
    identity: str
    done: tuple[SealedSegment, ...] = ()
    names: int = 0
    quality: Quality = "full"
    albums: dict[str, bool] = msgspec.field(default_factory=dict)
    """Where it was planned: albums by their ids here, in their order, and whether each goes in full."""
    size: int = 0
    """For so many bytes."""


def cut_reel(
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
    """Cut a reel into `folder`: to `recipients`, or without them to six generated words; `return_to` lies in it.

    Raises: UsageError if another reel is in the folder, NoSpaceError before the first byte, TargetError,
    LibraryBusyError where another one is cut there.
    """
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
    )
    target = str(folder.resolve())
    meaning = meaning_of(reel, cargo.quality, recipients, parity_percent, return_to)
    with cutting_alone(library, folder):
        job = _open_job(
            library, target, meaning, _count_names(reel), cargo=cargo, size=size, disk=disk, word_sealed=word_sealed
        )
        names = names_of(job.secret)
        _require_room_of_its_own(folder, names, reel, resuming=bool(job.done))
        _remove_leftovers(disk, folder, job)
        if planned is not None:
            planned(order)
        keeper = _ProgressSaver(library, target, job)
        lock = _lock(job, work_factor) if word_sealed else None
        note = ReturnNote(reel=reel_id(job.secret), address=return_to) if return_to else ReturnNote()
        try:
            report = cut(
                reel,
                partial(read_into, cargo, note_bytes(note)),
                recipients,
                folder,
                disk,
                lock=lock,
                letters=letter_files(library, post),
                names=names,
                done={segment.index: segment for segment in job.done},
                on_segment=keeper.add,
                progress=progress,
            )
        except BaseException:
            with suppress(MagError):  # why it stopped is the news
                keeper.save()
            raise
        with library.afterwards():
            library.set_job(CUT, target, None)
        return reported(report, cargo, order, words=job.words, slip=note.reel)


def reported(
    report: CutReport, cargo: Cargo, order: PlannedReel, *, words: str, slip: str, file: Path | None = None
) -> ReelReport:
    """What is said of a reel that was cut."""
    return ReelReport(
        cut=report,
        words=words,
        albums=order.albums,
        left_out=order.left_out,
        quality=cargo.quality,
        without_small=tuple(album for album in cargo.without_small if album in order.albums),
        only_small=tuple(album for album in cargo.only_small if album in order.albums),
        voices=order.voices,
        staying=cargo.staying,
        letters=order.letters,
        letters_left=order.letters_left,
        slip=slip,
        file=str(file or ""),
        beside=tuple(each.name for each in files_in(file.parent) if each != file) if file else (),
    )


def read_into(cargo: Cargo, note: bytes, path: str, piece: int, buffer: memoryview) -> int:
    """A piece of any file of the reel, that for slips included."""
    if path != RETURN_PATH:
        return cargo.read_into(path, piece, buffer)
    buffer[: len(note)] = note
    return len(note)


def reel_id(secret: bytes) -> str:
    """The same when the command is repeated; nobody can tell it from chance."""
    return hmac.digest(secret, b"slip", "sha256")[:16].hex()


def begun_quality(library: Library, folder: Path) -> Quality | None:
    """What a reel in this folder, of which something is written already, was to carry."""
    job = _begun(library, folder)
    return None if job is None else job.quality


def begun_albums(library: Library, folder: Path, size: int | None) -> dict[str, bool]:
    """Where an unfinished reel was planned for that size: its albums in their order, and whether each goes in full."""
    job = _begun(library, folder)
    return job.albums if job is not None and job.size == size else {}


def _begun(library: Library, folder: Path) -> _UnfinishedReel | None:
    """One that was refused before its first file, on a full stick, is not begun: it is planned anew."""
    held = library.job(CUT, str(folder.resolve()))
    job = None if held is None else msgspec.json.decode(held, type=_UnfinishedReel)
    return job if job is not None and job.done else None


def _lock(job: _UnfinishedReel, work_factor: int) -> WordLock:
    return WordLock(job.words, identity=X25519Identity.from_text(job.identity), work_factor=work_factor)


def meaning_of(
    reel: ReelPlan, quality: Quality, recipients: Sequence[X25519Recipient], parity_percent: int, return_to: str
) -> str:
    """A digest of what a reel is to be: the same command on the same library means the same reel."""
    sealed_to = sorted(recipient.text for recipient in recipients)
    edition = EDITION if recipients else WORDS_EDITION
    digest = hashlib.sha256(f"{edition} {quality} {parity_percent} {sealed_to}{return_to}".encode())
    for file in reel.files:
        digest.update(f"{file.path} {file.length}\n".encode())
    return digest.hexdigest()


def _open_job(
    library: Library,
    target: str,
    meaning: str,
    names: int,
    *,
    cargo: Cargo,
    size: int | None,
    disk: Disk,
    word_sealed: bool,
) -> _UnfinishedReel:
    held = library.job(CUT, target)
    if held is not None:
        job = msgspec.json.decode(held, type=_UnfinishedReel)
        if job.meaning == meaning:
            return job
        _remove_leftovers(disk, Path(target), msgspec.structs.replace(job, done=()))
    words = passphrase_words(6) if word_sealed else ""
    identity = X25519Identity.generate().text if word_sealed else ""
    secret = secrets.token_bytes(32)
    job = _UnfinishedReel(
        meaning=meaning,
        secret=secret,
        words=words,
        identity=identity,
        names=names,
        quality=cargo.quality,
        albums=cargo.planned(),
        size=size or 0,
    )
    library.set_job(CUT, target, msgspec.json.encode(job))
    return job


def _remove_leftovers(disk: Disk, folder: Path, job: _UnfinishedReel) -> None:
    """What a stopped run wrote under our names and nobody counts as done makes room; its folders stay."""
    if not folder.is_dir():
        return
    names = names_of(job.secret)
    ours = {names(number) for number in range(job.names)} | letter_names(names)
    kept = {folder / segment.path for segment in job.done}
    for path in [*folder.iterdir(), *folder.glob("*/*")]:
        leftover = path.suffix == SEGMENT_SUFFIX or (path.suffix == PARITY_SUFFIX and not kept)
        if leftover and path.name.split(".")[0] in ours and path not in kept:
            disk.remove(path)


def _count_names(reel: ReelPlan) -> int:
    return reel.layout.segments + reel.layout.groups + reel.layout.folders


def names_of(secret: bytes) -> Callable[[int], str]:
    """Opaque names from a secret that only the library knows: the same ones when the command is repeated."""

    def name(number: int) -> str:
        digest = hmac.digest(secret, number.to_bytes(8, "big"), "sha256")
        return base64.b32encode(digest)[:NAME_LENGTH].decode("ascii").lower()

    return name


def _require_room_of_its_own(folder: Path, names: Callable[[int], str], reel: ReelPlan, *, resuming: bool) -> None:
    """One folder, one reel; what else lies on the stick is let be."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(say("the destination is a file; name a folder on the stick"))
    if not folder.is_dir():
        return
    ours = {names(number) for number in range(_count_names(reel))} | letter_names(names)
    if not resuming and is_taken(folder, ours):
        raise UsageError(A_REEL_IS_THERE)


def is_taken(folder: Path, ours: Collection[str] = ()) -> bool:
    """Whether sealed files or spare parts lie there that are none of `ours`."""
    return any(
        entry.suffix in {SEGMENT_SUFFIX, PARITY_SUFFIX} and entry.name.split(".")[0] not in ours
        for entry in [*folder.iterdir(), *folder.glob(f"{POST_FOLDER}/*")]
    )


class _ProgressSaver:
    """Writes down now and then which segments are whole."""

    def __init__(self, library: Library, target: str, job: _UnfinishedReel) -> None:
        self._library = library
        self._target = target
        self._job = job
        self._done = {segment.index: segment for segment in job.done}
        self._unsaved = 0

    def add(self, segment: SealedSegment) -> None:
        """One more is whole."""
        self._done[segment.index] = segment
        self._unsaved += 1
        if self._unsaved >= SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """Write down what is whole."""
        job = msgspec.structs.replace(self._job, done=tuple(self._done.values()))
        self._library.set_job(CUT, self._target, msgspec.json.encode(job))
        self._unsaved = 0
