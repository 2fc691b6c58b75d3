"""In which order unheard albums are worth a listen: a sum of what followed labels say, times one's own taste. PURE.

    sum   = 3 for each label that picks it, + (stars - 3) of each that rates it, + 1 for each that has it on a
            compilation, + 1 for each that vouches for a label which signed it
    taste = 1 + (its artists and genres that the listener stars or plays much) / (all its artists and genres)

The order is that of sum x taste; then what was spoken of last; then the id. There is no chance in it, nothing depends
on the order in which voices came, a label counts once in each line of the sum, and who is not followed in none. Of
several reviews of an album by one label one counts (`counting`), here and wherever an album is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, NamedTuple, TypeVar

W = TypeVar("W", bound=tuple[object, ...])

PICK: Final = 3
COMPILATION: Final = 1
VOUCH: Final = 1
MIDDLE: Final = 3
"""Stars of a rating that says neither yes nor no."""


class Praise(NamedTuple):
    """What a label says of an album: a review with a pick or 1 to 5 stars (0: none), or that it is `compiled` by it.

    `label` is who speaks, `on` the day (YYYY-MM-DD, or nothing). `named`: the review has the name of the album; `id` is
    that of the review.
    """

    label: str
    album: str
    picks: bool = False
    stars: int = 0
    compiled: bool = False
    on: str = ""
    named: bool = False
    id: str = ""


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


Saying = tuple[str, str, int, int, int, str, int, str]
"""A `Praise`, or a line of the index in its order."""
Kinds = tuple[str, ...]
KindsOf = Callable[[Collection[str]], Mapping[str, Kinds]]
Words = dict[str, tuple[Saying, ...]]
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
        praises: Iterable[Saying],
        vouches: Iterable[tuple[str, str]],
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
        words = self._words.get(weighed.album.id, _SILENCE)
        said = sorted((label, *_of_label(every)) for label, every in words.items())
        return Why(
            picked=tuple(label for label, picks, _, _, _ in said if picks),
            rated=tuple((label, stars) for label, _, stars, _, _ in said if stars),
            compiled=tuple(label for label, _, _, compiled, _ in said if compiled),
            vouched=tuple(sorted(self._vouching(weighed.album))),
        )

    def _weigh(self, album: Unheard) -> Weighed:
        total, newest = VOUCH * len(self._vouching(album)), ""
        for words in self._words.get(album.id, _SILENCE).values():
            picks, stars, compiled, on = _of_label(words)
            total += _points(picks, stars, compiled)
            newest = max(newest, on)
        mine = tuple([kind for kind in album.kinds if kind in self._liked])
        return Weighed(album, total, scored(total, album.kinds, self._liked), newest, mine)

    def _vouching(self, album: Unheard) -> Collection[str]:
        if len(album.imprints) == 1:
            return self._vouchers.get(album.imprints[0], ())
        return {label for imprint in album.imprints for label in self._vouchers.get(imprint, ())}


def sums(
    praises: Iterable[Saying], vouches: Iterable[tuple[str, str]], signers: Mapping[str, str], followed: Collection[str]
) -> dict[str, int]:
    """Of every album that more speaks for than against its sum, before taste. `signers`: of each album its label."""
    once: dict[str, Saying] = {}
    several: dict[str, tuple[Saying, ...]] = {}
    found: dict[str, int] = {}
    for each in praises:
        label, album, picks, stars, compiled = each[:5]
        if label in followed:
            named = label + album
            if named in once:
                several[named] = (*several.get(named, (once[named],)), each)
            else:
                once[named] = each
                found[album] = found.get(album, 0) + _points(picks, stars, compiled)
    for named, words in several.items():
        found[words[0][1]] += _points(*_of_label(words)[:3]) - _points(*once[named][2:5])
    vouchers = {imprint: VOUCH * len(labels) for imprint, labels in _vouchers(vouches, followed).items()}
    for album, imprint in signers.items():
        if imprint in vouchers:
            found[album] = found.get(album, 0) + vouchers[imprint]
    return {album: total for album, total in found.items() if total > 0}


def best(totals: Mapping[str, int], kinds_of: KindsOf, liked: Collection[str], most: int) -> dict[str, Kinds]:
    """The best so many by sum and taste, and those that are as good as the last of them, with their kinds.

    `kinds_of` is asked of few: taste doubles a sum at most, so what cannot come so far is left out.
    """
    least: float = _least(totals.values(), most)
    found: dict[str, Kinds] = {}
    scores: dict[str, float] = {}
    for most_taste in (1, 2):
        wanted = {album for album, total in totals.items() if most_taste * total >= least and album not in found}
        asked = kinds_of(wanted)
        found |= {album: asked.get(album, ()) for album in wanted}
        scores |= {album: scored(totals[album], found[album], liked) for album in wanted}
        least = _least(scores.values(), most)
    return {album: found[album] for album, score in scores.items() if score >= least}


def _least(scores: Collection[float], most: int) -> float:
    """The least that is enough to be among so many."""
    return sorted(scores, reverse=True)[most - 1] if len(scores) >= most else 0


def as_one(albums: Iterable[Unheard], ones: Mapping[str, str]) -> list[Unheard]:
    """Albums of which several names are one (`ones`: name to the one that stays), with the labels and kinds of all."""
    found: dict[str, Unheard] = {}
    for album in albums:
        one = ones.get(album.id, album.id)
        known = found.get(one, Unheard(one))
        imprints, kinds = {*known.imprints, *album.imprints}, {*known.kinds, *album.kinds}
        found[one] = Unheard(one, tuple(sorted(imprints)), tuple(sorted(kinds)))
    return list(found.values())


def scored(total: int, kinds: Collection[str], liked: Collection[str]) -> float:
    """A sum times taste: from once, where nothing of it is to one's taste, to twice, where all is.

    One division of whole numbers, so that what is equal stays equal.
    """
    return total * (len(kinds) + len([kind for kind in kinds if kind in liked])) / len(kinds) if kinds else float(total)


def _points(picks: int, stars: int, compiled: int) -> int:
    return PICK * picks + COMPILATION * compiled + (stars - MIDDLE if stars else 0)


def _of_label(words: tuple[Saying, ...]) -> tuple[int, int, int, str]:
    """Whether a label picks an album, its stars, whether it compiles it, and when it last said so."""
    if len(words) == 1:  # as it nearly always is
        return words[0][2:6]
    reviews = [each for each in words if not each[4]]
    picks, stars = counting(reviews, lambda each: (each[6], each[5], each[7]))[2:4] if reviews else (0, 0)
    return picks, stars, int(len(reviews) < len(words)), max(each[5] for each in words)


def counting(reviews: Iterable[W], known: Callable[[W], tuple[int, str, str]]) -> W:
    """Of reviews of an album by one label the one that counts: by name, then the newest, then the lowest id.

    `known` is of a review whether it has the name of the album, its day, and its id.
    """
    by_id = sorted(reviews, key=lambda each: known(each)[2])
    return max(by_id, key=lambda each: known(each)[:2])


def _words(praises: Iterable[Saying], followed: Collection[str]) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for each in praises:
        label, album = each[:2]
        if label in followed:
            words = found.setdefault(album, {})
            words[label] = (*words.get(label, ()), each)
    return found


def _vouchers(vouches: Iterable[tuple[str, str]], followed: Collection[str]) -> dict[str, set[str]]:
    """By imprint, who vouches for it; nobody for themselves."""
    found: dict[str, set[str]] = {}
    for label, imprint in vouches:
        if label in followed and label != imprint:
            found.setdefault(imprint, set()).add(label)
    return found


_SILENCE: Words = {}
