"""In which order unheard albums are worth a listen: a sum of what followed labels say, times one's own taste. PURE.

    sum   = 3 for each label that picks it, + (stars - 3) of each that rates it, + 1 for each that has it on a
            compilation, + 1 for each that vouches for a label which signed it
    taste = 1 + (its artists and genres that the listener stars or plays much) / (all its artists and genres)

The order is that of sum x taste; then what was spoken of last; then the id. There is no chance in it, nothing depends
on the order in which voices came, a label counts once in each line of the sum, and who is not followed in none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

PICK: Final = 3
COMPILATION: Final = 1
VOUCH: Final = 1
MIDDLE: Final = 3
"""Stars of a rating that says neither yes nor no."""


class Praise(NamedTuple):
    """What a label says of an album: a pick, 1 to 5 stars (0: none), or (`compiled`) a place on a compilation of its.

    `label` is who speaks, `on` the day (YYYY-MM-DD, or nothing).
    """

    label: str
    album: str
    picks: bool = False
    stars: int = 0
    compiled: bool = False
    on: str = ""


class Vouched(NamedTuple):
    """`label` knows who is behind the label `imprint`."""

    label: str
    imprint: str


class Unheard(NamedTuple):
    """An album that nobody here has heard: labels that signed it, and what it can be liked for (`like_key`)."""

    id: str
    imprints: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class InOrder(NamedTuple):
    """An album in its place, and why: imprints of those who pick, rate, compile it, or vouch for a label of it.

    `liked` are those of its kinds that are to one's taste; `newest` is the last day on which somebody spoke of it.
    """

    id: str
    total: int
    score: float
    newest: str
    picked: tuple[str, ...]
    rated: tuple[tuple[str, int], ...]
    compiled: tuple[str, ...]
    vouched: tuple[str, ...]
    liked: tuple[str, ...]


Words = dict[str, tuple[Praise, ...]]
"""Of one album, by label; more than one word where a label has several names for it."""


class _Weighed(NamedTuple):
    """What is ranked."""

    album: Unheard
    total: int
    score: float
    newest: str
    liked: tuple[str, ...]


def ranked(
    candidates: Iterable[Unheard],
    said: Iterable[Praise],
    vouches: Iterable[Vouched],
    *,
    followed: Collection[str],
    liked: Collection[str],
) -> Iterator[InOrder]:
    """All candidates that more speaks for than against, best first."""
    words = _words(said, followed)
    vouchers = _vouchers(vouches, followed)
    sums = (
        _sum(each, words.get(each.id, {}), len(_vouching(each, vouchers)), liked)
        for each in candidates
        if each.id in words or any(imprint in vouchers for imprint in each.imprints)
    )
    by_id = sorted((each for each in sums if each.total > 0), key=lambda each: each.album.id)
    for found in sorted(by_id, key=lambda each: (each.score, each.newest), reverse=True):
        yield _told(found, words.get(found.album.id, {}), _vouching(found.album, vouchers))


def taste(kinds: Collection[str], liked: Collection[str]) -> float:
    """From 1, where nothing of it is to one's taste, to 2, where all is."""
    return _by_taste(1, len(kinds), sum(kind in liked for kind in kinds))


def _by_taste(total: int, kinds: int, liked: int) -> float:
    """One division of whole numbers, so that what is equal stays equal."""
    return total * (kinds + liked) / kinds if kinds else float(total)


def _sum(album: Unheard, words: Words, vouched: int, liked: Collection[str]) -> _Weighed:
    total = VOUCH * vouched + sum(map(_points, words.values()))
    mine = tuple([kind for kind in album.kinds if kind in liked])
    newest = max([each.on for every in words.values() for each in every], default="")
    return _Weighed(album, total, _by_taste(total, len(album.kinds), len(mine)), newest, mine)


def _told(found: _Weighed, words: Words, vouched: Iterable[str]) -> InOrder:
    rated = ((label, _stars(every)) for label, every in words.items())
    return InOrder(
        id=found.album.id,
        total=found.total,
        score=found.score,
        newest=found.newest,
        picked=tuple(sorted(label for label, every in words.items() if any(each.picks for each in every))),
        rated=tuple(sorted((label, stars) for label, stars in rated if stars)),
        compiled=tuple(sorted(label for label, every in words.items() if any(each.compiled for each in every))),
        vouched=tuple(sorted(vouched)),
        liked=found.liked,
    )


def _points(words: tuple[Praise, ...]) -> int:
    if len(words) == 1:  # as it nearly always is
        (_, _, picks, stars, compiled, _) = words[0]
    else:
        picks, compiled = any(each.picks for each in words), any(each.compiled for each in words)
        stars = _stars(words)
    return PICK * picks + COMPILATION * compiled + (stars - MIDDLE if stars else 0)


def _stars(words: tuple[Praise, ...]) -> int:
    """Of two ratings under two names of the album, the later one."""
    return max(((each.on, each.stars) for each in words if each.stars), default=("", 0))[1]


def _words(said: Iterable[Praise], followed: Collection[str]) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for each in said:
        if each.label in followed:
            words = found.setdefault(each.album, {})
            words[each.label] = (*words.get(each.label, ()), each)
    return found


def _vouchers(vouches: Iterable[Vouched], followed: Collection[str]) -> dict[str, set[str]]:
    """By imprint, who vouches for it; nobody for themselves."""
    found: dict[str, set[str]] = {}
    for label, imprint in vouches:
        if label in followed and label != imprint:
            found.setdefault(imprint, set()).add(label)
    return found


def _vouching(album: Unheard, vouchers: Mapping[str, set[str]]) -> Collection[str]:
    if len(album.imprints) == 1:
        return vouchers.get(album.imprints[0], ())
    return {label for imprint in album.imprints for label in vouchers.get(imprint, ())}
