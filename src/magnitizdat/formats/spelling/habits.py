"""Spellings of a word in Latin letters as people of several countries write it; to compare with, not to look up."""

from __future__ import annotations

import re
from functools import lru_cache

from magnitizdat.formats.spelling.words import latin

_ENGLISH = (
    "а a б b в v г g д d е e ж zh з z и i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch"
    " ъ - ы y ь - э e ю yu я ya ё yo є ye і i ї yi ґ g ў u ђ dj ј j љ lj њ nj ћ c џ dz ѓ g ќ k ѕ z"
)
_HABITS = {
    "english": "",
    "simple": "х h й i щ sch ю iu я ia ё e ц c ї i є ie",
    "ukrainian": "г h и y й i ї i є ie ю iu я ia",
    "german": "в w ж sch х ch ц z ч tsch ш sch щ schtsch й i ю ju я ja ё jo є je",
    "german, of names": "в w ж j й j х ch ц z ч tsch ш sch щ schtsch ю ju я ja ё jo є je",
    "french": "ж j у ou ц ts ч tch ш ch щ chtch й i ю iou я ia ё io",
    "danish": "ж zj х kh ц ts ч tj ш sj щ sjtj й j ю ju я ja ё jo ї ji є je",
    "polish": "в w ж z х ch ц c ч cz ш sz щ szcz й j ю ju я ja ё jo є je ї ji",
    "czech": "ж z х ch ц c ч c ш s щ sc й j ю ju я ja ё jo є je ї ji г h",
    "italian": "к c х ch ч c ш sc й i ю iu я ia ё io",
}
_IULIIA = ("WIKIPEDIA", "GOST_779")


def _habit(changes: str) -> dict[int, str]:
    signs = f"{_ENGLISH} {changes}".split()
    return {ord(one): other.replace("-", "") for one, other in zip(signs[::2], signs[1::2], strict=True)}


_TABLES = tuple(map(_habit, _HABITS.values()))
_IS_CYRILLIC = re.compile("[\u0400-\u04ff]")
_UMLAUTS = str.maketrans({"ö": "oe", "ø": "oe", "ü": "ue", "ä": "ae", "å": "aa", "ő": "oe", "ű": "ue"})
_CARONS = str.maketrans(
    {"č": "ch", "š": "sh", "ž": "zh", "ř": "rzh", "ć": "c", "ş": "sh", "ț": "ts", "ě": "ie", "ç": "s"}
)


@lru_cache(1 << 15)
def spellings(word: str) -> tuple[str, ...]:
    """Latin spellings of a folded word, the plainest first."""
    if word.isascii():
        return (word,)
    found = [latin(word)]
    if _IS_CYRILLIC.search(word):
        found += [latin(word.translate(table)) for table in _TABLES] + _by_iuliia(word)
        found += [_soft(each) for each in found]
    else:
        found += [latin(word.translate(table)) for table in (_UMLAUTS, _CARONS)]
    return tuple(dict.fromkeys(filter(None, found)))


def _by_iuliia(word: str) -> list[str]:
    """By the standards of encyclopedias and of libraries; those of maps and passports are habits above."""
    import iuliia

    return [latin(getattr(iuliia, name).translate(word).lower()) for name in _IULIIA]


def _soft(spelled: str) -> str:
    """-ий and -ый as English papers end them."""
    return re.sub("(?:[iy]{2}|[iy]j)$", "y", spelled)
