"""QR codes for terminals and for paper. The one home of `segno`.

What is not ASCII goes as UTF-8 behind a sign that says so (ECI 26): without the sign each reader guesses, and what fits
Shift_JIS, as Russian does, would be written as that.
"""

from __future__ import annotations

import io
from base64 import b64encode
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segno import QRCode

MOST, MOST_SIGNED = 2953, 2952
"""Bytes that the largest code holds, and behind a sign. Source: ISO/IEC 18004, 7.4.2 and table 7, version 40-L."""
_LONG = 900
"""Characters from which on a code is easier to read with less correction than with more modules."""


def fits(text: str) -> bool:
    """Whether one code holds so much."""
    return len(text.encode()) <= (MOST if text.isascii() else MOST_SIGNED)


def _code(text: str, error: str = "") -> QRCode:
    """The code of a text; `error` is the least level of correction, where not the usual one."""
    import segno

    level = error or ("m" if len(text) < _LONG else "l")
    if text.isascii():
        return segno.make_qr(text, error=level)
    return segno.make_qr(text, error=level, encoding="utf-8", mode="byte", eci=True)


def terminal_qr(text: str) -> str:
    """A QR code in half-block characters, with its quiet zone."""
    out = io.StringIO()
    rows = [list(row) for row in _code(text).matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    glyphs = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        out.write("".join(glyphs[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True)) + "\n")
    return out.getvalue()


def svg_qr(text: str, *, error: str = "") -> bytes:
    """A QR code as SVG, for paper; `error` is the least level of correction, where not the usual one."""
    out = io.BytesIO()
    _code(text, error).save(out, kind="svg", scale=3, border=4, xmldecl=False)
    return out.getvalue()


def data_qr(text: str) -> str:
    """A QR code as an address that is the picture itself: there is none at which it could be asked for again."""
    return f"data:image/svg+xml;base64,{b64encode(svg_qr(text)).decode()}"


def png_qr(text: str) -> bytes:
    """A QR code as PNG, which reads back from its file."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def qr_path(text: str) -> tuple[str, int]:
    """A QR code as the outline of its dark modules, one unit each, and how many units it is wide, with its margin."""
    border = 4
    rows = list(_code(text, "l").matrix_iter(border=border))
    drawn = []
    for y, row in enumerate(rows):
        for dark, run in groupby(enumerate(row), key=lambda each: bool(each[1])):
            columns = [x for x, _ in run]
            if dark:
                drawn.append(f"M{columns[0]} {y}h{len(columns)}v1h-{len(columns)}z")
    return "".join(drawn), len(rows)
