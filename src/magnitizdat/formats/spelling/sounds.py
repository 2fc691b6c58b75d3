"""Sounds of a word: one short key to which every habit of writing it in Latin letters comes down.

Sibilants and affricates are one sound `s` (habits part them in every possible way: щ is shch, schtsch, sjtj, chtch,
szcz, sch, šč), v, w and f are one, of vowels that meet one stays, i beside another vowel goes. Letters that habits read
in two ways (`ch`, `c`, `j`, `tj`, `x`, `rz`) part into readings. A key's alphabet: `aeiou shkgbpdtvmnlr` and digits.
"""

from __future__ import annotations

import re
from functools import lru_cache

from magnitizdat.formats.spelling.words import latin

MAX_READINGS = 8
_LONGEST = 20
"""Sounds that are looked at; names in one word are hardly longer."""


def _table(groups: str) -> dict[str, str]:
    """Groups of `letters:sound`; a sound of `-` is silence."""
    pairs = (group.split(":") for group in groups.split())
    return {letter: sound.replace("-", "") for letters, sound in pairs for letter in letters}


_CYRILLIC = _table(
    "аә:a б:b вф:v гґѓғ:g д:d еэ:e жзсцчшщћџѕђҗҷ:s ийыіјӣ:i кќқ:k лљ:l м:m нњң:n оө:o п:p р:r т:t уўұӯ:u"
    " хһҳ:h ъь:- ё:io ю:iu я:ia є:ie ї:i ү:u"
)
_ARABIC_OR_HEBREW = _table(
    "بב:b تטتתטث:t جشسصزژچظضסשצץז:s حخهחכךה:h دذד:d رר:r غگג:g قكکק:k لל:l مםמ:m نןנ:n فףפ:v پ:p"
)
_GREEK = (("μπ", "b"), ("ντ", "d"), ("γκ", "g"), ("γγ", "ng"), ("αυ", "av"), ("αύ", "av"), ("ευ", "ev"), ("εύ", "ev"))
_MARKED = str.maketrans(_table("čšžśźżćńçşţșț:s ř:rz") | {"ń": "n"})
"""Latin letters whose mark makes another sound; other marks only go."""
_IS_CYRILLIC = re.compile("[\u0400-\u04ff]")
_IS_GREEK = re.compile("[\u0370-\u03ff]")
_IS_HANGUL = re.compile("[\uac00-\ud7a3]")
_IS_ABJAD = re.compile("[\u0590-\u05ff\u0600-\u06ff]")

_READINGS: dict[str, tuple[str, ...]] = {
    "sch|s[hjz]|z[hj]|cz|(?<=t)ch|[sz]": ("s",),
    "ch(?=[rl])": ("h", "s", "k"),
    "ch": ("s", "h"),
    "tj": ("t", "s"),
    "dj": ("d", "s"),
    "c(?=[eiy])": ("s",),
    "c[kq]|qu?": ("k",),
    "cc?": ("k", "s"),
    "x": ("ks", "h"),
    "rz": ("s", "rs"),
    "ph|[wfv]+": ("v",),
    "kh": ("h",),
    "th": ("t",),
    "gh|gu(?=[eiy])": ("g",),
    "j(?=[aeiouy])": ("i", "s"),
    "[jy]": ("i",),
    ".": (),
}
"""Letters, first match first, and how they are read, the likeliest first; what has no reading is its own sound."""
_LETTERS = re.compile("|".join(f"({letters})" for letters in _READINGS))
_HEARD = tuple(_READINGS.values())
_VOWELS = re.compile("[aeiou]{2,}")
_SIBILANTS = re.compile("[td]?s(?:[td]?s)*")
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(1 << 16)
def sounds(word: str) -> tuple[str, ...]:
    """Keys of a folded word, the likeliest first; none where no letter of it has a sound."""
    if _IS_CYRILLIC.search(word):
        found = _of_cyrillic(word)
    else:
        found = [reading for spelled in _in_latin(word) for reading in _read(spelled)]
    return tuple(filter(None, dict.fromkeys(map(_finish, found))))[:MAX_READINGS]


def skeletons(word: str) -> tuple[str, ...]:
    """Consonants of a word; for Arabic and Hebrew these are all that is written.

    An article at the beginning may be left out, and the letter for v may be a vowel.
    """
    if not _IS_ABJAD.search(word):
        return tuple(dict.fromkeys(_bare(sound) for sound in sounds(word)))
    bodies = [word, word.removeprefix("ال")]
    spelled = [body.replace("و", v).replace("ו", v) for body in bodies for v in ("", "v")]
    found = ("".join(s if s == "v" else _ARABIC_OR_HEBREW.get(s, "") for s in each) for each in spelled)
    return tuple(dict.fromkeys(each.rstrip("h") or each for each in found))


def is_abjad(word: str) -> bool:
    """Whether its script leaves the vowels to the reader."""
    return _IS_ABJAD.search(word) is not None


def _bare(sound: str) -> str:
    consonants = sound.translate(str.maketrans("", "", "aeiou"))
    return consonants.rstrip("h") or consonants


def _of_cyrillic(word: str) -> list[str]:
    """г is h to Ukrainians, and who writes ё may also mean е."""
    plain = "".join(_CYRILLIC.get(sign, latin(sign)) for sign in word)
    found = [plain]
    if "г" in word:
        found.append("".join("h" if sign == "г" else _CYRILLIC.get(sign, latin(sign)) for sign in word))
    if "ё" in word:
        found += [_of_cyrillic(word.replace("ё", "е"))[0]]
    return found


def _in_latin(word: str) -> list[str]:
    """A word in Latin letters, in each way that its script is commonly heard."""
    found = [latin(word)]
    if word.isascii():
        return found
    if _IS_GREEK.search(word):
        heard = word
        for written, sound in _GREEK:
            heard = heard.replace(written, sound)
        found.append(latin(heard))
    elif _IS_HANGUL.search(word):  # filler vowels of foreign words, and one letter for l and r
        bare = re.sub("eu(?=l)|eu$", "", found[0])
        found += [bare, bare.replace("l", "r")]
    else:
        found.append(latin(word.translate(_MARKED)))
    return list(dict.fromkeys(found))


def _read(spelled: str) -> list[str]:
    readings = [""]
    for match in _LETTERS.finditer(spelled):
        heard = _HEARD[(match.lastindex or 0) - 1] or (match.group(),)
        if len(readings) * len(heard) > MAX_READINGS:
            heard = heard[:1]
        readings = [reading + sound for sound in heard for reading in readings]
    return readings


def _finish(reading: str) -> str:
    key = _DOUBLE.sub(r"\1", _SIBILANTS.sub("s", _VOWELS.sub(_one_vowel, reading)))
    return (key[:-1] if len(key) > 3 and key[-1] == "e" else key)[:_LONGEST]


def _one_vowel(run: re.Match[str]) -> str:
    """Of vowels that meet the first that is no i; `ou` is one vowel, and so is `ea`."""
    vowels = run.group().replace("ou", "u").replace("i", "")
    return "a" if vowels.startswith("ea") else vowels[:1] or "i"
