"""The same music in a smaller encoding, for phones and as renditions; runs in a worker, streams through it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple, cast

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.audio import audio_stream, open_audio
from magnitizdat.workers.retag import id3_of, tagged_ogg
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff
from magnitizdat.workers.values import EncodeKind, Tags

RATE = 48_000
FLUSH_LENGTH = 64 << 10


class EncoderSettings(NamedTuple):
    container: str
    codec: Literal["libopus", "libmp3lame"]
    sample_format: str
    bit_rate: int


TARGETS: dict[EncodeKind, EncoderSettings] = {
    "opus-128": EncoderSettings("ogg", "libopus", "flt", 128_000),
    # Constant: the header that makes a variable rate seekable is written last, and a stream cannot go back.
    "mp3": EncoderSettings("mp3", "libmp3lame", "fltp", 192_000),
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


def encode(file: BinaryIO, kind: EncodeKind, tags: Tags | None = None) -> Iterator[bytes]:
    """The audio at 48 kHz, one or two channels, with no tags but these, made as it is consumed; the same every time.

    Raises: DamagedError, UnsupportedError.
    """
    made = _encoded(file, kind)
    if tags is None:
        return made
    return tagged_ogg(made, tags) if TARGETS[kind].container == "ogg" else itertools.chain([id3_of(tags)], made)


def _encoded(file: BinaryIO, kind: EncodeKind) -> Iterator[bytes]:
    media_type = sniff(file.read(SNIFF_LENGTH))
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(say("only audio can be encoded"))
    target, sink = TARGETS[kind], _Sink()
    with open_audio(file, media_type) as source:
        stream = audio_stream(source, media_type)
        options = {"fflags": "+bitexact", "write_xing": "0"} if target.container == "mp3" else {"fflags": "+bitexact"}
        with av.open(cast(BinaryIO, sink), "w", format=target.container, container_options=options) as made:
            for _ in _mux(stream, made, target):
                if sink.length >= FLUSH_LENGTH:
                    yield sink.take()
        yield sink.take()


def _mux(stream: AudioStream, made: OutputContainer, target: EncoderSettings) -> Iterator[None]:
    """Decode, resample, encode; yields between packets."""
    layout = "mono" if stream.channels == 1 else "stereo"
    out = made.add_stream(target.codec, rate=RATE, format=target.sample_format, layout=layout, bit_rate=target.bit_rate)
    out.codec_context.thread_count = 1
    out.codec_context.open()
    resampler = av.AudioResampler(
        format=target.sample_format, layout=layout, rate=RATE, frame_size=out.codec_context.frame_size
    )
    for frame in sound_frames(stream):
        for ready in resampler.resample(frame):
            made.mux(out.encode(ready))
        yield
    for ready in resampler.resample(None):
        made.mux(out.encode(ready))
    made.mux(out.encode(None))


def sound_frames(stream: AudioStream) -> Iterator[av.AudioFrame]:
    """All frames, without their times: a gap in a damaged file becomes a cut, not an error."""
    sound = False
    container = cast(InputContainer, stream.container)
    for packet in container.demux(stream):
        try:
            frames = stream.codec_context.decode(packet if packet.size else None)
        except av.error.FFmpegError:
            continue
        for frame in frames:
            frame.pts = None
            sound = True
            yield frame
    if not sound:
        raise DamagedError(say("its audio cannot be decoded; get an undamaged copy"))
