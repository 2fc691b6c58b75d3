"""Search that finds what people mean: any spelling, script and case, one typo, the wrong keyboard.

What was typed goes to words of the index (`meaning`), these to what bears them (`library/finding`), and that is put
in order by how near its name is. A reading that fits at once is the answer; other keyboards, and words run together,
are tried only where none does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from magnitizdat.formats.spelling.keyboards import looks_mistyped, other_layouts
from magnitizdat.formats.spelling.likeness import FAR
from magnitizdat.formats.spelling.words import compounds, joined, words
from magnitizdat.library.index.finding import Finding, NameKind
from magnitizdat.library.library import Library
from magnitizdat.model import Value
from magnitizdat.ops.listen.meaning import Meanings

MOST_LETTERS, MOST_WORDS = 200, 8
"""Of a query; what is typed beyond says nothing new."""
SURE = 0.9
"""A find as near as this is what was meant: nothing else is tried."""
LEAST = 0.25
"""What is farther is not shown; nor is what is less than `_OF_BEST` of the best."""
_OF_BEST = 0.6
_OTHER_KEYBOARD, _IN_ONE = 0.95, 0.97
_PLAUSIBLE = 0.75
"""So near must each word of another keyboard's reading come to one of the index."""
_SHORTLIST = 64
_TIERS = (0.95, 0.78, FAR)
Page = tuple[int, int]
"""Offset and count."""
_Named = Callable[[str, int], dict[NameKind, list[int]]]


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


class SearchHits(Value, frozen=True, kw_only=True):
    """What a search found, best first; each a page of its own."""

    artists: tuple[ArtistFound, ...] = ()
    albums: tuple[AlbumFound, ...] = ()
    tracks: tuple[TrackFound, ...] = ()


def find(
    library: Library, text: str, *, artists: Page = (0, 20), albums: Page = (0, 20), tracks: Page = (0, 50)
) -> SearchHits:
    """Find artists, albums and tracks; a count of 0 asks for none of a kind. Nothing typed finds nothing."""
    finding = library.shelf.finding
    with finding.turn:
        finding.refresh()
        search = _Search(finding, text[:MOST_LETTERS])
        named = cache(lambda match, most: finding.named(match, limit=most))
        return SearchHits(
            artists=search.page(artists, _artists(finding, named)),
            albums=search.page(albums, _albums(finding, named)),
            tracks=search.page(tracks, _tracks(finding)),
        )


class _Name(NamedTuple):
    """A name as it is compared: its words, these and its compounds and the whole of it as one, how many letters."""

    own: tuple[str, ...]
    every: frozenset[str]
    whole: str
    letters: int


@lru_cache(1 << 11)
def _compared(name: str) -> _Name:
    own = words(name)
    whole = "".join(own)
    return _Name(own, frozenset((*own, *compounds(name), whole)), whole, len(whole) or 1)


