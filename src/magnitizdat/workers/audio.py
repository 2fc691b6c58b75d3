"""What an audio file holds: demuxed, counted and tried, not believed. The home of av, with `encode` and `pictures`.

The track id is the SHA-256 of the audio packets as av demuxes them, without tags, so that it survives retagging (law 11).
"""

from __future__ import annotations

import hashlib
from typing import BinaryIO, NamedTuple

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from magnitizdat.errors import DamagedError, UnsupportedError

BUFFER_LENGTH = 128 << 10
TRIAL_PACKETS = 16
"""Packets within which a decoder must have made sound; the first one or two only set it up."""

LONGEST_S = 1e7

_DEMUXERS = {
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/opus": "ogg",
    "audio/mp4": "mov",
    "audio/wav": "wav",
    "audio/aiff": "aiff",
    "audio/x-wavpack": "wv",
}
_CODECS = {
    "audio/flac": {"flac"},
    "audio/mpeg": {"mp3"},
    "audio/ogg": {"vorbis", "flac"},
    "audio/opus": {"opus"},
    "audio/mp4": {"aac", "alac"},
    "audio/x-wavpack": {"wavpack"},
}
# Without it, every PCM file is searched for DTS and S/PDIF in disguise: ten times the work of all the rest.
_OPTIONS = {"audio/wav": {"max_probe_packets": "0"}}


class Sound(NamedTuple):
    """The facts of `values.Parsed` that the audio tells."""

    codec: str
    track_id: str
    duration_s: float
    bit_rate: int
    sample_rate: int
    channels: int
    bit_depth: int


def open_audio(file: BinaryIO, media_type: str) -> InputContainer:
    """The file with the one demuxer that its first bytes ask for; no other gets to see it.

    Raises: DamagedError.
    """
    file.seek(0)
    try:
        return av.open(
            file,
            format=_DEMUXERS[media_type],
            buffer_size=BUFFER_LENGTH,
            container_options=_OPTIONS.get(media_type, {}),
            metadata_errors="ignore",
        )
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError, OSError) as exc:
        raise DamagedError("It begins like audio but cannot be read; get an undamaged copy.") from exc


def audio_stream(container: InputContainer, media_type: str) -> AudioStream:
    """The first audio stream, if its codec is one that we take in.

    Raises: DamagedError, UnsupportedError.
    """
    if not container.streams.audio:
        raise UnsupportedError("There is no audio in it that can be played; it may be protected or a film.")
    stream = container.streams.audio[0]
    stream.codec_context.thread_count = 1
    codec = stream.codec.canonical_name
    allowed = codec in _CODECS[media_type] if media_type in _CODECS else codec.startswith("pcm_")
    if not allowed:
        raise UnsupportedError(f"Its audio is {codec[:32]}, which is not on the list of what is taken in.")
    if stream.rate <= 0 or stream.channels <= 0:
        raise DamagedError("Its audio has no sample rate or no channels; get an undamaged copy.")
    return stream


def measure(file: BinaryIO, media_type: str) -> Sound:
    """Demux all of it, and decode until there is sound.

    Raises: DamagedError, UnsupportedError.
    """
    with open_audio(file, media_type) as container:
        stream = audio_stream(container, media_type)
        count = _Count()
        trial = _Trial()
        try:
            for packet in container.demux(stream):
                if packet.size:
                    count.add(packet)
                    if not trial.passed:
                        trial.decode(stream, packet)
        except (av.error.FFmpegError, ValueError, OSError) as exc:
            raise DamagedError("Its audio breaks off unreadably; get an undamaged copy.") from exc
        return _sound(stream, count, trial, media_type)


