"""Playlists of other players, taken in: each line means a file that was imported, or what is called so here.

The path comes first: it is looked up among those that music was imported from, and never opened. Then what the list
says of the song, then what its file and folders are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, MagError, partly
from magnitizdat.formats.m3u import Listing, PlaylistEntry
from magnitizdat.formats.names import clean_text
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, ReadAt, Shortfall, Value
from magnitizdat.ops.intake.scan import ScannedFile, readable
from magnitizdat.ops.listen import playlists
from magnitizdat.ops.listen.by_path import PathFinder, spellings
from magnitizdat.ops.listen.listening import flush_tail
from magnitizdat.ops.listen.matching import Matcher, NoMatchError, Wanted
from magnitizdat.sentence import listed, say
from magnitizdat.workers.pool import ParserPool

MAX_LENGTH = 32 << 20
"""Bytes of a playlist that we look at."""
SUFFIXES = (".m3u", ".m3u8", ".pls", ".xspf", ".wpl", ".asx")
MOST_TOLD = 1000
"""Songs that are told one by one as not being here."""
_NUMBER = re.compile(r"^\(?[\d.\-]{1,6}\)?[\s.\-_)]+")
_NOTHING_HERE = say("nothing of it is here, and no playlist was made of it; import its music, then run this again")


class GivenList(NamedTuple):
    """A playlist that was read: its name, the path of the folder that it lay in, what it lists."""

    name: str
    folder: str
    listing: Listing


class TakenLists(Value, frozen=True, kw_only=True):
    """Playlists that were taken in, and what they are called here; `tracks` counts their songs that are here."""

    playlists: tuple[str, ...] = ()
    tracks: int = 0
    of: int = 0
    """Songs that they list."""
    missing: tuple[Shortfall, ...] = ()

    def outcome(self) -> Outcome:
        """How much of them is here."""
        return Outcome(
            headline=say(
                "Playlists: {playlists}. Songs of them that are here: {tracks} of {of}.",
                playlists=listed(self.playlists) if self.playlists else "0",
                tracks=self.tracks,
                of=self.of,
            ),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


def is_list(path: Path) -> bool:
    """Whether a path on the command line names a playlist rather than music."""
    return path.suffix.casefold() in SUFFIXES and not path.is_dir()


def import_lists(library: Library, paths: Sequence[Path], *, now: datetime, listener: str = "") -> TakenLists:
    """Make a playlist of each file; see `take_lists`.

    Raises: DamagedError where a file is no playlist; NotFoundError.
    """
    with ParserPool(workers=1) as pool:
        return take_lists(library, [_read(path, pool) for path in paths], now=now, listener=listener)


def take_lists(
    library: Library, lists: Sequence[GivenList], *, now: datetime, listener: str = "", only_mixed: bool = False
) -> TakenLists:
    """Make a playlist of each list of which something is here; playlists that were here before stay what they are.

    `only_mixed`: but not of those whose songs are all on one album, or not here, or whose playlist was removed.
    """
    finder = _Finder(library, lists)
    missing: list[Shortfall] = []
    names, tracks, amount = [], 0, 0
    for each in lists:
        songs, lacking = finder.songs(each)
        if only_mixed and not _is_wanted(library, listener, each, songs):
            continue
        tracks += len(songs)
        amount += len(each.listing.entries)
        if songs:
            made = playlists.take(library, listener, each.name, songs, source=_source(each), now=now)
            names.append(made.name)
        else:
            missing.append(Shortfall(what=each.name, reason=_NOTHING_HERE))
        missing += _told(each.name, lacking)
    flush_tail(library)
    return TakenLists(playlists=tuple(names), tracks=tracks, of=amount, missing=tuple(missing))


def _is_wanted(library: Library, listener: str, wanted: GivenList, songs: Sequence[str]) -> bool:
    albums = {line.album.id for line in library.browse.named(songs).values()}
    return len(albums) > 1 and not playlists.was_removed(library, listener, _source(wanted))


def named(listing: Listing, file_name: str, folder: str) -> GivenList:
    """A list under the name that it gives itself, or that of its file."""
    name = clean_text(listing.name or PurePosixPath(file_name).stem)[:200].strip()
    return GivenList(name or "M3U", folder, listing)


class MetLists:
    """Playlists that an import of music met, kept until that music is here; a list of one album is no playlist."""

    def __init__(self) -> None:
        self._found: list[tuple[ScannedFile, bytes]] = []
        self._room = MAX_LENGTH

    def __call__(self, found: ScannedFile, source: ReadAt) -> bool:
        """Keep one, as far as memory should hold them; whether it could be read."""
        if found.length > self._room:
            return False
        try:
            self._found.append((found, source.read_at(0, found.length)))
        except (MagError, OSError):
            return False
        self._room -= found.length
        return True

    def take(self, library: Library, *, now: datetime, listener: str = "") -> TakenLists:
        """Make playlists of those whose songs are here, of more than one album: rippers lay a list beside each."""
        with ParserPool(workers=1) as pool:
            lists = [read for found, content in self._found if (read := _readable(found, content, pool)) is not None]
        return take_lists(library, lists, now=now, listener=listener, only_mixed=True) if lists else TakenLists()


def _readable(found: ScannedFile, content: bytes, pool: ParserPool) -> GivenList | None:
    try:
        return named(pool.read_list(content), readable(found.path.name), readable(str(found.path.parent)))
    except MagError:
        return None


class _Finder:
    """What lines of these lists mean."""

    def __init__(self, library: Library, lists: Sequence[GivenList]) -> None:
        self._paths = PathFinder(library, ((each.folder, each.listing.entries) for each in lists))
        self._matcher = Matcher(library)

    def songs(self, wanted: GivenList) -> tuple[list[str], list[Shortfall]]:
        """Songs of a list that are here, in its order, and why others are not."""
        songs, lacking = [], []
        for entry in wanted.listing.entries:
            try:
                song = self._paths.find(entry, wanted.folder) or self._matcher.find_any(_readings(entry)).song
                songs.append(song)
            except NoMatchError as exc:
                lacking.append(Shortfall(what=clean_text(entry.shown), reason=exc.sentence))
        return songs, lacking


def _read(path: Path, pool: ParserPool) -> GivenList:
    with FileReader(path.resolve()) as reader:
        if reader.length > MAX_LENGTH:
            raise DamagedError(say("«{name}» is too large for a playlist; give the M3U file itself", name=path.name))
        content = reader.read_at(0, reader.length)
    try:
        listing = pool.read_list(content)
    except DamagedError as exc:
        raise DamagedError(say("«{name}»: {reason}", name=readable(path.name), reason=exc.sentence)) from exc
    return named(listing, readable(path.name), readable(str(path.resolve().parent)))


def _source(wanted: GivenList) -> str:
    lines = (f"{entry.path}\x1f{entry.artist}\x1f{entry.title}" for entry in wanted.listing.entries)
    return playlists.mark_of([wanted.name, *lines])


def _told(name: str, lacking: list[Shortfall]) -> list[Shortfall]:
    """One by one as far as anybody would read."""
    more = len(lacking) - MOST_TOLD
    rest = [Shortfall(what=name, reason=say("{more} more of its songs are not here", more=more))] if more > 0 else []
    return [*lacking[:MOST_TOLD], *rest]


def _readings(entry: PlaylistEntry) -> Iterator[Wanted]:
    """What an entry may mean: what it says itself, in either order, then what its file and folders are called."""
    path = PurePosixPath(spellings(entry.path)[-1].replace("\\", "/"))
    album, above = path.parent.name, path.parent.parent.name
    if entry.title:
        yield Wanted(entry.title, entry.artist, entry.album or _album_of(album), entry.duration_s)
    if entry.title and entry.artist:
        title, _, artist = f"{entry.artist} - {entry.title}".rpartition(" - ")
        yield Wanted(title, artist, entry.album or _album_of(album), entry.duration_s)
    stem = path.name if path.suffix[1:].isdigit() else path.stem
    bare = _NUMBER.sub("", stem)
    artist, dash, title = bare.partition(" - ")
    folder_artist, folder_dash, folder_album = album.partition(" - ")
    if dash:
        yield Wanted(title, artist, _album_of(album), entry.duration_s)
    if folder_dash:
        yield Wanted(bare, folder_artist, _album_of(folder_album), entry.duration_s)
    if above:
        yield Wanted(bare, above, _album_of(album), entry.duration_s)
    yield Wanted(bare, "", _album_of(album), entry.duration_s)
    yield Wanted(stem, "", _album_of(album), entry.duration_s)


def _album_of(folder: str) -> str:
    """`Kino - 45 (1982)` as `45`."""
    return re.sub(r"\s*\(\d{4}\)$", "", folder.rpartition(" - ")[2])
