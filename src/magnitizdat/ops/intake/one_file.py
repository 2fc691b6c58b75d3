"""From one parsed file to a sealed track: hash by piece and whole, seal, keep its cover and words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import structs

from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import SourceError
from magnitizdat.formats.age import BytesReader
from magnitizdat.formats.lyrics import is_latin
from magnitizdat.library.library import Changes, Library
from magnitizdat.model import PIECE_LENGTH, File, Lyrics, ReadAt, Track
from magnitizdat.ops.intake.at_hand import AtHand
from magnitizdat.ops.intake.grouping import UNKNOWN, Taken, disc_of
from magnitizdat.ops.intake.said import artists_of
from magnitizdat.ops.intake.scan import ScannedFile, readable, without_unfinished
from magnitizdat.sentence import SILENCE, say
from magnitizdat.ways import AGAIN
from magnitizdat.workers.discs import disc_folder
from magnitizdat.workers.protocol import SMALL_FILE
from magnitizdat.workers.values import Parsed, Tags, ZipEntry

KEEP_LENGTH = 64 << 20
"""Bytes up to which a file stays in memory between hashing and sealing; a longer one is read a second time."""
MAX_COVER_LENGTH = 16 << 20
MAX_LYRICS_LENGTH = 1 << 20
MAX_DISC = 9999
INSIDE = "\x1f"
"""Stands between an archive's path and what is in it."""
_COVER_NAMES = ("folder", "cover", "albumart", "album", "обложка")
_FRONT = frozenset({"front", "forside", "перед"})
_OTHER_SIDES = frozenset(
    {"back", "inlay", "inside", "inner", "cd", "disc", "disk", "tray", "booklet", "label", "matrix", "obi", "spine"}
    | {"bagside", "зад", "задник", "буклет", "диск"}
)
NO_COVER = len(_COVER_NAMES) + 1


