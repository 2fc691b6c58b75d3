"""Words of a song: plain text or LRC in, timed lines out; and lines of any script in Latin letters. PURE.

LRC as players write it: `[mm:ss.xx]text`, several times before one line, `[offset:±ms]`, and `<mm:ss.xx>` before words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import anyascii
import iuliia

MAX_LINES = 5_000
MAX_LETTERS = 1 << 18
"""Of all timed lines together: one of them may stand under many times."""
_TIME = r"([0-9]{1,3}):([0-9]{1,2})(?:[.:]([0-9]{1,3}))?"
_LINE_TIME = re.compile(rf"\s*\[{_TIME}\]")
_WORD_TIME = re.compile(rf"<{_TIME}>")
_HEADER = re.compile(r"\[([a-zA-Z#]+):(.*)\]\s*")


class Word(NamedTuple):
    """A timed word; bytes `start:end` of its line in UTF-8."""

    at_ms: int
    start: int
    end: int
    text: str


class LyricLine(NamedTuple):
    """One line; `at_ms` is None where nothing is timed."""

    at_ms: int | None
    text: str
    words: tuple[Word, ...] = ()


class LyricText(NamedTuple):
    """All lines, in the order in which they are sung. With a positive `offset_ms` they are to come sooner."""

    synced: bool
    lines: tuple[LyricLine, ...]
    offset_ms: int = 0


def read_lyrics(content: bytes) -> LyricText:
    """Lines of a text that may be LRC; what is not UTF-8 is marked as such and does no harm."""
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    timed: list[LyricLine] = []
    untimed: list[LyricLine] = []
    offset_ms, letters = 0, MAX_LETTERS
    for raw in text.split("\n")[:MAX_LINES]:
        times, rest = _times(raw)
        header = None if times else _HEADER.fullmatch(rest)
        if header:
            offset_ms = _offset(header) if header[1].lower() == "offset" else offset_ms
            continue
        line, words = _words(rest.strip())
        fit = times[: min(MAX_LINES - len(timed), letters // max(1, len(line)))]
        letters -= len(line) * len(fit)
        timed += [LyricLine(at_ms, line, words) for at_ms in fit]
        if not times:
            untimed.append(LyricLine(None, line))
    if timed:
        return LyricText(True, tuple(sorted(timed, key=lambda line: line.at_ms or 0)), offset_ms)
    while untimed and not untimed[-1].text:
        untimed.pop()
    return LyricText(False, tuple(untimed))


def in_time(lyrics: LyricText) -> LyricText:
    """The same words at the times at which they are to come: the offset is in these, and none is left."""

    def due(at_ms: int) -> int:
        return max(0, at_ms - lyrics.offset_ms)

    lines = (
        line._replace(
            at_ms=None if line.at_ms is None else due(line.at_ms),
            words=tuple(word._replace(at_ms=due(word.at_ms)) for word in line.words),
        )
        for line in lyrics.lines
    )
    return LyricText(lyrics.synced, tuple(lines))


def romanised(lyrics: LyricText, language: str) -> LyricText:
    """The same lines in Latin letters: Russian as Wikipedia writes it, the rest letter by letter."""
    lines = tuple(LyricLine(line.at_ms, romanise(line.text, language)) for line in lyrics.lines)
    return LyricText(lyrics.synced, lines, lyrics.offset_ms)


def romanise(text: str, language: str = "und") -> str:
    """Latin letters for any others."""
    if language.split("-", maxsplit=1)[0] in {"ru", "rus", "und"}:
        text = iuliia.WIKIPEDIA.translate(text)
    return "".join(char if _is_latin(char) else anyascii.anyascii(char) for char in text)


def is_latin(text: str) -> bool:
    """Whether whoever reads Latin letters can read nearly all of it."""
    letters = [char for char in text if char.isalpha()]
    foreign = sum(not _is_latin(char) for char in letters)
    return foreign * 10 <= len(letters)


def _is_latin(char: str) -> bool:
    return char < "\u0250" or not char.isalpha() or "LATIN" in unicodedata.name(char, "")


def _milliseconds(minutes: str, seconds: str, fraction: str | None) -> int:
    return int(minutes) * 60_000 + int(seconds) * 1_000 + int((fraction or "0").ljust(3, "0"))


def _times(raw: str) -> tuple[list[int], str]:
    times, at = [], 0
    while found := _LINE_TIME.match(raw, at):
        times.append(_milliseconds(*found.groups()))
        at = found.end()
    return times, raw[at:]


def _offset(header: re.Match[str]) -> int:
    found = re.fullmatch(r"\s*([+-]?[0-9]{1,6})\s*", header[2])
    return int(found[1]) if found else 0


def _words(raw: str) -> tuple[str, tuple[Word, ...]]:
    """A line without the times of its words, and these."""
    pieces = _WORD_TIME.split(raw)
    line, words = pieces[0].lstrip(), []
    for at in range(1, len(pieces), 4):
        start = len(line.encode())
        word = pieces[at + 3]
        line += word
        if word.strip():
            end = start + len(word.rstrip().encode())
            words.append(Word(_milliseconds(*pieces[at : at + 3]), start, end, word.rstrip()))
    return line.rstrip(), tuple(words)
