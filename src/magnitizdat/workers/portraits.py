"""Whether a picture can be a cover: decoded and measured once, before it is taken in. What players lack is made PNG."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import NamedTuple

from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from magnitizdat.errors import DamagedError, SourceError, UnsupportedError
from magnitizdat.model import IMAGE_TYPES
from magnitizdat.sentence import SILENCE, Sentence, say, size_words
from magnitizdat.workers.pictures import decoded_picture, jpeg, jpeg_scan
from magnitizdat.workers.sniff import picture_type
from magnitizdat.workers.values import COVER_LIMIT

SIDE_LIMIT = 16_384
"""Pixels of the longer side: what decoders of players and phones take at most."""

PNG_LIMIT = 8 << 20
"""Bytes of a picture made PNG; a larger one is made JPEG."""

_VERDICTS_KEPT = 256
_NO_PICTURE = say("a picture is no JPEG, PNG, GIF, WebP, BMP, TIFF or JPEG 2000, or damaged; save it as one of these")
_TOO_LARGE = say("a picture has more pixels than a cover may have; make it smaller")
_TORN = say("a picture is cut off or damaged; take another one")


class Portrait(NamedTuple):
    """A picture that players show, and its media type, one of `model.IMAGE_TYPES`."""

    media_type: str
    content: bytes


def portrait(image: bytes) -> Portrait:
    """The picture as it is, or where players do not know its kind, the same as PNG or JPEG.

    Raises: DamagedError, UnsupportedError.
    """
    kind = picture_type(image)
    if not kind:
        raise UnsupportedError(_NO_PICTURE)
    if len(image) > COVER_LIMIT:
        raise UnsupportedError(
            say(
                "a cover of {length} is larger than 16 MiB; put a smaller one in its place",
                length=size_words(len(image)),
            )
        )
    if kind not in IMAGE_TYPES:
        return _converted(image, kind)
    digest = hashlib.sha256(image).digest()
    if digest not in _verdicts:
        if len(_verdicts) >= _VERDICTS_KEPT:
            _verdicts.clear()
        _verdicts[digest] = _verdict(image, kind)
    if why := _verdicts[digest]:
        raise DamagedError(why)
    return Portrait(kind, image)


_verdicts: dict[bytes, Sentence] = {}
"""By digest: all tracks of an album have the same cover."""


def _verdict(image: bytes, kind: str) -> Sentence:
    """Why it is no cover; silence where it is one."""
    if not is_whole(image, kind):
        return _TORN
    try:
        _require_modest(image, kind)
    except SourceError as exc:
        return exc.sentence
    return SILENCE


def _require_modest(image: bytes, kind: str) -> None:
    with decoded_picture(image, kind) as frame:
        _require_size(frame)


def _require_size(frame: VideoFrame) -> None:
    if max(frame.width, frame.height) > SIDE_LIMIT:
        raise UnsupportedError(_TOO_LARGE)


def is_whole(image: bytes, kind: str) -> bool:
    """Whether its end is there: decoders fill up what is missing, and say nothing.

    Source: ISO/IEC 10918-1, annex B; PNG, third edition, clause 5; GIF89a, 27; RFC 9649.
    """
    match kind:
        case "image/jpeg":
            return image.find(b"\xff\xd9", jpeg_scan(image)) > 0
        case "image/png":
            return image.rfind(b"IEND") > 0
        case "image/gif":
            return image.rstrip(b"\0").endswith(b";")
        case _:
            return len(image) >= int.from_bytes(image[4:8], "little")


def _converted(image: bytes, kind: str) -> Portrait:
    with decoded_picture(image, kind) as frame:
        _require_size(frame)
        content = _png(frame)
        if len(content) <= PNG_LIMIT:
            return Portrait("image/png", content)
        return Portrait("image/jpeg", jpeg(frame.reformat(format="yuvj420p", dst_color_range="JPEG", threads=1)))


def _png(frame: VideoFrame) -> bytes:
    holes = any(component.is_alpha for component in frame.format.components)
    encoder = VideoCodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "rgba" if holes else "rgb24"
    encoder.time_base, encoder.thread_count = Fraction(1), 1
    ready = frame.reformat(format=encoder.pix_fmt, threads=1)
    ready.pts, ready.time_base = 0, encoder.time_base
    return b"".join(map(bytes, (*encoder.encode(ready), *encoder.encode(None))))
