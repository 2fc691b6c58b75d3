"""Typewriting on paper, in millimetres: lines that fit a box, at the largest size that does. PURE.

A typewriter's letters are all of one width, so what a line takes is known without a browser. Where a font is wider than
ours the browser squeezes the line into what it was given: `textLength`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from magnitizdat.pages.markup import Html, el, one_line, ours

WIDTH = 0.6
"""Of a letter, in its size; wide ones of East Asia take two."""
LEADING = 1.22
"""From line to line, in their size."""
BETWEEN = 4.0
"""Of two columns."""


class Area(NamedTuple):
    """Where something is typed: its upper left corner, and how wide and high it is."""

    x: float
    y: float
    width: float
    height: float


class TypedLine(NamedTuple):
    """A line as it is typed: `left` at its margin, `right` at the other. What is indented goes with the one above."""

    left: str
    right: str = ""
    style: str = ""
    indent: int = 0


def cells(written: str) -> int:
    """How many letters wide it is."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in written
    )


def room(width: float, size: float) -> int:
    """Letters of this size that a line takes."""
    return max(4, int(width / (WIDTH * size) + 1e-6))


def wrapped(written: str, width: int) -> list[str]:
    """Lines of at most so many letters, broken between words, or in one that is longer than a line."""
    lines = [""]
    for word in one_line(written).split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(joined) <= width:
            lines[-1] = joined
            continue
        lines += _cut(word, width)
    return [line for line in lines if line]


def _cut(word: str, width: int) -> Iterator[str]:
    """A word in parts of at most so many letters."""
    part = ""
    for letter in word:
        if part and cells(part + letter) > width:
            yield part
            part = ""
        part += letter
    yield part


class Typing(NamedTuple):
    """Lines of one size in a box of one or more columns; `lost` are those that it does not take."""

    size: float
    columns: int
    lines: list[TypedLine]
    lost: list[TypedLine]

    def tall(self, box: Area) -> float:
        """What of the height of its box they take."""
        rows = -(-len(self.lines) // self.columns)
        return min(box.height, self.size * (1 + LEADING * (rows - 1))) if rows else 0.0


def largest(
    make: Callable[[int], Sequence[TypedLine]], box: Area, sizes: Sequence[float | tuple[float, int]]
) -> Typing:
    """The first of these sizes, perhaps in columns, at which what `make` types in so many letters a line fits.

    Where none is small enough, as much as the last takes.
    """
    for each in sizes:
        size, columns = each if isinstance(each, tuple) else (each, 1)
        lines = list(make(room(_column(box, columns, 0).width, size)))
        most = height(box, size) * columns
        if len(lines) <= most:
            return Typing(size, columns, lines, [])
    return Typing(size, columns, lines[:most], lines[most:])


def _column(box: Area, columns: int, number: int) -> Area:
    width = (box.width - BETWEEN * (columns - 1)) / columns
    return box._replace(x=box.x + number * (width + BETWEEN), width=width)


def height(box: Area, size: float) -> int:
    """Lines of this size that a box takes."""
    return int((box.height - size) / (size * LEADING) + 1e-6) + 1 if box.height >= size else 0


def typed(typing: Typing, box: Area) -> list[Html]:
    """Lines from the top of a box, column after column."""
    rows = max(1, -(-len(typing.lines) // typing.columns))
    parts = [typing.lines[at : at + rows] for at in range(0, len(typing.lines), rows)]
    return [
        piece
        for number, lines in enumerate(parts)
        for piece in _typed(lines, _column(box, typing.columns, number), typing.size)
    ]


def ruled(typing: Typing, box: Area) -> list[float]:
    """Heights right under each line after which something new begins."""
    following = [*typing.lines[1:], TypedLine("")]
    step = typing.size * LEADING
    return [
        box.y + step * (number + 1) - typing.size * 0.12
        for number, (line, after) in enumerate(zip(typing.lines, following, strict=True))
        if not after.indent and not line.style
    ]


def _typed(lines: Sequence[TypedLine], box: Area, size: float) -> list[Html]:
    found = []
    for number, line in enumerate(lines):
        base = box.y + size * 0.82 + number * size * LEADING
        start = box.x + line.indent * size * WIDTH
        style = {"y": millimetres(base), "font-size": millimetres(size), "class": line.style or None}
        if line.left:
            found.append(_piece(line.left, size, {"x": millimetres(start), **style}))
        if line.right:
            end = {"x": millimetres(box.x + box.width), **style, "text-anchor": "end"}
            found.append(_piece(line.right, size, end))
    return found


def _piece(written: str, size: float, attributes: dict[str, str | None]) -> Html:
    """As wide as it was reckoned, in whatever font."""
    wide = {"textLength": millimetres(cells(written) * size * WIDTH), "lengthAdjust": "spacingAndGlyphs"}
    return el("text", {**attributes, **wide, "xml:space": "preserve"}, ours(written))


def millimetres(amount: float) -> str:
    """A number as SVG takes it."""
    return f"{amount:.3f}".rstrip("0").rstrip(".")
