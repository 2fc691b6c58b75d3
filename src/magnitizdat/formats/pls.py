"""PLS playlists. PURE: text in, entries out.

Source: the de facto INI of Winamp: `[playlist]`, then `File1=`, `Title1=`, `Length1=` in any order; -1 is no length.
"""

from __future__ import annotations

import re

from magnitizdat.formats.m3u import MAX_ENTRIES, Listing, PlaylistEntry, entry

HEAD = "[playlist]"
_LINE = re.compile(r"(file|title|length)0*(\d{1,6})\s*=(.*)", re.IGNORECASE)


def parse(text: str) -> Listing:
    """Entries by their numbers; what is not understood is passed over."""
    said: dict[int, dict[str, str]] = {}
    for line in map(str.strip, re.split(r"[\r\n]+", text)):
        found = _LINE.fullmatch(line)
        if found and (int(found[2]) in said or len(said) < MAX_ENTRIES):
            said.setdefault(int(found[2]), {})[found[1].casefold()] = found[3].strip()
    return Listing("", tuple(_entry(each) for _, each in sorted(said.items()) if each.get("file")))


def _entry(said: dict[str, str]) -> PlaylistEntry:
    artist, dash, title = said.get("title", "").partition(" - ")
    names = {"artist": artist, "title": title} if dash else {"title": artist}
    return entry(said["file"], seconds=said.get("length", ""), **names)
