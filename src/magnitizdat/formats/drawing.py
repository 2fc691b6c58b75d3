"""Flat drawings: one description, drawn as PNG or written as SVG. PURE.

A drawing is a square of `UNITS` by `UNITS`: a ground and shapes on it, later ones above; what lies outside is cut off.

Source: PNG specification (third edition), sections 5, 9 and 11; SVG 2, chapter 10.
"""

from __future__ import annotations

import math
import struct
import zlib
from typing import NamedTuple

UNITS = 600
"""Width and height of every drawing."""

Point = tuple[float, float]
Colour = str
"""Six hex digits."""

_STEPS = 4
"""Lines within a row of pixels on which the edges of a shape are looked up."""


class Disc(NamedTuple):
    x: float
    y: float
    radius: float
    colour: Colour


class Polygon(NamedTuple):
    """A filled convex outline."""

    points: tuple[Point, ...]
    colour: Colour


Shape = Disc | Polygon


class Drawing(NamedTuple):
    ground: Colour
    shapes: tuple[Shape, ...]


def box(left: float, top: float, right: float, bottom: float, colour: Colour) -> Polygon:
    """An upright rectangle."""
    return Polygon(((left, top), (right, top), (right, bottom), (left, bottom)), colour)


def svg(drawing: Drawing) -> str:
    """The drawing as a picture that stays sharp at any size; says nothing, so readers of screens pass it by."""
    drawn = "".join(map(_svg_shape, drawing.shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNITS} {UNITS}" aria-hidden="true" focusable="false">'
        f'<rect width="{UNITS}" height="{UNITS}" fill="#{drawing.ground}"/>{drawn}</svg>'
    )


def _svg_shape(shape: Shape) -> str:
    match shape:
        case Disc(x, y, radius, colour):
            return f'<circle cx="{x:.5g}" cy="{y:.5g}" r="{radius:.5g}" fill="#{colour}"/>'
        case Polygon(points, colour):
            outline = " ".join(f"{x:.5g},{y:.5g}" for x, y in points)
            return f'<polygon points="{outline}" fill="#{colour}"/>'


def png(drawing: Drawing, side: int) -> bytes:
    """The drawing as a PNG of `side` by `side` pixels with smooth edges; the same bytes every time."""
    sheet = _Sheet(side, drawing.ground)
    for shape in drawing.shapes:
        sheet.fill(shape)
    return sheet.png()


class _Sheet:
    """Rows of pixels, three bytes each."""

    def __init__(self, side: int, ground: Colour) -> None:
        self._side = side
        self._scale = side / UNITS
        self._rows = [bytearray(bytes.fromhex(ground) * side) for _ in range(side)]

    def fill(self, shape: Shape) -> None:
        """Lay a shape on what is there."""
        fine = self._scale * _STEPS
        left = [math.inf] * (self._side * _STEPS)
        right = [-math.inf] * (self._side * _STEPS)
        if isinstance(shape, Disc):
            lines = _cross_disc(shape, fine, left, right)
        else:
            lines = _cross_polygon(shape, fine, left, right)
        colour = bytes.fromhex(shape.colour)
        for row in range(lines.start // _STEPS, -(-lines.stop // _STEPS)):
            part = slice(row * _STEPS, (row + 1) * _STEPS)
            self._lay(self._rows[row], left[part], right[part], colour)

    def _lay(self, row: bytearray, left: list[float], right: list[float], colour: bytes) -> None:
        """A row's share of a shape: a middle that is wholly covered, and pixels at the ends that are partly.

        `left` and `right`: where its lines begin and end, in units; a line that is not covered ends before it begins.
        """
        side, scale = self._side, self._scale
        first = max(0, math.floor(min(left) * scale))
        end = min(side, math.ceil(max(right) * scale))
        if first >= end:
            return
        inner_first, inner_end = max(left) * scale, min(right) * scale
        inner_first = first if inner_first <= first else min(end, math.ceil(min(inner_first, side)))
        inner_end = end if inner_end >= end else max(inner_first, math.floor(max(inner_end, 0)))
        row[3 * inner_first : 3 * inner_end] = colour * (inner_end - inner_first)
        spans: list[tuple[float, float]] = []
        for pixel in (*range(first, inner_first), *range(inner_end, end)):
            if inner_first < inner_end and pixel == first == inner_first - 1:  # most edges are one pixel wide
                share = inner_first - sum(left) * scale / _STEPS
            elif inner_first < inner_end and pixel == inner_end == end - 1:
                share = sum(right) * scale / _STEPS - inner_end
            else:
                spans = spans or [(a * scale, b * scale) for a, b in zip(left, right, strict=True) if a < b]
                share = sum([max(0.0, min(b, pixel + 1) - max(a, pixel)) for a, b in spans]) / _STEPS
            if share > 0:
                _blend(row, 3 * pixel, colour, min(1.0, share))

    def png(self) -> bytes:
        lines = b"".join(b"\0" + row for row in self._rows)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
            for kind, content in (
                (b"IHDR", struct.pack(">IIBBBBB", self._side, self._side, 8, 2, 0, 0, 0)),
                (b"IDAT", zlib.compress(lines, 6)),
                (b"IEND", b""),
            )
        )


def _blend(row: bytearray, place: int, colour: bytes, share: float) -> None:
    for wanted in colour:
        row[place] += round((wanted - row[place]) * share)
        place += 1


def _lines_between(top: float, bottom: float, fine: float, number: int) -> range:
    """Those of `number` lines whose middle lies between two heights."""
    return range(max(0, math.ceil(top * fine - 0.5)), min(number, math.ceil(bottom * fine - 0.5)))


def _cross_disc(disc: Disc, fine: float, left: list[float], right: list[float]) -> range:
    """Note where each line enters and leaves; the lines that do come back."""
    lines = _lines_between(disc.y - disc.radius, disc.y + disc.radius, fine, len(left))
    for line in lines:
        away = (line + 0.5) / fine - disc.y
        half = math.sqrt(max(0.0, disc.radius * disc.radius - away * away))
        left[line], right[line] = disc.x - half, disc.x + half
    return lines


def _cross_polygon(polygon: Polygon, fine: float, left: list[float], right: list[float]) -> range:
    """The same; each edge is walked down once."""
    points = polygon.points
    for (x0, y0), (x1, y1) in zip(points, (*points[1:], points[0]), strict=True):
        if y0 == y1:
            continue
        slope = (x1 - x0) / (y1 - y0)
        for line in _lines_between(min(y0, y1), max(y0, y1), fine, len(left)):
            x = x0 + ((line + 0.5) / fine - y0) * slope
            left[line] = min(left[line], x)
            right[line] = max(right[line], x)
    heights = [y for _, y in points]
    return _lines_between(min(heights), max(heights), fine, len(left))
