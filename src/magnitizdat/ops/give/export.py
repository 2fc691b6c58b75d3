"""`mag export`: plain, tagged files with portable names, M3U8 and covers. The audio is bit for bit what came in.

A track that is here only in its small version goes out as that one. `--for-phone` makes a tree of Opus or MP3 instead.
Plain files are readable by anybody: the command says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import (
    DamagedError,
    LibraryError,
    NoSpaceError,
    SourceError,
    UnsupportedError,
    UsageError,
    partly,
)
from magnitizdat.formats import m3u
from magnitizdat.formats.names import portable_name, portable_names
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import MEDIA_TYPES, File, Outcome, Progress, Release, Shortfall, Silent, Track, Value
from magnitizdat.ops.albums.corrections import Edits
from magnitizdat.ops.albums.renditions import KIND, tags_of
from magnitizdat.sentence import say, size_words
from magnitizdat.workers.pool import WHOLE_LIMIT, ParserPool
from magnitizdat.workers.rewriting.wishes import WRITTEN
from magnitizdat.workers.values import EncodeKind

GONE = say("it is not in the library any more; dub or import it again")


class ExportReport(Value, frozen=True, kw_only=True):
    """What was exported."""

    albums: int
    tracks: int
    length: int
    already: int
    missing: tuple[Shortfall, ...]

    def outcome(self, destination: Path) -> Outcome:
        """What stands where."""
        return Outcome(
            headline=say(
                "Plain files in {destination}, {length}. Tracks: {tracks}. Albums: {albums}.",
                destination=destination,
                length=size_words(self.length),
                tracks=self.tracks,
                albums=self.albums,
            ),
            lines=(say("They are not sealed: whoever holds that folder can play them."),),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


def export(
    library: Library,
    albums: Sequence[AlbumView],
    destination: Path,
    *,
    disk: Disk,
    for_phone: EncodeKind | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write albums as folders under `destination`; files that are there with the same bytes are left alone.

    Raises: TargetError, NoSpaceError; a file that could not be finished is removed.
    """
    return _Export(library, destination, disk, for_phone, progress or Silent()).run(albums)