class _Reading:
    """One way to take what was typed; a find by it counts `worth` of a find by the plain way."""

    def __init__(self, typed: tuple[str, ...], meanings: list[dict[str, float]], worth: float) -> None:
        self.typed = typed
        self.meanings = meanings
        self.worth = worth
        self.likely = min((max(meaning.values(), default=0) for meaning in meanings), default=0)
        self._pairs = [(len(word), meaning) for word, meaning in zip(typed, meanings, strict=True)]
        self._letters = sum(map(len, typed)) or 1
        self._any: dict[str, float] = {}
        for meaning in meanings:
            for word, near in meaning.items():
                self._any[word] = max(near, self._any.get(word, 0))

    @cached_property
    def expressions(self) -> tuple[tuple[str, float], ...]:
        """Full-text expressions from strict to wide, and the least that a find by each is worth, if by an alias."""
        if not self.typed or self.likely <= 0:
            return ()
        tiers: dict[str, float] = {}
        for tier in _TIERS:
            groups = [_any_of(meaning, tier) for meaning in self.meanings]
            if all(groups):
                tiers.setdefault(" AND ".join(f"({group})" for group in groups), tier * 0.8)
        return ((f'whole : "{"".join(self.typed)}"', 0), *tiers.items())

    def nearness(self, name: str, others: str) -> float:
        """How near: what of the typed is in the name (or in it and the others), and what of the name was typed."""
        own, every, whole, letters = _compared(name)
        share = 1.0 if whole in self._any else sum(len(word) * self._any.get(word, 0) for word in own) / letters
        near = self._covered(every) * (0.8 + 0.2 * share)
        with_others = 0.7 + 0.2 * share
        if others and near < with_others:  # that much at most
            near = max(near, self._covered(every.union(words(others))) * with_others)
        return near

    def _covered(self, found: frozenset[str]) -> float:
        """Share of the typed letters whose word is among the found, each as near as it is."""
        near = 0.0
        for length, meaning in self._pairs:
            near += length * max([meaning[word] for word in found if word in meaning], default=0)
        return near / self._letters


def _any_of(meaning: Mapping[str, float], tier: float) -> str:
    """Words of this tier; a number may go on, for its beginning is no word of the index."""
    likely = (word for word, near in meaning.items() if near >= tier)
    return " OR ".join(f'"{word}" *' if word.isdecimal() else f'"{word}"' for word in likely)


AnyFound = TypeVar("AnyFound", ArtistFound, AlbumFound, TrackFound)


class _Line(NamedTuple):
    """What is found: the name it is judged by, others that count less, what parts equals, and all of its fields."""

    name: str
    others: str
    tie: str | int
    fields: tuple[Any, ...]


class _SearchKind(NamedTuple, Generic[AnyFound]):
    """Where things of a kind are: keys for a full-text expression, at most so many; lines of keys, of what is here."""

    keys: Callable[[str, int], list[int]]
    lines: Callable[[Iterable[int]], Iterator[tuple[int, _Line]]]
    item: Callable[[tuple[Any, ...]], AnyFound]


