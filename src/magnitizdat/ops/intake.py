"""`mag import`: from files to sealed, searchable albums. Read once, hashed by piece and whole, committed last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from magnitizdat.errors import MagError, SourceError
from magnitizdat.formats.age import BytesReader
from magnitizdat.library.disk import FileReader
from magnitizdat.library.journal import AlbumRow, TrackRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import PIECE_LENGTH, File, Lyrics, Progress, ReadAt, Shortfall, Silent, Track, Value
from magnitizdat.ops.grouping import UNKNOWN, Taken, disc_of, group, merge
from magnitizdat.ops.scan import AUDIO_SUFFIXES, IMAGE_SUFFIXES, Found, is_worth_a_word, walk
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.sniff import sniff
from magnitizdat.workers.values import Parsed, ParseFailure, Tags

COMMIT_LENGTH = 96 << 20
"""Bytes after which what is sealed is flushed and committed, so that an interruption loses little."""
KEEP_LENGTH = 64 << 20
"""Bytes up to which a file stays in memory between hashing and sealing; a longer one is read a second time."""
MAX_COVER_LENGTH = 16 << 20
MAX_LYRICS_LENGTH = 1 << 20
_COVER_NAMES = ("cover", "folder", "front", "albumart", "album", "обложка")


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
    source: _Source


class _Source:
    """The bytes of one candidate, opened when first read, so that few files are open at a time."""

    def __init__(self, found: Found, content: bytes | None = None) -> None:
        self._found = found
        self._reader: ReadAt | None = BytesReader(content) if content is not None else None

    @property
    def length(self) -> int:
        return self._found.length

    def read_at(self, offset: int, length: int) -> bytes:
        if self._reader is None:
            reader = FileReader(self._found.path)
            if reader.length != self._found.length:
                reader.close()
                raise SourceError("the file changed while it was read; run the same command again")
            self._reader = reader
        return self._reader.read_at(offset, length)

    def close(self) -> None:
        if isinstance(self._reader, FileReader):
            self._reader.close()
            self._reader = None


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
            for source in [_Source(found)]
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
        self._sealed: set[str] = set()
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
        source = _Source(found)
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

    def _take(self, folder: _Folder, found: Found, source: ReadAt, parsed: Parsed) -> None:
        file = self._seal(source, parsed.media_type)
        folder.sources.append((found, file.sha256))
        self._repairs += _repairs(found.hint, parsed.tags)
        if self._stands_on_an_own_album(file):
            self._counts["known"] += 1
            return
        tags = parsed.tags
        front = next((cover for cover in parsed.covers if cover.kind == "front"), next(iter(parsed.covers), None))
        cover = self._keep(front.data, front.media_type) if front else None
        lyrics = [
            Lyrics(language=each.language or "und", file=self._keep_text(each.text, timed=each.timed))
            for each in parsed.lyrics
        ]
        beside = folder.lyrics.get(found.path.stem.casefold()) if found.path.name else None
        if beside is not None and not any(each.timed for each in parsed.lyrics):
            lyrics += self._lyrics_beside(beside)
        track = _track(tags, parsed, file, found.hint, tuple(lyrics))
        folder.taken.append(Taken(found.hint, tags, track, cover))
        self._counts["imported"] += 1
        self._counts["length"] += file.length

    def _stands_on_an_own_album(self, file: File) -> bool:
        statement = "SELECT 1 FROM track t JOIN album a ON a.id = t.album WHERE t.blob = ? AND a.own"
        return self._library.db.one(statement, (bytes.fromhex(file.sha256),)) is not None

    def _seal(self, source: ReadAt, media_type: str) -> File:
        """Hash by piece and whole, then seal what is not here yet."""
        whole, digests, kept = hashlib.sha256(), [], []
        keep = source.length <= KEEP_LENGTH
        for piece in _pieces(source):
            whole.update(piece)
            digests.append(hashlib.sha256(piece).hexdigest())
            if keep:
                kept.append(piece)
        pieces = tuple(digests) if len(digests) > 1 else ()
        file = File(sha256=whole.hexdigest(), length=source.length, media_type=media_type, pieces=pieces)
        self._put(file, kept if keep else _verified(source, digests))
        return file

    def _put(self, file: File, pieces: Iterable[bytes]) -> None:
        if file.sha256 in self._sealed or self._library.shelf.is_complete(file.sha256):
            return
        self._changes.put_blob(file, pieces)
        self._sealed.add(file.sha256)
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _keep(self, content: bytes, media_type: str) -> File:
        return self._seal(BytesReader(content), media_type)

    def _keep_text(self, text: str, *, timed: bool) -> File:
        return self._keep(text.encode(), "text/x-lrc" if timed else "text/plain")

    def _lyrics_beside(self, found: Found) -> list[Lyrics]:
        text = _read_text(found)
        return [Lyrics(file=self._keep_text(text, timed=True))] if text else []

    # -- finishing ------------------------------------------------------------------------------------------------

    def _finish(self, folder: _Folder) -> None:
        """All of a folder is parsed: make albums of it."""
        if folder in self._open_folders:
            self._open_folders.remove(folder)
        cover = self._folder_cover(folder) if folder.taken else None
        for album in group(folder.taken, folder_cover=cover):
            existing = self._library.shelf.release(album.release.id)
            fields = merge(existing, album) if existing is not None else album.release
            self._changes.row(AlbumRow(release=fields))
            for track in album.tracks:
                self._changes.row(TrackRow(release_id=album.release.id, track=track))
            self._albums[album.release.id] = None
        for found, sha256 in folder.sources:
            self._remember(found, sha256)
        if self._changes.pending_bytes >= COMMIT_LENGTH:
            self._commit()

    def _folder_cover(self, folder: _Folder) -> File | None:
        ranked = sorted(folder.covers, key=lambda found: _cover_rank(found.path.stem))
        for found in ranked:
            if _cover_rank(found.path.stem) >= len(_COVER_NAMES) and len(ranked) > 1:
                break
            with suppress(OSError, SourceError):
                content = FileReader(found.path).read_at(0, MAX_COVER_LENGTH + 1)
                kind = sniff(content)
                if kind is not None and kind.startswith("image/") and len(content) <= MAX_COVER_LENGTH:
                    return self._keep(content, kind)
        return None

    def _remember(self, found: Found, sha256: str) -> None:
        if not found.mtime_ns:
            return
        values = (_path_text(found.path), found.length, found.mtime_ns)
        self._changes.then(lambda shelf: shelf.db.run("INSERT OR REPLACE INTO source VALUES (?, ?, ?)", values))
        if self._move:
            self._originals.append((found, sha256))

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
        reader = _Source(archive)
        try:
            entries = self._pool.list_zip(reader)
            by_folder: dict[str, list[tuple[int, Found]]] = {}
            for number, entry in enumerate(entries):
                hint = f"{archive.path.stem}/{entry.name}"
                found = Found(Path(entry.name.rsplit("/", 1)[-1] or "-"), hint, entry.length, 0)
                if entry.length > KEEP_LENGTH:
                    self._leave_out(found, "is larger than 64 MiB inside a zip; unpack the zip and import the folder")
                    continue
                by_folder.setdefault(hint.rsplit("/", 1)[0], []).append((number, found))
            for members in by_folder.values():
                self._take_zip_folder(reader, members)
            self._remember_zip(archive)
        except (OSError, SourceError) as exc:
            self._leave_out(archive, _reason(exc))
        finally:
            reader.close()

    def _take_zip_folder(self, archive: ReadAt, members: Sequence[tuple[int, Found]]) -> None:
        folder = _Folder()
        cover: File | None = None
        for number, found in members:
            suffix = found.path.suffix.lower()
            if suffix not in AUDIO_SUFFIXES | IMAGE_SUFFIXES:
                continue
            content = b"".join(self._pool.read_zip_member(archive, number))
            kind = sniff(content[:4096])
            if kind is not None and kind.startswith("image/"):
                if cover is None or _cover_rank(found.path.stem) == 0:
                    cover = self._keep(content, kind)
            elif kind is not None and kind.startswith("audio/"):
                sized = found._replace(length=len(content))
                item = _Item(folder, sized, _Source(sized, content))
                folder.waiting += 1
                for each, parsed in self._pool.parse([(item, item.source, found.hint)]):
                    self._accept(each, parsed)
            else:
                self._leave_out(found, "is not music that mag can take in")
        for album in group(folder.taken, folder_cover=cover):
            folder.taken = []
            existing = self._library.shelf.release(album.release.id)
            self._changes.row(AlbumRow(release=merge(existing, album) if existing is not None else album.release))
            for track in album.tracks:
                self._changes.row(TrackRow(release_id=album.release.id, track=track))
            self._albums[album.release.id] = None

    def _remember_zip(self, archive: Found) -> None:
        values = (_path_text(archive.path), archive.length, archive.mtime_ns)
        self._changes.then(lambda shelf: shelf.db.run("INSERT OR REPLACE INTO source VALUES (?, ?, ?)", values))


def _path_text(path: Path) -> str:
    """A path as text that SQLite takes, whatever bytes its name has."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _reason(exc: Exception) -> str:
    if isinstance(exc, OSError):
        return f"cannot be read ({exc.strerror or 'input/output error'})"
    return str(exc)


