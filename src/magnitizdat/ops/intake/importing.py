"""`mag import`: from files to sealed, searchable albums. Read once, hashed by piece and whole, committed last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from magnitizdat.errors import MagError, SourceError
from magnitizdat.library.index.sources import FileSeen
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import File, Progress, ReadAt, Shortfall, Silent
from magnitizdat.ops.intake.account import ImportReport
from magnitizdat.ops.intake.grouping import Taken
from magnitizdat.ops.intake.halves import half_words
from magnitizdat.ops.intake.one_file import LazyFile, Taker, members
from magnitizdat.ops.intake.preview import SNIFFED, Opener, RepairedTag, repairs_of, unpacker
from magnitizdat.ops.intake.received import NEVER, Landed
from magnitizdat.ops.intake.scan import (
    IGNORED_SUFFIXES,
    IMAGE_SUFFIXES,
    ScannedFile,
    by_folder,
    is_junk,
    is_worth_a_word,
    unreadable,
    walk,
)
from magnitizdat.ops.intake.shelve import Shelves
from magnitizdat.sentence import Sentence, say
from magnitizdat.workers.discs import may_be_a_disc
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.sniff import AUDIO_SUFFIXES, sniff
from magnitizdat.workers.values import Parsed, ParseFailure

COMMIT_LENGTH = 96 << 20
"""Bytes after which what is sealed is flushed and committed, so that an interruption loses little."""

Seen = Callable[[ScannedFile, str], object]
"""Is told of a file and the SHA-256 of its bytes."""


class _AudioItem(NamedTuple):
    """One audio file on its way through the parser."""

    folder: _ParsedFolder
    found: ScannedFile
    source: LazyFile


class _ParsedFolder:
    """What was found in one folder, until its last file is parsed."""

    def __init__(self) -> None:
        self.waiting = 0
        self.listed = False
        self.taken: list[Taken] = []
        self.sources: list[tuple[ScannedFile, str]] = []
        self.covers: list[tuple[ScannedFile, LazyFile]] = []
        self.covers_above: list[tuple[ScannedFile, LazyFile]] = []
        self.words: dict[str, LazyFile] = {}

    @property
    def pictures(self) -> list[tuple[ScannedFile, LazyFile]]:
        """Its own pictures; a disc's folder without any has those of the folder above."""
        return self.covers or self.covers_above


