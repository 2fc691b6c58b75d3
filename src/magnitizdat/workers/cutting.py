"""One track out of a disc image, sample for sample; runs in a worker, streams through it. A home of av, with `audio`.

Of WAV the very bytes; of whatever else loses nothing (FLAC, WavPack, ALAC, AIFF) a FLAC of the very samples, since its
frames do not end where tracks do. The samples are decoded twice: their MD5 stands before them (RFC 9639, 8.2).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.audio import audio_stream, open_audio
from magnitizdat.workers.parts import without_trailers
from magnitizdat.workers.retag import id3_of, vorbis_of
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff
from magnitizdat.workers.values import Made, Tags

_COPY_LENGTH = 1 << 20
_MAX_CHUNKS = 1024
_LONGEST_WAV = (1 << 32) - (1 << 24)
"""Bytes of samples for which the lengths in a WAV's headers have room."""
_DEPTHS = {"s16": 16, "s16p": 16, "s32": 24, "s32p": 24}
_SOUGHT = frozenset({"audio/flac", "audio/x-wavpack", "audio/x-tta", "audio/mp4", "audio/aiff"})
"""Where the demuxer knows which sample it is at after a jump; in Ogg it guesses, and of APE nobody has tried."""
_STREAMINFO, _COMMENT, _LAST = 0, 4, 0x80
_UNCUTTABLE = say("its kind of audio cannot be cut without loss, so it is kept in one piece")
_SHORT = say("its audio is not whole where a track should be, so it is kept in one piece; get an undamaged copy")


def cut(file: BinaryIO, start: int, samples: int, tags: Tags) -> Iterator[bytes | Made]:
    """A file of so many samples from `start` on, with these tags; at the end what it is. The same every time.

    Raises: DamagedError, UnsupportedError.
    """
    media_type = sniff(file.read(SNIFF_LENGTH))
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(_UNCUTTABLE)
    if media_type == "audio/wav":
        return _cut_wav(file, start, samples, tags)
    return _cut_flac(_ImageSamples(without_trailers(file, media_type), media_type, start, samples), tags)


# -- FLAC -------------------------------------------------------------------------------------------------------------


class _ImageSamples:
    """Some samples of a file, interleaved, decoded anew whenever they are asked for."""

    def __init__(self, file: BinaryIO, media_type: str, start: int, samples: int) -> None:
        self._file, self._media_type = file, media_type
        self._start, self.samples = start, samples
        with open_audio(file, media_type) as container:
            stream = audio_stream(container, media_type)
            form = stream.codec_context.format.name
            if form not in _DEPTHS or media_type == "audio/mpeg":
                raise UnsupportedError(_UNCUTTABLE)
            self.depth, self.rate, self.layout = _DEPTHS[form], stream.rate, stream.layout
            self.form = "s16" if self.depth == 16 else "s32"
            self.width = stream.channels * (2 if self.depth == 16 else 4)

    def __iter__(self) -> Iterator[bytes]:
        left = self.samples
        with open_audio(self._file, self._media_type) as container:
            stream = audio_stream(container, self._media_type)
            for at, plain in self._decoded(container, stream):
                skipped = self._start + self.samples - left - at
                if skipped < 0:  # what should come next is behind us
                    break
                part = plain[skipped * self.width : (skipped + left) * self.width]
                left -= len(part) // self.width
                if self.depth == 24 and part[::4].count(0) < len(part) // 4:
                    raise UnsupportedError(_UNCUTTABLE)  # all 32 bits are used, which no FLAC of today has
                yield part
                if not left:
                    return
        raise DamagedError(_SHORT)

    def _decoded(self, container: InputContainer, stream: AudioStream) -> Iterator[tuple[int, bytes]]:
        """Each frame from a second before the start on, and which sample of the whole its first is."""
        if self._start > self.rate and stream.time_base and self._media_type in _SOUGHT:
            container.seek(int((self._start / self.rate - 1) / stream.time_base), stream=stream)
        resampler = av.AudioResampler(format=self.form, layout=self.layout, rate=self.rate)
        at: int | None = None
        try:
            for frame in _frames(container, stream):
                at = round((frame.time or 0.0) * self.rate) if at is None else at
                for packed in resampler.resample(frame):
                    yield at, bytes(packed.planes[0])[: packed.samples * self.width]
                    at += packed.samples
        except (av.error.FFmpegError, ValueError, OSError) as exc:
            raise DamagedError(_SHORT) from exc


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
    """Unlike `encode.sound_frames`, what cannot be decoded is an error: nothing may be missing."""
    for packet in container.demux(stream):
        yield from stream.codec_context.decode(packet if packet.size else None)


def _cut_flac(samples: _ImageSamples, tags: Tags) -> Iterator[bytes | Made]:
    encoder = _encoder(samples)
    yield _flac_head(encoder, samples, tags)
    packets, length = hashlib.sha256(), 0
    for packet in _packets(encoder, samples):
        packets.update(packet)
        length += len(packet)
        yield packet
    yield Made(media_type="audio/flac", track_id=packets.hexdigest(), length=length, bit_depth=samples.depth)


