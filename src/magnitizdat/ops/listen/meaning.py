"""What a typed word may mean: words of the index, each with how likely it is."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from magnitizdat.formats.spelling.given_names import equivalents
from magnitizdat.formats.spelling.likeness import FAR, SAME, likeness
from magnitizdat.formats.spelling.sounds import sounds
from magnitizdat.formats.spelling.words import latin
from magnitizdat.library.index.finding import Finding

MOST_WORDS = 24
"""Words of the index that one typed word may mean."""
_ASKED = 300
_BY_TYPO = 12
_EQUIVALENT = 0.93


class Meanings:
    """For one search; what it finds is remembered for the next, while the index stays as it is."""

    def __init__(self, finding: Finding) -> None:
        self._finding = finding
        self._found = finding.meant()

    def of(self, typed: str) -> dict[str, float]:
        """Words by likelihood, the likeliest first."""
        if typed not in self._found:
            self._found[typed] = self._look(typed)
        return self._found[typed]

    def _look(self, typed: str) -> dict[str, float]:
        if typed.isdecimal():
            return {typed: SAME}
        candidates = self._finding.beginning_with(typed, limit=MOST_WORDS)
        candidates += _nearest(typed, self._finding.sounding_like(typed, limit=_ASKED), MOST_WORDS)
        near = (word for word in self._finding.sounding_nearly(typed, limit=_ASKED) if _one_typo(typed, word))
        candidates += _nearest(typed, near, _BY_TYPO)
        found = {word: likeness(typed, word) for word in dict.fromkeys(candidates)}
        for word in self._finding.among({*equivalents(typed), *equivalents(latin(typed))}):
            found[word] = max(_EQUIVALENT, found.get(word, 0))
        ranked = sorted((word for word, near in found.items() if near >= FAR), key=lambda word: (-found[word], word))
        return {word: found[word] for word in ranked[:MOST_WORDS]}


def _one_typo(typed: str, word: str) -> bool:
    return any(OSA.distance(our, their, score_cutoff=1) <= 1 for our in sounds(typed) for their in sounds(word))


def _nearest(typed: str, candidates: Iterable[str], most: int) -> list[str]:
    """The most alike in plain Latin letters, cheaply: only these are looked at closely."""
    found = list(dict.fromkeys(candidates))
    if len(found) <= most:
        return found
    ranked = process.extract(latin(typed), [latin(word) for word in found], scorer=fuzz.ratio, limit=most)
    return [found[at] for _, _, at in ranked]
