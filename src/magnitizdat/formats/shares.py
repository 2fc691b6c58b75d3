"""A secret in k-of-n shares of twenty words: SLIP-39. PURE but for the library's own randomness. The one home of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.formats.typed_words import normal_words
from magnitizdat.sentence import say

SECRET_LENGTH = 16
WORDS = 20
"""Words of a share of a secret of 16 bytes."""
MOST = 16
"""Shares that SLIP-39 makes at most."""
_TRIES = 64
_MOST_WORK = 4
"""Iteration exponent: 160 000 rounds of PBKDF2, eight times what the shares made here ask for."""


def parse_shares(text: str) -> tuple[int, int]:
    """(k, n) of `3/5`.

    Raises: UsageError, also where one lost share would cost all: k has to be less than n.
    """
    found = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", text)
    needed, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 2 <= needed < count <= MOST:
        raise UsageError(
            say(
                "«{text}» are no shares; say for example 3/5: any three of five people bring it back, so"
                " that one lost share costs nothing, and at most {most} people have one",
                text=text,
                most=MOST,
            )
        )
    return needed, count


def split(secret: bytes, needed: int, count: int) -> list[str]:
    """`count` shares, of which any `needed` give `secret` back."""
    from shamir_mnemonic import generate_mnemonics

    made: list[str] = generate_mnemonics(1, [(needed, count)], secret)[0]
    return made


def words_in(text: str) -> list[str]:
    """Shares in a text, each on a line of its own; capitals and more blanks are fine."""
    lines = (normal_words(line, word_list()) for line in text.splitlines())
    return [line for line in lines if line.count(" ") == WORDS - 1 and _share(line) is not None]


def lacking(shares: Iterable[str]) -> int:
    """How many more shares are needed; of several secrets', those of which most are here."""
    sets = _sets(shares)
    return min((needed - len(each) for (_, needed), each in sets.items()), default=1)


def journeys(shares: Iterable[str]) -> int:
    """Of how many secrets these are."""
    return len(_sets(shares))


def is_slip(line: str) -> bool:
    """Whether a line of as many words as a share has is none."""
    words = normal_words(line, word_list()).split()
    return len(words) == WORDS and all(word.isalpha() for word in words) and not words_in(line)


def combine(shares: Iterable[str]) -> bytes:
    """The secret in enough shares; more are welcome, though the library wants exactly as many as are needed.

    Raises: DamagedError where they do not belong together, or are too few.
    """
    from shamir_mnemonic import MnemonicError, combine_mnemonics

    for (_, needed), each in _sets(shares).items():
        for number, chosen in enumerate(combinations(each, needed)):
            try:
                secret: bytes = combine_mnemonics(chosen)
            except MnemonicError:
                if number >= _TRIES:
                    break
            else:
                return secret
    raise DamagedError(say("these shares do not belong together, or are too few; bring more of them"))


def word_list() -> list[str]:
    """The words that shares are written in (SLIP-39)."""
    from shamir_mnemonic.wordlist import WORDLIST

    found: list[str] = WORDLIST
    return found


def _sets(shares: Iterable[str]) -> dict[tuple[int, int], list[str]]:
    """Shares by what they are of (its identifier, how many it needs), each once."""
    sets: dict[tuple[int, int], dict[int, str]] = {}
    for words in shares:
        found = _share(words)
        if found is not None:
            identifier, needed, index = found
            sets.setdefault((identifier, needed), {}).setdefault(index, words)
    return {key: list(each.values()) for key, each in sets.items()}


def _share(words: str) -> tuple[int, int, int] | None:
    """(identifier, how many are needed, which it is) of one share; None where it is none, or mistyped.

    So is one that asks for far more work to put it together than any of ours, up to an hour.
    """
    from shamir_mnemonic import MnemonicError, Share

    try:
        share = Share.from_mnemonic(words)
    except (MnemonicError, ValueError, KeyError):
        return None
    if share.iteration_exponent > _MOST_WORK:
        return None
    return share.identifier, share.member_threshold, share.index
