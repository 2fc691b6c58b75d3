"""Music as plain samples, for whatever takes several tracks as one stream; runs in a worker, streams through it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import av

from magnitizdat.errors import UnsupportedError
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.encode import sound_of
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff
from magnitizdat.workers.values import Samples

_FORMATS = {16: "s16", 32: "s32"}


def plain(file: BinaryIO, wanted: Samples) -> Iterator[bytes]:
    """All of a file in that shape, little-endian and interleaved.

    Raises: DamagedError, UnsupportedError.
    """
    media_type = sniff(file.read(SNIFF_LENGTH))
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(say("only audio can be decoded"))
    layout = "mono" if wanted.channels == 1 else "stereo"
    width = wanted.channels * wanted.depth // 8
    resampler = av.AudioResampler(format=_FORMATS[wanted.depth], layout=layout, rate=wanted.rate)
    for frame in sound_of(file, media_type):
        for packed in resampler.resample(frame):
            yield bytes(packed.planes[0])[: packed.samples * width]
    for packed in resampler.resample(None):
        yield bytes(packed.planes[0])[: packed.samples * width]
