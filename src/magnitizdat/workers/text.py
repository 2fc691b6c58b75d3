"""Text from tags made fit to keep: control characters out, lengths capped, numbers and dates in one shape. PURE.

Code pages are decided before (`code_pages`).
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

NAME_LIMIT = 512
TEXT_LIMIT = 4096

_DROPPED = (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000))
WINDOWS = {code: found for code in range(128, 160) if (found := bytes([code]).decode("cp1252", "ignore"))}
"""What latin-1 has as controls: no text has them, and those who declare latin-1 write cp1252 (WHATWG Encoding)."""
_CONTROL_KEEP_LINES: dict[int, str | None] = {**dict.fromkeys(_DROPPED), **WINDOWS}
_CONTROL: dict[int, str | None] = {**_CONTROL_KEEP_LINES, **dict.fromkeys((9, 10, 13), " ")}
_DATE = re.compile(r"(?<!\d)(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?(?!\d)")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_COMPACT_MONTH = re.compile(r"(\d{4})(0[1-9]|1[0-2])$")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})[-./])?(\d{1,2})[-./](\d{4})$")
_DAY_AND_MONTH = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+)?([^\W\d_]{3,12})\.?,?\s+(\d{4})(?!\d)")
_MONTH_AND_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_MONTHS = (
    ("jan", "янв"),
    ("feb", "фев"),
    ("mar", "мар"),
    ("apr", "апр"),
    ("may", "maj", "май", "мая"),
    ("jun", "июн"),
    ("jul", "июл"),
    ("aug", "авг"),
    ("sep", "сен"),
    ("oct", "okt", "окт"),
    ("nov", "ноя"),
    ("dec", "дек"),
)
"""How they begin in English, Danish and Russian."""
_DATE_LIMIT = 40
_NUMBERS = re.compile(r"\s*(\d{1,5})(?!\d)(?:\s*(?:/|of)\s*(\d{1,5})(?!\d))?", re.IGNORECASE)
_ZERO = re.compile(r"\s*0{1,3}(?![\d])")
_SIDES = "ABCDEFGH"
_ON_A_SIDE = re.compile(r"\s*([A-Ha-h])\s?[-.]?(\d{1,2})?\s*")
_ON_A_DISC = re.compile(r"\s*(\d{1,2})[-.](\d{2,3})\s*")


def one_line(text: str, *, limit: int = NAME_LIMIT) -> str:
    """NFC, without control characters and lone surrogates, blanks folded, at most `limit` characters."""
    if text.isascii() and text.isprintable():  # most are, and have nothing to clean but blanks
        return " ".join(text[: 4 * limit].split())[:limit].rstrip()
    cleaned = " ".join(text[: 4 * limit].translate(_CONTROL).split())
    return unicodedata.normalize("NFC", cleaned)[:limit].rstrip()


def many_lines(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """The same for texts of several lines: line ends become line feeds and stay."""
    cleaned = text[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL_KEEP_LINES)
    return unicodedata.normalize("NFC", cleaned)[:limit].strip()


class Numbering(NamedTuple):
    """Where a track stands; 0 where that is not said."""

    number: int
    total: int = 0
    disc: int = 0
    is_zero: bool = False
    """Whether the number 0 is said, which is not the same as none."""


def numbering(text: str) -> Numbering:
    """What a track's number says: "3/12", the disc before it ("1-03", "1.03"), or the side of a record ("B3").

    Sides count as discs: that is how they are heard, and B1 comes after the last of A.
    """
    if found := _ON_A_SIDE.fullmatch(text):
        return Numbering(int(found[2] or 1), disc=_SIDES.index(found[1].upper()) + 1)
    if found := _ON_A_DISC.fullmatch(text):
        return Numbering(int(found[2]), disc=int(found[1]), is_zero=not int(found[2]))
    return Numbering(*number_pair(text), is_zero=_ZERO.match(text) is not None)


def number_pair(text: str) -> tuple[int, int]:
    """Number and total: (3, 12) of "3/12"; (0, 0) where there is no number; vinyl sides are left out ("A3" is 3)."""
    found = _NUMBERS.match(text.lstrip("ABCDabcd") or "")
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def iso_date(text: str) -> str:
    """YYYY[-MM[-DD]] from what people write in date tags, or ""; impossible months and days are left off.

    Also of `5 June 1972`, `June 5, 1972`, `05.06.1972`, `[1972]`, `c. 1972` and `℗ 1972`.
    """
    text = text.strip()
    if found := _COMPACT_DATE.match(text) or _COMPACT_MONTH.match(text):
        return _joined(*found.groups())
    if found := _DAY_FIRST.match(text):
        return _of_numbers(found[3], found[2], found[1])
    if found := _DATE.match(text):
        return _joined(*found.groups())
    short = text[:_DATE_LIMIT]
    for found in _DAY_AND_MONTH.finditer(short):
        if month := _month(found[2]):
            return _joined(found[3], str(month), found[1])
    for found in _MONTH_AND_DAY.finditer(short):
        if month := _month(found[1]):
            return _joined(found[3], str(month), found[2])
    return next(filter(None, (_joined(*found.groups()) for found in _DATE.finditer(short))), "")


def _month(name: str) -> int:
    folded = name.casefold()
    return next((number for number, names in enumerate(_MONTHS, 1) if folded.startswith(names)), 0)


def _of_numbers(year: str, month: str, day: str | None) -> str:
    """The day stands first, unless only the other way makes a month."""
    american = day is not None and int(month) > 12 >= int(day)
    return _joined(year, day, month) if american else _joined(year, month, day)


def _joined(year: str, month: str | None = None, day: str | None = None) -> str:
    if not 1000 <= int(year) <= 2999:
        return ""
    if not month or not 1 <= int(month) <= 12:
        return year
    if not day or not 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]:
        return f"{year}-{int(month):02}"
    return f"{year}-{int(month):02}-{int(day):02}"


def genre_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Each genre once, in order; "Rock; Post-Punk" is two, and so are texts with a NUL between."""
    found: dict[str, str] = {}
    for text in texts:
        for part in re.split(r"[;\0]", text[:TEXT_LIMIT]):
            name = one_line(part, limit=128)
            if name:
                found.setdefault(name.casefold(), name)
    return tuple(found.values())[:32]


def language(text: str) -> str:
    """ISO 639 code in lower case, "und" where there is none."""
    text = text.strip("\0 ").lower()
    return text if re.fullmatch("[a-z]{2,3}", text) and text != "xxx" else "und"


def lrc(lines: Iterable[tuple[str, int]]) -> str:
    """LRC text of `(line, milliseconds)` pairs."""
    return "\n".join(
        f"[{ms // 60000:02}:{ms // 1000 % 60:02}.{ms // 10 % 100:02}]{one_line(line, limit=TEXT_LIMIT)}"
        for line, ms in lines
    )


def is_timed(text: str) -> bool:
    """Whether a lyrics text is LRC: some line begins with a time."""
    return re.search(r"^\s*\[\d{1,3}:\d{2}([.:]\d{1,3})?\]", text[:65536], re.MULTILINE) is not None