def import_music(
    library: Library, paths: Sequence[Path], *, move: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Take in folders, files and zips. What cannot be understood is in `missing`, and stops nothing.

    Raises: LibraryBusyError, NoSpaceError; after any of them, and after Ctrl-C, the same call goes on.
    """
    with library.changes() as changes, ParserPool() as pool:
        return _Intake(library, changes, pool, progress or Silent(), move=move).run(walk(paths), LazyFile)


def import_landed(
    library: Library, landed: Sequence[Landed], *, seen: Seen | None = None, progress: Progress | None = None
) -> ImportReport:
    """The same of files that came by page or were left by guests, and lie sealed on disk.

    `seen` is told of each file of music, also in a zip, as what it stands in the library now.

    Raises: as `import_music`.
    """
    known = {each.found: each for each in landed}
    with library.changes() as changes, ParserPool() as pool:
        intake = _Intake(library, changes, pool, progress or Silent(), move=False, seen=seen)
        return intake.run(by_folder(known), known.__getitem__)


class _Intake:
    def __init__(
        self,
        library: Library,
        changes: Changes,
        pool: ParserPool,
        progress: Progress,
        *,
        move: bool,
        seen: Seen | None = None,
    ) -> None:
        self._library = library
        self._changes = changes
        self._pool = pool
        self._progress = progress
        self._move = move
        self._seen = seen
        self._taker = Taker(library, changes)
        self._open_folders: list[_ParsedFolder] = []
        self._covers_above: dict[Path, list[tuple[ScannedFile, LazyFile]]] = {}
        self._zips: list[ScannedFile] = []
        self._originals: list[tuple[ScannedFile, str]] = []
        self._fresh: set[str] = set()
        self._shelves = Shelves(library, changes)
        self._repairs: list[RepairedTag] = []
        self._missing: list[Shortfall] = []
        self._counts = dict.fromkeys(("imported", "known", "unchanged", "moved", "passed_over", "length"), 0)

    def run(self, folders: Iterable[list[ScannedFile]], open_: Opener) -> ImportReport:
        self._progress.start(say("Importing"), None, unit="files")
        try:
            self._parse(folders, open_)
            for found in self._zips:
                self._take_zip(found, open_)
        finally:
            # Ctrl-C too: what is parsed is kept, so that the next run goes on from here.
            for folder in list(self._open_folders):
                self._finish(folder)
            self._commit()
        return ImportReport(
            albums=tuple(self._shelves.albums),
            repaired=tuple(self._repairs),
            missing=tuple(self._missing),
            **self._counts,
        )

    def _parse(self, folders: Iterable[list[ScannedFile]], open_: Opener) -> None:
        for item, parsed in self._pool.parse(self._items(folders, open_)):
            self._accept(item, parsed)

    # -- finding --------------------------------------------------------------------------------------------------

    def _items(self, folders: Iterable[list[ScannedFile]], open_: Opener) -> Iterator[tuple[_AudioItem, ReadAt, str]]:
        for met in folders:
            files = [found for found in met if not is_junk(found)]
            self._counts["passed_over"] += len(met) - len(files)
            if not files:
                continue
            folder = _ParsedFolder()
            self._open_folders.append(folder)
            folder.words = {
                found.path.stem.casefold(): open_(found)
                for found in files
                if found.path.suffix.lower() == ".lrc" and not found.odd
            }
            self._covers_of(folder, files, open_)
            for found in files:
                source = open_(found)
                if self._is_wanted(found, source):
                    folder.waiting += 1
                    yield _AudioItem(folder, found, source), source, found.hint
                else:
                    source.close()
            folder.listed = True
            if not folder.waiting:
                self._finish(folder)

    def _covers_of(self, folder: _ParsedFolder, files: Sequence[ScannedFile], open_: Opener) -> None:
        """Pictures of a folder; a disc's folder without any has those of the folder above."""
        folder.covers = [
            (found, open_(found)) for found in files if found.path.suffix.lower() in IMAGE_SUFFIXES and not found.odd
        ]
        here = files[0].path.parent
        above = here.parents
        self._covers_above = {path: kept for path, kept in self._covers_above.items() if path in above}
        if folder.covers:
            self._covers_above[here] = folder.covers
        if may_be_a_disc(here.name):
            folder.covers_above = self._covers_above.get(here.parent, [])

    def _is_wanted(self, found: ScannedFile, source: LazyFile) -> bool:
        """Whether it is audio that is not here yet; zips are put aside, and what is odd is listed."""
        suffix = found.path.suffix.lower()
        if found.odd:
            if found.member < 0 or suffix not in IGNORED_SUFFIXES:
                self._leave_out(found, found.odd)
            return False
        if suffix == ".lrc" or (found.member >= 0 and suffix in IGNORED_SUFFIXES):
            return False
        if self._is_unchanged(found):
            self._counts["unchanged"] += 1
            self._progress.advance(1)
            return False
        try:
            kind = sniff(source.read_at(0, SNIFFED))
        except (OSError, MagError) as exc:
            self._leave_out(found, _reason(exc))
            return False
        if kind == "application/zip" and found.member < 0:
            self._zips.append(found)
        elif kind is not None and kind.startswith("audio/"):
            if found.member < 0:
                source.close()  # opened again when its turn comes, so that few are open at a time
            return True
        elif suffix in AUDIO_SUFFIXES or is_worth_a_word(found):
            self._leave_out(
                found, say("it is empty") if not found.length else say("it is not music that mag can take in")
            )
        return False

    def _leave_out(self, found: ScannedFile, reason: Sentence) -> None:
        self._missing.append(Shortfall(what=found.hint, reason=reason))

    def _is_unchanged(self, found: ScannedFile) -> bool:
        # To be moved it must be read back anyway; members and uploads have no time of their own to go by.
        if self._move or found.member >= 0 or found.mtime_ns == NEVER:
            return False
        sources = self._library.index.sources
        return sources.is_unchanged(_path_text(found.path), length=found.length, mtime_ns=found.mtime_ns)

    # -- taking ---------------------------------------------------------------------------------------------------

    def _accept(self, item: _AudioItem, parsed: Parsed | ParseFailure) -> None:
        folder, found, source = item
        folder.waiting -= 1
        try:
            if isinstance(parsed, ParseFailure):
                self._leave_out(found, parsed.reason)
            else:
                self._take(folder, found, source, parsed)
        except (OSError, SourceError) as exc:
            self._leave_out(found, _reason(exc))
        finally:
            source.close()
        self._progress.advance(1)
        if folder.listed and not folder.waiting:
            self._finish(folder)

    def _take(self, folder: _ParsedFolder, found: ScannedFile, source: LazyFile, parsed: Parsed) -> None:
        file = self._taker.seal(source, parsed.media_type)
        # It was read twice, by the parser and by the seal: facts and bytes must be of one file.
        source.require_unchanged()
        folder.sources.append((found, file.sha256))
        if file.sha256 in self._fresh or self._stands_on_an_own_album(file):
            self._counts["known"] += 1
            return
        self._repairs += repairs_of(found.hint, parsed.tags)
        folder.taken.append(self._taker.take(found, file, parsed, folder.words.get(found.path.stem.casefold())))
        self._fresh.add(file.sha256)
        if parsed.cut_off:
            self._leave_out(found, half_words(parsed))
        self._counts["imported"] += 1
        self._counts["length"] += file.length
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _stands_on_an_own_album(self, file: File) -> bool:
        return bool(self._library.index.tracks.own_places(file.sha256))

    # -- finishing ------------------------------------------------------------------------------------------------

    def _finish(self, folder: _ParsedFolder) -> None:
        """All of a folder is parsed: make albums of it."""
        if folder in self._open_folders:
            self._open_folders.remove(folder)
        self._shelves.shelve(folder.taken, self._taker.folder_cover(folder.pictures) if folder.taken else None)
        folder.taken = []
        for found, sha256 in folder.sources:
            self._remember(found, sha256)
            if self._seen is not None:
                self._seen(found, sha256)
            if self._move and found.member < 0:
                self._originals.append((found, sha256))
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _remember(self, found: ScannedFile, sha256: str = "") -> None:
        if found.mtime_ns == NEVER:
            return
        self._changes.saw(FileSeen(_path_text(found.path), found.length, found.mtime_ns, sha256))

    def _commit(self) -> None:
        self._changes.commit()
        self._shelves.committed()
        self._fresh = {taken.track.file.sha256 for folder in self._open_folders for taken in folder.taken}
        originals, self._originals = self._originals, []
        for found, sha256 in originals:
            self._remove_original(found, sha256)
        if originals:
            with suppress(MagError):  # after a power cut they are there again, and nothing is lost by that
                self._library.disk.flush()

    def _remove_original(self, found: ScannedFile, sha256: str) -> None:
        """`--move`: only what reads back from the library bit by bit is removed."""
        digest = hashlib.sha256()
        try:
            for piece in self._library.blob(sha256).pieces():
                digest.update(piece)
            status = found.path.stat()
            if digest.hexdigest() != sha256 or (status.st_size, status.st_mtime_ns) != (found.length, found.mtime_ns):
                self._leave_out(found, say("it was not removed: it changed meanwhile, or did not read back"))
                return
            self._library.disk.remove(found.path)
            self._counts["moved"] += 1
        except FileNotFoundError:
            return  # named twice, and removed by its other name
        except (OSError, MagError) as exc:
            self._leave_out(found, say("it is in the library, but the original stays: {exc}", exc=_reason(exc)))

    # -- zips -----------------------------------------------------------------------------------------------------

    def _take_zip(self, archive: ScannedFile, open_: Opener) -> None:
        """Files of a zip, folder by folder; what it calls its files never reaches the file system."""
        reader = open_(archive)
        left_out = len(self._missing)
        try:
            folders = members(archive, self._pool.list_zip(reader))
            self._parse(folders, unpacker(self._pool, reader))
            reader.require_unchanged()
        except (OSError, SourceError) as exc:
            self._leave_out(archive, _reason(exc))
        finally:
            # Pictures and words are still in the archive: before it is closed.
            for folder in list(self._open_folders):
                self._finish(folder)
            reader.close()
        if len(self._missing) == left_out:
            self._remember(archive)


def _path_text(path: Path) -> str:
    """A path as text that SQLite takes, whatever bytes its name has."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _reason(exc: MagError | OSError) -> Sentence:
    return unreadable(exc) if isinstance(exc, OSError) else exc.sentence
