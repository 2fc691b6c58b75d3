"""Playlists as M3U: taken in by matching what they say with what is here, and given out with the music."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, partly
from magnitizdat.formats import m3u
from magnitizdat.formats.names import clean_text
from magnitizdat.library.library import Library
from magnitizdat.model import Outcome, Shortfall, Value
from magnitizdat.ops.listen import playlists
from magnitizdat.ops.listen.listening import flush_tail
from magnitizdat.ops.listen.matching import Matcher, NoMatchError, Wanted
from magnitizdat.ops.listen.playlists import Playlist
from magnitizdat.sentence import say
from magnitizdat.workers.code_pages import decoded

MAX_LENGTH = 32 << 20
"""Bytes of a playlist that we look at."""
SUFFIXES = (".m3u", ".m3u8")
_NUMBER = re.compile(r"^\(?[\d.\-]{1,6}\)?[\s.\-_)]+")


class TakenLists(Value, frozen=True, kw_only=True):
    """Playlists that were taken in; `tracks` counts their songs that are here."""

    playlists: tuple[str, ...]
    tracks: int
    missing: tuple[Shortfall, ...]

    def outcome(self) -> Outcome:
        """How much of them is here."""
        return Outcome(
            headline=say(
                "Playlists: {playlists}. Songs of them that are here: {tracks}.",
                playlists=", ".join(self.playlists),
                tracks=self.tracks,
            ),
            missing=self.missing,
            exit_code=partly(self.missing),
        )


def is_list(path: Path) -> bool:
    """Whether a path on the command line names a playlist rather than music."""
    return path.suffix.casefold() in SUFFIXES and not path.is_dir()


def import_lists(library: Library, paths: list[Path], *, now: datetime, listener: str = "") -> TakenLists:
    """Make a playlist of each file; one of the same name gets these songs.

    Raises: DamagedError where a file is no playlist; NotFoundError.
    """
    matcher = Matcher(library)
    missing: list[Shortfall] = []
    names, tracks = [], 0
    for path in paths:
        listing = _read(path)
        songs = []
        for entry in listing.entries:
            try:
                songs.append(matcher.find_any(_readings(entry)).song)
            except NoMatchError as exc:
                missing.append(Shortfall(what=entry.shown, reason=exc.sentence))
        name = clean_text(listing.name or path.stem)[:200].strip() or "M3U"
        keep_playlist(library, listener, name, songs, now=now)
        names.append(name)
        tracks += len(songs)
    flush_tail(library)
    return TakenLists(playlists=tuple(names), tracks=tracks, missing=tuple(missing))


def keep_playlist(library: Library, listener: str, name: str, songs: list[str], *, now: datetime) -> Playlist:
    """The listener's own playlist of that name with exactly these songs; made where there is none."""
    for known in playlists.playlists(library, listener):
        if known.name == name and known.owner == listener and known.rule is None:
            if known.entries == tuple(songs):
                return known
            return playlists.update(library, listener, known.id, entries=tuple(songs), now=now)
    return playlists.create(library, listener, name, entries=songs, now=now)


def _read(path: Path) -> m3u.Listing:
    with FileReader(path.resolve()) as reader:
        if reader.length > MAX_LENGTH:
            raise DamagedError(say("«{name}» is too large for a playlist; give the M3U file itself", name=path.name))
        content = reader.read_at(0, reader.length)
    text = decoded(content)
    if "\0" in text:
        raise DamagedError(say("«{name}» is not a playlist; give an M3U or M3U8 file", name=path.name))
    return m3u.parse(text)


def _readings(entry: m3u.PlaylistEntry) -> Iterator[Wanted]:
    """What an entry may mean: what it says itself, then what its file and folders are called."""
    path = PurePosixPath(unquote(entry.path) if "://" in entry.path else entry.path.replace("\\", "/"))
    album = path.parent.name
    if entry.title:
        yield Wanted(entry.title, entry.artist, _album_of(album), entry.duration_s)
    stem = path.name if path.suffix[1:].isdigit() else path.stem
    bare = _NUMBER.sub("", stem)
    artist, dash, title = bare.partition(" - ")
    folder_artist, folder_dash, folder_album = album.partition(" - ")
    if dash:
        yield Wanted(title, artist, _album_of(album), entry.duration_s)
    if folder_dash:
        yield Wanted(bare, folder_artist, _album_of(folder_album), entry.duration_s)
    if path.parent.parent.name:
        yield Wanted(bare, path.parent.parent.name, _album_of(album), entry.duration_s)
    yield Wanted(bare, "", _album_of(album), entry.duration_s)
    yield Wanted(stem, "", _album_of(album), entry.duration_s)


def _album_of(folder: str) -> str:
    """`Kino - 45 (1982)` as `45`."""
    return re.sub(r"\s*\(\d{4}\)$", "", folder.rpartition(" - ")[2])