class _Ranked(Generic[AnyFound]):
    """What was found of a kind, and how near it is. A line is read once, however many expressions find it."""

    def __init__(self, kind: _SearchKind[AnyFound], most: int) -> None:
        self._kind: _SearchKind[AnyFound] = kind
        self._most = most
        self._lines: dict[int, _Line] = {}
        self._near: dict[int, float] = {}

    @property
    def best(self) -> float:
        """How near the nearest is."""
        return max(self._near.values(), default=0)

    def take(self, reading: _Reading) -> None:
        """What bears every word of a reading."""
        found: set[int] = set()
        for expression, least in reading.expressions:
            new = [key for key in self._look(expression, self._most) if key not in found]
            found.update(new)
            self._rank(new, reading, least)
            if len(found) >= self._most:
                break

    def take_some(self, reading: _Reading) -> None:
        """What bears some of several words."""
        for meaning in reading.meanings if len(reading.typed) > 1 else ():
            if meaning:
                self._rank(self._look(_any_of(meaning, FAR), self._most // 4), reading, 0)

    def page(self, offset: int, count: int) -> tuple[AnyFound, ...]:
        """The nearest, and among equals by name; what is far from the best is not shown."""
        nearest = sorted(self._near.values(), reverse=True)[: offset + count]
        least = max(LEAST, _OF_BEST * self.best, *nearest[-1:])
        found = [(-near, self._lines[key]) for key, near in self._near.items() if near >= least]
        found.sort(key=lambda each: (each[0], each[1].name.casefold(), each[1].tie))
        return tuple(self._kind.item(line.fields) for _, line in found[offset : offset + count])

    def _look(self, expression: str, most: int) -> list[int]:
        keys = self._kind.keys(expression, most)
        unknown = [key for key in keys if key not in self._lines]
        if unknown:
            self._lines.update(self._kind.lines(unknown))
        return [key for key in keys if key in self._lines]

    def _rank(self, keys: Iterable[int], reading: _Reading, least: float) -> None:
        for key in keys:
            name, others, _, _ = self._lines[key]
            near = max(reading.nearness(name, others), least) * reading.worth
            self._near[key] = max(near, self._near.get(key, 0))


class _Search:
    """One query, asked of each kind."""

    def __init__(self, finding: Finding, text: str) -> None:
        self._meanings = Meanings(finding)
        typed = words(text)[:MOST_WORDS]
        self._plain = self._reading(typed, 1)
        self._readings = [self._plain]
        mistyped = looks_mistyped(text)
        if mistyped or self._plain.likely < SURE:
            others = {words(each)[:MOST_WORDS] for each in other_layouts(text)} - {typed}
            others = {each for each in others if self._is_plausible(each)}
            self._readings += [self._reading(each, 1 if mistyped else _OTHER_KEYBOARD) for each in sorted(others)]
        self._in_one = self._reading((joined(text),), _IN_ONE) if 1 < len(typed) <= 3 else None

    def _reading(self, typed: tuple[str, ...], worth: float) -> _Reading:
        return _Reading(typed, [self._meanings.of(word) for word in typed], worth)

    def _is_plausible(self, typed: tuple[str, ...]) -> bool:
        """Whether each word is near one of the index; the first that is not ends the matter."""
        return all(max(self._meanings.of(word).values(), default=0) >= _PLAUSIBLE for word in typed)

    def page(self, page: Page, kind: _SearchKind[AnyFound]) -> tuple[AnyFound, ...]:
        """One page of a kind, best first. A later page looks at more, and keeps the order of those before."""
        offset, count = page
        if count <= 0:
            return ()
        most = _SHORTLIST
        while most < offset + count:
            most *= 2
        ranked = _Ranked(kind, most)
        for reading in self._readings:
            ranked.take(reading)
        if self._in_one is not None and ranked.best < SURE:
            ranked.take(self._in_one)
        if ranked.best < SURE:
            ranked.take_some(self._plain)
        return ranked.page(offset, count)


def _artists(finding: Finding, named: _Named) -> _SearchKind[ArtistFound]:
    """Artists, judged by their names; albums give other spellings of these."""

    def lines(keys: Iterable[int]) -> Iterator[tuple[int, _Line]]:
        for key, name in finding.artists(keys):
            yield key, _Line(name, "", name, (name,))

    return _SearchKind(
        lambda match, most: named(match, most)["artist"],
        lines,
        lambda fields: ArtistFound(name=fields[0]),
    )


def _albums(finding: Finding, named: _Named) -> _SearchKind[AlbumFound]:
    """Albums, judged by title, then artist."""

    def lines(keys: Iterable[int]) -> Iterator[tuple[int, _Line]]:
        for key, album, title, artist in finding.albums(keys):
            yield key, _Line(title, artist, album, (album, title, artist))

    def item(fields: tuple[Any, ...]) -> AlbumFound:
        album, title, artist = fields
        return AlbumFound(id=album, name=title, artist=artist)

    return _SearchKind(lambda match, most: named(match, most)["album"], lines, item)


def _tracks(finding: Finding) -> _SearchKind[TrackFound]:
    """Tracks, judged by title, then artist and album."""

    def lines(keys: Iterable[int]) -> Iterator[tuple[int, _Line]]:
        for fields in finding.track_lines(keys):
            key, _, _, title, artist, album, _ = fields
            yield key, _Line(title, f"{artist} {album}", key, fields)

    def item(fields: tuple[Any, ...]) -> TrackFound:
        key, song, digest, title, artist, album, album_id = fields
        return TrackFound(
            key=key, song=song, id=digest.hex(), title=title, artist=artist, album=album, album_id=album_id
        )

    return _SearchKind(lambda match, most: finding.tracks(match, limit=most), lines, item)
