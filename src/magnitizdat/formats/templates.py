"""Sentences with holes: which one a finished sentence was made from, and the same in other words. PURE.

A template is whole text with named holes, `{path} is not there; check the name`. A sentence is matched in time linear
in its length. Where two readings are possible there is no match: a name is never cut at the wrong place.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HOLE = re.compile(r"\{([A-Za-z_]\w*)(?::([^{}]*))?\}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\d[\d.,:-]*(?: [kMGT]?i?B)?")


class HoleValue(NamedTuple):
    """What stood in a hole; `quoted` where the template has it in «quotation marks», as names of people's own are."""

    text: str
    quoted: bool


class Template(NamedTuple):
    """Literal text around holes: one more of `literals` than of `holes`."""

    text: str
    literals: tuple[str, ...]
    holes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """From text with `{holes}`."""
        literals, holes, end = [], [], 0
        for found in _HOLE.finditer(text):
            literals.append(text[end : found.start()])
            holes.append(found[1])
            end = found.end()
        return cls(text, (*literals, text[end:]), tuple(holes))

    @property
    def words(self) -> int:
        """How many words of its own it has."""
        return sum(len(_WORD.findall(literal)) for literal in self.literals)

    @property
    def weight(self) -> int:
        """Characters outside holes: of two templates that match, the heavier says more."""
        return sum(map(len, self.literals))

    def match(self, sentence: str) -> dict[str, HoleValue] | None:
        """What stands in the holes; None where it is another sentence, or could be read in two ways."""
        first, *middle, last = self.literals if self.holes else (self.text, "")
        if not self.holes:
            return {} if sentence == first else None
        end = len(sentence) - len(last)
        if end < len(first) or not sentence.startswith(first) or not sentence.endswith(last):
            return None
        starts = _leftmost(sentence, middle, len(first), end)
        if starts is None or starts != _rightmost(sentence, middle, len(first), end):
            return None
        begins = [len(first), *(start + len(literal) for start, literal in zip(starts, middle, strict=True))]
        texts = [sentence[begin:stop] for begin, stop in zip(begins, [*starts, end], strict=True)]
        return {
            hole: HoleValue(text, before.endswith("«"))
            for hole, text, before in zip(self.holes, texts, self.literals, strict=False)
        }


def _leftmost(sentence: str, literals: list[str], start: int, end: int) -> list[int] | None:
    found = []
    for literal in literals:
        position = sentence.find(literal, start, end)
        if position < 0:
            return None
        found.append(position)
        start = position + len(literal)
    return found


def _rightmost(sentence: str, literals: list[str], start: int, end: int) -> list[int] | None:
    found = []
    for literal in reversed(literals):
        position = sentence.rfind(literal, start, end)
        if position < 0:
            return None
        found.append(position)
        end = position
    return found[::-1]


def is_number(text: str) -> bool:
    """Whether a value is a count, a size, a duration or a date: `3`, `14.2 GB`, `3:07`, `2026-11-26`."""
    return _NUMBER.fullmatch(text) is not None
