"""Words of a name, folded: no case, no width, no punctuation. What is equal here is the same word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = re.compile("['`´‘’ʹʻʼ＇]")
_COMPOUND = re.compile(r"\w+(?:[-./&+‐]\w+)+")
_IDEOGRAPH = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_PLAIN = re.compile(r"[0-9a-z]+")
_WORDS = re.compile(r"[^\W_]+")
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u0670\u06d6-\u06ed\u0700-\u109f\u1700-\u1cff\u2c00-\u2fff\ua000-\uabff]"
)
"""Blocks that hold marks which are parts of words."""
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_BETWEEN = re.compile("[-./&+‐]")
_LONGEST = 64
ARTICLES = ("the", "a", "an", "el", "la", "los", "las", "le", "les", "der", "die", "das", "den", "det")
"""Words at the beginning of a name that do not count where names are put in order."""


_ASCII_SIGNS = {code: code + 0xFEE0 for code in range(33, 127)}
"""To their wide forms, for full text takes no others of ASCII for parts of words."""
_BLANKS = re.compile("[\\s\ufe0e\ufe0f]+")


@lru_cache(1 << 14)
def words(text: str) -> tuple[str, ...]:
    """Words in their order. Ideographs are a word each; apostrophes part nothing: `Don't` is `dont`.

    A name of signs alone is one word of them: `!!!`, `( )`, `÷`.
    """
    return _letters(text) or _signs(text)


def _signs(text: str) -> tuple[str, ...]:
    whole = _BLANKS.sub("", unicodedata.normalize("NFKC", text.strip().strip("\"'") or text))
    shown = "".join(sign for sign in whole[:_LONGEST] if unicodedata.category(sign)[0] in "PSM")
    return (shown.translate(_ASCII_SIGNS),) if shown else ()


def _letters(text: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    if folded.isascii():
        return tuple(_PLAIN.findall(folded))
    folded = _IDEOGRAPH.sub(r" \1 ", unicodedata.normalize("NFC", folded))
    if not _MARKS.search(folded):
        return tuple(_WORDS.findall(folded))
    return tuple("".join(sign if _belongs(sign) else " " for sign in folded).split())


def _belongs(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"


def compounds(text: str) -> tuple[str, ...]:
    """What is written with hyphens or dots, as one word each: `рок-клуб`, `R.E.M.`, `AC/DC`."""
    if not _BETWEEN.search(text):
        return ()
    found = ("".join(words(each.group())) for each in _COMPOUND.finditer(text))
    return tuple(each for each in found if 0 < len(each) <= _LONGEST)


def joined(text: str) -> str:
    """The whole name as one word, for `Pink Floyd` typed as one."""
    return "".join(words(text))


@lru_cache(1 << 16)
def latin(word: str) -> str:
    """A word in plain Latin letters and digits; of marks and other scripts what is nearest."""
    if word.isascii():
        return word
    from anyascii import anyascii

    bare = unicodedata.normalize("NFKD", word.casefold().translate(_SPECIAL))
    bare = unicodedata.normalize(
        "NFC", "".join(sign for sign in bare if unicodedata.category(sign) != "Mn" or _needed(sign))
    )
    return "".join(_PLAIN.findall(str(anyascii(bare)).lower()))


def _needed(mark: str) -> bool:
    """Marks that carry a sound, where letters alone do not (Indic vowels)."""
    return ord(mark) > 0x900


def folded(name: str) -> str:
    """A name for those who search by themselves: Latin letters, digits and single spaces."""
    return " ".join(filter(None, map(latin, words(name))))


def sort_name(name: str) -> str:
    """`folded`, without an article at the beginning: what a shelf is sorted by."""
    found = folded(name)
    first, _, rest = found.partition(" ")
    return rest if rest and first in ARTICLES else found
