"""M3U and M3U8 playlists. PURE: text in, entries out, and back.

Source: the de facto extended M3U: `#EXTM3U`, `#PLAYLIST:name`, `#EXTINF:seconds,Artist - Title` before a path or URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

MAX_ENTRIES = 100_000
_EXTINF = re.compile(r"#EXTINF:\s*(-?\d+(?:\.\d+)?)?[^,]*,?(.*)", re.IGNORECASE)
_NOTHING = ("", "", 0.0)
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class PlaylistEntry(NamedTuple):
    """A line of a playlist: where the file is, and what was said of it; `duration_s` is 0 where nothing was."""

    path: str
    artist: str = ""
    title: str = ""
    duration_s: float = 0

    @property
    def shown(self) -> str:
        """What people call it."""
        return " - ".join(part for part in (self.artist, self.title) if part) or self.path


class Listing(NamedTuple):
    """A whole playlist; `name` is empty where it has none of its own."""

    name: str
    entries: tuple[PlaylistEntry, ...]


def parse(text: str) -> Listing:
    """Entries in their order; comments and what is not understood are passed over."""
    name, said = "", _NOTHING
    entries: list[PlaylistEntry] = []
    for line in map(str.strip, text.splitlines()):
        found = _EXTINF.match(line)
        if found:
            artist, dash, title = found[2].strip().partition(" - ")
            said = (
                (artist, title, max(0.0, float(found[1] or 0)))
                if dash
                else ("", artist, max(0.0, float(found[1] or 0)))
            )
        elif line.upper().startswith("#PLAYLIST:"):
            name = line.partition(":")[2].strip()
        elif line and not line.startswith("#") and len(entries) < MAX_ENTRIES:
            entries.append(PlaylistEntry(line, *said))
            said = _NOTHING
    return Listing(name, tuple(entries))


def render(entries: Iterable[PlaylistEntry], *, name: str = "") -> str:
    """A playlist in M3U8: to be written in UTF-8, one line each whatever the titles hold."""
    lines = ["#EXTM3U"]
    if name:
        lines.append(f"#PLAYLIST:{_line(name)}")
    for entry in entries:
        lines += [f"#EXTINF:{round(entry.duration_s)},{_line(f'{entry.artist} - {entry.title}')}", entry.path]
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return _STEERING.sub(" ", text)
