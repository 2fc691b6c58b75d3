"""What an export writes: folders of files, each known by what it is made from before anything is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.formats import m3u
from magnitizdat.formats.names import portable_name, portable_names
from magnitizdat.library.index.browse import SongLine
from magnitizdat.library.index.views import AlbumView
from magnitizdat.library.library import Library
from magnitizdat.model import MEDIA_TYPES, File, Release, Shortfall, Track
from magnitizdat.ops.albums.corrections import Edits
from magnitizdat.ops.albums.renditions import KIND, tags_of
from magnitizdat.sentence import SILENCE, Sentence, say
from magnitizdat.workers.pool import WHOLE_LIMIT, ParserPool
from magnitizdat.workers.rewriting.wishes import WRITTEN
from magnitizdat.workers.values import EncodeKind

GONE = say("it is not in the library any more; dub or import it again")
UNKNOWN_FORMAT = say("it is of a format that this version does not know; a newer Magnitizdat can write it out")
TAGS_LENGTH = 4 << 10
"""Bytes by which new tags may make a file longer, about."""
BYTES_A_SECOND: dict[EncodeKind, int] = {"opus-128": 128_000 // 8, "mp3": 192_000 // 8}
_LONGEST_NAME = 114
"""Bytes of a file's name without its suffix."""

Written = list[tuple[Track, str]]
"""Tracks that stand there, with the names of their files."""


class TreeFile(NamedTuple):
    """A file that shall be there. `source` tells what it is made from: the same makes the same bytes.

    `length` in bytes, about; `sha256` where it is known before it is made; `failed`: why it cannot be made. `instead`
    stands there where this one turns out to be no shorter; `small`: it is a small file in the place of a longer one.
    """

    name: str
    source: str
    length: int
    parts: Callable[[], Iterator[bytes]]
    what: str
    sha256: str = ""
    track: Track | None = None
    failed: Sentence = SILENCE
    instead: TreeFile | None = None
    small: bool = False


class TreeFolder(NamedTuple):
    """A folder that shall be there. `held` tells whose it is, whatever it is called; `extras` go with its tracks."""

    held: str
    name: str
    albums: int
    tracks: list[TreeFile]
    extras: Callable[[Written], Iterator[TreeFile]]


