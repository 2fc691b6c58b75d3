"""QR codes for terminals and for paper. The one home of `segno`."""

from __future__ import annotations

import io
from base64 import b64encode
from itertools import groupby

MOST = 2953
"""Bytes that the largest code holds. Source: ISO/IEC 18004, table 7, version 40-L."""


def fits(text: str) -> bool:
    """Whether one code holds so much."""
    return len(text.encode()) <= MOST


def terminal_qr(text: str) -> str:
    """A QR code in half-block characters, with its quiet zone."""
    import segno

    code = segno.make(text, micro=False, error="m" if len(text) < 900 else "l")
    out = io.StringIO()
    rows = [list(row) for row in code.matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    glyphs = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        out.write("".join(glyphs[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True)) + "\n")
    return out.getvalue()


def svg_qr(text: str, *, error: str = "") -> bytes:
    """A QR code as SVG, for paper; `error` is the least level of correction, where not the usual one."""
    import segno

    out = io.BytesIO()
    segno.make(text, micro=False, error=error or ("m" if len(text) < 900 else "l")).save(
        out, kind="svg", scale=3, border=4, xmldecl=False
    )
    return out.getvalue()


def data_qr(text: str) -> str:
    """A QR code as an address that is the picture itself: there is none at which it could be asked for again."""
    return f"data:image/svg+xml;base64,{b64encode(svg_qr(text)).decode()}"


def png_qr(text: str) -> bytes:
    """A QR code as PNG, which reads back from its file."""
    import segno

    out = io.BytesIO()
    segno.make(text, micro=False, error="m" if len(text) < 900 else "l").save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def qr_path(text: str) -> tuple[str, int]:
    """A QR code as the outline of its dark modules, one unit each, and how many units it is wide, with its margin."""
    import segno

    border = 4
    rows = list(segno.make(text, micro=False, error="l").matrix_iter(border=border))
    drawn = []
    for y, row in enumerate(rows):
        for dark, run in groupby(enumerate(row), key=lambda each: bool(each[1])):
            columns = [x for x, _ in run]
            if dark:
                drawn.append(f"M{columns[0]} {y}h{len(columns)}v1h-{len(columns)}z")
    return "".join(drawn), len(rows)
