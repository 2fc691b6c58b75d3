"""What the index holds of a word, and what is asked of it: sounds, sounds with one missing, consonants.

Two keys that differ by one typo (a sound more, less, another, or two that changed places) become equal when each loses
one sound; so the index holds each key with one sound missing, and nobody compares a query with every word (SymSpell).
"""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.formats.spelling.sounds import is_abjad, skeletons, sounds

LEAST_FOR_TYPOS = 3
"""A shorter key with one sound less is too many words."""
WHOLE, LESS, CONSONANTS = "q", "x", "z"
"""First letters that tell kinds of keys apart; no key has them."""


class Lookup(NamedTuple):
    """Terms to ask the index for: words that sound like this, and those that do but for one typo."""

    alike: tuple[str, ...]
    near: tuple[str, ...]
    beginning: tuple[str, ...]
    """Terms whose beginning is to be asked for, while somebody still types."""


def index_terms(word: str) -> str:
    """Terms under which the index holds a word, with spaces between."""
    found = sounds(word)
    terms = [WHOLE + sound for sound in found]
    terms += [LESS + less for sound in found for less in _less(sound)]
    if is_abjad(word):
        terms += [CONSONANTS + skeleton for skeleton in skeletons(word) if skeleton]
    return " ".join(dict.fromkeys(terms))


def lookup(word: str) -> Lookup:
    """What to ask the index for to find a typed word."""
    found = sounds(word)
    alike = [WHOLE + sound for sound in found]
    alike += [CONSONANTS + skeleton for skeleton in skeletons(word) if len(skeleton) > 1]
    near = [LESS + sound for sound in found]
    near += [kind + less for sound in found for less in _less(sound) for kind in (WHOLE, LESS)]
    begun = (sound.rstrip("tds") for sound in found)  # what follows may make one sound with these
    beginning = [WHOLE + sound for sound in begun if len(sound) >= LEAST_FOR_TYPOS]
    return Lookup(tuple(dict.fromkeys(alike)), tuple(dict.fromkeys(near)), tuple(beginning))


def _less(sound: str) -> set[str]:
    if len(sound) < LEAST_FOR_TYPOS:
        return set()
    return {sound[:at] + sound[at + 1 :] for at in range(len(sound))}
