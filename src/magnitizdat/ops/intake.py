"""`mag import`: from files to sealed, searchable albums. Read once, hashed by piece and whole, committed last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from magnitizdat.errors import MagError, SourceError
from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import File, Progress, ReadAt, Shortfall, Silent, Value
from magnitizdat.ops.grouping import Taken, group, merge
from magnitizdat.ops.scan import AUDIO_SUFFIXES, IMAGE_SUFFIXES, Found, is_worth_a_word, walk
from magnitizdat.ops.taking import KEEP_LENGTH, Candidate, Taker, cover_rank
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.sniff import sniff
from magnitizdat.workers.values import Parsed, ParseFailure, Tags

COMMIT_LENGTH = 96 << 20
"""Bytes after which what is sealed is flushed and committed, so that an interruption loses little."""


class Repair(Value, frozen=True, kw_only=True):
    """One tag that was written in an old Cyrillic encoding, before and after."""

    what: str
    field: str
    before: str
    after: str


class ImportReport(Value, frozen=True, kw_only=True):
    """What an import did."""

    imported: int
    known: int
    unchanged: int
    moved: int
    length: int
    albums: tuple[str, ...]
    repaired: tuple[Repair, ...]
    missing: tuple[Shortfall, ...]


class _Item(NamedTuple):
    """One audio file on its way through the parser."""

    folder: _Folder
    found: Found
    source: Candidate


class _Folder:
    """What was found in one folder, until its last file is parsed."""

    def __init__(self) -> None:
        self.waiting = 0
        self.listed = False
        self.taken: list[Taken] = []
        self.sources: list[tuple[Found, str]] = []
        self.covers: list[Found] = []
        self.lyrics: dict[str, Found] = {}


def import_music(
    library: Library, paths: Sequence[Path], *, move: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Take in folders, files and zips. What cannot be understood is in `missing`, and stops nothing.

    Raises: LibraryBusyError, NoSpaceError; after any of them, and after Ctrl-C, the same call goes on.
    """
    with library.changes() as changes, ParserPool() as pool:
        return _Intake(library, changes, pool, progress or Silent(), move=move).run(paths)


def preview_repairs(paths: Sequence[Path]) -> tuple[Repair, ...]:
    """What an import of these paths would repair in old Cyrillic tags; nothing is taken in."""
    repairs: list[Repair] = []
    with ParserPool() as pool:
        items = (
            ((found.hint, source), source, found.hint)
            for files in walk(paths)
            for found in files
            if not found.odd and found.path.suffix.lower() in AUDIO_SUFFIXES
            for source in [Candidate(found)]
        )
        for (hint, source), parsed in pool.parse(items):
            source.close()
            if isinstance(parsed, Parsed):
                repairs += _repairs(hint, parsed.tags)
    return tuple(repairs)


def _repairs(hint: str, tags: Tags) -> list[Repair]:
    return [Repair(what=hint, field=each.field, before=each.before, after=each.after) for each in tags.repaired]


