"""One block of a transcode: sought, decoded, brought into shape, encoded; runs in a worker. A home of av.

What was asked for is made to the packet: where the sound ends sooner than somebody said, there is silence. All that is
done to samples is done by filters of av. Decoding begins a second before, since decoders and resamplers need to be
warmed up as well; whole seconds are whole samples at every rate, so that all blocks fall on one grid.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import BinaryIO, Literal, NamedTuple, cast

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.filter import Graph

from magnitizdat.errors import UnsupportedError
from magnitizdat.formats.transcodes import RATE, Encoding
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.audio import audio_stream, open_audio
from magnitizdat.workers.encode import alike, decoded, sound_of
from magnitizdat.workers.parts import links, without_trailers
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff

SOUGHT = frozenset(f"audio/{kind}" for kind in "flac x-wavpack mp4 aiff wav mpeg ogg opus aac x-tta".split())
"""Kinds in which the demuxer knows at which sample it is after a jump; others are decoded from their beginning."""
WARM_UNITS = 25
"""Packets, or frames, that an encoder makes before those that are wanted."""
WARM_S = 1
"""Seconds that are decoded before what is wanted, beyond those."""


class _EncoderKind(NamedTuple):
    name: Literal["libopus", "libmp3lame"]
    sample_format: str
    options: dict[str, str]


_ENCODERS = {
    "opus": _EncoderKind("libopus", "flt", {"vbr": "off"}),
    # Without the reservoir no frame needs bytes of those before it, and each can be the first that is heard.
    "mp3": _EncoderKind("libmp3lame", "fltp", {"reservoir": "0"}),
}


def transcoded(file: BinaryIO, encoding: Encoding, origin_s: int, first: int, count: int) -> bytes:
    """Packets, or frames, `first` to `first + count` of a transcode that begins `origin_s` seconds into the sound.

    Raises: DamagedError, UnsupportedError.
    """
    media_type = sniff(file.read(SNIFF_LENGTH))
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(say("only audio can be encoded"))
    warm = min(first, WARM_UNITS)
    start = origin_s * RATE + (first - warm) * encoding.unit_samples
    at_s = max(0, start // RATE - WARM_S)
    frames = _shaped(_heard_from(file, media_type, at_s), encoding, skipped=start - at_s * RATE)
    return b"".join(itertools.islice(_units(frames, encoding), warm, warm + count))


def _units(frames: Iterator[AudioFrame], encoding: Encoding) -> Iterator[bytes]:
    """Packets, or frames, of the encoder: without end, as its frames are."""
    encoder = _encoder(encoding)
    for frame in frames:
        yield from map(bytes, encoder.encode(frame))


def _encoder(encoding: Encoding) -> AudioCodecContext:
    kind = _ENCODERS[encoding.codec]
    encoder = av.CodecContext.create(kind.name, "w")
    encoder.format, encoder.layout, encoder.sample_rate = kind.sample_format, _layout(encoding), RATE
    encoder.bit_rate, encoder.options, encoder.thread_count = encoding.bit_rate, kind.options, 1
    encoder.open()
    return encoder


def _layout(encoding: Encoding) -> str:
    return "mono" if encoding.channels == 1 else "stereo"


def _shaped(sound: _FromThere, encoding: Encoding, *, skipped: int) -> Iterator[AudioFrame]:
    """Frames of a unit each, without the first `skipped` samples of a second's grid; silence for ever behind them."""
    graph = Graph()
    graph.threads = 1
    like, rate = sound.first, sound.first.sample_rate
    source = graph.add_abuffer(sample_rate=rate, format=like.format, layout=like.layout, time_base=Fraction(1, rate))
    sink = graph.add("abuffersink")
    chain = (
        ("atrim", f"start_sample={sound.behind}"),
        ("aresample", str(RATE)),
        ("aformat", f"sample_fmts={_ENCODERS[encoding.codec].sample_format}:channel_layouts={_layout(encoding)}"),
        ("atrim", f"start_sample={skipped}"),
        ("asetpts", "N"),
        ("apad", ""),
        ("asetnsamples", f"n={encoding.unit_samples}"),
    )
    graph.link_nodes(source, *(graph.add(name, options) for name, options in chain), sink)
    graph.configure()
    for frame in itertools.chain([like], sound.rest, [None]):
        source.push(frame)
        with suppress(av.error.BlockingIOError):
            while True:
                yield cast(AudioFrame, sink.pull())


# -- where it begins ---------------------------------------------------------------------------------------------------


class _FromThere(NamedTuple):
    """Frames that are alike; `behind`: how many of their samples lie before what is wanted."""

    first: AudioFrame
    rest: Iterator[AudioFrame]
    behind: int


def _heard_from(file: BinaryIO, media_type: str, at_s: int) -> _FromThere:
    """Everything from a second on.

    Raises: DamagedError, UnsupportedError.
    """
    found = _sought(file, media_type, at_s) if at_s and media_type in SOUGHT else None
    if found is not None:
        return found
    frames = sound_of(file, media_type)
    first = next(frames)
    return _FromThere(first, frames, at_s * first.sample_rate)


def _sought(file: BinaryIO, media_type: str, at_s: int) -> _FromThere | None:
    """The same by a jump; None where the demuxer jumps too far, or does not say where it is."""
    sound = without_trailers(file, media_type)
    if len(links(sound, media_type)) > 1:
        return None
    frames = alike(_after_jump(sound, media_type, at_s))
    first = next(frames, None)
    if first is None or first.pts is None:
        return None
    behind = at_s * first.sample_rate - first.pts
    return _FromThere(first, frames, behind) if behind >= 0 else None


def _after_jump(file: BinaryIO, media_type: str, at_s: int) -> Iterator[AudioFrame]:
    with suppress(av.error.FFmpegError), open_audio(file, media_type) as container:
        stream = audio_stream(container, media_type)
        if stream.time_base is None:
            return
        begin = stream.start_time or 0
        container.seek(begin + int(at_s / stream.time_base), stream=stream)
        for frame in decoded(container, stream):
            if frame.pts is not None:
                frame.pts = round((frame.pts - begin) * stream.time_base * frame.sample_rate)
            yield frame
