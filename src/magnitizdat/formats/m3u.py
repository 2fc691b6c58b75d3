"""M3U and M3U8 playlists. PURE: text in, entries out, and back.

Source: the de facto extended M3U: `#EXTM3U`, `#PLAYLIST:name`, `#EXTINF:seconds,Artist - Title` before a path or URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, NamedTuple

from msgspec import Meta

MAX_ENTRIES = 100_000
LONGEST_LINE = 4096
"""Letters of a path or a name that are looked at."""
LONGEST_S = 1e6
LineText = Annotated[str, Meta(max_length=LONGEST_LINE)]
_EXTINF = re.compile(r"#EXTINF:\s*(-?\d+(?:\.\d+)?)?[^,]*,?(.*)", re.IGNORECASE)
_SAYING = {"#EXTALB": "album", "#EXTART": "artist"}
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class PlaylistEntry(NamedTuple):
    """A line of a playlist: where the file is, and what was said of it; `duration_s` is 0 where nothing was."""

    path: LineText
    artist: LineText = ""
    title: LineText = ""
    duration_s: Annotated[float, Meta(ge=0, le=LONGEST_S)] = 0
    album: LineText = ""

    @property
    def shown(self) -> str:
        """What people call it."""
        return " - ".join(part for part in (self.artist, self.title) if part) or self.path


class Listing(NamedTuple):
    """A whole playlist; `name` is empty where it has none of its own."""

    name: LineText
    entries: tuple[PlaylistEntry, ...]


def entry(path: str, *, artist: str = "", title: str = "", seconds: float | str = 0, album: str = "") -> PlaylistEntry:
    """An entry of what a stranger wrote: cut to what is looked at."""
    artist, title, album = (text.strip()[:LONGEST_LINE] for text in (artist, title, album))
    return PlaylistEntry(path[:LONGEST_LINE], artist, title, seconds_of(seconds), album)


def seconds_of(said: float | str) -> float:
    """A duration as somebody wrote it; 0 for none."""
    try:
        return min(max(0.0, float(said or 0)), LONGEST_S)  # in this order NaN is nothing
    except ValueError:
        return 0.0


def parse(text: str) -> Listing:
    """Entries in their order; comments and what is not understood are passed over."""
    name, said = "", dict[str, str]()
    entries: list[PlaylistEntry] = []
    for line in map(str.strip, re.split(r"[\r\n]+", text)):
        found, (mark, _, rest) = _EXTINF.match(line), line.partition(":")
        if found:
            artist, dash, title = found[2].strip().partition(" - ")
            names = {"artist": artist, "title": title} if dash else {"artist": "", "title": artist}
            said |= {"seconds": found[1] or "", **names}
        elif mark.upper() in _SAYING:
            said[_SAYING[mark.upper()]] = rest
        elif mark.upper() == "#PLAYLIST":
            name = rest.strip()[:LONGEST_LINE]
        elif line and not line.startswith("#") and len(entries) < MAX_ENTRIES:
            entries.append(entry(line, **said))
            said = {}
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
