"""What an audio file holds: demuxed, counted and tried, not believed. A home of av, with `encode` and `pictures`.

The track id is the SHA-256 of the audio packets as av demuxes them, without tags: it survives retagging (law 11).
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import av
import av.error
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.sentence import say
from magnitizdat.workers import wavpack
from magnitizdat.workers.endings import SLACK_S, Tally, ending, keeps_its_promise, musepack_s
from magnitizdat.workers.parts import links, part, without_trailers
from magnitizdat.workers.vorbis_pages import PlainStream, plain_stream

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

BUFFER_LENGTH = 128 << 10
TRIAL_PACKETS = 16
"""Packets within which a decoder must have made sound; the first one or two only set it up."""

BATCH_PACKETS = 64
TAIL_PACKETS = 4
"""Last packets that may hold an encoder's padding."""

LONGEST_S = 1e7

ZEROS_TRIED = 256
"""Zeros at the end of a FLAC frame that may be its own."""

_DEMUXERS = {
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/opus": "ogg",
    "audio/mp4": "mov",
    "audio/wav": "wav",
    "audio/aiff": "aiff",
    "audio/x-wavpack": "wv",
    "audio/aac": "aac",
    "audio/webm": "matroska",
    "audio/x-matroska": "matroska",
    "audio/x-ms-wma": "asf",
    "audio/x-ape": "ape",
    "audio/x-tta": "tta",
    "audio/x-musepack": "mpc8",
    "audio/amr": "amr",
}
_CODECS = {
    "audio/flac": {"flac"},
    "audio/mpeg": {"mp3", "mp2", "mp1"},
    "audio/ogg": {"vorbis", "flac", "speex"},
    "audio/opus": {"opus"},
    "audio/mp4": {"aac", "alac", "flac", "opus", "mp3"},
    "audio/x-wavpack": {"wavpack"},
    "audio/aac": {"aac"},
    "audio/webm": {"opus", "vorbis"},
    "audio/x-matroska": {"aac", "alac", "flac", "mp2", "mp3", "opus", "tta", "vorbis", "wavpack"},
    "audio/x-ms-wma": {"wmav1", "wmav2", "wmapro", "wmalossless", "wmavoice"},
    "audio/x-ape": {"ape"},
    "audio/x-tta": {"tta"},
    "audio/x-musepack": {"musepack7", "musepack8"},
    "audio/amr": {"amr_nb", "amr_wb"},
}
_LOSSLESS = frozenset({"ape", "tta", "wmalossless"})
_DEPTHS = {"u8": 8, "u8p": 8, "s16": 16, "s16p": 16, "s32": 24, "s32p": 24}
_PCM = frozenset({"audio/wav", "audio/aiff", "audio/x-matroska"})
COARSE_S = 0.0005
"""Length of a tick from which on times count better than the lengths of packets, which were rounded to it."""
_STILLS = {"mjpeg", "png", "gif", "webp", "bmp", "tiff"}  # covers, and pictures of chapters
# Without it, every PCM file is searched for DTS and S/PDIF in disguise: ten times the work of all the rest.
_OPTIONS = {"audio/wav": {"max_probe_packets": "0"}}


class AudioFacts(NamedTuple):
    """The facts of `values.Parsed` that the audio tells."""

    codec: str
    track_id: str
    duration_s: float
    bit_rate: int
    sample_rate: int
    channels: int
    bit_depth: int
    cut_off: bool = False
    promised_s: float = 0.0


def open_audio(file: BinaryIO, media_type: str) -> InputContainer:
    """The file with the one demuxer that its first bytes ask for; no other gets to see it.

    Raises: DamagedError.
    """
    file.seek(0)
    try:
        return av.open(
            file,
            "r",
            format=_demuxer(file, media_type),
            buffer_size=BUFFER_LENGTH,
            container_options=_OPTIONS.get(media_type, {}),
            metadata_errors="ignore",
        )
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError, OSError) as exc:
        raise DamagedError(say("it begins like audio but cannot be read; get an undamaged copy")) from exc


