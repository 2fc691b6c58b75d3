"""Sleeves for music without a cover: flat shapes in few colours, always the same for the same names. PURE.

In the manner of the covers that this music had: what a stencil and three pots of paint can do.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from magnitizdat.formats.drawing import UNITS, Colour, Disc, Drawing, Point, Polygon, Shape, box
from magnitizdat.formats.folding import folded

PAPER, INK, RED, TEAL, OCHRE, BROWN = "e9dfc8", "1b1815", "c2211c", "2f5d62", "d9a441", "7a3b2e"

Choice = TypeVar("Choice")


class Paint(NamedTuple):
    """Colours that go together; `ground` stands well behind each of the others."""

    ground: Colour
    main: Colour
    second: Colour
    third: Colour


_PAINTS = (
    Paint(PAPER, RED, INK, OCHRE),
    Paint(PAPER, TEAL, RED, INK),
    Paint(PAPER, INK, RED, TEAL),
    Paint(PAPER, BROWN, OCHRE, INK),
    Paint(RED, PAPER, INK, OCHRE),
    Paint(RED, INK, OCHRE, PAPER),
    Paint(RED, TEAL, OCHRE, PAPER),
    Paint(INK, OCHRE, RED, PAPER),
    Paint(INK, PAPER, RED, TEAL),
    Paint(INK, RED, PAPER, OCHRE),
    Paint(TEAL, PAPER, OCHRE, INK),
    Paint(TEAL, OCHRE, PAPER, INK),
    Paint(OCHRE, BROWN, PAPER, INK),
    Paint(OCHRE, INK, RED, PAPER),
    Paint(OCHRE, TEAL, PAPER, INK),
    Paint(BROWN, OCHRE, PAPER, INK),
)


def album_sleeve(title: str, artist: str) -> Drawing:
    """The sleeve of an album, by its names alone: everybody who has it without a cover sees the same one."""
    return _draw(f"album\n{_folded(title)}\n{_folded(artist)}", _ALBUMS)


def artist_sleeve(name: str) -> Drawing:
    """Somebody's likeness, by whatever names them."""
    return _draw(f"artist\n{_folded(name)}", (_portrait,))


def playlist_sleeve(name: str) -> Drawing:
    """A tape of one's own, by whatever names it."""
    return _draw(f"playlist\n{_folded(name)}", (_cassette,))


def _folded(name: str) -> str:
    return " ".join(folded(name).split())