class LazyFile:
    """The bytes of one file, opened when first read, so that few are open at a time (a `ReadAt`).

    A small one is read once and kept until it is closed: then what was parsed is what is sealed.
    """

    def __init__(self, found: ScannedFile) -> None:
        self._found = found
        self._reader: FileReader | None = None
        self._content: bytes | None = None
        self._digest = ""

    def digest(self) -> str:
        """SHA-256 of a small file that was read; empty for others."""
        if self._content is not None and not self._digest:
            self._digest = _sha256(self._content)
        return self._digest

    @property
    def length(self) -> int:
        return self._found.length

    def read_at(self, offset: int, length: int) -> bytes:
        if self._content is None and self.length <= SMALL_FILE:
            self._content = self._opened().read_at(0, self.length)
            self.rest()
        if self._content is not None:
            return self._content[offset : offset + length]
        return self._opened().read_at(offset, length)

    def _opened(self) -> FileReader:
        if self._reader is None:
            reader = FileReader(self._found.path)
            if reader.length != self._found.length:
                reader.close()
                raise SourceError(say("the file changed while it was read; {then}", then=AGAIN))
            self._reader = reader
        return self._reader

    def rest(self) -> None:
        """Hold no descriptor until it is read again."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def close(self) -> None:
        self.rest()
        self._content = None

    def require_unchanged(self) -> None:
        """Raises: SourceError if it was read more than once and is not what the walk met; OSError if it is gone."""
        if self._content is not None:
            return
        status = self._found.path.stat()
        if (status.st_size, status.st_mtime_ns) != (self._found.length, self._found.mtime_ns):
            raise SourceError(say("the file changed while it was read; {then}", then=AGAIN))


class Packed(LazyFile):
    """The bytes of one file in a zip: unpacked when first read, kept until closed."""

    def __init__(self, found: ScannedFile, unpack: Callable[[int], Iterable[bytes]]) -> None:
        super().__init__(found)
        self._unpack = unpack

    def read_at(self, offset: int, length: int) -> bytes:
        if self._content is None:
            content = b"".join(self._unpack(self._found.member))
            if len(content) != self._found.length:
                raise SourceError(say("the archive is damaged here; get an undamaged copy"))
            self._content = content
        return self._content[offset : offset + length]

    def require_unchanged(self) -> None:
        """What is unpacked does not change."""


def members(archive: ScannedFile, entries: Iterable[ZipEntry]) -> list[list[ScannedFile]]:
    """Files of a zip by folder, as a walk would give them; their paths are names for the index, never opened."""
    folders: dict[str, list[ScannedFile]] = {}
    for entry in entries:
        above, _, name = entry.name.rpartition("/")
        is_own_folder = above and disc_folder(above.partition("/")[0]) is None
        hint = readable(entry.name if is_own_folder else f"{archive.path.stem}/{entry.name}")
        odd = entry.reason.sentence if entry.reason else SILENCE
        if entry.length > KEEP_LENGTH and not odd:
            odd = say("it is larger than 64 MiB inside a zip; unpack it and import the folder")
        path = Path(f"{archive.path}{INSIDE}", above.lstrip("/"), name)
        folders.setdefault(above, []).append(ScannedFile(path, hint, entry.length, 0, odd, entry.index))
    return [without_unfinished(folders[above]) for above in sorted(folders)]


class Taker:
    """Seals what one import brings, each blob once."""

    def __init__(self, library: Library, changes: Changes) -> None:
        self._changes = changes
        self._sealed: set[str] = set()
        self.at_hand = AtHand(library.index)

    def take(self, found: ScannedFile, file: File, parsed: Parsed, beside: Lyrics | None) -> Taken:
        """The track that a sealed file becomes; `beside` are its words in a file of their own."""
        cover = self.front(parsed)
        lyrics = [
            Lyrics(language=each.language or "und", file=self._keep_text(each.text, timed=each.timed))
            for each in sorted(parsed.lyrics, key=lambda each: is_latin(each.text) != is_latin(parsed.tags.title))
        ]  # the original first: it is in the letters of the title; in a file they stand in any order
        lyrics += [beside] if beside is not None else []
        place = found.place
        track = track_of(parsed.tags, parsed, file, place, tuple(lyrics))
        raw = _unrepaired(parsed.tags)
        as_written = track_of(raw, parsed, file, place, tuple(lyrics)) if raw != parsed.tags else None
        return Taken(place, parsed.tags, track, cover, raw, as_written, parsed.code_page, parsed.undecided)

    def front(self, parsed: Parsed) -> File | None:
        """The front cover inside a file."""
        front = next((cover for cover in parsed.covers if cover.kind == "front"), next(iter(parsed.covers), None))
        return self.keep(front.data, front.media_type) if front else None

    def seal(self, source: ReadAt, media_type: str) -> File:
        """Hash by piece and whole, then seal what is not here yet."""
        if source.length <= PIECE_LENGTH:
            (piece,) = _pieces(source)
            digest = source.digest() if isinstance(source, LazyFile) else ""
            file = File(sha256=digest or _sha256(piece), length=len(piece), media_type=media_type)
            self._put(file, [piece])
            return file
        return self.seal_pieces(lambda: _pieces(source), media_type, keep=source.length <= KEEP_LENGTH)

    def seal_pieces(self, read: Callable[[], Iterator[bytes]], media_type: str, *, keep: bool = True) -> File:
        """The same of what is read, or made, as it goes by; of what is long twice, since it is not kept."""
        whole, digests, kept, length = hashlib.sha256(), list[str](), list[bytes](), 0
        for piece in read():
            whole.update(piece)
            digests.append(_sha256(piece))
            length += len(piece)
            kept = [*kept, piece] if keep and length <= KEEP_LENGTH else []
        pieces = tuple(digests) if len(digests) > 1 else ()
        file = File(sha256=whole.hexdigest(), length=length, media_type=media_type, pieces=pieces)
        self._put(file, kept or _verified(read(), digests))
        return file

    def _put(self, file: File, pieces: Iterable[bytes]) -> None:
        if file.sha256 in self._sealed or self.at_hand.is_complete(file.sha256):
            return
        self._changes.put_blob(file, pieces)
        self._sealed.add(file.sha256)

    def keep(self, content: bytes, media_type: str) -> File:
        """Seal some bytes."""
        return self.seal(BytesReader(content), media_type)

    def _keep_text(self, text: str, *, timed: bool) -> File:
        return self.keep(text.encode(), "text/x-lrc" if timed else "text/plain")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _pieces(source: ReadAt) -> Iterator[bytes]:
    for offset in range(0, max(1, source.length), PIECE_LENGTH):
        piece = source.read_at(offset, PIECE_LENGTH)
        if len(piece) != min(PIECE_LENGTH, source.length - offset):
            raise SourceError(say("the file became shorter while it was read; {then}", then=AGAIN))
        yield piece


def _verified(pieces: Iterable[bytes], digests: Sequence[str]) -> Iterator[bytes]:
    for piece, digest in zip(pieces, digests, strict=True):
        if _sha256(piece) != digest:
            raise SourceError(say("the file changed while it was read; {then}", then=AGAIN))
        yield piece


def cover_rank(stem: str) -> int:
    """How well a picture's name says that it is the cover: 0 is best, `NO_COVER` and more say that it is not."""
    folded = stem.casefold()
    words = set(re.findall(r"[^\W\d_]+", folded))
    if words & _FRONT:
        return 0
    if words & _OTHER_SIDES:
        return NO_COVER + 1
    return next((rank for rank, name in enumerate(_COVER_NAMES, 1) if folded.startswith(name)), NO_COVER)


def _unrepaired(tags: Tags) -> Tags:
    """Tags as they were written, before old Cyrillic was repaired."""
    names: dict[str, Any] = {
        each.field: each.before for each in tags.repaired if isinstance(getattr(tags, each.field, None), str)
    }
    names |= {several: () for field, several in _SEVERAL.items() if field in names}
    return structs.replace(tags, repaired=(), **names) if names else tags


_SEVERAL = {"artist": "artists", "album_artist": "album_artists"}


def track_of(tags: Tags, parsed: Parsed, file: File, hint: str, lyrics: tuple[Lyrics, ...]) -> Track:
    """A parsed file as a track; what its tags do not say is taken from its hint."""
    stem = hint.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return Track(
        id=parsed.track_id,
        title=(tags.title or stem or "Untitled")[:512],
        artist=(tags.artist or tags.album_artist or UNKNOWN)[:512],
        file=file,
        duration_s=round(parsed.duration_s, 6),
        disc=min(tags.disc or disc_of(hint, tags.album) or 1, MAX_DISC),
        position=tags.track or 0,
        codec=parsed.codec,
        bit_rate=parsed.bit_rate,
        sample_rate=parsed.sample_rate,
        channels=parsed.channels,
        bit_depth=parsed.bit_depth,
        cut_off=parsed.cut_off,
        promised_s=parsed.promised_s,
        genres=tags.genres[:16],
        composer=tags.composer[:4096],
        comment=tags.comment[:4096],
        isrc=tags.isrc[:64],
        musicbrainz_id=tags.musicbrainz_recording[:64],
        gain=tags.gain,
        lyrics=lyrics,
        artists=artists_of(tags),
        title_sort=tags.title_sort,
        composer_sort=tags.composer_sort,
        pregap=tags.pregap,
        album_gain=tags.album_gain,
    )
