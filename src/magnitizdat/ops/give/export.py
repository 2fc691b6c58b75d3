"""`mag export`: plain, tagged files with portable names, M3U8 and covers. The audio is bit for bit what came in.

A track that is here only in its small version goes out as that one. `--for-phone` makes a tree of Opus or MP3 instead,
but for files that would not become shorter. The same export again brings the tree up to date: what an album is not
called any more, goes. Plain files are readable by anybody: the command says so.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import structs

from magnitizdat.disk.disk import Disk
from magnitizdat.disk.space import existing_folder, space
from magnitizdat.disk.surroundings import medium
from magnitizdat.errors import LibraryError, NoSpaceError, SourceError, UsageError, partly
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Progress, Shortfall, Silent, Value
from magnitizdat.ops.albums.withheld import CLOSED, leaving, withheld_albums
from magnitizdat.ops.clubs.staying import Gate, let_through, songs_staying, staying_albums_sentence
from magnitizdat.ops.give.exported import Exported, ExportedFolder, OwnFiles, WrittenFile, has_bytes, write_whole
from magnitizdat.ops.give.tree import Tree, TreeFile, TreeFolder, Written
from magnitizdat.sentence import SILENCE, Sentence, say, size_words
from magnitizdat.ways import AGAIN
from magnitizdat.workers.pool import ParserPool
from magnitizdat.workers.values import EncodeKind

FAT = frozenset({"vfat", "msdos"})
FAT_LIMIT = (1 << 32) - 1
"""Bytes of a file there. Source: Microsoft, FAT32 File System Specification 1.03."""
_COUNTED = ("albums", "tracks", "small", "length", "already", "written", "updated", "unchanged", "beside")
TOO_LONG = say("it is longer than a file may be there (4 GiB)")


class ExportReport(Value, frozen=True, kw_only=True):
    """What was exported: albums, tracks and bytes written; `already` counts tracks that stood there as they are.

    `small` of the tracks are small files; `for_phone`: such were asked for, where they are shorter.
    Of all files `written` are new, `updated` have other bytes now, `removed` were of earlier exports; `beside` have a
    number, since a file that no export wrote has their name.
    """

    albums: int
    tracks: int
    length: int
    already: int
    written: int
    updated: int
    unchanged: int
    removed: int
    beside: int
    missing: tuple[Shortfall, ...]
    staying: int = 0
    """Albums, or songs of a playlist, that stay in clubs."""
    small: int = 0
    for_phone: bool = False

    def outcome(self, destination: Path) -> Outcome:
        """What stands where."""
        files = say(
            "Files: {written} new, {updated} updated, {unchanged} unchanged, {removed} removed.",
            written=self.written,
            updated=self.updated,
            unchanged=self.unchanged,
            removed=self.removed,
        )
        beside = [
            say(
                "Files that were there already have the names of {n}: they stay, and ours have a number.", n=self.beside
            )
        ]
        return Outcome(
            headline=say(
                "Plain files in {destination}, {length}. Tracks: {tracks}. Albums: {albums}.",
                destination=destination,
                length=size_words(self.length),
                tracks=self.tracks,
                albums=self.albums,
            ),
            lines=(
                files,
                *self._small(),
                *(beside if self.beside else ()),
                say("They are not sealed: whoever holds that folder can play them."),
                *((staying_albums_sentence(self.staying),) if self.staying else ()),
            ),
            missing=self.missing,
            exit_code=partly(self.missing),
        )

    def _small(self) -> Iterator[Sentence]:
        """What became of the wish for small files, where not all are."""
        if self.for_phone and self.tracks and not self.small:
            yield say("Small files would be no shorter than these, so every file is as it is here.")
        elif self.for_phone and self.small < self.tracks:
            yield say(
                "Small files for a phone: {small} of {tracks}; the others would be no shorter, and stay as they are.",
                small=self.small,
                tracks=self.tracks,
            )


def export(
    library: Library,
    albums: Sequence[AlbumView],
    destination: Path,
    *,
    lists: Sequence[tuple[str, Sequence[str]]] = (),
    disk: Disk,
    for_phone: EncodeKind | None = None,
    prune: bool = False,
    named: bool = True,
    passes: Gate | None = None,
    progress: Progress | None = None,
) -> ExportReport:
    """Write albums as folders under `destination`; files that are there with the same bytes are left alone.

    `lists`: names, each with songs as players name them: they go into a folder of that name, numbered in their order,
    with the playlist itself.

    What an earlier export wrote of an album that is called otherwise now, goes; with `prune` also what it wrote of
    anything but these albums. Nobody else's files do, and none is replaced: ours stands beside it with a number.
    `named`: somebody asked for these albums and no others. `passes`: what of clubs may go; without it nothing.

    Raises: TargetError; NoSpaceError, before anything is written where that can be known; UsageError where all of them
    are closed. A file that could not be finished is removed.
    """
    going, closed = leaving(library, albums) if albums else ([], [])
    passing = let_through(library, going, named=named, passes=passes)
    kept = songs_left(library, [song for _, songs in lists for song in songs], passes=passes)
    with ParserPool() as pool:
        run = _Export(library, destination, disk, progress or Silent())
        run.missing += (*closed, *passing.missing, *kept.values())
        tree = Tree(library, pool, for_phone, run.missing)
        wishes = [_Wish(tree, album) for album in passing.albums]
        wishes += [_Wish(tree, name, tuple(song for song in songs if song not in kept)) for name, songs in lists]
        written = run.write(wishes, prune=prune)
        return structs.replace(written, staying=passing.staying, for_phone=for_phone is not None)


def songs_left(library: Library, songs: Sequence[str], *, passes: Gate | None = None) -> dict[str, Shortfall]:
    """Of songs, as players name them, those that may not go: they stay in a club, or their album is closed."""
    shut, lines = withheld_albums(library), library.browse.named(songs)
    closed = {
        song: Shortfall(what=f"{line.track.artist} - {line.track.title}", reason=CLOSED)
        for song, line in lines.items()
        if line.album.id in shut
    }
    return closed | songs_staying(library, songs, passes=passes)


class _Wish(NamedTuple):
    """A folder that is wanted; made when it is looked at, for a library has many."""

    tree: Tree
    what: AlbumView | str
    songs: tuple[str, ...] = ()

    def folder(self) -> TreeFolder | None:
        if isinstance(self.what, str):
            return self.tree.playlist(self.what, self.songs)
        return self.tree.album(self.what)


class _TooLongError(SourceError):
    """An encoding that would be no shorter than what it is made from."""


class _Export:
    def __init__(self, library: Library, destination: Path, disk: Disk, progress: Progress) -> None:
        if destination.exists() and not destination.is_dir():
            raise UsageError(say("the destination is a file; name a folder"))
        disk.confine(destination)
        self.missing: list[Shortfall] = []
        self._destination = destination
        self._disk = disk
        self._progress = progress
        self._exported = Exported(library, destination, disk)
        under = medium(existing_folder(destination))
        self._is_fat = under is not None and under.kind in FAT
        self._counts = dict.fromkeys(_COUNTED, 0)

    def write(self, wishes: Sequence[_Wish], *, prune: bool) -> ExportReport:
        """Once to see whether there is room, once to write."""
        held = self._require_room(wishes)
        try:
            for wish in wishes:
                folder = wish.folder()
                if folder is not None:
                    self._folder(folder)
            if prune:
                self._exported.prune(held)
            self._disk.flush()
        finally:
            self._exported.save()
        counts: Any = self._counts
        return ExportReport(missing=tuple(self.missing), removed=self._exported.removed, **counts)

    # -- room ---------------------------------------------------------------------------------------------------------

    def _require_room(self, wishes: Sequence[_Wish]) -> set[str]:
        """Whose folders these are. Raises: NoSpaceError where new bytes or names do not fit."""
        room = space(self._destination)
        held, needed, names, total = set[str](), 0, 0, 0
        for wish in wishes:
            folder = wish.folder()
            if folder is None:
                continue
            held.add(folder.held)
            name = self._exported.folder_for(folder.held, folder.name)
            own = self._exported.own(folder.held, name, [file.name for file in folder.tracks])
            tracks = [file for file in folder.tracks if not file.failed]
            extras = folder.extras([(file.track, file.name) for file in tracks if file.track is not None])
            for file in (*tracks, *extras):
                if _seems_to_stand(file, own):
                    continue  # it is looked at again when its turn comes
                there = _length(own.folder / own.place_for(file.name))
                names += there is None
                needed += room.allocated([file.length]) - room.allocated([there or 0])
            total += sum(file.length for file in tracks)
        if not room.takes(needed):
            raise NoSpaceError(
                say(
                    "the files take {needed} more and {free} are free in {destination}: {lacking} are missing; nothing"
                    " was written; free some, or export fewer albums",
                    needed=size_words(needed),
                    free=size_words(room.free or 0),
                    lacking=size_words(needed - (room.free or 0)),
                    destination=self._destination,
                )
            )
        if room.names is not None and names > room.names:
            raise NoSpaceError(
                say(
                    "{destination} takes {room} more names of files, and {names} are needed; nothing was written",
                    destination=self._destination,
                    room=room.names,
                    names=names,
                )
            )
        self._progress.start(say("Exporting"), total)
        return held

    # -- writing ------------------------------------------------------------------------------------------------------

    def _folder(self, folder: TreeFolder) -> None:
        name = self._exported.folder_for(folder.held, folder.name)
        own = self._exported.own(folder.held, name, [file.name for file in folder.tracks])
        self._disk.mkdir(own.folder)
        done, failures, whole = Written(), len(self.missing), False
        try:
            for file in folder.tracks:
                stands = self._file(file, own)
                if stands and file.track is not None:
                    done.append((file.track, stands))
                    self._counts["tracks"] += 1
                    self._counts["small"] += _is_small(file, stands, own)
                self._progress.advance(file.length)
            for file in folder.extras(done):
                self._file(file, own)
            whole = len(self.missing) == failures
            self._counts["albums"] += folder.albums
        finally:
            now = ExportedFolder(folder=name, wish=folder.name, files=own.files)
            self._exported.note(folder.held, now, whole=whole)

    def _file(self, file: TreeFile, own: OwnFiles) -> str:
        """See to it that a file is there; the name under which it is, or nothing where it cannot be."""
        reason = file.failed or (TOO_LONG if self._is_fat and file.length > FAT_LIMIT else SILENCE)
        if not reason:
            try:
                name = own.stands(*(self._stands(file, own) or self._make(file, own)))
                self._counts["beside"] += name not in {each.name for each in _ways(file)}
            except (LibraryError, SourceError) as exc:
                reason = exc.sentence
        if reason:
            self.missing.append(Shortfall(what=file.what, reason=reason))
        return "" if reason else name

    def _stands(self, file: TreeFile, own: OwnFiles) -> tuple[str, WrittenFile | None] | None:
        """The file, or what stands for it, where it is there already, and what we wrote of it, if we did."""
        found: tuple[str, WrittenFile | None] | None = next(
            (each for each in _written(file, own) if has_bytes(own.folder / each[0], each[1].sha256)), None
        )
        if found is None and file.sha256 and has_bytes(own.folder / file.name, file.sha256):
            before = own.at(file.name)
            is_ours = before is not None and before.sha256 == file.sha256
            found = file.name, WrittenFile(sha256=file.sha256, source=file.source) if is_ours else None
        if found is not None:
            self._counts["unchanged"] += 1
            self._counts["already"] += file.track is not None
        return found

    def _make(self, file: TreeFile, own: OwnFiles) -> tuple[str, WrittenFile | None]:
        """A whole file under its name, or none."""
        failures, name = len(self.missing), own.place_for(file.name)
        if file.instead is None:
            sha256 = self._write(own.folder / name, file.parts())
        else:
            try:
                sha256 = self._write(own.folder / name, _shorter(file.parts(), file.instead.length))
            except _TooLongError:
                name, written = self._stands(file.instead, own) or self._make(file.instead, own)
                return name, written and WrittenFile(sha256=written.sha256, source=file.source)
        # What could not be done as it should is tried again by the next export.
        return name, WrittenFile(sha256=sha256, source=file.source if len(self.missing) == failures else "")

    def _write(self, path: Path, parts: Iterator[bytes]) -> str:
        """Its SHA-256."""
        digest, was_there = hashlib.sha256(), os.path.lexists(path)
        try:
            self._counts["length"] += write_whole(self._disk, path, _hashed(parts, digest.update))
        except NoSpaceError as exc:
            raise NoSpaceError(
                say(
                    "no space is left in {destination}, and only a part of it is there (tracks, each of them"
                    " whole: {counts}); free some and {then}",
                    destination=self._destination,
                    counts=self._counts["tracks"],
                    then=AGAIN,
                )
            ) from exc
        self._counts["updated" if was_there else "written"] += 1
        return digest.hexdigest()


def _ways(file: TreeFile) -> list[TreeFile]:
    """The file, and what may stand for it."""
    return [file] if file.instead is None else [file, file.instead]


def _is_small(file: TreeFile, name: str, own: OwnFiles) -> bool:
    """Whether what stands there under this name is a small file, and not what stands for it."""
    return file.small and (file.instead is None or name != own.place_for(file.instead.name))


def _written(file: TreeFile, own: OwnFiles) -> Iterator[tuple[str, WrittenFile]]:
    """What an earlier export wrote of the same."""
    for each in _ways(file):
        name = own.place_for(each.name)
        written = own.at(name)
        if written is not None and written.source == file.source:
            yield name, written


def _seems_to_stand(file: TreeFile, own: OwnFiles) -> bool:
    """As far as names and lengths tell."""
    is_written = any(_length(own.folder / name) is not None for name, _ in _written(file, own))
    return is_written or (bool(file.sha256) and _length(own.folder / file.name) == file.length)


def _shorter(parts: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Raises: _TooLongError once there are `limit` bytes."""
    length = 0
    for part in parts:
        length += len(part)
        if length >= limit:
            raise _TooLongError(say("it would become no shorter"))
        yield part


def _hashed(parts: Iterator[bytes], update: Callable[[bytes], object]) -> Iterator[bytes]:
    for part in parts:
        update(part)
        yield part


def _length(path: Path) -> int | None:
    """Bytes of what is there; None where nothing is."""
    try:
        return path.lstat().st_size
    except OSError:
        return None
