"""Copying a reel to many sticks at once, without any key: one reading, a thread and a verdict for each stick.

Order of writes for each: par2 files without spare parts first, so that `check` understands what lies on a stick that
was pulled; then all others; flush; what the system holds in memory is dropped; everything is read back and compared
with what was written. Only then is a stick called safe to pull. Files that lie there already are not written again:
they are compared when everything is read back, and written only if they differ. No stick waits for another.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import REFUSED, FileReader, stands_in_the_way
from magnitizdat.disk.space import space
from magnitizdat.errors import MagError, NoSpaceError, SourceError, TargetError, UsageError
from magnitizdat.model import Progress, Shortfall, Silent
from magnitizdat.reel.copy_reports import CopyReport, CopyVerdict, TargetReport
from magnitizdat.reel.erasures import SECTOR
from magnitizdat.reel.feed import CHUNK, Extent, Feed, chunks_of, digest_of
from magnitizdat.reel.folder import FolderFile, is_long_enough, is_sealed, letters, survey
from magnitizdat.reel.layout import PARITY_SUFFIX, POST_FOLDER, SEGMENT_SUFFIX
from magnitizdat.reel.proof import CopyProof
from magnitizdat.reel.sets import gather, is_volume
from magnitizdat.sentence import SILENCE, Sentence, framed, say, size_words
from magnitizdat.ways import AGAIN

__all__ = ["CopyReport", "TargetReport", "copy", "reel_files"]

WatchTarget = Callable[[Path], Progress]
_FLUSH_LENGTH = 64 << 20
"""Bytes after which a stick is flushed: its progress is its own, not that of the memory before it."""
_PATIENCE_S = 5.0
"""How long an interrupted copy waits for each stick to let go of what it writes."""
_PRESSED_AGAIN = 3


def reel_files(folder: Path) -> list[FolderFile]:
    """The files of a reel, or of several in one folder: sealed ones, spare parts, letters. Others are left out.

    Raises: SourceError if there are none.
    """
    found = [each for each in survey(folder) if _is_parity(each.path) or is_sealed(folder / each.path)]
    if folder.is_file():  # in which thousands of files may be that are nothing
        found = [each for each in found if is_long_enough(each)]
    if not found:
        raise SourceError(say("there is no reel in {folder}; name the folder that holds its files", folder=folder))
    return sorted([*found, *letters(folder)], key=lambda each: (not _is_index(each.path), each.path))


def copy(
    folder: Path,
    targets: Sequence[tuple[Path, Disk]],
    *,
    watch: WatchTarget | None = None,
    planned: Callable[[int, int], None] | None = None,
) -> CopyReport:
    """Copy the reel in `folder` into each of the target folders; run again, it goes on where each of them stands.

    `watch` gives the progress of a target; `planned` is told the number of files and bytes before the first is written.
    What happens to one target is in its own report and stops no other.

    Raises: SourceError if no reel is there, UsageError for targets that cannot be meant.
    """
    _refuse_what_cannot_be_meant(folder, [target for target, _ in targets])
    files = reel_files(folder)
    total = sum(each.length for each in files)
    if planned is not None:
        planned(len(files), total)
    feed, room, proof = Feed(folder), _FreeSpace(), CopyProof(folder)
    runs = [
        _TargetRun(feed, files, target, disk, watch(target) if watch else Silent(), proof=proof)
        for target, disk in targets
    ]
    _run_all([run for run in runs if run.begin(room)], feed)
    for run in runs:
        if run.bug is not None:
            raise run.bug
    unreadable = _unreadable(files, feed)
    whole = next((run.folder for run in runs if run.report.verdict == "done"), None)
    return CopyReport(
        files=len(files),
        length=total,
        targets=tuple(run.report for run in runs),
        source_read=feed.read_bytes,
        unreadable=unreadable,
        mendable=not unreadable or (whole is not None and _is_mendable(whole, feed)),
        source=proof.report() if whole is not None and not unreadable else None,
    )


def _run_all(runs: Sequence[_TargetRun], feed: Feed) -> None:
    try:
        for run in runs:
            run.start()
        for run in runs:
            run.ended.wait()  # not join(): interrupted, it takes a running thread for one that has ended
    except BaseException:
        _end(runs, feed)
        raise


def _end(runs: Sequence[_TargetRun], feed: Feed) -> None:
    """Let every stick finish its chunk and take back half a file; Ctrl-C pressed again does not hurry that."""
    for _ in range(_PRESSED_AGAIN):
        with suppress(KeyboardInterrupt):
            feed.stopped.set()
            for run in runs:
                run.ended.wait(_PATIENCE_S if run.started else 0)
            return


class _FreeSpace:
    """Free bytes of file systems, less what other targets on them were promised."""

    def __init__(self) -> None:
        self._promised: dict[int, int] = {}

    def take(self, folder: Path, files: Sequence[FolderFile]) -> None:
        """Raises: NoSpaceError."""
        found = space(folder)
        there = [path.stat().st_size for path in (folder / each.path for each in files) if path.is_file()]
        needed = found.allocated(each.length for each in files) - found.allocated(there)
        free = None if found.free is None else found.free - self._promised.get(found.device, 0)
        if free is not None and free < needed:
            raise NoSpaceError(
                say(
                    "the reel takes {needed} and {value} are free there;"
                    " nothing was written; free some, or take a larger stick",
                    needed=size_words(needed),
                    value=size_words(max(0, free)),
                )
            )
        self._promised[found.device] = self._promised.get(found.device, 0) + max(0, needed)


class _CopyStopped(Exception):  # noqa: N818 -- not an error: somebody pressed Ctrl-C
    pass


class _TargetRun:
    """One target under way, in a thread of its own."""

    def __init__(
        self, feed: Feed, files: Sequence[FolderFile], folder: Path, disk: Disk, progress: Progress, *, proof: CopyProof
    ) -> None:
        self.folder = folder
        self._proof = proof
        self.started, self.ended = False, threading.Event()
        self.bug: BaseException | None = None
        self.report = TargetReport(folder=str(folder), verdict="refused")
        self._feed, self._disk, self._progress = feed, disk, progress
        self._files = {each.path: each for each in files}
        self._digests: dict[str, bytes] = {}
        self._written: set[str] = set()
        self._made: list[Path] = []

    def begin(self, room: _FreeSpace) -> bool:
        """Refuse what can be told before the first byte; whether to go on."""
        try:
            if not self.folder.parent.is_dir():
                raise TargetError(
                    say("{parent} is not there; plug the stick in, or check the path", parent=self.folder.parent)
                )
            self._refuse_what_stands_there()
            room.take(self.folder, list(self._files.values()))
        except (MagError, OSError) as exc:
            self._fail("refused", exc)
            return False
        return True

    def _refuse_what_stands_there(self) -> None:
        for path in self._files:
            if kind := stands_in_the_way(self.folder / path):
                raise TargetError(
                    say(
                        "{kind} stands where a file belongs ({path}); remove it and repeat the command",
                        kind=kind,
                        path=path,
                    )
                )
        if self.folder.is_dir():
            others = {each.path for each in survey(self.folder)} - self._files.keys()
            if any(path.endswith((SEGMENT_SUFFIX, PARITY_SUFFIX)) for path in others):
                raise UsageError(say("another reel is in that folder; name a new folder, or remove that reel first"))

    def start(self) -> None:
        """Go the whole way in a thread; `ended` is set when it is over."""
        self.started = True
        threading.Thread(target=self._work, name="copy", daemon=True).start()

    def _work(self) -> None:
        try:
            self._copy()
        except _CopyStopped:
            pass
        except (MagError, OSError) as exc:
            self._fail("failed", exc)
            self._progress.say(framed("{folder}: {reason}", folder=self.folder, reason=self.report.reason))
        except BaseException as exc:  # noqa: BLE001 -- raised again where somebody sees it
            self.bug = exc
        else:
            kept = len(self._files) - len(self._written)
            self.report = self._at(verdict="done", kept=kept)
            self._progress.say(framed("{folder}: {sentence}", folder=self.folder, sentence=self.report.sentence()))
        finally:
            self.ended.set()

    def _at(self, *, verdict: CopyVerdict, reason: Sentence = SILENCE, kept: int = 0) -> TargetReport:
        whole = [self._files[path] for path in self._digests]
        length = sum(each.length for each in whole)
        return TargetReport(
            folder=str(self.folder), verdict=verdict, reason=reason, length=length, files=len(whole), kept=kept
        )

    def _fail(self, verdict: CopyVerdict, exc: MagError | OSError) -> None:
        if isinstance(exc, OSError):
            exc = TargetError(
                say("the medium failed ({strerror}); {then}", strerror=os.strerror(exc.errno or 5), then=AGAIN)
            )
        for folder in reversed(self._made):
            with suppress(MagError, OSError):
                self._disk.remove_folder(folder)  # where nothing is in it
        self.report = self._at(verdict=verdict, reason=exc.sentence)

    def _copy(self) -> None:
        self._disk.confine(self.folder, alike=True)
        for folder in dict.fromkeys([self.folder, *((self.folder / path).parent for path in self._files)]):
            if not folder.is_dir():
                self._made.append(folder)
            self._disk.mkdir(folder)
        todo = [each for each in self._files.values() if not self._has_length(each)]
        while True:
            self._write(todo)
            todo = self._read_back()
            if not todo:
                self._disk.make_alike(self.folder / path for path in self._files)  # also what an older mag left there
                return
            self._refuse_what_lied(todo)

    def _has_length(self, file: FolderFile) -> bool:
        path = self.folder / file.path
        return path.is_file() and path.stat().st_size == file.length

    # -- writing --------------------------------------------------------------------------------------------------

    def _write(self, todo: Iterable[FolderFile]) -> None:
        """Files that pass by first: they need no reading of their own."""
        waiting = {each.path: each for each in todo}
        self._progress.start(say("Copying"), sum(each.length for each in waiting.values()))
        unflushed = 0
        while waiting:
            first = next(iter(waiting))
            passing = (path for path in self._feed.passing() if path in waiting and _is_index(path) == _is_index(first))
            file = waiting.pop(next(passing, first))
            self._write_file(file)
            unflushed += file.length
            if unflushed >= _FLUSH_LENGTH:  # else gigabytes wait in memory, and the bar stands still at the end
                self._disk.flush()
                unflushed = 0
        self._disk.flush()

    def _write_file(self, file: FolderFile) -> None:
        target = self.folder / file.path
        self._disk.remove(target)
        digests = bytearray()
        with self._disk.create(target) as writer:
            for number in chunks_of(file):
                chunk = self._chunk(file, number)
                writer.write(chunk.content)
                digests += chunk.digest
                self._progress.advance(len(chunk.content))
        self._digests[file.path] = bytes(digests)
        self._written.add(file.path)

    def _chunk(self, file: FolderFile, number: int) -> Extent:
        if self._feed.stopped.is_set():
            raise _CopyStopped
        return self._feed.chunk(file, number)

    # -- reading back ---------------------------------------------------------------------------------------------

    def _read_back(self) -> list[FolderFile]:
        """Every file as the medium gives it back; those that are not what they should be are returned."""
        self._progress.start(say("read back"), sum(each.length for each in self._files.values()))
        bad, buffer = [], memoryview(bytearray(CHUNK))
        for file in self._files.values():
            try:
                self._digests[file.path] = self._digests_on_medium(file, buffer)
            except (*REFUSED, _OtherBytesError):
                self._digests.pop(file.path, None)
                bad.append(file)
        return bad

    def _digests_on_medium(self, file: FolderFile, buffer: memoryview) -> bytes:
        """Raises: SourceError, OSError, _OtherBytesError."""
        reader, known, found = FileReader(self.folder / file.path), self._digests.get(file.path), bytearray()
        hashed = self._proof.hashing(file.path)
        reader.forget_cached()  # else memory answers for the medium
        if reader.length != file.length:
            raise _OtherBytesError
        for number in chunks_of(file):
            if self._feed.stopped.is_set():
                raise _CopyStopped
            content = buffer[: reader.read_into(buffer, number * CHUNK)]
            digest = digest_of(content)
            if known is None:  # there before this run: nobody has seen its bytes, so the source is asked again
                _compare(content, self._chunk(file, number))
            elif known[len(found) : len(found) + len(digest)] != digest:
                raise _OtherBytesError
            found += digest
            if hashed is not None:
                hashed.update(content)
            self._progress.advance(len(content))
        self._proof.note(file.path, hashed)
        return bytes(found)

    def _refuse_what_lied(self, bad: Sequence[FolderFile]) -> None:
        """What was there before may be worth nothing; what was written now may not. Raises: TargetError."""
        lied = [each for each in bad if each.path in self._written]
        if not lied:
            return
        if not self.folder.is_dir():
            raise TargetError(say("{folder} is gone; bring it back and {then}", folder=self.folder, then=AGAIN))
        for each in bad:
            with suppress(MagError, OSError):
                self._disk.remove(self.folder / each.path)
        raise TargetError(
            say(
                "it gives back other bytes than were written (in {lied} of {files} files):"
                " it is failing, or smaller than it says; take another one",
                lied=len(lied),
                files=len(self._files),
            )
        )


class _OtherBytesError(Exception):
    pass


def _compare(content: memoryview, chunk: Extent) -> None:
    """Where the source refuses now, what was copied before is better than nothing. Raises: _OtherBytesError."""
    for start in chunk.lost:
        content[start : start + SECTOR] = bytes(len(content[start : start + SECTOR]))
    if digest_of(content) != chunk.digest:
        raise _OtherBytesError


def _is_parity(path: str) -> bool:
    return path.lower().endswith(PARITY_SUFFIX)


def _is_index(path: str) -> bool:
    """Whether it describes a group and holds no spare parts."""
    return _is_parity(path) and not is_volume(path)


def _refuse_what_cannot_be_meant(folder: Path, targets: Sequence[Path]) -> None:
    source, seen = folder.resolve(), set[Path]()
    for target in (each.resolve() for each in targets):
        if target == source or source in target.parents or target in source.parents:
            raise UsageError(
                say("{target} is where the reel itself lies; name a folder on another stick", target=target)
            )
        if target in seen:
            raise UsageError(say("{target} is named twice; name each stick once", target=target))
        seen.add(target)


def _unreadable(files: Iterable[FolderFile], feed: Feed) -> tuple[Shortfall, ...]:
    return tuple(
        Shortfall(
            what=each.path,
            reason=say("{length} of it cannot be read", length=size_words(min(each.length, SECTOR * len(lost)))),
        )
        for each in files
        if (lost := feed.lost.get(each.path))
    )


def _is_mendable(folder: Path, feed: Feed) -> bool:
    """Whether what the source refused is less than the spare parts of a copy stand for."""

    def lost_slices(path: str, slice_length: int) -> int:
        sectors = feed.lost.get(path, set())
        return len({at // slice_length for start in sectors for at in (start, start + SECTOR - 1)})

    protected = set[str]()
    for each in gather(folder, survey(folder)).sets:
        paths = [each.path_of(file) for file in each.files]
        protected.update(paths)
        if sum(lost_slices(path, each.slice_length) for path in paths) > each.blocks:
            return False
    return all(path in protected or _is_parity(path) or path.startswith(POST_FOLDER) for path in feed.lost)