def _pieces(source: ReadAt) -> Iterator[bytes]:
    for offset in range(0, max(1, source.length), PIECE_LENGTH):
        piece = source.read_at(offset, PIECE_LENGTH)
        if len(piece) != min(PIECE_LENGTH, source.length - offset):
            raise SourceError("the file became shorter while it was read; run the same command again")
        yield piece


def _verified(source: ReadAt, digests: Sequence[str]) -> Iterator[bytes]:
    for piece, digest in zip(_pieces(source), digests, strict=True):
        if hashlib.sha256(piece).hexdigest() != digest:
            raise SourceError("the file changed while it was read; run the same command again")
        yield piece


def _cover_rank(stem: str) -> int:
    folded = stem.casefold()
    return next((rank for rank, name in enumerate(_COVER_NAMES) if folded.startswith(name)), len(_COVER_NAMES))


def _read_text(found: Found) -> str:
    with suppress(OSError, SourceError):
        content = FileReader(found.path).read_at(0, MAX_LYRICS_LENGTH + 1)
        for encoding in ("utf-8-sig", "cp1251"):
            with suppress(UnicodeDecodeError):
                return content.decode(encoding) if len(content) <= MAX_LYRICS_LENGTH else ""
    return ""


def _track(tags: Tags, parsed: Parsed, file: File, hint: str, lyrics: tuple[Lyrics, ...]) -> Track:
    stem = hint.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return Track(
        id=parsed.track_id,
        title=(tags.title or stem or "Untitled")[:512],
        artist=(tags.artist or tags.album_artist or UNKNOWN)[:512],
        file=file,
        duration_s=round(parsed.duration_s, 6),
        disc=tags.disc or disc_of(hint) or 1,
        position=tags.track or 0,
        codec=parsed.codec,
        bit_rate=parsed.bit_rate,
        sample_rate=parsed.sample_rate,
        channels=parsed.channels,
        bit_depth=parsed.bit_depth,
        genres=tags.genres[:16],
        composer=tags.composer[:4096],
        comment=tags.comment[:4096],
        isrc=tags.isrc[:64],
        musicbrainz_id=tags.musicbrainz_recording[:64],
        gain=tags.gain,
        lyrics=lyrics,
    )
