"""Pictures decoded, in a worker like everything else: QR codes on a photo, and covers made smaller."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Literal, cast

import av
import av.error
import zxingcpp
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.sentence import say
from magnitizdat.workers.sniff import sniff

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
PIXELS_LIMIT = 64 << 20
PAPER = "e9dfc8"
"""What shows through where a picture has holes."""

QUANTISER = 3
"""Of 2 to 31, the finest first: about the quality that other programs call 90."""

_DEMUXERS = {
    "image/jpeg": "jpeg_pipe",
    "image/png": "png_pipe",
    "image/gif": "gif",
    "image/webp": "webp_pipe",
    "image/bmp": "bmp_pipe",
    "image/tiff": "tiff_pipe",
    "image/jp2": "j2k_pipe",
}

_UPRIGHT: dict[int, tuple[tuple[str, str], ...]] = {
    2: (("hflip", ""),),
    3: (("hflip", ""), ("vflip", "")),
    4: (("vflip", ""),),
    5: (("transpose", "cclock_flip"),),
    6: (("transpose", "clock"),),
    7: (("transpose", "clock_flip"),),
    8: (("transpose", "cclock"),),
}
"""EXIF orientation to what undoes it. Source: CIPA DC-008, 4.6.5.1, tag 274."""


def read_qr(image: bytes) -> list[str]:
    """Texts of all QR codes on the picture, in no order.

    Raises: DamagedError, UnsupportedError.
    """
    with decoded_picture(image, sniff(image[:64])) as frame:
        gray = frame.reformat(format="gray", threads=1)
    plane = gray.planes[0]
    rows, step = memoryview(plane), plane.line_size
    packed = b"".join(rows[row * step : row * step + gray.width] for row in range(gray.height))
    found = zxingcpp.read_barcodes(memoryview(packed).cast("B", (gray.height, gray.width)), formats=_QR)
    return [code.text for code in found if code.text]


def scale(image: bytes, sides: Sequence[int]) -> list[bytes]:
    """The picture as JPEGs that fit into squares of these sides, upright, on paper; none is made larger than it is.

    Raises: DamagedError, UnsupportedError.
    """
    with decoded_picture(image, sniff(image[:64])) as frame:
        upright = _upright(_on_paper(_fitted(frame, max(sides))), _orientation(image))
        return [jpeg(_fitted(upright, side)) for side in sides]


@contextmanager
def decoded_picture(image: bytes, media_type: str | None) -> Iterator[VideoFrame]:
    """The first frame of a picture; what goes wrong with it is our error.

    Raises: DamagedError, UnsupportedError.
    """
    if media_type not in _DEMUXERS:
        raise UnsupportedError(say("it is not a picture that can be read; take a JPEG or PNG"))
    try:
        with av.open(io.BytesIO(image), "r", format=_DEMUXERS[media_type]) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            if stream.width * stream.height > PIXELS_LIMIT:
                raise UnsupportedError(say("the picture is too large; make it smaller"))
            frame = next(container.decode(stream))
            if frame.width * frame.height > PIXELS_LIMIT:
                raise UnsupportedError(say("the picture is too large; make it smaller"))
            yield frame
    except MemoryError as exc:
        raise UnsupportedError(say("the picture is too large; make it smaller")) from exc
    except (av.error.FFmpegError, IndexError, StopIteration, ValueError) as exc:
        raise DamagedError(say("the picture is damaged; take another one")) from exc


def _fitted(frame: VideoFrame, side: int) -> VideoFrame:
    """Scaled down to fit, with its transparency if it may have some, else as JPEG wants it."""
    longest = max(frame.width, frame.height, side)
    width, height = (max(1, round(length * side / longest)) for length in (frame.width, frame.height))
    wanted = "rgba" if _may_have_holes(frame) else "yuvj420p"
    return frame.reformat(width, height, wanted, interpolation="LANCZOS", dst_color_range="JPEG", threads=1)


def _may_have_holes(frame: VideoFrame) -> bool:
    return frame.format.has_palette or any(component.is_alpha for component in frame.format.components)


def _on_paper(frame: VideoFrame) -> VideoFrame:
    if not _may_have_holes(frame):
        return frame
    graph = _graph()
    paper = graph.add("color", f"c=0x{PAPER}:s={frame.width}x{frame.height}:r=1")
    picture, laid, sink = _source(graph, frame), graph.add("overlay", "format=gbrp"), graph.add("buffersink")
    paper.link_to(laid, 0, 0)
    picture.link_to(laid, 0, 1)
    laid.link_to(sink)
    return _run(picture, sink, frame).reformat(format="yuvj420p", dst_color_range="JPEG", threads=1)


def _upright(frame: VideoFrame, orientation: int) -> VideoFrame:
    if orientation not in _UPRIGHT:
        return frame
    graph = _graph()
    picture, sink = _source(graph, frame), graph.add("buffersink")
    graph.link_nodes(picture, *(graph.add(name, options) for name, options in _UPRIGHT[orientation]), sink)
    return _run(picture, sink, frame)


def _orientation(image: bytes) -> int:
    """The EXIF orientation of a JPEG; 0 where it says none. What av tells of it leaves out the mirrored ones.

    Source: CIPA DC-008, 4.5 and 4.6.
    """
    exif = (image[start + 4 : end] for start, end in _segments(image) if image[start + 1] == 0xE1)
    return next((_tag_274(content[6:]) for content in exif if content[:6] == b"Exif\0\0"), 0)


def jpeg_scan(image: bytes) -> int:
    """Where the picture itself begins in a JPEG, behind thumbnails in its header."""
    return max((end for _, end in _segments(image)), default=0)


def _segments(image: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of the segments before the first scan. Source: ISO/IEC 10918-1, annex B."""
    offset = 2
    while (
        image[:2] == b"\xff\xd8" and image[offset : offset + 1] == b"\xff" and image[offset + 1 : offset + 2] != b"\xda"
    ):
        end = offset + 2 + max(2, int.from_bytes(image[offset + 2 : offset + 4], "big"))
        if end > len(image):
            return
        yield offset, end
        offset = end


def _tag_274(tiff: bytes) -> int:
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    first = int.from_bytes(tiff[4:8], order) + 2
    count = int.from_bytes(tiff[first - 2 : first], order)
    for start in range(first, min(first + 12 * count, len(tiff) - 11), 12):
        if int.from_bytes(tiff[start : start + 2], order) == 274:
            return int.from_bytes(tiff[start + 8 : start + 10], order)
    return 0


def _graph() -> Graph:
    graph = Graph()
    graph.threads = 1
    return graph


def _source(graph: Graph, frame: VideoFrame) -> FilterContext:
    return graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1))


def _run(source: FilterContext, sink: FilterContext, frame: VideoFrame) -> VideoFrame:
    """One picture through a graph of filters."""
    source.graph.configure()
    frame.pts = 0
    source.push(frame)
    source.push(None)
    return cast(VideoFrame, sink.pull())


def jpeg(frame: VideoFrame) -> bytes:
    encoder = VideoCodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.thread_count = 1
    encoder.qscale, encoder.global_quality = True, QUANTISER
    frame.pts, frame.time_base = 0, Fraction(1)
    return b"".join(map(bytes, (*encoder.encode(frame), *encoder.encode(None))))
