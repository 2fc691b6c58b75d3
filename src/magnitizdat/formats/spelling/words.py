"""Words of a name, folded: no case, no width, no punctuation. What is equal here is the same word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = re.compile("['`´‘’ʹʻʼ＇]")
_COMPOUND = re.compile(r"\w+(?:[-./&+‐]\w+)+", re.ASCII)
_IDEOGRAPH = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_PLAIN = re.compile(r"[0-9a-z]+")
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
MAX_PARTS = 4
"""Parts of a compound (`rock-n-roll`) that are also one word."""


@lru_cache(1 << 14)
def words(text: str) -> tuple[str, ...]:
    """Words in their order. Ideographs are a word each; apostrophes part nothing: `Don't` is `dont`."""
    folded = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    if folded.isascii():
        return tuple(_PLAIN.findall(folded))
    folded = _IDEOGRAPH.sub(r" \1 ", unicodedata.normalize("NFC", folded))
    return tuple("".join(sign if _belongs(sign) else " " for sign in folded).split())


def _belongs(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign)[0] == "M"


def compounds(text: str) -> tuple[str, ...]:
    """What is written with hyphens or dots, as one word each: `рок-клуб`, `R.E.M.`, `AC/DC`."""
    found = ("".join(words(each.group())) for each in re.finditer(_COMPOUND.pattern, text))
    return tuple(each for each in found if each and len(each) <= 64)


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
