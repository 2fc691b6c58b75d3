"""Text from tags made fit to keep: control characters out, lengths capped, numbers and dates in one shape. PURE."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable

NAME_LIMIT = 512
TEXT_LIMIT = 4096

_DROPPED = (*range(9), 11, 12, *range(14, 32), *range(127, 160), *range(0xD800, 0xE000))
_CONTROL: dict[int, str | None] = {**dict.fromkeys((9, 10, 13), " "), **dict.fromkeys(_DROPPED)}
_CONTROL_KEEP_LINES = dict.fromkeys(_DROPPED)
_DATE = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?(?!\d)")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})$")
_NUMBERS = re.compile(r"\s*(\d{1,5})(?!\d)(?:\s*(?:/|of)\s*(\d{1,5})(?!\d))?", re.IGNORECASE)


def one_line(text: str, *, limit: int = NAME_LIMIT) -> str:
    """NFC, without control characters and lone surrogates, blanks folded, at most `limit` characters."""
    cleaned = " ".join(text[: 4 * limit].translate(_CONTROL).split())
    return unicodedata.normalize("NFC", cleaned)[:limit].rstrip()


def many_lines(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """The same for texts of several lines: line ends become line feeds and stay."""
    cleaned = text[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL_KEEP_LINES)
    return unicodedata.normalize("NFC", cleaned)[:limit].strip()


def number_pair(text: str) -> tuple[int, int]:
    """Number and total: (3, 12) of "3/12"; (0, 0) where there is no number; vinyl sides are left out ("A3" is 3)."""
    found = _NUMBERS.match(text.lstrip("ABCDabcd") or "")
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def iso_date(text: str) -> str:
    """YYYY[-MM[-DD]] from what people write in date tags, or ""; impossible months and days are left off."""
    text = text.strip()
    if found := _COMPACT_DATE.match(text):
        return _joined(*found.groups())
    if found := _DAY_FIRST.match(text):
        return _joined(found[3], found[2], found[1])
    found = _DATE.match(text)
    return _joined(*found.groups()) if found else ""


def _joined(year: str, month: str | None, day: str | None) -> str:
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
