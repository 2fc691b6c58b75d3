"""Texts of an old code page read as latin-1, put right: Cyrillic of Windows, DOS, Unix and Mac, cp1250, UTF-8. PURE.

Programs of the 1990s wrote their own code page into fields declared latin-1, so "Кино" reads "Êèíî" or "ëÉÎÏ". Real
western text must never be touched. What tells them apart: an old Cyrillic text has whole words of several letters in
which *every* letter is from the upper half, and as Cyrillic these words are well formed: vowels and consonants mixed,
common letters, case in order. A western word has ASCII letters around its accents. Texts are judged before they are
cleaned: the capitals of cp866 lie where latin-1 has control characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from magnitizdat.workers.text import WINDOWS

PAGES = ("cp1251", "koi8_u", "cp866", "mac_cyrillic", "cp1250", "cp1252", "latin-1", "utf-8", "utf-8-sig", "utf-16")
"""All that are tried here: whoever closes a cage around this module loads them before."""
CENTRAL = "cp1250"
"""Of Poland and its neighbours. A letter may show it, so it gives way to a Cyrillic page that others show."""
_CYRILLIC_PAGES = ("cp1251", "koi8_u", "cp866", "mac_cyrillic")
_SAMPLE_LENGTH = 1 << 13
"""Bytes of a longer text that are judged: more of them say the same."""
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
_RUNS = re.compile(rb"[\x80-\xff]+")
_CONTROLS = re.compile("[\x80-\x9f]")
_SERBIAN = re.compile("[ЂЅЈЉЊЋЏђѕјљњћџ]")
_CYRILLIC = re.compile("[\u0400-\u045fҐґ]+")
_VOWELS = frozenset("аеёиоуыэюяіїє")
# Share of each letter in running Russian, per mille (National Corpus of the Russian Language, rounded); і and є stand
# in Ukrainian where и and е stand in Russian, ј in Serbian where й does.
_LETTERS_BY_SHARE = "оеаинтсрвлкмдпуяыьгзбчйхжюшцщэфъёієїјњљћ"
_SHARES = "110 85 80 74 67 63 55 47 45 44 35 32 30 28 26 20 19 17 17 16 16 14 12 10 9 7 6 5 4 3 3 1 1 50 12 12 20 8 8 8"
_SHARE = dict(zip(_LETTERS_BY_SHARE, map(int, _SHARES.split()), strict=True))
_UNLIKELY_FIRST = frozenset("ъыь")
_MIN_MEAN_SHARE = 22.0
_SURELY_NO_WESTERN_WORD = 4
"""High bytes in a row beside ASCII letters, from which they are no accents: "Zåìôèðà" is "Zемфира"."""

# In cp1250 these are letters of Polish, Czech, Slovak and Hungarian, where latin-1 has signs that no word has in it. A
# small 1 or 3 may end a word: "m³".
_SIGNS_FOR_LETTERS = re.compile(
    rb"(?<=[a-z\xe0-\xff])(?:[\xbf\x9c\x9f\xbe\x9e\x9d]|[\xb9\xb3](?=[a-z\xe0-\xff]))"
    rb"|[\xa3\xaf\x8c\xa5](?=[a-z\xe0-\xff])",
    re.IGNORECASE,
)
_FRENCH_LIGATURE = re.compile(rb"\x9c(?=[uidt])|\x8c(?=[uid])", re.IGNORECASE)


class Judged(NamedTuple):
    """The code page that texts show, empty where they show none, and those of them that it puts right."""

    page: str
    better: dict[str, str]


def repair(text: str) -> str | None:
    """What `text` (declared latin-1) really says, or None where it is fine as it stands."""
    return repair_together({"": text}).get("")


def decoded(content: bytes) -> str:
    """A whole text file: UTF-16 with its mark, UTF-8, or the code page that its words show; cp1252 where none does."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        written = content.decode("latin-1")
        found = repair(written) if len(content) <= _SAMPLE_LENGTH else _decoded(content, _page_of_sample(content))
        return found or written.translate(WINDOWS)


def _page_of_sample(content: bytes) -> str:
    """The code page that the first words in high bytes show."""
    sample, length = list[str](), 0
    for word in content.split():
        if length < _SAMPLE_LENGTH and not word.isascii():
            sample.append(word[:_SAMPLE_LENGTH].decode("latin-1"))
            length += len(word)
    return judge({"": " ".join(sample)}).page or "cp1252"


def repair_together(texts: Mapping[str, str]) -> dict[str, str]:
    """Those of the `texts` of one file that were written in another code page, put right."""
    return judge(texts).better