def _demuxer(file: BinaryIO, media_type: str) -> str:
    """The older Musepack has one of its own. The file stands at its beginning afterwards."""
    is_old = media_type == "audio/x-musepack" and file.read(3) == b"MP+"
    file.seek(0)
    return "mpc" if is_old else _DEMUXERS[media_type]


def audio_stream(container: InputContainer, media_type: str) -> AudioStream:
    """The first audio stream, if its codec is one that we take in.

    Raises: DamagedError, UnsupportedError.
    """
    sounds = container.streams.audio
    if not sounds:
        raise UnsupportedError(say("there is no audio in it that can be played; it may be protected or a film"))
    if any(video.codec_context and video.codec.canonical_name not in _STILLS for video in container.streams.video):
        raise UnsupportedError(say("it is a film; only its sound could be taken in, and that is not done"))
    stream = sounds[0]
    if stream.codec_context is None:
        raise UnsupportedError(say("nothing here decodes its audio; it may be protected, or the file is not whole"))
    stream.codec_context.thread_count = 1
    codec = stream.codec.canonical_name
    if codec not in _CODECS.get(media_type, ()) and not (media_type in _PCM and codec.startswith("pcm_")):
        raise UnsupportedError(
            say("its audio is {codec}, which few can play; convert it: `ffmpeg -i OLD NEW.flac`", codec=codec[:32])
        )
    if stream.rate <= 0 or stream.channels <= 0:
        raise DamagedError(say("its audio has no sample rate or no channels; get an undamaged copy"))
    return stream


def measure(file: BinaryIO, media_type: str) -> AudioFacts:
    """Demux all of it, without the tags behind it, and decode until there is sound.

    Raises: DamagedError, UnsupportedError.
    """
    file = without_trailers(file, media_type)
    sound = _link(file, media_type, hashlib.sha256())
    if sound.behind:  # beside a long one of these, the demuxer does not believe what the header says of padding
        sound = _link(part(file, 0, file.seek(0, io.SEEK_END) - sound.behind), media_type, hashlib.sha256())
    chain = links(file, media_type) if sound.is_odd else []
    if len(chain) > 1:
        together = hashlib.sha256()
        return _joined([_link(each, media_type, together, is_link=True) for each in chain])
    if sound.facts is None:
        raise _broken_off()
    return sound.facts


class _Link(NamedTuple):
    """One stream of a file: most have one. `is_odd` where its times do not go on as they should, or it breaks off.

    `behind`: bytes at the end that the demuxer took for a packet, and that are none.
    """

    facts: AudioFacts | None
    is_odd: bool
    behind: int = 0


def _link(file: BinaryIO, media_type: str, digest: Hash, *, is_link: bool = False) -> _Link:
    """`is_link`: one of several, whose packets go into one digest."""
    plain = plain_stream(file) if media_type == "audio/ogg" and not is_link else None
    with open_audio(file, media_type) as container:
        stream = audio_stream(container, media_type)
        count, trial = _PacketCount(digest, float(stream.time_base or Fraction(1, stream.rate))), _Trial()
        codec = stream.codec.canonical_name
        packets = container.demux(stream)
        is_broken = not _read(packets if plain is None else islice(packets, BATCH_PACKETS), stream, count, trial)
        count.finish(stream, codec)
        if plain is not None:
            count.take(plain)
        facts = _sound(stream, codec, count, trial)
        if media_type == "audio/x-musepack":  # a packet is of up to so many frames, and of no length of its own
            facts = facts._replace(duration_s=min(facts.duration_s, round(musepack_s(file), 6)))
        counted = Tally(facts.duration_s, count.packets, count.packet_s, count.tick_s, is_broken)
        end = ending(file, media_type, stream, counted)
        if is_broken and not (end.cut_off or keeps_its_promise(media_type, stream, counted)):
            return _Link(None, is_odd=True)
        is_odd = is_broken or count.jumps_s > SLACK_S
        return _Link(facts._replace(**end._asdict()), is_odd, 0 if is_broken else count.behind)


def _read(packets: Iterator[Packet[AudioStream]], stream: AudioStream, count: _PacketCount, trial: _Trial) -> bool:
    """Whether all of it could be demuxed."""
    trouble: list[Exception] = []
    whole = _until_broken(packets, trouble)
    while batch := [packet for packet in islice(whole, BATCH_PACKETS) if packet.size]:
        count.add(batch)
        if not trial.passed:
            trial.decode(stream, batch)
    return not trouble


