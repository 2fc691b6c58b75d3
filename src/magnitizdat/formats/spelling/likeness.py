"""How near a word is to what was typed: 1 is the same word; below `FAR` it is another."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from magnitizdat.formats.spelling.habits import spellings
from magnitizdat.formats.spelling.sounds import is_abjad, skeletons, sounds
from magnitizdat.formats.spelling.words import latin

FAR = 0.55
SAME, SAME_LETTERS, SAME_BY_HABIT = 1.0, 0.98, 0.96
_BEGINS = 0.86
"""Most that a word is worth of which only the beginning was typed."""
_ABJAD = 0.7


@lru_cache(1 << 16)
def likeness(typed: str, word: str) -> float:
    """Plain spellings first, then marks and scripts aside, then by habit, then by ear and eye together."""
    if typed == word:
        return SAME
    ours = latin(typed)
    if ours and ours == latin(word):
        return SAME_LETTERS
    theirs = spellings(word)
    if ours in theirs or (not typed.isascii() and word in spellings(typed)):
        return SAME_BY_HABIT
    if is_abjad(word) and not set(skeletons(typed)).isdisjoint(skeletons(word)):
        return _ABJAD
    seen = max((fuzz.ratio(ours, spelled) for spelled in theirs), default=0) / 100
    heard = max((OSA.normalized_similarity(our, their) for our in sounds(typed) for their in sounds(word)), default=0)
    return max(0.94 * (0.5 * seen + 0.5 * heard), _beginning(typed, ours, word, theirs))


def _beginning(typed: str, ours: str, word: str, theirs: tuple[str, ...]) -> float:
    """Somebody still types: the more of the word is there, the likelier it is meant."""
    if word.startswith(typed):
        return _BEGINS * (0.75 + 0.25 * len(typed) / len(word))
    found = [len(ours) / len(spelled) for spelled in theirs if ours and spelled.startswith(ours)]
    if found:
        return _BEGINS * (0.7 + 0.25 * max(found))
    heard = [
        len(our) / len(their)
        for our in sounds(typed)
        if len(our) > 2
        for their in sounds(word)
        if their.startswith(our)
    ]
    return _BEGINS * (0.6 + 0.25 * max(heard)) if heard else 0.0
