"""Text typed on the wrong keyboard: each layout and the Latin one beside it, key by key."""

from __future__ import annotations

import re
from functools import lru_cache

_QWERTY = ("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~')
_QWERTZ = ("qwertzuiopü+asdfghjklöäyxcvbnm,.^", "QWERTZUIOPÜ*ASDFGHJKLÖÄYXCVBNM;:°")
_AZERTY = ("azertyuiop^$qsdfghjklmùwxcvbn,;:²", "AZERTYUIOP¨£QSDFGHJKLM%WXCVBN?./~")
_RUSSIAN = ("йцукенгшщзхъфывапролджэячсмитьбюё", "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ")
_UKRAINIAN = ("йцукенгшщзхїфівапролджєячсмитьбюґ", "ЙЦУКЕНГШЩЗХЇФІВАПРОЛДЖЄЯЧСМИТЬБЮҐ")
_BELARUSIAN = ("йцукенгшўзх'фывапролджэячсмітьбюё", "ЙЦУКЕНГШЎЗХ'ФЫВАПРОЛДЖЭЯЧСМІТЬБЮЁ")
_GREEK_KEYS = ("wertyuiopasdfghjklzxcvbnm", "ERTYUIOPASDFGHJKLZXCVBNM")
_GREEK = ("ςερτυθιοπασδφγηξκλζχψωβνμ", "ΕΡΤΥΘΙΟΠΑΣΔΦΓΗΞΚΛΖΧΨΩΒΝΜ")


def _table(ours: tuple[str, str], theirs: tuple[str, str]) -> dict[int, str]:
    """Both directions in one: what is Latin becomes the other, and the other way round."""
    pairs = [pair for one, other in zip(ours, theirs, strict=True) for pair in zip(one, other, strict=True)]
    pairs = [(one, other) for one, other in pairs if one != other and other.isalpha()]
    return {ord(one): other for one, other in pairs} | {ord(other): one for one, other in pairs}


LAYOUTS: dict[str, dict[int, str]] = {
    "ru": _table(_QWERTY, _RUSSIAN),
    "uk": _table(_QWERTY, _UKRAINIAN),
    "be": _table(_QWERTY, _BELARUSIAN),
    "ru-qwertz": _table(_QWERTZ, _RUSSIAN),
    "ru-azerty": _table(_AZERTY, _RUSSIAN),
    "el": _table(_GREEK_KEYS, _GREEK),
}
_LATIN = re.compile("[A-Za-z]")
_OTHER = re.compile("[\u0370-\u03ff\u0400-\u04ff]")


def swap(text: str, layout: str) -> str:
    """The same keys on the other keyboard; twice is where it began."""
    return text.translate(LAYOUTS[layout])


_KEYS_OF_LETTERS = re.compile(r"[][;`<>{}](?=[^\W\d])|(?<=[^\W\d])[][;`<>{}](?!\s)|^[][;'`.,<>{}]+$")


def looks_mistyped(text: str) -> bool:
    """Whether signs stand at letters, or alone, that are letters on another keyboard: `Xb;`, `<U`."""
    return _KEYS_OF_LETTERS.search(text.strip()) is not None


@lru_cache(1 << 10)
def other_layouts(text: str) -> tuple[str, ...]:
    """What the person may have meant to type; nothing where scripts are mixed, for then somebody looked."""
    if bool(_LATIN.search(text)) == bool(_OTHER.search(text)) and not looks_mistyped(text):
        return ()
    meant = (swap(text, layout) for layout in LAYOUTS)
    return tuple(
        dict.fromkeys(each for each in meant if each != text and not (_LATIN.search(each) and _OTHER.search(each)))
    )
