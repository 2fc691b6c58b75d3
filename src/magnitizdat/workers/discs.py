"""Folders that hold one disc, side or tape of an album: `CD1`, `Album (Disc 2)`, `Side B`, `Кассета 1`. PURE.

The one rule for it, whether a file's tags or its path are asked.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from magnitizdat.formats.folding import folded

_ALWAYS = "cd|dis[ck]|disque|lp|plade|диск|пластинка"
"""Words that say it also behind an album's name."""
_ALONE = f"{_ALWAYS}|side|сторона|vol(?:ume)?|часть|кассета|tape|cassette|kassette|bånd"
_WORDS = dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True))
_SIDES = "abcdefgh"
_NUMBER = rf"(\d{{1,2}}|[{_SIDES}]|{'|'.join(_WORDS)})"
_WHOLE = re.compile(rf"[\[(]?(?:{_ALONE})[\s_.-]*{_NUMBER}(?![^\W_])(.*)", re.IGNORECASE)
_BEHIND = re.compile(rf"(.*\S)[\s_-]+[\[(]?(?:{_ALWAYS})[\s_.-]*{_NUMBER}[\])]?", re.IGNORECASE)
_IN_TITLE = re.compile(
    rf"(.*\S)\s*(?:\s[\[(]|\s[-–—]\s|[,:]\s)(?:{_ALWAYS})[\s_.#-]*{_NUMBER}(?![^\W_])(?:\s*[-–—:]\s*([^\])]+))?[\])]?",
    re.IGNORECASE,
)
"""Behind a mark, as "The Something LP 2" is a title."""
_BARE = re.compile(r"0?[1-9]")


class DiscFolder(NamedTuple):
    """Its number, and what its name says of the album: "" where it names the disc alone."""

    number: int
    album: str = ""


@functools.lru_cache(1024)
def disc_folder(name: str) -> DiscFolder | None:
    """What a folder's name says of the disc in it; None for any other folder."""
    name = name.strip()
    if found := _WHOLE.fullmatch(name):
        return DiscFolder(_number(found[1]))
    if found := _BEHIND.fullmatch(name):
        return DiscFolder(_number(found[2]), found[1].rstrip(" -_([,"))
    return None


class DiscTitled(NamedTuple):
    """An album's title without what it says of the disc: its number, and what this is called."""

    album: str
    number: int
    title: str = ""


def disc_in_title(title: str) -> DiscTitled | None:
    """The disc that an album's title names: "45 (Disc 2: Live)", "45, CD 2", "45 [Диск 2]"."""
    found = _IN_TITLE.fullmatch(title.strip())
    return DiscTitled(found[1], _number(found[2]), (found[3] or "").strip()) if found else None


def may_be_a_disc(name: str) -> bool:
    """Whether a folder of that name may hold one disc of what the folder above it is called after."""
    return disc_folder(name) is not None or _BARE.fullmatch(name.strip()) is not None


def disc_in(folders: list[str], *, album: str = "") -> DiscFolder | None:
    """The same for the innermost of `folders`, for a file that names its `album`.

    A folder with the album's own name is no disc ("Vol. 4"); a bare number is one below the album's folder ("45/1").
    """
    if not folders or (album and folded(folders[-1]) == folded(album)):
        return None
    is_bare = (
        _BARE.fullmatch(folders[-1].strip()) and len(folders) > 1 and album and folded(album) in folded(folders[-2])
    )
    return DiscFolder(int(folders[-1])) if is_bare else disc_folder(folders[-1])


def _number(text: str) -> int:
    folded = text.casefold()
    if folded.isdigit():
        return int(folded)
    return _WORDS.get(folded) or _SIDES.index(folded) + 1
