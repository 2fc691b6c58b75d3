"""QR codes on a photo: the one reason to decode a picture, in a worker like everything else."""

from __future__ import annotations

import io

import av
import av.error
import zxingcpp

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.workers.sniff import sniff

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
PIXELS_LIMIT = 64 << 20

_DEMUXERS = {"image/jpeg": "jpeg_pipe", "image/png": "png_pipe", "image/gif": "gif", "image/webp": "webp_pipe"}


def read_qr(image: bytes) -> list[str]:
    """Texts of all QR codes on the picture, in no order.

    Raises: DamagedError, UnsupportedError.
    """
    pixels, width, height = _gray(image)
    view = memoryview(pixels).cast("B", (height, width))
    found = zxingcpp.read_barcodes(view, formats=_QR)
    return [code.text for code in found if code.text]


def _gray(image: bytes) -> tuple[bytes, int, int]:
    """One byte a pixel, width, height."""
    media_type = sniff(image[:64])
    if media_type not in _DEMUXERS:
        raise UnsupportedError("It is not a picture that can be read; take a JPEG or PNG.")
    try:
        with av.open(io.BytesIO(image), "r", format=_DEMUXERS[media_type]) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            if stream.width * stream.height > PIXELS_LIMIT:
                raise UnsupportedError("The picture is too large; make it smaller.")
            frame = next(container.decode(stream)).reformat(format="gray", threads=1)
            plane = frame.planes[0]
            rows, width = memoryview(plane), frame.width
            step = plane.line_size
            packed = b"".join(rows[row * step : row * step + width] for row in range(frame.height))
            return packed, width, frame.height
    except (av.error.FFmpegError, IndexError, StopIteration, ValueError) as exc:
        raise DamagedError("The picture is damaged; take another one.") from exc
