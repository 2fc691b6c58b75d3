"""Sleeves are the same for the same names, whatever their spacing and case; PNG and SVG say the same."""

from __future__ import annotations

import io
import re

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.formats import sleeve
from magnitizdat.formats.drawing import UNITS, Disc, Drawing, box, png, svg


def colours(picture: bytes):
    with av.open(io.BytesIO(picture)) as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24")
    plane = frame.planes[0]
    rows = bytes(plane)
    return lambda x, y: rows[y * plane.line_size + 3 * x :][:3].hex()


def test_the_same_names_have_the_same_sleeve():
    assert sleeve.album_sleeve("Ночь", "Кино") == sleeve.album_sleeve(" НОЧЬ ", "кино")
    assert sleeve.album_sleeve("Ночь", "Кино") != sleeve.album_sleeve("Ночь", "Аквариум")
    assert png(sleeve.album_sleeve("Ночь", "Кино"), 160) == png(sleeve.album_sleeve("Ночь", "Кино"), 160)


def test_every_family_is_drawn_and_shows_its_paint():
    drawn = [sleeve.album_sleeve(f"Album {number}", "Кино") for number in range(300)]
    assert len({drawing.ground for drawing in drawn}) == 6
    assert len(set(drawn)) > 290
    for family in sleeve._ALBUMS:
        dice = sleeve._Dice("x")
        for paint in sleeve._PAINTS:
            shapes = family(dice, paint)
            assert {shape.colour for shape in shapes} - {paint.ground}


@given(st.text(), st.text())
def test_any_names_have_a_sleeve_within_reason(title, artist):
    for drawing in (sleeve.album_sleeve(title, artist), sleeve.artist_sleeve(title), sleeve.playlist_sleeve(title)):
        assert 1 < len(drawing.shapes) < 250
        assert len(svg(drawing)) < 40_000


def test_edges_are_smooth_and_insides_are_plain():
    at = colours(png(Drawing("000000", (Disc(300, 300, 150, "ffffff"), box(0, 0, 600, 100.5, "ff0000"))), 600))
    assert (at(300, 300), at(10, 300), at(300, 50)) == ("ffffff", "000000", "ff0000")
    assert at(300, 100) in {"7f0000", "800000"}
    rim = {at(x, 194) for x in range(150, 450)}
    assert len(rim) > 2


def test_what_lies_outside_is_cut_off():
    outside = Drawing(
        "102030", (Disc(-400, 300, 300, "ffffff"), box(-50, -50, -10, 700, "ffffff"), Disc(0, 0, 60, "ff0000"))
    )
    at = colours(png(outside, 100))
    assert at(1, 1) == "ff0000"
    assert at(50, 50) == "102030"


@pytest.mark.parametrize("side", [1, 7, 160, 1200])
def test_any_side(side):
    with av.open(io.BytesIO(png(sleeve.album_sleeve("45", "Виктор"), side))) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height) == (side, side)


def test_the_svg_holds_shapes_and_nothing_else():
    text = svg(sleeve.album_sleeve("<script>", '"&'))
    assert text.startswith(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNITS} {UNITS}"')
    assert set(re.findall(r"<(\w+)", text)) <= {"svg", "rect", "circle", "polygon"}