def _until_broken(packets: Iterator[Packet[AudioStream]], trouble: list[Exception]) -> Iterator[Packet[AudioStream]]:
    try:
        yield from packets
    except (av.error.FFmpegError, ValueError, OSError) as exc:
        trouble.append(exc)


def _joined(chain: list[_Link]) -> AudioFacts:
    """The links of a chain as one: the first says how it sounds, the last whether it is whole."""
    found = [link.facts for link in chain if link.facts is not None]
    if not found:
        raise _broken_off()
    duration_s = sum(facts.duration_s for facts in found)
    bits = sum(facts.bit_rate * facts.duration_s for facts in found)
    return found[0]._replace(
        track_id=found[-1].track_id,
        duration_s=round(duration_s, 6),
        bit_rate=round(bits / duration_s),
        cut_off=found[-1].cut_off,
        promised_s=0.0,
    )


def _broken_off() -> DamagedError:
    return DamagedError(say("its audio breaks off unreadably; get an undamaged copy"))


def _sound(stream: AudioStream, codec: str, count: _PacketCount, trial: _Trial) -> AudioFacts:
    duration_s = count.duration_s(stream, codec)
    if not 0 < duration_s <= LONGEST_S:
        raise DamagedError(say("there is no audio in it at all; get a whole copy"))
    if not trial.finish(stream):
        raise DamagedError(say("its audio cannot be decoded; get an undamaged copy"))
    return AudioFacts(
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

    def decode(self, stream: AudioStream, batch: list[Packet[AudioStream]]) -> None:
        self.first = self.first or bytes(batch[0])[:64]
        for packet in batch[: TRIAL_PACKETS - self._tried]:
            self._tried += 1
            try:
                self.passed = any(frame.samples for frame in stream.codec_context.decode(packet))
            except (av.error.FFmpegError, ValueError):
                self.passed = False
            if self.passed:
                return

    def finish(self, stream: AudioStream) -> bool:
        """Whether there was sound, also counting what a very short file leaves in the decoder."""
        if not self.passed and self._tried < TRIAL_PACKETS:
            try:
                self.passed = any(frame.samples for frame in stream.codec_context.decode(None))
            except (av.error.FFmpegError, ValueError):
                self.passed = False
        return self.passed


class _PacketCount:
    """Digest, bytes and samples of the packets, a batch at a time: per packet, Python would cost more than av.

    The last packet waits until `finish`, because only then is known that it is the last.
    """

    def __init__(self, digest: Hash, tick_s: float) -> None:
        self.digest = digest
        self.tick_s = tick_s
        self.length = 0
        self.packets = 0
        self.behind = 0
        self._ticks = 0
        self._first: Packet[AudioStream] | None = None
        self._last: list[Packet[AudioStream]] = []
        self._end: int | None = None

    def add(self, batch: list[Packet[AudioStream]]) -> None:
        joined = b"".join([*self._last[-1:], *batch[:-1]])
        self.digest.update(joined)
        self.length += len(joined)
        self.packets += len(batch)
        self._ticks += sum([packet.duration or 0 for packet in batch])
        self._first = self._first or batch[0]
        self._last = (self._last + batch)[-TAIL_PACKETS:]

    def finish(self, stream: AudioStream, codec: str) -> None:
        """Count the last packet, without what a demuxer that looks for the next one has put behind it or into it."""
        if not self._last:
            return
        content = bytes(self._last[-1])
        if codec in {"mp3", "mp2"} and not _is_mpeg_frame(content) and len(self._last) > 1:
            self.packets -= 1
            self._ticks -= self._last.pop().duration or 0
            content, self.behind = b"", len(content)
        elif codec == "flac":
            content = flac_frame(stream, content)
        self.digest.update(content)
        self.length += len(content)

    def take(self, plain: PlainStream) -> None:
        """All packets, of which only the first were demuxed."""
        self.digest, self.length, self.packets, self._end = plain

    @property
    def packet_s(self) -> float:
        """Seconds of one packet."""
        return (self._first.duration or 0) * self.tick_s if self._first else 0.0

    @property
    def jumps_s(self) -> float:
        """Seconds by which the times on the packets differ from what they last."""
        if self._first is None or self._first.pts is None or self._last[-1].pts is None:
            return 0.0
        ticks = self._last[-1].pts + _signed(self._last[-1].duration or 0) - self._first.pts
        return abs(ticks - self._ticks) * self.tick_s

    def duration_s(self, stream: AudioStream, codec: str) -> float:
        """Seconds that will be heard: the encoder's lead-in and padding do not count.

        The demuxer shortens the last packet of Ogg and MP4 itself; of MP3 it only notes what to drop.
        """
        if self._first is None:
            return 0.0
        first = self._first.pts or 0
        if codec == "vorbis" and self._last[-1].pts is not None:
            # The demuxer guesses Vorbis packet durations; the page positions count samples.
            end = self._last[-1].pts + _signed(self._last[-1].duration or 0) if self._end is None else self._end
            return (end - max(first, 0)) * self.tick_s
        if self.tick_s > COARSE_S and self._last[-1].pts is not None:
            return float((self._last[-1].pts + (self._last[-1].duration or 0) - max(first, 0)) * self.tick_s)
        lead = max(_trimmed(self._first)[0] / stream.rate, -first * self.tick_s, 0.0)
        tail = sum(_trimmed(packet)[1] for packet in self._last) / stream.rate if codec == "mp3" else 0.0
        end = self._last[-1].duration or 0
        return (self._ticks - end + _signed(end)) * self.tick_s - lead - tail


def _is_mpeg_frame(content: bytes) -> bool:
    return content[:1] == b"\xff" and content[1:2] >= b"\xe0"


def flac_frame(stream: AudioStream, content: bytes) -> bytes:
    """The last frame of a FLAC file without the zeros behind it, which the demuxer takes for a part of it.

    Whether a zero belongs to the frame only a decoder knows: it refuses a frame that is a byte too short.
    """
    zeros = len(content) - len(content.rstrip(b"\0"))
    shortest = len(content) - zeros
    ends = range(shortest, min(len(content), shortest + ZEROS_TRIED))
    return next((content[:end] for end in ends if zeros and _decodes(stream, content[:end])), content)


def _decodes(stream: AudioStream, content: bytes) -> bool:
    decoder = AudioCodecContext.create("flac", "r")
    decoder.extradata, decoder.thread_count = stream.codec_context.extradata, 1
    try:
        return any(frame.samples for frame in decoder.decode(Packet(content)))
    except (av.error.FFmpegError, ValueError):
        return False


def _signed(ticks: int) -> int:
    """A last Ogg packet that ends before it begins has a duration that went below zero in 32 bits."""
    return ticks - (1 << 32) if 1 << 31 <= ticks < 1 << 32 else ticks


def _trimmed(packet: Packet[AudioStream]) -> tuple[int, int]:
    """Samples to drop at the beginning and end of what the packet decodes to. Source: AV_PKT_DATA_SKIP_SAMPLES."""
    if not packet.has_sidedata("skip_samples"):
        return 0, 0
    noted = bytes(packet.get_sidedata("skip_samples"))
    return int.from_bytes(noted[:4], "little"), int.from_bytes(noted[4:8], "little")


def _bit_depth(stream: AudioStream, codec: str, first: bytes) -> int:
    """Bits of one sample; 0 for lossy codecs. Source: RFC 9639, 8.2; ALACSpecificConfig."""
    if codec.startswith("pcm_"):
        digits = "".join(char for char in codec if char.isdigit())
        return int(digits) if digits in {"8", "16", "24", "32", "64"} else 8
    extra = stream.codec_context.extradata or b""
    if codec == "flac" and len(extra) >= 34:
        return ((extra[12] & 1) << 4 | extra[13] >> 4) + 1
    if codec == "alac" and len(extra) >= 18:
        return extra[17] if extra[17] <= 32 else 0
    if codec == "wavpack":
        return wavpack.bit_depth(first)
    return _DEPTHS.get(stream.format.name, 0) if codec in _LOSSLESS else 0