class Tree:
    """Makes folders of albums and playlists; `kind`: small files instead. Lacking tags go to `missing`."""

    def __init__(self, library: Library, pool: ParserPool, kind: EncodeKind | None, missing: list[Shortfall]) -> None:
        self._library = library
        self._pool = pool
        self._kind = kind
        self._missing = missing
        self._edits = Edits(library)

    def album(self, album: AlbumView) -> TreeFolder | None:
        """None where it is gone meanwhile."""
        release = self._library.shelf.release(album.id)
        if release is None:
            return None
        stems = portable_names([_stem(release, track) for track in release.tracks], max_bytes=_LONGEST_NAME)
        named = zip(release.tracks, stems, strict=True)
        tracks = [self._track(release, track, stem, own=album.own) for track, stem in named]
        return TreeFolder(
            f"{self._kind or ''}/{album.id}", _folder_name(album), 1, tracks, lambda done: self._extras(release, done)
        )

    def playlist(self, name: str, songs: Sequence[str]) -> TreeFolder:
        """Its songs, numbered in their order."""
        found = self._library.browse.named(songs)
        tracks = [self._song(name, number, found.get(song)) for number, song in enumerate(songs, 1)]
        folder = portable_name(name)
        albums = len({found[song].album.id for song in songs if song in found})
        return TreeFolder(
            f"{self._kind or ''}/playlist/{name}",
            folder,
            albums,
            tracks,
            lambda done: iter([_playlist(name, done, name)]),
        )

    # -- tracks -------------------------------------------------------------------------------------------------------

    def _song(self, playlist: str, number: int, line: SongLine | None) -> TreeFile:
        view = self._library.shelf.album(line.album.id) if line is not None else None
        release = self._library.shelf.release(line.album.id) if line is not None else None
        if line is None or view is None or release is None:
            return _impossible(say("{name}: song {number}", name=playlist, number=number), GONE)
        stem = portable_name(f"{number:03d} {line.track.artist} - {line.track.title}", max_bytes=_LONGEST_NAME)
        return self._track(release, line.track, stem, own=view.own)

    def _track(self, release: Release, track: Track, stem: str, *, own: bool) -> TreeFile:
        file = self._library.shelf.plays(track)
        what = f"{release.title}: {track.title}"
        if file.media_type not in MEDIA_TYPES:
            return _impossible(what, UNKNOWN_FORMAT)
        small = track.small if track.small and self._library.shelf.holds(track.small) else None
        changed = self._edits.changed(release, track) if own else frozenset[str]()
        plain = self._plain(release, track, file, stem, changed)
        if small is not None and (file == small or (self._kind == KIND and small.length < file.length)):
            return self._plain(release, track, small, stem, WRITTEN)._replace(small=True)
        if self._kind is None or (self._kind == KIND and small is not None):
            return plain
        return self._encoded(release, track, file, stem, plain)

    def _plain(self, release: Release, track: Track, file: File, stem: str, fields: Collection[str]) -> TreeFile:
        """A file of the library, with its own tags but for these `fields`."""
        what = f"{release.title}: {track.title}"
        name = stem + MEDIA_TYPES[file.media_type]
        if not fields:
            return TreeFile(name, file.sha256, file.length, lambda: self._pieces(file), what, file.sha256, track)
        source = _told(file, release, track, ",".join(sorted(fields)))
        return TreeFile(
            name,
            source,
            file.length + TAGS_LENGTH,
            lambda: self._retagged(release, track, file, fields),
            what,
            track=track,
        )

    def _encoded(self, release: Release, track: Track, file: File, stem: str, plain: TreeFile) -> TreeFile:
        """A small file, unless the original is as small; MP3 is for players that know nothing else."""
        kind = self._kind or KIND
        about = round(track.duration_s * BYTES_A_SECOND[kind]) + TAGS_LENGTH
        is_known = kind == KIND or file.media_type == "audio/mpeg"
        if is_known and file.length <= about - TAGS_LENGTH:
            return plain
        suffix = ".opus" if kind == KIND else ".mp3"

        def parts() -> Iterator[bytes]:
            return self._pool.encode(self._library.blob(file.sha256), kind, tags_of(release, track))

        source, instead = _told(file, release, track, kind), plain if is_known else None
        return TreeFile(stem + suffix, source, about, parts, plain.what, track=track, instead=instead, small=True)

    def _retagged(self, release: Release, track: Track, file: File, fields: Collection[str]) -> Iterator[bytes]:
        """The file with these of its tags as they are here; where they cannot be written, as it came in."""
        blob = self._library.blob(file.sha256)
        problem = say("it is too large")
        if file.length <= WHOLE_LIMIT:
            try:
                return iter([self._pool.retag(blob.read_at(0, blob.length), tags_of(release, track), fields)])
            except (DamagedError, UnsupportedError) as exc:
                problem = exc.sentence
        reason = say(
            "its corrected tags could not be written into the copy, which has the old ones ({problem})", problem=problem
        )
        self._missing.append(Shortfall(what=f"{release.title}: {track.title}", reason=reason))
        return blob.pieces()

    def _pieces(self, file: File) -> Iterator[bytes]:
        """Raises: LibraryError, now or later, where it is not whole."""
        return self._library.blob(file.sha256).pieces()

    # -- what goes with them ------------------------------------------------------------------------------------------

    def _extras(self, release: Release, done: Written) -> Iterator[TreeFile]:
        for file, name in _beside(release, done):
            if file.media_type in MEDIA_TYPES:
                what = f"{release.title}: {name}"
                yield TreeFile(name, file.sha256, file.length, partial(self._pieces, file), what, file.sha256)
        yield _playlist(release.title, done)


def _beside(release: Release, done: Written) -> Iterator[tuple[File, str]]:
    """Cover, notes and words, with the names of their files."""
    if release.cover is not None:
        yield release.cover, f"cover{MEDIA_TYPES.get(release.cover.media_type, '')}"
    for language, file in release.notes.items():
        yield file, portable_name(f"notes.{language}.md")
    for track, name in done:
        for number, lyrics in enumerate(track.lyrics):
            suffix = MEDIA_TYPES.get(lyrics.file.media_type, ".txt")
            mark = f".{number + 1}" if number else ""
            yield lyrics.file, f"{name.rpartition('.')[0]}{mark}{suffix}"


def _impossible(what: str, reason: Sentence) -> TreeFile:
    return TreeFile("", "", 0, lambda: iter(()), what, failed=reason)


def _playlist(title: str, done: Written, name: str = "") -> TreeFile:
    entries = [m3u.PlaylistEntry(file, track.artist, track.title, track.duration_s) for track, file in done]
    content = m3u.render(entries, name=name).encode()
    digest = hashlib.sha256(content).hexdigest()
    return TreeFile(f"{portable_name(title)}.m3u8", digest, len(content), lambda: iter([content]), title, sha256=digest)


def _told(file: File, release: Release, track: Track, how: str) -> str:
    """What tells a copy with these tags from all others."""
    tags = msgspec.json.encode(tags_of(release, track))
    return hashlib.sha256(f"{file.sha256}/{how}/".encode() + tags).hexdigest()


def _stem(release: Release, track: Track) -> str:
    discs = {each.disc for each in release.tracks}
    number = f"{track.disc}-{track.position:02d} " if len(discs) > 1 else f"{track.position:02d} "
    artist = f"{track.artist} - " if release.kind == "compilation" else ""
    return f"{number if track.number is not None else ''}{artist}{track.title}"


def _folder_name(album: AlbumView) -> str:
    year = f" ({album.date[:4]})" if album.date else ""
    return f"{portable_name(album.artist, max_bytes=90)} - {portable_name(album.title, max_bytes=90)}{year}"