class _Dice:
    """Numbers that follow from a seed."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()
        self._thrown = 0

    def between(self, least: float, most: float) -> float:
        """A number in this range, in whole units where the range has them."""
        self._thrown += 1
        digest = hashlib.sha256(b"%d\n%s" % (self._thrown, self._seed)).digest()
        return round(least + (most - least) * int.from_bytes(digest[:4], "big") / 0xFFFFFFFF, 1)

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return choices[min(len(choices) - 1, int(self.between(0, len(choices))))]

    def is_so(self) -> bool:
        return self.one_of((True, False))


Family = Callable[[_Dice, Paint], list[Shape]]


def _draw(seed: str, families: Sequence[Family]) -> Drawing:
    dice = _Dice(seed)
    family, paint = dice.one_of(families), dice.one_of(_PAINTS)
    shapes = family(dice, paint)
    if families is _ALBUMS and dice.is_so():
        shapes = [_mirrored(shape) for shape in shapes]
    return Drawing(paint.ground, tuple(shapes))


def _mirrored(shape: Shape) -> Shape:
    if isinstance(shape, Disc):
        return shape._replace(x=UNITS - shape.x)
    return shape._replace(points=tuple((UNITS - x, y) for x, y in shape.points))


def _sector(middle: Point, radius: float, first: float, last: float, colour: Colour) -> Polygon:
    """A part of a disc of at most a half, between two angles in degrees, clockwise from the right."""
    x, y = middle
    steps = max(8, round(abs(last - first) / 3))
    rim = [math.radians(first + (last - first) * step / steps) for step in range(steps + 1)]
    return Polygon(((x, y), *((x + radius * math.cos(a), y + radius * math.sin(a)) for a in rim)), colour)


def _slanted(x: float, width: float, lean: float, colour: Colour, *, top: float = 0, bottom: float = UNITS) -> Polygon:
    """A bar that leans to the right by `lean` units on its way up; `x` is where its foot begins."""
    return Polygon(((x, bottom), (x + lean, top), (x + lean + width, top), (x + width, bottom)), colour)


# -- albums -------------------------------------------------------------------------------------------------------


def _sun_and_bar(dice: _Dice, paint: Paint) -> list[Shape]:
    """A disc that something crosses, or sinks behind."""
    radius, x = dice.between(140, 190), dice.between(210, 390)
    y = dice.between(210, 290)
    shapes: list[Shape] = [Disc(x, y, radius, paint.main)]
    if dice.is_so():
        top = y + radius * dice.between(0.35, 0.6)
        return [*shapes, box(0, top, UNITS, top + dice.between(48, 84), paint.second)]
    horizon = y + radius * dice.between(0.45, 0.75)
    foot = dice.between(30, 110)
    lean = dice.between(110, 190)
    top = dice.between(80, 130)
    width = dice.between(44, 70)
    return [
        *shapes,
        _slanted(foot, width, lean, paint.second, top=top, bottom=horizon + 1),
        box(0, horizon, UNITS, UNITS, paint.second),
    ]


def _columns(dice: _Dice, paint: Paint) -> list[Shape]:
    """Bars of a meter, hanging and standing in turn."""
    number = dice.one_of((5, 6, 7, 8))
    pitch = UNITS / number
    width = pitch * dice.between(0.5, 0.66)
    shapes: list[Shape] = []
    for place in range(number):
        left = place * pitch + (pitch - width) / 2
        reach = dice.between(150, 470)
        hangs = place % 2 == 0
        top, bottom = (0.0, reach) if hangs else (UNITS - reach, float(UNITS))
        shapes.append(box(left, top, left + width, bottom, paint.main if hangs else paint.second))
    return shapes


def _mountain(dice: _Dice, paint: Paint) -> list[Shape]:
    """One or two peaks and the sun, before or behind them."""
    peak, top = dice.between(230, 330), dice.between(110, 190)
    sun = Disc(dice.between(450, 500), dice.between(100, 150), dice.between(46, 74), paint.second)
    shapes: list[Shape] = [sun]
    if dice.is_so():
        far = dice.between(440, 520)
        shapes.append(
            Polygon(((far - 330, UNITS), (far, top + dice.between(90, 150)), (far + 330, UNITS)), paint.third)
        )
    shapes.append(Polygon(((peak - 360, UNITS), (peak, top), (peak + 360, UNITS)), paint.main))
    if dice.is_so():
        snow = dice.between(0.2, 0.3) * (UNITS - top)
        half = 360 * snow / (UNITS - top)
        shapes.append(Polygon(((peak - half, top + snow), (peak, top), (peak + half, top + snow)), paint.second))
    return shapes


def _target(dice: _Dice, paint: Paint) -> list[Shape]:
    """Rings, in the middle or coming in from a corner."""
    x, y, outer = dice.one_of(
        ((300.0, 300.0, 250.0), (300.0, 300.0, 250.0), (150.0, 450.0, 440.0), (300.0, 600.0, 480.0))
    )
    number = dice.one_of((3, 4, 5))
    ring = outer / (2 * number - 1) if dice.is_so() else outer / (2 * number)
    shapes: list[Shape] = []
    for place in range(number):
        radius = outer - 2 * place * ring
        shapes.append(Disc(x, y, radius, paint.main))
        if radius - ring > 1:
            shapes.append(Disc(x, y, radius - ring, paint.ground))
    shapes.append(Disc(x, y, ring * 0.8, paint.second))
    return shapes


def _diagonals(dice: _Dice, paint: Paint) -> list[Shape]:
    """Leaning bars, one of them of another colour, and a disc between them."""
    number = dice.one_of((3, 4, 5))
    pitch = 760 / number
    width = pitch * dice.between(0.4, 0.58)
    odd = dice.one_of(range(1, number))
    shapes: list[Shape] = [
        _slanted(place * pitch - 200, width, 240, paint.second if place == odd else paint.main)
        for place in range(number + 1)
    ]
    shapes.append(Disc(dice.between(180, 420), dice.between(180, 420), dice.between(80, 130), paint.third))
    return shapes


def _reels(dice: _Dice, paint: Paint) -> list[Shape]:
    """Two reels of tape on a band."""
    level = dice.between(230, 330)
    half = dice.between(50, 90)
    shapes: list[Shape] = [box(0, level - half, UNITS, level + half, paint.main)]
    left = dice.between(96, 136)
    for x, radius in ((168.0, left), (432.0, 232 - left)):
        shapes += _reel(x, level, radius, paint)
    if dice.is_so():
        low = dice.between(490, 520)
        shapes.append(box(0, low, UNITS, low + 18, paint.second))
    return shapes


def _reel(x: float, y: float, radius: float, paint: Paint) -> list[Shape]:
    hub = paint.second if paint.second != INK else paint.third
    light = PAPER if paint.ground != PAPER else OCHRE
    return [
        Disc(x, y, radius + 14, light),
        Disc(x, y, radius, INK),
        Disc(x, y, 46, light),
        Disc(x, y, 26, hub if hub != light else INK),
    ]


def _arches(dice: _Dice, paint: Paint) -> list[Shape]:
    """Gates one within the other, open to the ground."""
    x, foot = dice.one_of((300.0, 240.0, 360.0)), dice.one_of((600.0, 520.0))
    outer = dice.between(230, 280)
    step = dice.between(44, 58)
    colours = (paint.main, paint.ground, paint.second, paint.ground, paint.third)
    top = foot - dice.between(140, 200)
    shapes: list[Shape] = []
    for place, colour in enumerate(colours):
        radius = outer - place * step
        if radius > 12:
            shapes += [Disc(x, top, radius, colour), box(x - radius, top, x + radius, foot, colour)]
    if foot < UNITS:
        shapes.append(box(0, foot, UNITS, UNITS, paint.main))
    return shapes


def _tiles(dice: _Dice, paint: Paint) -> list[Shape]:
    """Quarters of discs in a square of squares."""
    number = dice.one_of((2, 3, 3))
    side = UNITS / number
    colours = (paint.main, paint.second, paint.third, paint.main)
    shapes: list[Shape] = []
    for row in range(number):
        for column in range(number):
            left, top = column * side, row * side
            colour, turn = dice.one_of(colours), dice.one_of((0, 1, 2, 3))
            corner = ((left, top), (left + side, top), (left + side, top + side), (left, top + side))[turn]
            shapes.append(_sector(corner, side, turn * 90, turn * 90 + 90, colour))
    return shapes


def _waves(dice: _Dice, paint: Paint) -> list[Shape]:
    """A moon over rows of waves."""
    moon = Disc(dice.between(170, 430), dice.between(130, 170), dice.between(70, 100), paint.second)
    radius = dice.one_of((60.0, 75.0, 100.0))
    shapes: list[Shape] = [moon]
    horizon = dice.between(320, 360)
    for row, colour in enumerate((paint.main, paint.third, paint.main, paint.third, paint.main)):
        y = horizon + row * radius * 0.72
        shift = radius if row % 2 else 0
        number = math.ceil(UNITS / (2 * radius)) + 1
        shapes += [Disc(place * 2 * radius + shift, y, radius, colour) for place in range(number)]
        shapes.append(box(0, y, UNITS, UNITS, colour))
    return shapes


def _rays(dice: _Dice, paint: Paint) -> list[Shape]:
    """Beams from the foot, and what they come from."""
    x, y = dice.one_of(((300.0, 600.0), (300.0, 470.0), (90.0, 600.0)))
    number = dice.one_of((7, 9, 11))
    width = 180 / (2 * number - 1)
    shapes: list[Shape] = []
    for place in range(number):
        first = math.radians(180 + 2 * place * width)
        last = math.radians(180 + (2 * place + 1) * width)
        far = 900
        ends = [(x + far * math.cos(a), y + far * math.sin(a)) for a in (first, last)]
        shapes.append(Polygon(((x, y), *ends), paint.main))
    shapes.append(Disc(x, y, dice.between(120, 190), paint.second))
    if y < UNITS:
        shapes.append(box(0, y, UNITS, UNITS, paint.second if dice.is_so() else paint.third))
    return shapes


def _stairs(dice: _Dice, paint: Paint) -> list[Shape]:
    """Steps going up, and a disc at their end."""
    number = dice.one_of((4, 5, 6))
    pitch = UNITS / number
    low, rise = dice.between(80, 120), dice.between(250, 330) / (number - 1)
    shapes: list[Shape] = []
    for place in range(number):
        top = UNITS - low - place * rise
        colour = (paint.main, paint.second)[place % 2]
        shapes.append(box(place * pitch, top, (place + 1) * pitch, UNITS, colour))
    shapes.append(Disc(dice.between(140, 220), dice.between(140, 200), dice.between(70, 105), paint.third))
    return shapes


def _strings(dice: _Dice, paint: Paint) -> list[Shape]:
    """The hole of a guitar, and its strings."""
    x, y, radius = dice.between(270, 330), dice.between(280, 360), dice.between(150, 190)
    rim = paint.second if paint.second != INK else paint.third
    shapes: list[Shape] = [
        Disc(x, y, radius + 34, rim),
        Disc(x, y, radius + 18, paint.ground),
        Disc(x, y, radius, paint.main),
    ]
    string = paint.third if rim != paint.third else paint.second
    lean = dice.between(-60, 60)
    across = dice.between(150, 200)
    for place in range(6):
        left = x - across / 2 + place * across / 5
        shapes.append(_slanted(left - lean / 2, 3 + place * 1.2, lean, string))
    return shapes


def _blocks(dice: _Dice, paint: Paint) -> list[Shape]:
    """Houses at night, with a window that is lit."""
    shapes: list[Shape] = [Disc(dice.between(420, 500), dice.between(90, 140), dice.between(38, 60), paint.second)]
    left = 0.0
    while left < UNITS:
        width, top = dice.between(90, 170), dice.between(190, 410)
        shapes.append(box(left, top, left + width - 10, UNITS, paint.main))
        for row in range(int((UNITS - top) / 66)):
            for column in range(int(width / 48)):
                colour = paint.second if dice.between(0, 1) > 0.75 else paint.ground
                x, y = left + 20 + column * 44, top + 26 + row * 64
                shapes.append(box(x, y, x + 22, y + 32, colour))
        left += width
    return shapes


_ALBUMS: tuple[Family, ...] = (
    _sun_and_bar,
    _columns,
    _mountain,
    _target,
    _diagonals,
    _reels,
    _arches,
    _tiles,
    _waves,
    _rays,
    _stairs,
    _strings,
    _blocks,
)


# -- people and tapes ---------------------------------------------------------------------------------------------


def _portrait(dice: _Dice, paint: Paint) -> list[Shape]:
    """Head and shoulders."""
    head, y = dice.between(104, 124), dice.between(220, 245)
    shoulders = dice.between(210, 250)
    shapes: list[Shape] = []
    if dice.is_so():
        shapes.append(Disc(300, y, head + dice.between(80, 120), paint.third))
    shapes.append(Disc(300, 640, shoulders, paint.main))
    shapes.append(box(300 - head * 0.36, y, 300 + head * 0.36, y + 200, paint.second))
    shapes.append(Disc(300, y, head, paint.second))
    if dice.is_so():
        shapes.append(_sector((300, y), head + 8, 180, 360, paint.main))
    return shapes


def _cassette(dice: _Dice, paint: Paint) -> list[Shape]:
    """A compact cassette."""
    shapes: list[Shape] = [box(60, 130, 540, 470, paint.main), box(96, 166, 504, 380, paint.second)]
    shapes.append(box(96, 196, 504, 196 + dice.between(16, 40), paint.third))
    left = dice.between(44, 66)
    shapes += [box(170, 250, 430, 350, paint.ground)]
    for x, radius in ((215.0, left), (385.0, 104 - left)):
        shapes += [Disc(x, 300, min(radius, 48), INK), Disc(x, 300, 22, PAPER)]
    shapes.append(Polygon(((170, 470), (200, 410), (400, 410), (430, 470)), paint.ground))
    return shapes
