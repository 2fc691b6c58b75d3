"""Pictures made smaller: they fit, stay upright, lie on paper, and hostile ones fail as values."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction

import av
import pytest

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.formats.drawing import Drawing, box, png
from magnitizdat.workers import pictures

HALVES = Drawing("2f5d62", (box(0, 0, 600, 300, "c2211c"),))
"""Red above, teal below."""


def pixels(jpeg: bytes):
    """Width, height, and the colour at a place in per cent of both."""
    with av.open(io.BytesIO(jpeg)) as container:
        frame = next(container.decode(video=0)).reformat(format="rgb24")
    plane = frame.planes[0]

    def at(x: int, y: int) -> tuple[int, ...]:
        start = (y * (frame.height - 1) // 100) * plane.line_size + 3 * (x * (frame.width - 1) // 100)
        return tuple(bytes(plane)[start : start + 3])

    return frame.width, frame.height, at


def near(found, wanted: str) -> bool:
    return all(abs(a - b) <= 8 for a, b in zip(found, bytes.fromhex(wanted), strict=True))


def encoded(codec: str, pixel_format: str, width: int, height: int) -> bytes:
    source = pictures._fitted(av.VideoFrame(width, height, "rgb24"), max(width, height))
    context = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt, context.time_base = width, height, pixel_format, Fraction(1)
    frame = source.reformat(format=pixel_format)
    frame.pts = 0
    return b"".join(map(bytes, (*context.encode(frame), *context.encode(None))))


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The same JPEG with an EXIF segment."""
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def rgba_png(side: int, colour: tuple[int, int, int, int]) -> bytes:
    rows = zlib.compress((b"\0" + bytes(colour) * side) * side)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def test_each_fits_and_none_is_made_larger():
    found = pictures.scale(png(HALVES, 700), (160, 480, 1200))
    sizes = []
    for jpeg in found:
        width, height, at = pixels(jpeg)
        sizes.append((width, height))
        assert near(at(50, 20), "c2211c")
        assert near(at(50, 80), "2f5d62")
    assert sizes == [(160, 160), (480, 480), (700, 700)]
    assert len(found[0]) < len(found[1]) < len(found[2]) < 100_000


@pytest.mark.parametrize(("width", "height", "wanted"), [(400, 100, (160, 40)), (1, 3000, (1, 160)), (3, 2, (3, 2))])
def test_proportions_stay(width, height, wanted):
    (jpeg,) = pictures.scale(encoded("png", "rgb24", width, height), (160,))
    assert pixels(jpeg)[:2] == wanted


@pytest.mark.parametrize(
    ("orientation", "top", "left"),
    [
        (1, True, None),
        (2, True, None),
        (3, False, None),
        (4, False, None),
        (5, None, True),
        (6, None, False),
        (7, None, False),
        (8, None, True),
    ],
)
def test_photos_are_turned_upright(orientation, top, left):
    (jpeg,) = pictures.scale(png(HALVES, 300), (300,))
    (turned,) = pictures.scale(with_orientation(jpeg, orientation), (160,))
    _, _, at = pixels(turned)
    if top is not None:
        assert near(at(50, 20), "c2211c") is top
    if left is not None:
        assert near(at(20, 50), "c2211c") is left


def test_holes_show_paper():
    width, height, at = pixels(pictures.scale(rgba_png(64, (255, 0, 0, 0)), (160,))[0])
    assert (width, height) == (64, 64)
    assert near(at(50, 50), pictures.PAPER)
    assert near(pixels(pictures.scale(rgba_png(64, (0, 0, 255, 255)), (160,))[0])[2](50, 50), "0000ff")


def test_a_gif_is_a_picture():
    (jpeg,) = pictures.scale(encoded_gif(), (160,))
    assert pixels(jpeg)[:2] == (40, 20)


def encoded_gif() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="gif") as container:
        stream = container.add_stream("gif", rate=1)
        stream.width, stream.height, stream.pix_fmt = 40, 20, "rgb8"
        container.mux(stream.encode(av.VideoFrame(40, 20, "rgb8")))
        container.mux(stream.encode(None))
    return file.getvalue()


def test_hostile_pictures_fail_as_values_and_the_next_is_scaled(pool):
    good = png(HALVES, 200)
    bomb = good[:16] + struct.pack(">II", 60_000, 60_000) + good[24:]
    wide = rgba_png(8, (0, 0, 0, 255))
    for content in (bomb, good[:300], b"\xff\xd8\xff" + bytes(500), wide[:16] + b"\xff" * 8 + wide[24:]):
        with pytest.raises((DamagedError, UnsupportedError)):
            pool.scale(content, (160,))
    with pytest.raises(UnsupportedError, match="not a picture"):
        pool.scale(b"<svg/>", (160,))
    assert len(pool.scale(good, (160, 480))) == 2
