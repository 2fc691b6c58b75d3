"""Words as somebody typed them: in capitals, with dashes, on a Russian keyboard, four letters of each. PURE."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from magnitizdat.formats.names import word_list
from magnitizdat.formats.spelling.keyboards import LAYOUTS, swap
from magnitizdat.sentence import Sentence, say

ENOUGH = 4
"""Letters that tell a word. Sources: BIP-39, "Wordlist"; SLIP-39, "Wordlist"."""
OFFERED = 6
"""Words of a passphrase that is offered."""
SPOKEN = 5
"""Words of the list in a row that nobody types by chance as a passphrase of their own."""
_WORD = re.compile(r"[^\W\d_]+")
_TURKISH = str.maketrans("İı", "ii")
"""Keys of Turkish keyboards, of which the first is what a phone there makes of an i that begins a line."""
_BLANKS = re.compile(r"\s+")
_BETWEEN = re.compile(r"[\s\u2010-\u2015-]+")


def normal_words(text: str, words: Iterable[str] = ()) -> str:
    """Words of the list as they stand in it, one space between them; `words`: of another list than BIP-39's.

    Where one of them is no word of it, capitals, blanks and dashes do not matter.
    """
    known = _known(tuple(words))
    found = [_meant(each, known) for each in _typed(text)]
    return " ".join(found) if found and all(found) else _plain(text)


def look_again(text: str, words: Iterable[str] = ()) -> Sentence | None:
    """Which of the words are none of the list, by their places; nothing where most are not: then they are others."""
    known = _known(tuple(words))
    found = [_meant(each, known) for each in _typed(text)]
    unknown = [place for place, each in enumerate(found, 1) if not each]
    if not unknown or len(unknown) * 2 >= len(found):
        return None
    if len(unknown) == 1:
        return say(
            "word {place} is none of the list that such words are taken from; type it again, its first four letters are"
            " enough",
            place=unknown[0],
        )
    return say(
        "words {places} are none of the list that such words are taken from; type them again, the first four letters of"
        " each are enough",
        places=", ".join(map(str, unknown)),
    )


def six_again(text: str) -> Sentence | None:
    """The same of a passphrase: whether it is the six words that were offered nobody knows but who typed it."""
    if len(_typed(text)) != OFFERED or look_again(text) is None:
        return None
    places = [place for place, each in enumerate(_typed(text), 1) if not _meant(each, _known(()))]
    return say(
        "that passphrase does not open it; if it is the six words that were offered to you, look at word {places}"
        " again: none of them is spelled so",
        places=", ".join(map(str, places)),
    )


def kept_passphrase(text: str) -> str:
    """A passphrase as it is sealed to, so that it is one row of letters however and wherever it is typed.

    Words of the list as they stand in it, where there is nothing else; else composed letters (NFC), nothing around it,
    one blank where there were several, е for ё. Whoever types `text` again opens what was sealed to this.
    """
    return _spoken(text) or _own(text) or text


def passphrases(text: str) -> tuple[str, ...]:
    """What whoever typed this may have meant, the likeliest first; at most three, for to try one costs a second."""
    return tuple(dict.fromkeys(each for each in (_spoken(text), text, _own(text)) if each)) or ("",)


def _own(text: str) -> str:
    composed = unicodedata.normalize("NFC", _BLANKS.sub(" ", text).strip())
    return composed.replace("ё", "е").replace("Ё", "Е")


def _spoken(text: str) -> str:
    """Words of the list, with nothing between them that could be meant: of a passphrase no sign and digit is lost."""
    if not _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).isalpha():
        return ""
    typed, normal = _typed(text), normal_words(text)
    return normal if len(typed) >= SPOKEN and all(each in _known(()).whole for each in normal.split(" ")) else ""


class _WordList:
    def __init__(self, words: Sequence[str]) -> None:
        self.whole = frozenset(words)
        self.begun: Mapping[str, str] = MappingProxyType({each[:ENOUGH]: each for each in words})


@cache
def _known(words: tuple[str, ...]) -> _WordList:
    return _WordList(words or word_list())


def _typed(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).translate(_TURKISH).lower())


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").split())


def _meant(word: str, known: _WordList) -> str:
    """The word of the list; empty where it is none."""
    for each in (word, *(swap(word, layout) for layout in LAYOUTS)):
        whole = known.begun.get(each[:ENOUGH], "")
        if each in known.whole:
            return each
        if len(each) >= ENOUGH and whole.startswith(each):
            return whole
    return ""