def _encoder(samples: _ImageSamples) -> AudioCodecContext:
    encoder = av.CodecContext.create("flac", "w")
    encoder.format, encoder.layout, encoder.sample_rate = samples.form, samples.layout, samples.rate
    encoder.thread_count = 1
    encoder.options = {"bits_per_raw_sample": str(samples.depth)}
    try:
        encoder.open()
    except (av.error.FFmpegError, ValueError) as exc:
        raise UnsupportedError(_UNCUTTABLE) from exc
    return encoder


def _flac_head(encoder: AudioCodecContext, samples: _ImageSamples, tags: Tags) -> bytes:
    """Source: RFC 9639, sections 8.1, 8.2 and 8.6."""
    info = bytearray((encoder.extradata or b"")[:18])
    info[13] = info[13] & 0xF0 | samples.samples >> 32 & 0x0F
    info[14:18] = (samples.samples & 0xFFFFFFFF).to_bytes(4, "big")
    comment = vorbis_of(tags)
    return b"".join((b"fLaC", _block(_STREAMINFO, bytes(info) + _md5(samples)), _block(_COMMENT | _LAST, comment)))


def _block(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + len(content).to_bytes(3, "big") + content


def _md5(samples: _ImageSamples) -> bytes:
    """Of the samples in as few bytes as they need, little-endian. Source: RFC 9639, section 8.2."""
    digest = hashlib.md5(usedforsecurity=False)
    for plain in samples:
        digest.update(plain if samples.depth == 16 else _in_three_bytes(plain))
    return digest.digest()


def _in_three_bytes(plain: bytes) -> bytes:
    """Samples of 24 bits without the empty byte below them."""
    packed = bytearray(len(plain) // 4 * 3)
    for place in range(3):
        packed[place::3] = plain[place + 1 :: 4]
    return bytes(packed)


def _packets(encoder: AudioCodecContext, samples: _ImageSamples) -> Iterator[bytes]:
    step = encoder.frame_size * samples.width
    waiting, position = bytearray(), 0
    for plain in samples:
        waiting += plain
        while len(waiting) >= step:
            yield from _encoded(encoder, _frame(samples, bytes(waiting[:step]), position))
            del waiting[:step]
            position += encoder.frame_size
    if waiting:
        yield from _encoded(encoder, _frame(samples, bytes(waiting), position))
    yield from _encoded(encoder, None)


def _frame(samples: _ImageSamples, plain: bytes, position: int) -> av.AudioFrame:
    frame = av.AudioFrame(format=samples.form, layout=samples.layout, samples=len(plain) // samples.width)
    frame.planes[0].update(plain)
    frame.sample_rate, frame.pts = samples.rate, position
    return frame


def _encoded(encoder: AudioCodecContext, frame: av.AudioFrame | None) -> Iterator[bytes]:
    return (bytes(packet) for packet in encoder.encode(frame) if packet.size)


# -- WAV --------------------------------------------------------------------------------------------------------------


class _Wave(NamedTuple):
    """Its format as it stands there, bytes of one sample of all channels, and where the samples lie."""

    form: bytes
    width: int
    offset: int
    length: int


def _cut_wav(file: BinaryIO, start: int, samples: int, tags: Tags) -> Iterator[bytes | Made]:
    wave = _wave(file)
    offset, length = wave.offset + start * wave.width, samples * wave.width
    if start * wave.width + length > wave.length or length > _LONGEST_WAV:
        raise UnsupportedError(_UNCUTTABLE)
    tail = bytes(length & 1) + _chunk(b"id3 ", id3_of(tags))
    head = b"WAVE" + _chunk(b"fmt ", wave.form) + b"data" + struct.pack("<I", length)
    yield b"RIFF" + struct.pack("<I", len(head) + length + len(tail)) + head
    packets = hashlib.sha256()
    file.seek(offset)
    for done in range(0, length, _COPY_LENGTH):
        plain = file.read(min(_COPY_LENGTH, length - done))
        packets.update(plain)
        yield plain
    yield tail
    depth = struct.unpack_from("<H", wave.form, 14)[0]
    yield Made(media_type="audio/wav", track_id=packets.hexdigest(), length=length, bit_depth=min(depth, 64))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)


def _wave(file: BinaryIO) -> _Wave:
    """Source: Multimedia Programming Interface and Data Specifications 1.0, "Waveform Audio File Format"."""
    file.seek(0, 2)
    end, offset, form = file.tell(), 12, b""
    for _ in range(_MAX_CHUNKS):
        file.seek(offset)
        name, length = struct.unpack("<4sI", file.read(8).ljust(8, b"\0"))
        offset += 8
        if name == b"fmt " and 16 <= length <= 4096:
            form = file.read(length)
        elif name == b"data" and len(form) >= 16:
            width = struct.unpack_from("<H", form, 12)[0]
            if width:
                return _Wave(form, width, offset, min(length, max(0, end - offset)))
        offset += length + (length & 1)
    raise UnsupportedError(_UNCUTTABLE)