def export_playlist(
    library: Library,
    name: str,
    songs: Sequence[str],
    destination: Path,
    *,
    disk: Disk,
    for_phone: EncodeKind | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the songs of a playlist, numbered in its order, and the playlist itself, into one folder of its name.

    Raises: TargetError, NoSpaceError.
    """
    return _Export(library, destination, disk, for_phone, progress or Silent()).run_playlist(name, songs)


class _Export:
    def __init__(
        self, library: Library, destination: Path, disk: Disk, kind: EncodeKind | None, progress: Progress
    ) -> None:
        self._library = library
        self._destination = destination
        self._kind = kind
        self._progress = progress
        self._disk = disk
        disk.confine(destination)
        self._edits = Edits(library)
        self._missing: list[Shortfall] = []
        self._counts = dict.fromkeys(("albums", "tracks", "length", "already"), 0)

    def run(self, albums: Sequence[AlbumView]) -> ExportReport:
        if self._destination.exists() and not self._destination.is_dir():
            raise UsageError(say("the destination is a file; name a folder"))
        self._progress.start(say("Exporting"), sum(album.length for album in albums))
        folders = portable_names([_folder_name(album) for album in albums])
        with ParserPool() as pool:
            for album, folder in zip(albums, folders, strict=True):
                self._album(album, self._destination / folder, pool)
        self._disk.flush()
        return ExportReport(missing=tuple(self._missing), **self._counts)

    def run_playlist(self, name: str, songs: Sequence[str]) -> ExportReport:
        if self._destination.exists() and not self._destination.is_dir():
            raise UsageError(say("the destination is a file; name a folder"))
        found = self._library.browse.named(songs)
        self._progress.start(say("Exporting"), sum(found[song].file.length for song in songs if song in found))
        folder = self._destination / portable_name(name)
        self._disk.mkdir(folder)
        written: list[tuple[Track, str]] = []
        with ParserPool() as pool:
            for number, song in enumerate(songs, 1):
                line = found.get(song)
                if line is None:
                    self._missing.append(
                        Shortfall(what=say("{name}: song {number}", name=name, number=number), reason=GONE)
                    )
                else:
                    self._song(line, folder, number, pool, written)
        self._counts["albums"] = len({found[song].album.id for song in songs if song in found})
        self._write(folder / f"{portable_name(name)}.m3u8", iter([_playlist(written, name)]))
        self._disk.flush()
        return ExportReport(missing=tuple(self._missing), **self._counts)

    def _song(
        self, line: SongLine, folder: Path, number: int, pool: ParserPool, written: list[tuple[Track, str]]
    ) -> None:
        view, release = self._library.shelf.album(line.album.id), self._library.shelf.release(line.album.id)
        if view is None or release is None:
            return
        track = line.track
        name = portable_name(f"{number:03d} {track.artist} - {track.title}") + self._suffix(track)
        try:
            self._track(release, track, folder / name, pool, own=view.own)
            written.append((track, name))
            self._counts["tracks"] += 1
        except (LibraryError, SourceError) as exc:
            self._missing.append(Shortfall(what=f"{release.title}: {track.title}", reason=exc.sentence))
        self._progress.advance(self._library.shelf.plays(track).length)

    def _album(self, album: AlbumView, folder: Path, pool: ParserPool) -> None:
        release = self._library.shelf.release(album.id)
        if release is None:
            return
        self._disk.mkdir(folder)
        names = portable_names([self._file_name(release, track) for track in release.tracks])
        written = []
        for track, name in zip(release.tracks, names, strict=True):
            try:
                self._track(release, track, folder / name, pool, own=album.own)
                written.append((track, name))
                self._counts["tracks"] += 1
            except (LibraryError, SourceError) as exc:
                self._missing.append(Shortfall(what=f"{release.title}: {track.title}", reason=exc.sentence))
            self._progress.advance(self._library.shelf.plays(track).length)
        if release.cover is not None:
            self._extra(release, release.cover, folder / f"cover{MEDIA_TYPES.get(release.cover.media_type, '')}")
        for language, file in release.notes.items():
            self._extra(release, file, folder / portable_name(f"notes.{language}.md"))
        for track, name in written:
            for number, lyrics in enumerate(track.lyrics):
                suffix = MEDIA_TYPES.get(lyrics.file.media_type, ".txt")
                mark = f".{number + 1}" if number else ""
                self._extra(release, lyrics.file, folder / f"{name.rpartition('.')[0]}{mark}{suffix}")
        self._write(folder / f"{portable_name(release.title)}.m3u8", iter([_playlist(written)]))
        self._counts["albums"] += 1

    def _extra(self, release: Release, file: File, path: Path) -> None:
        if file.media_type not in MEDIA_TYPES:
            return
        try:
            self._write(path, self._library.blob(file.sha256).pieces())
        except LibraryError as exc:
            self._missing.append(Shortfall(what=f"{release.title}: {path.name}", reason=exc.sentence))

    def _file_name(self, release: Release, track: Track) -> str:
        discs = {each.disc for each in release.tracks}
        number = f"{track.disc}-{track.position:02d} " if len(discs) > 1 else f"{track.position:02d} "
        artist = f"{track.artist} - " if release.kind == "compilation" else ""
        return f"{number if track.position else ''}{artist}{track.title}{self._suffix(track)}"

    def _suffix(self, track: Track) -> str:
        if self._kind is not None:
            return ".opus" if self._kind.startswith("opus") else ".mp3"
        return MEDIA_TYPES.get(self._library.shelf.plays(track).media_type, ".bin")

    def _track(self, release: Release, track: Track, path: Path, pool: ParserPool, *, own: bool) -> None:
        file = self._library.shelf.plays(track)
        if file.media_type not in MEDIA_TYPES:
            raise UnsupportedError(
                say("it is of a format that this version does not know; a newer mag can write it out")
            )
        small = track.small if track.small and self._library.shelf.holds(track.small) else None
        if small is not None and (file == small or self._kind == KIND):
            self._write(path, self._retagged(release, track, small, WRITTEN, pool))
        elif self._kind is not None:
            self._write(path, pool.encode(self._library.blob(file.sha256), self._kind, tags_of(release, track)))
        elif own and (changed := self._edits.changed(release, track)):
            self._write(path, self._retagged(release, track, file, changed, pool))
        elif _same_bytes(path, file):
            self._counts["already"] += 1
        else:
            self._write(path, self._library.blob(file.sha256).pieces())

    def _retagged(
        self, release: Release, track: Track, file: File, fields: Collection[str], pool: ParserPool
    ) -> Iterator[bytes]:
        """The file with these of its tags as they are here; where they cannot be written, as it came in."""
        blob = self._library.blob(file.sha256)
        problem = say("it is too large")
        if file.length <= WHOLE_LIMIT:
            try:
                return iter([pool.retag(blob.read_at(0, blob.length), tags_of(release, track), fields)])
            except (DamagedError, UnsupportedError) as exc:
                problem = exc.sentence
        reason = say(
            "its corrected tags could not be written into the copy, which has the old ones ({problem})", problem=problem
        )
        self._missing.append(Shortfall(what=f"{release.title}: {track.title}", reason=reason))
        return blob.pieces()

    def _write(self, path: Path, parts: Iterator[bytes]) -> None:
        """A whole file under its name, or none."""
        draft = path.with_name(f"{hashlib.sha256(path.name.encode()).hexdigest()[:16]}.new")
        self._disk.remove(draft)
        try:
            self._counts["length"] += self._disk.write_new(draft, parts)
        except NoSpaceError as exc:
            raise NoSpaceError(
                say(
                    "no space is left in {destination}, and only a part of it is there (tracks, each of them whole:"
                    " {counts}); free some and run the same command again",
                    destination=self._destination,
                    counts=self._counts["tracks"],
                )
            ) from exc
        self._disk.rename(draft, path)


def _folder_name(album: AlbumView) -> str:
    year = f" ({album.date[:4]})" if album.date else ""
    return f"{portable_name(album.artist, max_bytes=90)} - {portable_name(album.title, max_bytes=90)}{year}"


def _same_bytes(path: Path, file: File) -> bool:
    try:
        with FileReader(path) as reader:
            if reader.length != file.length:
                return False
            digest = hashlib.sha256()
            for offset in range(0, reader.length, 1 << 20):
                digest.update(reader.read_at(offset, 1 << 20))
            return digest.hexdigest() == file.sha256
    except (OSError, SourceError):
        return False


def _playlist(written: Sequence[tuple[Track, str]], name: str = "") -> bytes:
    entries = [m3u.PlaylistEntry(file, track.artist, track.title, track.duration_s) for track, file in written]
    return m3u.render(entries, name=name).encode()
