"""The same music in a smaller encoding, for phones and as renditions; runs in a worker, streams through it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, Literal, NamedTuple, cast

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.audio import audio_stream, open_audio
from magnitizdat.workers.parts import links, without_trailers
from magnitizdat.workers.retag import id3_of, tagged_ogg
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff
from magnitizdat.workers.values import EncodeKind, Fit, Tags

RATE = 48_000
FLUSH_LENGTH = 64 << 10


class EncoderSettings(NamedTuple):
    container: str
    codec: Literal["libopus", "libmp3lame"]
    sample_format: str
    bit_rate: int
    options: dict[str, str] = {}  # noqa: RUF012 -- of a NamedTuple, and read only


TARGETS: dict[EncodeKind, EncoderSettings] = {
    "opus-128": EncoderSettings("ogg", "libopus", "flt", 128_000),
    # Constant: the header that makes a variable rate seekable is written last, and a stream cannot go back.
    "mp3": EncoderSettings("mp3", "libmp3lame", "fltp", 192_000),
    "demo": EncoderSettings("ogg", "libopus", "flt", 32_000, {"vbr": "constrained"}),
}


class _Sink:
    """What the muxer writes, taken away as it comes; without `seek`, so that it never wants to go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.length = 0

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        self.length += len(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        self.length = 0
        return taken


def encode(file: BinaryIO, kind: EncodeKind, tags: Tags | None = None, fit: Fit | None = None) -> Iterator[bytes]:
    """The audio at 48 kHz, one or two channels, with no tags but these, made as it is consumed; the same every time.

    A `demo` has the bit rate of `fit`, and no more than its seconds.

    Raises: DamagedError, UnsupportedError.
    """
    made = _encoded(file, kind, fit)
    if tags is None:
        return made
    return tagged_ogg(made, tags) if TARGETS[kind].container == "ogg" else itertools.chain([id3_of(tags)], made)


def _encoded(file: BinaryIO, kind: EncodeKind, fit: Fit | None) -> Iterator[bytes]:
    media_type = sniff(file.read(SNIFF_LENGTH))
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(say("only audio can be encoded"))
    target, sink = TARGETS[kind], _Sink()
    frames = sound_of(file, media_type)
    if fit is not None:
        target, frames = target._replace(bit_rate=fit.bit_rate), _beginning(frames, fit.seconds)
    options = {"fflags": "+bitexact", "write_xing": "0"} if target.container == "mp3" else {"fflags": "+bitexact"}
    with av.open(cast(BinaryIO, sink), "w", format=target.container, container_options=options) as made:
        for _ in _mux(frames, made, target):
            if sink.length >= FLUSH_LENGTH:
                yield sink.take()
    yield sink.take()


def _mux(frames: Iterator[av.AudioFrame], made: OutputContainer, target: EncoderSettings) -> Iterator[None]:
    """Resample, encode; yields between frames."""
    first = next(frames)
    layout = "mono" if first.layout.nb_channels == 1 else "stereo"
    out = made.add_stream(target.codec, rate=RATE, format=target.sample_format, layout=layout, bit_rate=target.bit_rate)
    out.codec_context.options = target.options
    out.codec_context.thread_count = 1
    out.codec_context.open()
    resampler = av.AudioResampler(
        format=target.sample_format, layout=layout, rate=RATE, frame_size=out.codec_context.frame_size
    )
    for frame in itertools.chain([first], frames):
        for ready in resampler.resample(frame):
            made.mux(out.encode(ready))
        yield
    for ready in resampler.resample(None):
        made.mux(out.encode(ready))
    made.mux(out.encode(None))


def _beginning(frames: Iterator[av.AudioFrame], seconds: float) -> Iterator[av.AudioFrame]:
    """The frames that begin within the first seconds."""
    passed = 0.0
    for frame in frames:
        if passed >= seconds:
            return
        yield frame
        passed += frame.samples / frame.sample_rate


def sound_of(file: BinaryIO, media_type: str) -> Iterator[av.AudioFrame]:
    """All frames of a file, also of all links of a chain, alike; at least one.

    Raises: DamagedError, UnsupportedError.
    """
    return alike(_frames(without_trailers(file, media_type), media_type))


def _frames(file: BinaryIO, media_type: str) -> Iterator[av.AudioFrame]:
    """Without their times: a gap in a damaged file becomes a cut, not an error."""
    has_sound = False
    for link in links(file, media_type):
        with open_audio(link, media_type) as container:
            for frame in decoded(container, audio_stream(container, media_type)):
                has_sound = True
                frame.pts = None
                yield frame
    if not has_sound:
        raise DamagedError(say("its audio cannot be decoded; get an undamaged copy"))


def decoded(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    """What comes before the demuxer breaks off, with the times that it has."""
    with suppress(av.error.FFmpegError):
        for packet in container.demux(stream):
            try:
                frames = stream.codec_context.decode(packet if packet.size else None)
            except av.error.FFmpegError:
                continue
            yield from frames


def alike(frames: Iterator[av.AudioFrame]) -> Iterator[av.AudioFrame]:
    """All in the format of the first: a stream may change in its middle, as radio recordings do."""
    first = next(frames, None)
    if first is None:
        return
    for kind, group in itertools.groupby(itertools.chain([first], frames), _kind):
        if kind == _kind(first):
            yield from group
            continue
        resampler = av.AudioResampler(first.format, first.layout, first.sample_rate)
        for ready in itertools.chain.from_iterable(map(resampler.resample, itertools.chain(group, [None]))):
            ready.pts = None
            yield ready


def _kind(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
