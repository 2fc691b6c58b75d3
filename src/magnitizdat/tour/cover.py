"""Covers of the tour's tapes, drawn with three shapes and written as PNG. PURE.

Indexed colour at twice the size that a sleeve needs: whoever shows it scales it down, and that smooths the edges.

Source: PNG specification (third edition), sections 5 and 11.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Sequence

SIDE = 1200
_UNIT = 2
"""Pixels of one unit; drawings are 600 units wide."""

PAPER, INK, RED, SOFT = range(4)
_PALETTE = bytes.fromhex("e9dfc8 1b1815 c2211c a0937c")

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
    sheet = Sheet()
    _DRAWINGS.get(title, _reel_only)(sheet)
    return sheet.png()


class Sheet:
    """A square of paper. Coordinates are units from the top left; what lies outside is cut off."""

    def __init__(self) -> None:
        self._rows = [bytearray(bytes([PAPER]) * SIDE) for _ in range(SIDE)]

    def box(self, left: float, top: float, right: float, bottom: float, colour: int) -> None:
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def disc(self, x: float, y: float, radius: float, colour: int) -> None:
        for row in self._rows_between(y - radius, y + radius):
            away = (row + 0.5) / _UNIT - y
            half = math.sqrt(max(0.0, radius * radius - away * away))
            self._span(row, x - half, x + half, colour)

    def polygon(self, points: Sequence[tuple[float, float]], colour: int) -> None:
        """A filled convex outline."""
        edges = list(zip(points, [*points[1:], points[0]], strict=True))
        for row in self._rows_between(min(y for _, y in points), max(y for _, y in points)):
            y = (row + 0.5) / _UNIT
            crossed = [x0 + (y - y0) * (x1 - x0) / (y1 - y0) for (x0, y0), (x1, y1) in edges if (y0 <= y) != (y1 <= y)]
            if crossed:
                self._span(row, min(crossed), max(crossed), colour)

    def write(self, x: float, y: float, words: str, colour: int, *, dot: float) -> None:
        """Capitals of a needle printer; `dot` is the pitch of its needles."""
        for letter in words:
            for line, bits in enumerate(_GLYPHS[letter]):
                for column in range(5):
                    if bits >> (4 - column) & 1:
                        left, top = x + column * dot, y + line * dot
                        self.box(left, top, left + dot * 0.9, top + dot * 0.9, colour)
            x += 6 * dot

    def png(self) -> bytes:
        """The sheet as an indexed PNG."""
        lines = b"".join(b"\0" + row for row in self._rows)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
            for kind, content in (
                (b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)),
                (b"PLTE", _PALETTE),
                (b"IDAT", zlib.compress(lines, 6)),
                (b"IEND", b""),
            )
        )

    def _rows_between(self, top: float, bottom: float) -> range:
        return range(max(0, round(top * _UNIT)), min(SIDE, round(bottom * _UNIT)))

    def _span(self, row: int, left: float, right: float, colour: int) -> None:
        first, end = max(0, round(left * _UNIT)), min(SIDE, round(right * _UNIT))
        if end > first:
            self._rows[row][first:end] = bytes([colour]) * (end - first)


def _reel(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """A reel of a cassette: tape, window, hub."""
    sheet.disc(x, y, radius, INK)
    sheet.disc(x, y, radius * 0.55, PAPER)
    _hub(sheet, x, y, radius * 0.36)


def _hub(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """Red, with six teeth."""
    sheet.disc(x, y, radius, RED)
    sheet.disc(x, y, radius * 0.62, PAPER)
    for cosine, sine in ((1.0, 0.0), (0.5, 0.866), (-0.5, 0.866), (-1.0, 0.0), (-0.5, -0.866), (0.5, -0.866)):
        sheet.disc(x + 0.62 * radius * cosine, y + 0.62 * radius * sine, radius * 0.16, RED)


def _foot(sheet: Sheet, name: str, year: str) -> None:
    """The dark band below, with a red rule above it."""
    sheet.box(0, 448, 600, 458, RED)
    sheet.box(0, 458, 600, 600, INK)
    sheet.write(40, 500, name, PAPER, dot=8)
    sheet.write(470, 514, year, SOFT, dot=4)


def _forty_five(sheet: Sheet) -> None:
    """Two digits; the bowl of the five is a reel."""
    sheet.polygon([(196, 66), (262, 66), (116, 306), (40, 306)], INK)
    sheet.box(40, 276, 306, 330, INK)
    sheet.box(200, 66, 262, 410, INK)
    sheet.polygon([(200, 154), (200, 276), (127, 276)], PAPER)
    _reel(sheet, 434, 284, 126)
    sheet.box(290, 170, 336, 330, PAPER)
    sheet.box(290, 232, 434, 330, PAPER)
    sheet.box(336, 66, 546, 122, INK)
    sheet.box(336, 66, 394, 232, INK)
    _hub(sheet, 434, 284, 45)
    _foot(sheet, "ВИКТОР", "1982")


def _balcony(sheet: Sheet) -> None:
    """Washing on a line above the rails; the sun is up early."""
    sheet.disc(452, 132, 74, RED)
    sheet.polygon([(0, 96), (600, 176), (600, 181), (0, 101)], INK)
    for left, width, drop, colour in (
        (60, 96, 168, INK),
        (182, 70, 112, SOFT),
        (282, 120, 150, INK),
        (430, 84, 96, SOFT),
    ):
        top = 96 + left * 80 / 600
        slope = width * 80 / 600
        corners = [
            (left, top),
            (left + width, top + slope),
            (left + width - 6, top + slope + drop),
            (left + 5, top + drop),
        ]
        sheet.polygon(corners, colour)
    sheet.box(0, 330, 600, 342, INK)
    for bar in range(18, 600, 44):
        sheet.box(bar, 342, bar + 9, 448, INK)
    _foot(sheet, "НАТАЛЬЯ", "1983")


def _reel_only(sheet: Sheet) -> None:
    _reel(sheet, 170, 230, 120)
    _reel(sheet, 430, 230, 90)


_DRAWINGS: dict[str, Callable[[Sheet], None]] = {"45": _forty_five, "С балкона": _balcony}
