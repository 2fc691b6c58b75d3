"""Whether two label names could be taken for each other, in any spelling or script. PURE.

Two readings of each name are compared: how it looks (letters of other scripts as the Latin ones that they resemble) and
how it sounds (transliterated). A false alarm costs a second look, a missed one a friend's trust; so both are generous.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

MIN_CONSONANTS = 5
"""Shorter names are too often alike by their consonants alone."""
MIN_LIKENESS = 0.75
"""Share of letters in common (difflib) that equal consonants need beside them."""

# After casefold: Cyrillic and Greek letters, digits and signs that look like a Latin one (UTS 39, the common ones).
_LOOKS = str.maketrans(
    {
        **dict(zip("авекмнорстухѕіјһԁԛԝьгпӏзч", "abekmhopctyxsijhdqwbrnlzy", strict=True)),
        **dict(zip("αβγεικνορτυχωηζµμ", "abyeiknoptuxwnzuu", strict=True)),
        **dict(zip("0135789$@!|", "olessbgsail", strict=True)),
    }
)
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("l", "i"))
_SOUNDS = (
    ("shch", "s"),
    ("sch", "s"),
    ("sh", "s"),
    ("ch", "c"),
    ("zh", "z"),
    ("kh", "h"),
    ("ph", "f"),
    ("th", "t"),
    ("ts", "c"),
    ("ck", "k"),
    ("x", "ks"),
    ("qu", "kv"),
    ("q", "k"),
    ("w", "v"),
    ("j", "i"),
    ("y", "i"),
)
_VOWELS = re.compile("[aeiouh]")
_DOUBLE = re.compile(r"(.)\1+")
_NOT_ALNUM = re.compile(r"[\W_]+")


def names_clash(first: str, second: str) -> bool:
    """Whether both look or sound alike: case, width, marks, punctuation, script and homoglyphs aside."""
    ours, theirs = _readings(first), _readings(second)
    if not ours or not theirs:
        return _plain(first) == _plain(second)
    return bool(ours & theirs) or _sounds_close(_sound(first), _sound(second))


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign) not in {"Cf", "Cc", "Zs"})


def _bare(name: str) -> str:
    """Without case, width, marks and invisible signs."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign) not in {"Mn", "Me", "Cf", "Cc"})


def _latin(text: str) -> str:
    from anyascii import anyascii

    return _NOT_ALNUM.sub("", str(anyascii(text)).casefold())


def _sound(name: str) -> str:
    return _latin(unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold()))


def _look(name: str) -> str:
    found = _latin(_bare(name).translate(_LOOKS))
    for seen, meant in _ALIKE:
        found = found.replace(seen, meant)
    return found


def _normal_sound(sound: str) -> str:
    for written, heard in _SOUNDS:
        sound = sound.replace(written, heard)
    return _DOUBLE.sub(r"\1", sound)


def _readings(name: str) -> frozenset[str]:
    sound = _sound(name)
    bare = _latin(_bare(name))
    alike = {_look(name), _look(sound), _look(bare), _normal_sound(sound), _normal_sound(bare)}
    return frozenset(reading for reading in alike if reading)


def _sounds_close(first: str, second: str) -> bool:
    ours, theirs = (_VOWELS.sub("", _normal_sound(sound)) for sound in (first, second))
    if ours != theirs or len(ours) < MIN_CONSONANTS:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= MIN_LIKENESS
