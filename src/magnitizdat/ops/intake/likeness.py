"""When two spellings mean one artist or one album, and whom an album of several is by. Pure."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from magnitizdat.formats.folding import folded

VARIOUS = "Various Artists"
UNKNOWN = "Unknown Artist"
_VARIOUS_NAMES = frozenset(
    "various artists|various artist|various|va|v.a.|v/a|vv.aa.|varios|varios artistas|vários artistas|artistes divers"
    "|artistes variés|diverse|diverse interpreten|verschiedene interpreten|verschiedene|artisti vari|různí interpreti"
    "|diverse kunstnere|diverse artister|разные исполнители|разные|сборник|різні виконавці|razni izvođači".split("|")
)
_LIKE = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"'} | dict.fromkeys("‐‑–—−", "-")
)
_ARTICLE = re.compile(r"the (?=\S)|(?<=\S),? the$")
_GUESTS = r"\s+[\[(]?(?:feat\.?|ft\.?|featuring|при участии)\s+\S"
_AS_GUEST = re.compile(_GUESTS, re.IGNORECASE)
_BESIDE = re.compile(
    rf"{_GUESTS}|\s+[\[(]?(?:with|vs\.?|versus|presents|and|og|und|med|и|y|et|con|x|×|[&+/])\s+\S|\s*[,;]\s+\S",
    re.IGNORECASE,
)
"""Begins what stands behind the first of several artists."""


@functools.lru_cache(4096)
def fold(text: str) -> str:
    """What is the same of a name, however it was typed: case, blanks, quotes, dashes, composed or not, "The"."""
    plain = " ".join(folded(text).translate(_LIKE).split())
    return _ARTICLE.sub("", plain) or plain


@functools.lru_cache(4096)
def leading(artist: str) -> str:
    """The first of those whom a line names: "Em" of "Em feat. Di" and of "Em & Co"."""
    return _before(_BESIDE, artist)


def without_guests(artist: str) -> str:
    """Those whom a line names as makers: "Nick & Ann" of "Nick & Ann feat. Di"."""
    return _before(_AS_GUEST, artist)


def _before(marks: re.Pattern[str], artist: str) -> str:
    found = marks.search(artist)
    return artist[: found.start()].rstrip(" ,;") if found and found.start() else artist


def is_various(artist: str) -> bool:
    """Whether it says that there are several, and names none."""
    return fold(artist) in _VARIOUS_NAMES


def are_related(one: str, other: str) -> bool:
    """Whether both begin with the same artist: one is by those, the other by them and somebody else."""
    return fold(leading(one)) == fold(leading(other))


def are_same(one: str, other: str) -> bool:
    """Whether both are by the same, perhaps with guests."""
    return fold(without_guests(one)) == fold(without_guests(other))


def of_most_spelled(texts: Iterable[str], like: Callable[[str], str] = fold) -> tuple[str, int]:
    """Of what most say, the spelling that most use, and how many say it; ("", 0) of nothing."""
    counts = Counter(text for text in texts if text)
    together: Counter[str] = Counter()
    for text, count in counts.items():
        together[like(text)] += count
    if not together:
        return "", 0
    best = max(together, key=lambda name: (together[name], name))
    spelled = [text for text in counts if like(text) == best]
    return max(spelled, key=lambda text: (counts[text], text != text.lower(), text)), together[best]


def common_artist(artists: Sequence[str]) -> str:
    """The artist that most of these are by, or how all of them begin ("Em" of "Em feat. Di", "Em & Co"); else ""."""
    for names in (artists, list(map(leading, artists))):
        found, count = of_most_spelled(names)
        if 2 * count > len(artists):
            return found
    return ""


def album_artist(said: Sequence[str], artists: Sequence[str], *, mixed: bool) -> tuple[str, bool]:
    """Whom an album is by, and whether it is a compilation.

    `said`: what tracks name as the album's artist; `artists`: whom each track is by; `mixed`: a track says that it is
    on a compilation.
    """
    named = [artist for artist in said if not is_various(artist)]
    if named:
        found = common_artist(named)
        return (found, mixed) if found else (VARIOUS, True)
    mixed = mixed or bool(said)
    found = common_artist(artists)
    if found and not (mixed and not all(are_related(found, artist) for artist in artists)):
        return found, mixed
    return VARIOUS, True
