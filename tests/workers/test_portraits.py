"""What can be a cover: whole, of a size that players take, of a kind that they know."""

from __future__ import annotations

import io
import struct
import zlib

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magnitizdat.errors import SourceError
from magnitizdat.model import IMAGE_TYPES
from magnitizdat.workers.child import understand
from magnitizdat.workers.pictures import decoded_picture
from magnitizdat.workers.portraits import portrait
from magnitizdat.workers.sniff import picture_type
from tests.fakes_audio import PNG, make_audio, write_tags

KNOWN = {"mjpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "libwebp": "image/webp"}
MADE_PNG = {"bmp": "image/bmp", "tiff": "image/tiff", "jpeg2000": "image/jp2"}
FORMATS = {
    "mjpeg": "yuvj420p",
    "png": "rgb24",
    "gif": "rgb8",
    "libwebp": "yuv420p",
    "bmp": "bgr24",
    "tiff": "rgb24",
    "jpeg2000": "rgb24",
}


def picture(codec: str, width: int = 64, height: int = 48, pixels: str = "", container: str = "image2pipe") -> bytes:
    """A red rectangle."""
    plain = av.VideoFrame(width, height, "rgb24")
    row = b"\xdc\x1e\x1e" * width
    plain.planes[0].update(b"".join(row.ljust(plain.planes[0].line_size, b"\0") for _ in range(height)))
    out = io.BytesIO()
    with av.open(out, "w", format="gif" if codec == "gif" else container) as made:
        stream = made.add_stream(codec, rate=1, width=width, height=height, pix_fmt=pixels or FORMATS[codec])
        made.mux(stream.encode(plain.reformat(format=pixels or FORMATS[codec], dst_color_range="JPEG")))
        made.mux(stream.encode(None))
    return out.getvalue()


def colour(image: bytes) -> tuple[int, int, int]:
    with decoded_picture(image, picture_type(image)) as frame:
        red, green, blue = bytes(frame.reformat(format="rgb24").planes[0])[:3]
    return red, green, blue


def size(image: bytes) -> tuple[int, int]:
    with decoded_picture(image, picture_type(image)) as frame:
        return frame.width, frame.height


@pytest.mark.parametrize(("codec", "media_type"), KNOWN.items())
def test_what_players_know_stays_as_it_is(codec, media_type):
    image = picture(codec)
    assert portrait(image) == (media_type, image)


@pytest.mark.parametrize(
    ("pixels", "codec"), [("rgb48be", "png"), ("rgba64be", "png"), ("pal8", "png"), ("ya8", "png")]
)
def test_every_depth_of_png_stays_as_it_is(pixels, codec):
    image = picture(codec, pixels=pixels) if pixels != "pal8" else PNG
    assert portrait(image) == ("image/png", image)


@pytest.mark.parametrize(("codec", "media_type"), MADE_PNG.items())
def test_what_players_do_not_know_is_made_png(codec, media_type):
    image = picture(codec)
    assert picture_type(image) == media_type
    found = portrait(image)
    assert found.media_type == "image/png"
    assert size(found.content) == (64, 48)
    assert colour(found.content) == pytest.approx((220, 30, 30), abs=3)


@given(st.sampled_from([*KNOWN, *MADE_PNG]), st.floats(0.05, 0.95))
def test_a_part_of_a_picture_is_no_cover(codec, share):
    image = picture(codec, 320, 240)
    with pytest.raises(SourceError):
        portrait(image[: int(len(image) * share)])


@pytest.mark.parametrize("width", [0, 60_000])
def test_a_picture_of_no_size_or_too_many_pixels_is_no_cover(width):
    header = struct.pack(">IIBBBBB", width, width, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    image = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
    with pytest.raises(SourceError):
        portrait(image)
    with pytest.raises(SourceError):
        portrait(picture("png", 17_000, 1))


@given(st.binary(max_size=500))
def test_whatever_is_no_picture_is_refused(content):
    with pytest.raises(SourceError):
        portrait(content)


def test_a_thumbnail_in_front_does_not_make_a_torn_jpeg_whole():
    image, thumbnail = picture("mjpeg", 320, 240), picture("mjpeg", 32, 24)
    exif = b"Exif\0\0" + thumbnail
    with_thumbnail = image[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + image[2:]
    assert portrait(with_thumbnail).media_type == "image/jpeg"
    with pytest.raises(SourceError):
        portrait(with_thumbnail[:-600])


def test_a_good_cover_stands_before_a_torn_front():
    front, other = picture("mjpeg", 320, 240), picture("png")
    audio = make_audio("flac", 0.2)
    import mutagen.flac

    file = io.BytesIO(audio)
    opened = mutagen.flac.FLAC(file)
    for kind, data in ((3, front[:-500]), (0, other), (3, picture("bmp"))):
        shown = mutagen.flac.Picture()
        shown.type, shown.data = kind, data
        opened.add_picture(shown)
    file.seek(0)
    opened.save(file)
    understood = understand(io.BytesIO(file.getvalue()))
    assert [each.media_type for each in understood.covers] == ["image/png", "image/png"]
    assert understood.covers[1].data == other
    assert [each.template for each in understood.omitted] == ["a picture is cut off or damaged; take another one"]


@pytest.mark.parametrize("codec", [*KNOWN, *MADE_PNG])
def test_all_kinds_are_understood_in_the_cage(pool, codec):
    media_type, content = pool.portray(picture(codec))
    assert media_type in IMAGE_TYPES
    assert pool.scale(content, (16,))
    with pytest.raises(SourceError):
        pool.portray(picture(codec)[:30])
    audio = write_tags("mp3", make_audio("mp3", 0.2), {"title": "t"}, cover=content)
    [(_, parsed)] = pool.parse([("x", _Bytes(audio), "x.mp3")])
    assert parsed.covers[0].data == content


class _Bytes:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.length = len(content)

    def read_at(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]
