"""In which order unheard albums are worth a listen: a sum of what followed labels say, times one's own taste. PURE.

    sum   = 3 for each label that picks it, + (stars - 3) of each that rates it, + 1 for each that has it on a
            compilation, + 1 for each that vouches for a label which signed it
    taste = 1 + (its artists and genres that the listener stars or plays much) / (all its artists and genres)

The order is that of sum x taste; then what was spoken of last; then the id. There is no chance in it, nothing depends
on the order in which voices came, a label counts once in each line of the sum, and who is not followed in none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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


class Why(NamedTuple):
    """Imprints of those who pick an album, rate it (and how), compile it, or vouch for a label of it."""

    picked: tuple[str, ...]
    rated: tuple[tuple[str, int], ...]
    compiled: tuple[str, ...]
    vouched: tuple[str, ...]


Words = dict[str, tuple[Praise, ...]]
"""Of one album, by label; more than one word where a label has several names for it."""


class Weighed(NamedTuple):
    """An album with its place in the order: by `score`, then `newest`, the last day on which somebody spoke of it.

    `liked` are those of its kinds that are to one's taste.
    """

    album: Unheard
    total: int
    score: float
    newest: str
    liked: tuple[str, ...]


class Ranking:
    """What followed labels say, ready to be asked of which albums they say it."""

    def __init__(
        self,
        praises: Iterable[Praise],
        vouches: Iterable[Vouched],
        *,
        followed: Collection[str],
        liked: Collection[str],
    ) -> None:
        """`liked` are kinds as albums have them."""
        self._liked = liked
        self._words = _words(praises, followed)
        self._vouchers = _vouchers(vouches, followed)

    def order(self, albums: Iterable[Unheard]) -> list[Weighed]:
        """Those that more speaks for than against, best first."""
        weighed = (self._weigh(each) for each in albums)
        by_id = sorted((each for each in weighed if each.total > 0), key=lambda each: each.album.id)
        return sorted(by_id, key=lambda each: (each.score, each.newest), reverse=True)

    def why(self, weighed: Weighed) -> Why:
        """Who said what of it."""
        words = self._words.get(weighed.album.id, {})
        rated = ((label, _stars(every)) for label, every in words.items())
        return Why(
            picked=tuple(sorted(label for label, every in words.items() if any(each.picks for each in every))),
            rated=tuple(sorted((label, stars) for label, stars in rated if stars)),
            compiled=tuple(sorted(label for label, every in words.items() if any(each.compiled for each in every))),
            vouched=tuple(sorted(self._vouching(weighed.album))),
        )

    def _weigh(self, album: Unheard) -> Weighed:
        words = self._words.get(album.id, _SILENCE)
        total = VOUCH * len(self._vouching(album)) + sum(map(_points, words.values()))
        mine = tuple([kind for kind in album.kinds if kind in self._liked])
        newest = max([each.on for every in words.values() for each in every], default="")
        return Weighed(album, total, _by_taste(total, len(album.kinds), len(mine)), newest, mine)

    def _vouching(self, album: Unheard) -> Collection[str]:
        if len(album.imprints) == 1:
            return self._vouchers.get(album.imprints[0], ())
        return {label for imprint in album.imprints for label in self._vouchers.get(imprint, ())}


def as_one(albums: Iterable[Unheard], ones: Mapping[str, str]) -> list[Unheard]:
    """Albums of which several names are one (`ones`: name to the one that stays), with the labels and kinds of all."""
    found: dict[str, Unheard] = {}
    for album in albums:
        one = ones.get(album.id, album.id)
        known = found.get(one, Unheard(one))
        imprints, kinds = {*known.imprints, *album.imprints}, {*known.kinds, *album.kinds}
        found[one] = Unheard(one, tuple(sorted(imprints)), tuple(sorted(kinds)))
    return list(found.values())


def taste(kinds: Collection[str], liked: Collection[str]) -> float:
    """From 1, where nothing of it is to one's taste, to 2, where all is."""
    return _by_taste(1, len(kinds), sum(kind in liked for kind in kinds))


def _by_taste(total: int, kinds: int, liked: int) -> float:
    """One division of whole numbers, so that what is equal stays equal."""
    return total * (kinds + liked) / kinds if kinds else float(total)


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


def _words(praises: Iterable[Praise], followed: Collection[str]) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for each in praises:
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


_SILENCE: Words = {}
