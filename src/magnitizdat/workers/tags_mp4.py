"""iTunes atoms of MP4 files."""

from __future__ import annotations

from typing import Any, BinaryIO

from mutagen import mp4

from magnitizdat.workers.raw_tags import RawTags

_ATOMS = {
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
}
_FREE = "----:com.apple.itunes:"


def read_mp4(file: BinaryIO, raw: RawTags) -> None:
    atoms: Any = mp4.MP4(file).tags or {}
    for name, values in atoms.items():
        _add(name, values, raw)


def _add(name: str, values: Any, raw: RawTags) -> None:
    if name in _ATOMS:
        raw.add(_ATOMS[name], values)
    elif name == "\xa9lyr":
        raw.lyrics.extend(("und", str(words), False) for words in values)
    elif name in {"trkn", "disk"}:
        field = "track" if name == "trkn" else "disc"
        for said, number in zip((field, f"{field}_total"), values[0], strict=True):  # 0 is how an atom says nothing
            raw.add(said, [str(number)] if number else [])
    elif name == "cpil":
        raw.add("compilation", ["1" if values else ""])
    elif name == "covr":
        raw.covers.extend((3, bytes(cover)) for cover in values)
    elif name.lower().startswith(_FREE):
        raw.add_named(name[len(_FREE) :], [bytes(value).decode("utf-8", "replace") for value in values])
