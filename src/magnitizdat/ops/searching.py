"""Search that finds what people mean: any spelling, script and case, one typo, the wrong keyboard.

What was typed goes to words of the index (`ops/meaning`), these to what bears them (`library/finding`), and that is put
in order by how near its name is. A reading that fits at once is the answer; other keyboards, and words run together,
are tried only where none does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from magnitizdat.formats.spelling.keyboards import other_layouts
from magnitizdat.formats.spelling.likeness import FAR
from magnitizdat.formats.spelling.words import compounds, joined, words
from magnitizdat.library.finding import Finding
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.meaning import Meanings

MOST_LETTERS, MOST_WORDS = 200, 8
"""Of a query; what is typed beyond says nothing new."""
SURE = 0.9
"""A find as near as this is what was meant: nothing else is tried."""
LEAST = 0.25
"""What is farther is not shown; nor is what is less than `_OF_BEST` of the best."""
_OF_BEST = 0.6
_OTHER_KEYBOARD, _IN_ONE = 0.95, 0.97
_SHORTLIST = 256
_TIERS = (0.95, 0.78, FAR)
Page = tuple[int, int]
"""Offset and count."""


class ArtistFound(Value, frozen=True, kw_only=True):
    """Somebody of whom an album or a track is here."""

    name: str


class AlbumFound(Value, frozen=True, kw_only=True):
    """An album by its title, its artist, or another spelling of these."""

    id: str
    name: str
    artist: str


class TrackFound(Value, frozen=True, kw_only=True):
    """A track; `key` is its row in the index, `song` what players call it."""

    key: int
    song: str
    id: str
    title: str
    artist: str
    album: str
    album_id: str


class Found(Value, frozen=True, kw_only=True):
    """What a search found, best first; each a page of its own."""

    artists: tuple[ArtistFound, ...] = ()
    albums: tuple[AlbumFound, ...] = ()
    tracks: tuple[TrackFound, ...] = ()


def find(
    library: Library, text: str, *, artists: Page = (0, 20), albums: Page = (0, 20), tracks: Page = (0, 50)
) -> Found:
    """Find artists, albums and tracks; a count of 0 asks for none of a kind. Nothing typed finds nothing."""
    finding = library.shelf.finding
    finding.refresh()
    search = _Search(finding, text[:MOST_LETTERS])
    return Found(
        artists=search.page(artists, search.artists),
        albums=search.page(albums, search.albums),
        tracks=search.page(tracks, search.tracks),
    )


class _Reading(NamedTuple):
    """One way to take what was typed; a find by it counts `worth` of a find by the plain way."""

    typed: tuple[str, ...]
    worth: float


Item = TypeVar("Item", ArtistFound, AlbumFound, TrackFound)
Line = tuple[Item, str, str]
"""What is found, the name it is judged by, and others that count less."""
Source = Callable[[str, int], Iterator[Line[Item]]]
"""Lines for a full-text expression, at most so many."""


class _Search:
    """One query, asked of each kind."""

    def __init__(self, finding: Finding, text: str) -> None:
        self._finding = finding
        self._meanings = Meanings(finding)
        typed = words(text)[:MOST_WORDS]
        self._plain = _Reading(typed, 1)
        others = [_Reading(words(each)[:MOST_WORDS], _OTHER_KEYBOARD) for each in other_layouts(text)]
        if 1 < len(typed) <= 3:
            others.append(_Reading((joined(text),), _IN_ONE))
        self._others = [each for each in dict.fromkeys(others) if each.typed and each.typed != typed]

    def page(self, page: Page, source: Source[Item]) -> tuple[Item, ...]:
        """One page of a kind, best first. A later page looks at more, and keeps the order of those before."""
        offset, count = page
        if count <= 0 or not self._plain.typed:
            return ()
        most = _SHORTLIST
        while most < offset + count:
            most *= 2
        ranked = self._ranked(self._plain, source, most)
        if not ranked or max(ranked.values()) < SURE:
            for reading in self._others:
                for item, near in self._ranked(reading, source, most).items():
                    ranked[item] = max(near, ranked.get(item, 0))
        least = max(LEAST, _OF_BEST * max(ranked.values(), default=0))
        near_enough = (item for item, near in ranked.items() if near >= least)
        best = sorted(near_enough, key=lambda item: (-ranked[item], _order(item)))
        return tuple(best[offset : offset + count])

    def _ranked(self, reading: _Reading, source: Source[Item], most: int) -> dict[Item, float]:
        meanings = [self._meanings.of(typed) for typed in reading.typed]
        found: dict[Item, float] = {}
        for expression, least in _expressions(reading.typed, meanings):
            for item, name, others in source(expression, most):
                if item not in found:
                    found[item] = max(_nearness(reading.typed, meanings, name, others), least) * reading.worth
            if len(found) >= most:
                return found
        if max(found.values(), default=0) < SURE:
            for expression in _parts(reading.typed, meanings):
                for item, name, others in source(expression, most // 4):
                    if item not in found:
                        found[item] = _nearness(reading.typed, meanings, name, others) * reading.worth
        return found

    def artists(self, match: str, most: int) -> Iterator[Line[ArtistFound]]:
        """Artists, judged by their names; albums give other spellings of these."""
        for _, name in self._finding.artists(self._finding.named("artist", match, limit=most)):
            yield ArtistFound(name=name), name, ""

    def albums(self, match: str, most: int) -> Iterator[Line[AlbumFound]]:
        """Albums, judged by title, then artist."""
        for _, key, title, artist in self._finding.albums(self._finding.named("album", match, limit=most)):
            yield AlbumFound(id=key, name=title, artist=artist), title, artist

    def tracks(self, match: str, most: int) -> Iterator[Line[TrackFound]]:
        """Tracks, judged by title, then artist and album."""
        keys = self._finding.tracks(match, limit=most)
        for key, song, digest, title, artist, album, album_id in self._finding.track_lines(keys):
            yield (
                TrackFound(
                    key=key, song=song, id=digest.hex(), title=title, artist=artist, album=album, album_id=album_id
                ),
                title,
                f"{artist} {album}",
            )


def _order(item: ArtistFound | AlbumFound | TrackFound) -> tuple[str, str]:
    """Among equals: by name."""
    match item:
        case ArtistFound(name=name):
            return (name.casefold(), name)
        case AlbumFound(name=name, id=key):
            return (name.casefold(), key)
        case TrackFound(title=title, key=key):
            return (title.casefold(), f"{key:012d}")


def _expressions(typed: Sequence[str], meanings: Sequence[Mapping[str, float]]) -> Iterator[tuple[str, float]]:
    """Full-text expressions from strict to wide, and what a find by each is worth at least (it may be by an alias)."""
    yield f'whole : "{"".join(typed)}"', 0
    for tier in _TIERS:
        groups = [_any_of(meaning, tier) for meaning in meanings]
        if all(groups):
            yield " AND ".join(f"({group})" for group in groups), tier * 0.8


def _parts(typed: Sequence[str], meanings: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """An expression for each word alone, where nothing bears all of several."""
    if len(typed) > 1:
        yield from (
            _any_of(meaning, FAR) for word, meaning in zip(typed, meanings, strict=True) if meaning and word[1:]
        )


def _any_of(meaning: Mapping[str, float], tier: float) -> str:
    return " OR ".join(f'"{word}"' for word, near in meaning.items() if near >= tier)


def _nearness(typed: Sequence[str], meanings: Sequence[Mapping[str, float]], name: str, others: str) -> float:
    """How near: what of the typed is in the name (or in it and the others), and what of the name was typed."""
    own = words(name)
    whole = joined(name)
    every = (*own, *compounds(name))
    by_name = max(_covered(typed, meanings, every), *(_covered(typed, meanings, (whole,)),))
    is_whole = any(whole in meaning for meaning in meanings)
    share = 1.0 if is_whole else _share(own, meanings)
    near = by_name * (0.8 + 0.2 * share)
    if others:
        by_all = _covered(typed, meanings, (*every, *words(others)))
        near = max(near, by_all * (0.7 + 0.2 * share))
    return near


def _covered(typed: Sequence[str], meanings: Sequence[Mapping[str, float]], found: Sequence[str]) -> float:
    """Share of the typed letters whose word is among the found, each as near as it is."""
    near = sum(
        len(word) * max((meaning.get(each, 0.0) for each in found), default=0.0)
        for word, meaning in zip(typed, meanings, strict=True)
    )
    return near / (sum(map(len, typed)) or 1)


def _share(own: Sequence[str], meanings: Sequence[Mapping[str, float]]) -> float:
    """Share of the name's letters that were typed, as far as they were."""
    near = sum(len(word) * max(meaning.get(word, 0.0) for meaning in meanings) for word in own)
    return near / (sum(map(len, own)) or 1)
