"""iTunes atoms of MP4 files."""

from __future__ import annotations

from typing import Any, BinaryIO

from mutagen import mp4

from magnitizdat.workers.raw_tags import RawTags

ATOMS = {
    "\xa9nam": "title",
    "\xa9ART": "artist",
    "\xa9alb": "album",
    "aART": "album_artist",
    "\xa9day": "date",
    "\xa9gen": "genre",
    "\xa9wrt": "composer",
    "\xa9cmt": "comment",
    "desc": "comment",
    "soar": "artists_sort",
    "soaa": "album_artists_sort",
    "sonm": "title_sort",
    "soal": "album_sort",
    "soco": "composer_sort",
    "gnre": "genre",
    "trkn": "track",
    "disk": "disc",
    "cpil": "compilation",
}
FREE = "----:com.apple.itunes:"


class _NoChapters(mp4.MP4Chapters):
    """Chapters that are not read: their titles have 255 bytes, and where FFmpeg cut one within a letter no tag is."""

    def load(self, _atoms: object, _file: object) -> None:
        """Nothing."""


class _ByTags(mp4.MP4):
    MP4Chapters = _NoChapters


def opened(file: BinaryIO) -> Any:
    """An MP4 by its tags alone."""
    kind: Any = _ByTags
    return kind(file)


def read_mp4(file: BinaryIO, raw: RawTags) -> None:
    atoms: Any = opened(file).tags or {}
    for name, values in atoms.items():
        _add(name, values, raw)


def _add(name: str, values: Any, raw: RawTags) -> None:
    if name == "\xa9lyr":
        raw.lyrics.extend(("und", str(words), False) for words in values)
    elif name in {"trkn", "disk"}:
        for said, number in zip((ATOMS[name], f"{ATOMS[name]}_total"), values[0], strict=True):
            raw.add(said, [str(number)] if number else [])  # 0 is how an atom says nothing
    elif name == "cpil":
        raw.add(ATOMS[name], ["1" if values else ""])
    elif name in ATOMS:
        raw.add(ATOMS[name], values)
    elif name == "covr":
        raw.covers.extend((3, bytes(cover)) for cover in values)
    elif name.lower().startswith(FREE):
        raw.add_named(name[len(FREE) :], [bytes(value).decode("utf-8", "replace") for value in values])
