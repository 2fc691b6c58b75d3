"""Reels for the page: what a label signs, of whatever kind, sealed to six words, as a folder and in one file."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from magnitizdat.formats.zip_store import write_zip
from magnitizdat.model import File, Lyrics, Release, Rendition
from magnitizdat.ops.albums.small_files import describe
from tests.fakes_audio import RECIPES, make_audio
from tests.fakes_reel import cut_reel
from tests.fakes_spool import Liar, release_of

WORDS = "gravity tunnel orbit velvet cactus museum"


def picture(dice: random.Random, side: int = 64) -> bytes:
    """A PNG like no other."""
    rows = b"".join(b"\0" + dice.randbytes(3 * side) for _ in range(side))
    return png(struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0), zlib.compress(rows, 0))


def png(head: bytes, pixels: bytes) -> bytes:
    """Of an IHDR and an IDAT. Source: PNG (third edition), 5.3."""
    parts = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@dataclass
class Tape:
    """A label that signs into a spool, and the reels that are cut of it."""

    place: Path
    name: str = "Zoopark Tapes"
    liar: Liar = field(init=False)
    releases: list[Release] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.liar = Liar(self.place / "spool", self.name)

    def blob(self, content: bytes, media_type: str) -> File:
        """Bytes that lie in the spool, and what is signed of them."""
        file = describe(content, media_type)
        self.liar.put(file.sha256, content)
        return file

    def song(self, kind: str, seconds: float = 6.0, **tags: str) -> File:
        """A tone in a container that `tests.fakes_audio` makes."""
        return self.blob(make_audio(kind, seconds, tags), RECIPES[kind].media_type)

    def text(self, text: str, media_type: str = "text/plain") -> File:
        return self.blob(text.encode(), media_type)

    def album(
        self,
        title: str,
        songs: Sequence[tuple[str, File]],
        *,
        small: Mapping[str, File] | None = None,
        words: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Release:
        """Sign an album: songs by title, `small` versions and `words` of some of them, fields of a release."""
        bare = release_of([file for _, file in songs], title, number=len(self.releases) + 1, **more)
        tracks = []
        for track, (name, _) in zip(bare.tracks, songs, strict=True):
            found: dict[str, Any] = {"title": name, "artist": more.get("artist", "Somebody"), "duration_s": 6.0}
            if name in (small or {}):
                found["renditions"] = (Rendition(kind="opus-128", file=(small or {})[name]),)
            if name in (words or {}):
                found["lyrics"] = (Lyrics(language="en", file=self.text((words or {})[name], "text/x-lrc")),)
            tracks.append(msgspec.structs.replace(track, **found))
        release = msgspec.structs.replace(bare, tracks=tuple(tracks))
        self.liar.release(release)
        self.releases.append(release)
        return release

    def spool(self) -> dict[str, bytes]:
        root = self.place / "spool"
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def sealed(self, name: str = "reel", *, words: str = WORDS) -> Reel:
        """A reel of all that was signed so far; its parity lies beside its segments."""
        folder = self.place / name
        cut = cut_reel(folder, self.spool(), words=words)
        songs = tuple(track.file.sha256 for release in self.releases for track in release.tracks)
        return Reel(folder, words, cut.identity.text, self.name, songs)


@dataclass(frozen=True)
class Reel:
    """A folder of sealed files, what opens it, and what is in it: the `songs` by their digests."""

    folder: Path
    words: str
    identity: str
    label: str
    songs: tuple[str, ...]

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    @property
    def one_file(self) -> Path:
        """The same in one stored ZIP."""
        whole = self.folder.with_name(f"{self.folder.name}.zip")
        if not whole.exists():
            members = [(path.relative_to(self.folder).as_posix(), path.read_bytes()) for path in self.files]
            whole.write_bytes(b"".join(bytes(part) for part in write_zip(members)))
        return whole

    def given(self, how: str) -> list[Path]:
        """What is chosen: its `files`, its `folder`, or the `one` file."""
        return {"files": self.files, "folder": [self.folder], "one": [self.one_file]}[how]
