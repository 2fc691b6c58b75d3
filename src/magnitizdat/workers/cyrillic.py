"""Old Cyrillic read as latin-1, put right: cp1251 (Windows), koi8-r (Unix), cp866 (DOS). PURE.

Players of the 1990s wrote their own code page into ID3 fields declared latin-1, so "Кино" reads "Êèíî" or "ëÉÎÏ".
Real western text must never be touched. What tells them apart: an old Cyrillic text has whole words of several
letters in which *every* letter is from the upper half, and as Cyrillic these words are well formed: vowels and
consonants mixed, common letters, case in order. A western word has ASCII letters around its accents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ENCODINGS = ("cp1251", "koi8-r", "cp866")
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
_RUNS = re.compile(rb"[\x80-\xff]+")
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("аеёиоуыэюяіїє")
# Share of each letter in running Russian, per mille (National Corpus of the Russian Language, rounded).
_LETTERS_BY_SHARE = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_SHARES = "110 85 80 74 67 63 55 47 45 44 35 32 30 28 26 20 19 17 17 16 16 14 12 10 9 7 6 5 4 3 3 1 1"
_SHARE = dict(zip(_LETTERS_BY_SHARE, map(int, _SHARES.split()), strict=True))
_UNLIKELY_FIRST = frozenset("ъыь")
_MIN_MEAN_SHARE = 22.0


def repair(text: str) -> str | None:
    """The Cyrillic text that `text` (declared latin-1) really is, or None where it is fine as it stands."""
    return repair_together({"": text}).get("")


def repair_together(texts: Mapping[str, str]) -> dict[str, str]:
    """Those of the `texts` of one file that are really Cyrillic, put right.

    One file was written by one program: the longer texts decide on the code page, and then "ÄÄÒ" is "ДДТ" too, which
    alone would be left in peace.
    """
    foreign = {field: raw for field, text in texts.items() if (raw := _raw_bytes(text)) and _is_high(raw)}
    encoding = _code_page(b"\n".join(foreign.values()))
    if encoding is None:
        return {}
    readings = ((field, _decoded(raw, encoding)) for field, raw in foreign.items())
    return {field: reading for field, reading in readings if _score(reading) > 0}


def _code_page(raw: bytes) -> str | None:
    """The code page that makes the best Cyrillic of all of it; None where the evidence is thin."""
    longest = max((len(run) for run in _RUNS.findall(raw)), default=0)
    if longest < 4:
        return None
    score, encoding = max((_score(_decoded(raw, encoding)), encoding) for encoding in _ENCODINGS)
    if score < _MIN_MEAN_SHARE:
        return None
    # Capitals in koi8-r look like lower-case western letters: there, more and different ones must agree.
    doubtful = encoding == "koi8-r" and _decoded(raw, encoding).isupper()
    high = b"".join(_RUNS.findall(raw))
    return None if doubtful and (len(high) < 8 or len(set(high)) < 6) else encoding


def _raw_bytes(text: str) -> bytes | None:
    """The bytes that were declared latin-1; some readers take cp1252 for latin-1."""
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding)
        except UnicodeEncodeError:
            continue
    return None


def _is_high(raw: bytes) -> bool:
    """Whether there are words in high bytes, and none that mixes ASCII letters with them as western words do."""
    high = [run for run in _LETTERS.findall(raw) if not run.isascii()]
    return bool(high) and all(_RUNS.fullmatch(run) for run in high)


def _decoded(raw: bytes, encoding: str) -> str:
    """Empty where that code page has no such byte."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _score(reading: str) -> float:
    """Mean commonness of the Cyrillic letters; 0 for anything ill formed."""
    if any(ord(char) >= 0x80 and not _is_fitting(char) for char in reading):
        return 0.0
    words = _WORD.findall(reading)
    cyrillic = [word for word in words if any(_is_cyrillic(char) for char in word)]
    if not cyrillic or not all(_well_formed(word) for word in cyrillic):
        return 0.0
    letters = "".join(cyrillic)
    score = sum(_SHARE.get(char.lower(), 8) for char in letters) / len(letters)
    return score * (1.0 if _usual_case(cyrillic) else 0.6)


def _is_cyrillic(char: str) -> bool:
    return "\u0400" <= char <= "\u045f" or char in "Ґґ"


def _is_fitting(char: str) -> bool:
    return _is_cyrillic(char) or char in "«»—–…№“”„’‘\xa0°•"


def _well_formed(word: str) -> bool:
    if not all(_is_cyrillic(char) for char in word):
        return False
    lower = word.lower()
    if lower[0] in _UNLIKELY_FIRST:
        return False
    return len(word) < 4 or any(char in _VOWELS for char in lower)


def _usual_case(words: list[str]) -> bool:
    """lower, UPPER or Title; the wrong code page of the two gives "кИНО"."""
    return all(word.islower() or word.isupper() or word.istitle() for word in words)
