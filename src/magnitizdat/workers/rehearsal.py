"""A walk through every job on files of our own making, before the cage closes: libraries load much late."""

from __future__ import annotations

import io
import struct
import zlib
from typing import BinaryIO, cast

from magnitizdat.formats.transcodes import Encoding
from magnitizdat.workers import audio, encode, loudness, pictures, transcode
from magnitizdat.workers.values import EncodeKind


def rehearse() -> None:
    """Measure, encode, listen to and look at pictures once."""
    sound = _wav()
    audio.measure(_file(sound), "audio/wav")
    kinds: tuple[EncodeKind, ...] = ("opus-128", "mp3")
    for kind in kinds:
        for _ in encode.encode(_file(sound), kind):
            pass
    for codec in ("opus", "mp3"):
        transcode.transcoded(_file(sound), Encoding(codec=codec, bit_rate=64_000), 0, 0, 3)
    loudness.listen(_file(sound))
    pictures.read_qr(_png())
    for colour, channels in ((2, 3), (6, 4)):
        pictures.scale(_png(colour, channels), (8,))


def _file(content: bytes) -> BinaryIO:
    return cast(BinaryIO, io.BytesIO(content))


def _wav() -> bytes:
    """A tenth of a second of silence."""
    samples = bytes(2 * 4410)
    layout = struct.pack("<HHIIHH", 1, 1, 44100, 2 * 44100, 2, 16)
    body = b"WAVE" + _chunk(b"fmt ", layout) + _chunk(b"data", samples)
    return _chunk(b"RIFF", body)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def _png(colour: int = 0, channels: int = 1) -> bytes:
    """A white square of 16 pixels. Source: PNG, third edition, clause 5."""
    rows = zlib.compress((b"\0" + b"\xff" * 16 * channels) * 16)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, colour, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