class _Intake:
    def __init__(self, library: Library, changes: Changes, pool: ParserPool, progress: Progress, *, move: bool) -> None:
        self._library = library
        self._changes = changes
        self._pool = pool
        self._progress = progress
        self._move = move
        self._taker = Taker(library, changes)
        self._open_folders: list[_Folder] = []
        self._zips: list[Found] = []
        self._originals: list[tuple[Found, str]] = []
        self._albums: dict[str, None] = {}
        self._repairs: list[Repair] = []
        self._missing: list[Shortfall] = []
        self._counts = dict.fromkeys(("imported", "known", "unchanged", "moved", "length"), 0)

    def run(self, paths: Sequence[Path]) -> ImportReport:
        self._progress.start("Importing", None, unit="files")
        try:
            for item, parsed in self._pool.parse(self._items(walk(paths))):
                self._accept(item, parsed)
            for found in self._zips:
                self._take_zip(found)
        finally:
            # Ctrl-C too: what is parsed is kept, so that the next run goes on from here.
            for folder in list(self._open_folders):
                self._finish(folder)
            self._commit()
        return ImportReport(
            albums=tuple(self._albums), repaired=tuple(self._repairs), missing=tuple(self._missing), **self._counts
        )

    # -- finding --------------------------------------------------------------------------------------------------

    def _items(self, folders: Iterable[list[Found]]) -> Iterator[tuple[_Item, ReadAt, str]]:
        for files in folders:
            folder = _Folder()
            self._open_folders.append(folder)
            for found in files:
                item = self._look_at(folder, found)
                if item is not None:
                    folder.waiting += 1
                    yield item, item.source, found.hint
            folder.listed = True
            if not folder.waiting:
                self._finish(folder)

    def _look_at(self, folder: _Folder, found: Found) -> _Item | None:
        if found.odd:
            self._leave_out(found, found.odd)
            return None
        suffix = found.path.suffix.lower()
        if suffix in IMAGE_SUFFIXES:
            folder.covers.append(found)
            return None
        if suffix == ".lrc":
            folder.lyrics[found.path.stem.casefold()] = found
            return None
        if self._is_unchanged(found):
            self._counts["unchanged"] += 1
            self._progress.advance(1)
            return None
        source = Candidate(found)
        try:
            kind = sniff(source.read_at(0, 4096))
        except (OSError, MagError) as exc:
            self._leave_out(found, _reason(exc))
            return None
        finally:
            source.close()
        if kind == "application/zip":
            self._zips.append(found)
        elif kind is not None and kind.startswith("audio/"):
            return _Item(folder, found, source)
        elif suffix in AUDIO_SUFFIXES or is_worth_a_word(found):
            self._leave_out(found, "is empty" if not found.length else "is not music that mag can take in")
        return None

    def _leave_out(self, found: Found, reason: str) -> None:
        self._missing.append(Shortfall(what=found.hint, reason=reason))

    def _is_unchanged(self, found: Found) -> bool:
        row = self._library.db.one("SELECT length, mtime_ns FROM source WHERE path = ?", (_path_text(found.path),))
        return row == (found.length, found.mtime_ns) and not self._move

    # -- taking ---------------------------------------------------------------------------------------------------

    def _accept(self, item: _Item, parsed: Parsed | ParseFailure) -> None:
        folder, found, source = item
        folder.waiting -= 1
        self._progress.advance(1)
        try:
            if isinstance(parsed, ParseFailure):
                self._leave_out(found, parsed.reason)
            else:
                self._take(folder, found, source, parsed)
        except (OSError, SourceError) as exc:
            self._leave_out(found, _reason(exc))
        finally:
            source.close()
        if folder.listed and not folder.waiting:
            self._finish(folder)

    def _take(self, folder: _Folder, found: Found, source: Candidate, parsed: Parsed) -> None:
        file = self._taker.seal(source, parsed.media_type)
        source.require_unchanged()
        folder.sources.append((found, file.sha256))
        self._repairs += _repairs(found.hint, parsed.tags)
        if self._stands_on_an_own_album(file):
            self._counts["known"] += 1
            return
        folder.taken.append(self._taker.take(found, file, parsed, folder.lyrics.get(found.path.stem.casefold())))
        self._counts["imported"] += 1
        self._counts["length"] += file.length
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _stands_on_an_own_album(self, file: File) -> bool:
        statement = "SELECT 1 FROM track t JOIN album a ON a.id = t.album WHERE t.blob = ? AND a.own"
        return self._library.db.one(statement, (bytes.fromhex(file.sha256),)) is not None

    # -- finishing ------------------------------------------------------------------------------------------------

    def _finish(self, folder: _Folder) -> None:
        """All of a folder is parsed: make albums of it."""
        if folder in self._open_folders:
            self._open_folders.remove(folder)
        cover = self._taker.folder_cover(folder.covers) if folder.taken else None
        self._shelve(folder, cover)
        for found, sha256 in folder.sources:
            self._remember(found)
            if self._move:
                self._originals.append((found, sha256))
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _shelve(self, folder: _Folder, cover: File | None) -> None:
        """Albums of what a folder gave. Of repaired tags the original is written first, so that it can be put back."""
        for album in group(folder.taken, folder_cover=cover):
            existing = self._library.shelf.release(album.release.id)
            if existing is None and album.as_written is not None:
                self._changes.row(AlbumRow(release=album.as_written))
            self._changes.row(AlbumRow(release=merge(existing, album) if existing is not None else album.release))
            for track in album.tracks_as_written:
                self._changes.row(TrackRow(release_id=album.release.id, track=track))
            for track in album.tracks:
                self._changes.row(TrackRow(release_id=album.release.id, track=track))
            self._albums[album.release.id] = None
        folder.taken = []

    def _remember(self, found: Found) -> None:
        values = (_path_text(found.path), found.length, found.mtime_ns)
        self._changes.then(lambda shelf: shelf.db.run("INSERT OR REPLACE INTO source VALUES (?, ?, ?)", values))

    def _commit(self) -> None:
        self._changes.commit()
        originals, self._originals = self._originals, []
        for found, sha256 in originals:
            self._remove_original(found, sha256)

    def _remove_original(self, found: Found, sha256: str) -> None:
        """`--move`: only what reads back from the library bit by bit is removed."""
        digest = hashlib.sha256()
        for piece in self._library.blob(sha256).pieces():
            digest.update(piece)
        status = found.path.stat()
        if digest.hexdigest() != sha256 or (status.st_size, status.st_mtime_ns) != (found.length, found.mtime_ns):
            self._leave_out(found, "was not removed: it changed meanwhile, or did not read back")
            return
        try:
            self._library.disk.remove(found.path)
            self._counts["moved"] += 1
        except MagError as exc:
            self._leave_out(found, f"is in the library, but the original stays: {exc}")

    # -- zips -----------------------------------------------------------------------------------------------------

    def _take_zip(self, archive: Found) -> None:
        """Files of a zip, folder by folder; what it calls its files never reaches the file system."""
        reader = Candidate(archive)
        try:
            by_folder: dict[str, list[tuple[int, Found]]] = {}
            for entry in self._pool.list_zip(reader):
                hint = f"{archive.path.stem}/{entry.name}"
                found = Found(Path(hint), hint, entry.length, 0, entry.reason)
                if entry.length > KEEP_LENGTH:
                    found = found._replace(odd="is larger than 64 MiB inside a zip; unpack it and import the folder")
                by_folder.setdefault(hint.rpartition("/")[0], []).append((entry.index, found))
            for members in by_folder.values():
                self._take_zip_folder(reader, members)
            self._remember(archive)
        except (OSError, SourceError) as exc:
            self._leave_out(archive, _reason(exc))
        finally:
            reader.close()

    def _take_zip_folder(self, archive: ReadAt, members: Sequence[tuple[int, Found]]) -> None:
        folder, cover = _Folder(), None
        for number, found in members:
            if found.path.suffix.lower() not in AUDIO_SUFFIXES | IMAGE_SUFFIXES:
                continue
            if found.odd:
                self._leave_out(found, found.odd)
                continue
            try:
                content = b"".join(self._pool.read_zip_member(archive, number))
            except (OSError, SourceError) as exc:
                self._leave_out(found, _reason(exc))
                continue
            kind = sniff(content[:4096]) or ""
            if kind.startswith("image/") and (cover is None or cover_rank(found.path.stem) == 0):
                cover = self._taker.keep(content, kind)
            elif kind.startswith("audio/"):
                self._take_zip_member(folder, found._replace(length=len(content)), content)
            elif not kind.startswith("image/"):
                self._leave_out(found, "is not music that mag can take in")
        self._shelve(folder, cover)

    def _take_zip_member(self, folder: _Folder, found: Found, content: bytes) -> None:
        item = _Item(folder, found, Candidate(found, content))
        folder.waiting += 1
        for each, parsed in self._pool.parse([(item, item.source, found.hint)]):
            self._accept(each, parsed)


def _path_text(path: Path) -> str:
    """A path as text that SQLite takes, whatever bytes its name has."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _reason(exc: Exception) -> str:
    if isinstance(exc, OSError):
        return f"cannot be read ({exc.strerror or 'input/output error'})"
    return str(exc)