def _sound(stream: AudioStream, count: _Count, trial: _Trial, media_type: str) -> Sound:
    codec = stream.codec.canonical_name
    duration_s = count.duration_s(stream, codec)
    if not count.packets or not 0 < duration_s <= LONGEST_S:
        raise DamagedError("There is no audio in it at all; get a whole copy.")
    if not trial.finish(stream):
        raise DamagedError("Its audio cannot be decoded; get an undamaged copy.")
    return Sound(
        codec="pcm" if codec.startswith("pcm_") else codec,
        track_id=count.digest.hexdigest(),
        duration_s=round(duration_s, 6),
        bit_rate=min(round(count.length * 8 / duration_s), 1 << 40),
        sample_rate=stream.rate,
        channels=stream.channels,
        bit_depth=_bit_depth(stream, codec, trial.first[:32]),
    )


class _Trial:
    """The first packets through the decoder."""

    def __init__(self) -> None:
        self.passed = False
        self.first = b""
        self._tried = 0

    def decode(self, stream: AudioStream, packet: Packet) -> None:
        if not self._tried:
            self.first = bytes(packet)[:64]
        if self._tried >= TRIAL_PACKETS:
            return
        self._tried += 1
        try:
            self.passed = any(frame.samples for frame in stream.codec_context.decode(packet))
        except (av.error.FFmpegError, ValueError):
            self.passed = False

    def finish(self, stream: AudioStream) -> bool:
        """Whether there was sound, also counting what a very short file leaves in the decoder."""
        if not self.passed and self._tried < TRIAL_PACKETS:
            try:
                self.passed = any(frame.samples for frame in stream.codec_context.decode(None))
            except (av.error.FFmpegError, ValueError):
                self.passed = False
        return self.passed


class _Count:
    """Digest, bytes and samples of the packets as they pass."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.length = 0
        self.packets = 0
        self._ticks = 0
        self._first = 0
        self._end = 0
        self._skipped = 0
        self._discarded = 0

    def add(self, packet: Packet) -> None:
        self.digest.update(packet)
        self.length += packet.size
        ticks, start = packet.duration or 0, packet.pts
        if not self.packets:
            self._first = start or 0
        self.packets += 1
        self._ticks += ticks
        self._end = (self._end if start is None else start) + ticks
        if packet.has_sidedata("skip_samples"):
            trimmed = bytes(packet.get_sidedata("skip_samples"))
            self._skipped += int.from_bytes(trimmed[:4], "little")
            self._discarded += int.from_bytes(trimmed[4:8], "little")

    def duration_s(self, stream: AudioStream, codec: str) -> float:
        """Seconds that will be heard: the encoder's lead-in and padding do not count.

        The demuxer shortens the last packet of Ogg and MP4 itself; of MP3 it only notes what to drop.
        """
        rate = stream.rate
        if codec == "vorbis":  # the demuxer guesses Vorbis packet durations; the page positions count samples
            return float((self._end - max(self._first, 0)) * stream.time_base)
        lead = max(self._skipped / rate, float(-self._first * stream.time_base), 0.0)
        tail = self._discarded / rate if codec == "mp3" else 0.0
        return float(self._ticks * stream.time_base) - lead - tail


def _bit_depth(stream: AudioStream, codec: str, first: bytes) -> int:
    """Bits of one sample; 0 for lossy codecs. Source: RFC 9639, 8.2; ALACSpecificConfig; WavPack block header flags."""
    if codec.startswith("pcm_"):
        digits = "".join(char for char in codec if char.isdigit())
        return int(digits) if digits in {"8", "16", "24", "32", "64"} else 8
    extra = stream.codec_context.extradata or b""
    if codec == "flac" and len(extra) >= 34:
        return ((extra[12] & 1) << 4 | extra[13] >> 4) + 1
    if codec == "alac" and len(extra) >= 18:
        return extra[17] if extra[17] <= 32 else 0
    if codec == "wavpack" and len(first) >= 28:
        flags = int.from_bytes(first[24:28], "little")
        return max(0, 8 * ((flags & 3) + 1) - (flags >> 13 & 31))
    return 0