def judge(texts: Mapping[str, str]) -> Judged:
    """What the `texts` of one file really say.

    One file was written by one program: the longer texts decide on the code page, and then "ÄÄÒ" is "ДДТ" too, which
    alone would be left in peace.
    """
    found = _high_bytes(texts)
    if not found:
        return Judged("", {})
    modern = {field: reading for field, raw in found.items() if (reading := _from_utf8(raw))}
    rest = {field: raw for field, raw in found.items() if field not in modern}
    page = _code_page(b"\n".join(raw for raw in rest.values() if _is_high(raw))) or _central_page(rest)
    return Judged(page, _read_as(rest, page) | modern)


def read_as(texts: Mapping[str, str], page: str) -> dict[str, str]:
    """Those of the `texts` that say something else, and well, in a code page that others beside them show."""
    return _read_as(_high_bytes(texts), page)


def may_be_old(text: str) -> bool:
    """Whether it can have been written in an old code page, and been declared latin-1."""
    return _raw_bytes(text) is not None


def _high_bytes(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {field: raw for field, text in texts.items() if not text.isascii() and (raw := _raw_bytes(text))}


def _from_utf8(raw: bytes) -> str:
    """Empty where these bytes are no UTF-8; latin-1 text that looks like it is not written by anybody."""
    reading = _decoded(raw, "utf-8")
    return "" if _CONTROLS.search(reading) else reading


def _read_as(found: Mapping[str, bytes], page: str) -> dict[str, str]:
    if page in _CYRILLIC_PAGES:
        readings = {field: _decoded(raw, page) for field, raw in found.items() if _is_high(raw)}
        return {field: reading for field, reading in readings.items() if _score(reading) > 0}
    readings = {field: _decoded(raw, page) for field, raw in found.items()} if page else {}
    return {
        field: reading for field, reading in readings.items() if reading and reading != found[field].decode("latin-1")
    }


def _central_page(found: Mapping[str, bytes]) -> str:
    """cp1250, where its letters stand inside words as signs; cp1252 is what cleaning takes such bytes for anyhow."""
    together = b"\n".join(found.values())
    return CENTRAL if _SIGNS_FOR_LETTERS.search(_FRENCH_LIGATURE.sub(b"", together)) else ""


def _code_page(raw: bytes) -> str:
    """The code page that makes the best Cyrillic of all of it; empty where the evidence is thin."""
    longest = max((len(run) for run in _RUNS.findall(raw)), default=0)
    if longest < 4:
        return ""
    score, encoding = max((_score(_in_cyrillic(raw, encoding)), encoding) for encoding in _CYRILLIC_PAGES)
    if score < _MIN_MEAN_SHARE:
        return ""
    # Capitals in koi8 look like lower-case western letters: there, more and different ones must agree.
    doubtful = encoding == "koi8_u" and _decoded(raw, encoding).isupper()
    high = b"".join(_RUNS.findall(raw))
    return "" if doubtful and (len(high) < 8 or len(set(high)) < 6) else encoding


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
    high = [word for word in _LETTERS.findall(raw) if not word.isascii()]
    return bool(high) and all(_RUNS.fullmatch(word) or _is_mixed_cyrillic(word) for word in high)


def _is_mixed_cyrillic(word: bytes) -> bool:
    runs = _RUNS.findall(word)
    return len(runs) == 1 and len(runs[0]) >= _SURELY_NO_WESTERN_WORD


def _in_cyrillic(raw: bytes, encoding: str) -> str:
    """Serbian was written on Windows; in the page of the Mac its letters lie where others have common capitals."""
    reading = _decoded(raw, encoding)
    return "" if encoding != "cp1251" and _SERBIAN.search(reading) else reading


def _decoded(raw: bytes, encoding: str) -> str:
    """Empty where that code page has no such byte."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _score(reading: str) -> float:
    """Mean commonness of what was high bytes, a sign having none; 0 for anything ill formed."""
    high = [char for char in reading if ord(char) >= 0x80]
    if not all(map(_is_fitting, high)):
        return 0.0
    cyrillic = _CYRILLIC.findall(reading)
    if not cyrillic or not all(_well_formed(word) for word in cyrillic):
        return 0.0
    score = sum(_SHARE.get(char.lower(), 4) for char in "".join(cyrillic)) / len(high)
    return score * (1.0 if _usual_case(cyrillic) else 0.6)


def _is_fitting(char: str) -> bool:
    return bool(_CYRILLIC.match(char)) or char in "«»—–…№“”„’‘\xa0°•©"


def _well_formed(word: str) -> bool:
    lower = word.lower()
    if lower[0] in _UNLIKELY_FIRST:
        return False
    return len(word) < 4 or any(char in _VOWELS for char in lower)


def _usual_case(words: list[str]) -> bool:
    """lower, UPPER or Title; the wrong code page of the two gives "кИНО"."""
    return all(word.islower() or word.isupper() or word.istitle() for word in words)
