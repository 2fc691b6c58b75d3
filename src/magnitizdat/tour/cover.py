"""Covers of the tour's tapes: a drawing each, with words in the letters of a needle printer. PURE."""

from __future__ import annotations

from collections.abc import Callable

from magnitizdat.formats.drawing import Disc, Drawing, Point, Polygon, Shape, box, png
from magnitizdat.formats.sleeve import INK, PAPER, RED

SIDE = 1200
SOFT = "a0937c"

_GLYPHS: dict[str, tuple[int, ...]] = {
    "А": (14, 17, 17, 31, 17, 17, 17),
    "Б": (31, 16, 16, 30, 17, 17, 30),
    "В": (30, 17, 17, 30, 17, 17, 30),
    "И": (17, 17, 19, 21, 25, 17, 17),
    "К": (17, 18, 20, 24, 20, 18, 17),
    "Л": (7, 9, 9, 9, 9, 9, 17),
    "Н": (17, 17, 17, 31, 17, 17, 17),
    "О": (14, 17, 17, 17, 17, 17, 14),
    "Р": (30, 17, 17, 30, 16, 16, 16),
    "С": (14, 17, 16, 16, 16, 17, 14),
    "Т": (31, 4, 4, 4, 4, 4, 4),
    "Ь": (16, 16, 16, 30, 17, 17, 30),
    "Я": (15, 17, 17, 15, 5, 9, 17),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 2, 4, 8, 31),
    "3": (30, 1, 1, 14, 1, 1, 30),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    " ": (0, 0, 0, 0, 0, 0, 0),
}


def cover_png(title: str) -> bytes:
    """The cover of "45" or "С балкона" as PNG; any other title gets the reels of the first without the digits."""
    return png(Drawing(PAPER, tuple(_DRAWINGS.get(title, _reel_only)())), SIDE)


def _words(x: float, y: float, words: str, colour: str, *, dot: float) -> list[Shape]:
    """Capitals of a needle printer; `dot` is the pitch of its needles."""
    shapes: list[Shape] = []
    for letter in words:
        for line, bits in enumerate(_GLYPHS[letter]):
            for column in range(5):
                if bits >> (4 - column) & 1:
                    left, top = x + column * dot, y + line * dot
                    shapes.append(box(left, top, left + dot * 0.9, top + dot * 0.9, colour))
        x += 6 * dot
    return shapes


def _reel(x: float, y: float, radius: float) -> list[Shape]:
    """A reel of a cassette: tape, window, hub."""
    return [Disc(x, y, radius, INK), Disc(x, y, radius * 0.55, PAPER), *_hub(x, y, radius * 0.36)]


def _hub(x: float, y: float, radius: float) -> list[Shape]:
    """Red, with six teeth."""
    directions = ((1.0, 0.0), (0.5, 0.866), (-0.5, 0.866), (-1.0, 0.0), (-0.5, -0.866), (0.5, -0.866))
    teeth = [Disc(x + 0.62 * radius * cos, y + 0.62 * radius * sin, radius * 0.16, RED) for cos, sin in directions]
    return [Disc(x, y, radius, RED), Disc(x, y, radius * 0.62, PAPER), *teeth]


def _foot(name: str, year: str) -> list[Shape]:
    """The dark band below, with a red rule above it."""
    band = [box(0, 448, 600, 458, RED), box(0, 458, 600, 600, INK)]
    return [*band, *_words(40, 500, name, PAPER, dot=8), *_words(470, 514, year, SOFT, dot=4)]


def _outline(colour: str, *points: Point) -> Polygon:
    return Polygon(points, colour)


def _forty_five() -> list[Shape]:
    """Two digits; the bowl of the five is a reel."""
    return [
        _outline(INK, (196, 66), (262, 66), (116, 306), (40, 306)),
        box(40, 276, 306, 330, INK),
        box(200, 66, 262, 410, INK),
        _outline(PAPER, (200, 154), (200, 276), (127, 276)),
        *_reel(434, 284, 126),
        box(290, 170, 336, 330, PAPER),
        box(290, 232, 434, 330, PAPER),
        box(336, 66, 546, 122, INK),
        box(336, 66, 394, 232, INK),
        *_hub(434, 284, 45),
        *_foot("ВИКТОР", "1982"),
    ]


def _balcony() -> list[Shape]:
    """Washing on a line above the rails; the sun is up early."""
    shapes: list[Shape] = [Disc(452, 132, 74, RED), _outline(INK, (0, 96), (600, 176), (600, 181), (0, 101))]
    for left, width, drop, colour in (
        (60, 96, 168, INK),
        (182, 70, 112, SOFT),
        (282, 120, 150, INK),
        (430, 84, 96, SOFT),
    ):
        top = 96 + left * 80 / 600
        slope = width * 80 / 600
        upper = ((left, top), (left + width, top + slope))
        lower = ((left + width - 6, top + slope + drop), (left + 5, top + drop))
        shapes.append(_outline(colour, *upper, *lower))
    shapes.append(box(0, 330, 600, 342, INK))
    shapes += [box(bar, 342, bar + 9, 448, INK) for bar in range(18, 600, 44)]
    return [*shapes, *_foot("НАТАЛЬЯ", "1983")]


def _reel_only() -> list[Shape]:
    return [*_reel(170, 230, 120), *_reel(430, 230, 90)]


_DRAWINGS: dict[str, Callable[[], list[Shape]]] = {"45": _forty_five, "С балкона": _balcony}
