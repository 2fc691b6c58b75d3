"""Whether a file holds what its header promises. Each format says it in its own way."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from av.audio.stream import AudioStream
from mutagen import MutagenError, musepack

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import say
from magnitizdat.workers.parts import front_length
from magnitizdat.workers.tags_riff import walk

SLACK_S = 0.05
"""Seconds that may be missing: what encoders and rounding make of a length that was written exactly."""

SLACK_FRAMES = 4
"""Frames by which counts in MP3 headers are off: some encoders count the header itself, some what they flush."""

STREAMED = 0x7FFF0000
"""Length of a RIFF chunk from which on it means that its writer did not know: ffmpeg, sox and others into pipes."""

_PAGE_LENGTH = 27 + 255 + 255 * 255
_HEAD_LENGTH = 4096


class Tally(NamedTuple):
    """What was found in a file: seconds heard, packets, seconds of a packet and of a tick, whether it broke off."""

    heard_s: float
    packets: int
    packet_s: float
    tick_s: float
    is_broken: bool


class Ending(NamedTuple):
    """Whether a file ends before it should, and how long it should be; 0 where it does not say."""

    cut_off: bool = False
    promised_s: float = 0.0


def ending(file: BinaryIO, media_type: str, stream: AudioStream, counted: Tally) -> Ending:
    """What a header promises, compared with what was counted."""
    cut_off, promised_s = _JUDGES.get(media_type, _nothing)(file, stream, counted)
    is_told = cut_off and promised_s > counted.heard_s + SLACK_S
    return Ending(cut_off, round(promised_s, 3) if is_told else 0.0)


def keeps_its_promise(media_type: str, stream: AudioStream, counted: Tally) -> bool:
    """Whether a length was promised and is there: then what follows and cannot be read is no audio."""
    promised_s = _promised_s(stream, counted) if _JUDGES.get(media_type) is _by_duration else 0.0
    return 0 < promised_s <= counted.heard_s + SLACK_S


def _promised_s(stream: AudioStream, counted: Tally) -> float:
    return (stream.duration or 0) * counted.tick_s


def _nothing(_file: BinaryIO, _stream: AudioStream, _counted: Tally) -> Ending:
    """No header says it; what the demuxer tells is a guess by the bit rate."""
    return Ending()


def _by_duration(_file: BinaryIO, stream: AudioStream, counted: Tally) -> Ending:
    """Formats whose header counts samples."""
    promised_s = _promised_s(stream, counted)
    return Ending(promised_s > counted.heard_s + SLACK_S, promised_s)


def musepack_s(file: BinaryIO) -> float:
    """Seconds by the header. Raises: DamagedError."""
    file.seek(0)
    try:
        info = musepack.Musepack(file).info
    except MutagenError as exc:
        raise DamagedError(say("there is no audio in it at all; get a whole copy")) from exc
    return float(info.length) if info is not None else 0.0


def _musepack(file: BinaryIO, _stream: AudioStream, counted: Tally) -> Ending:
    promised_s = musepack_s(file)
    return Ending(promised_s > counted.heard_s + SLACK_S, promised_s)


def _mp4(_file: BinaryIO, stream: AudioStream, counted: Tally) -> Ending:
    """The table of samples, as far as edit lists leave them in."""
    return Ending(counted.is_broken or counted.packets < len(stream.index_entries), _promised_s(stream, counted))


def _ogg(file: BinaryIO, _stream: AudioStream, _counted: Tally) -> Ending:
    """The last page has a mark and is whole. Source: RFC 3533, section 6."""
    length = file.seek(0, io.SEEK_END)
    file.seek(max(0, length - 2 * _PAGE_LENGTH))
    tail = file.read(2 * _PAGE_LENGTH)
    page = tail[max(0, tail.rfind(b"OggS")) :]
    table = page[27 : 27 + page[26]] if len(page) > 27 else b""
    is_whole = len(page) > 27 and len(table) == page[26] and len(page) >= 27 + len(table) + sum(table)
    return Ending(not (is_whole and page[5] & 4))


def _wav(file: BinaryIO, _stream: AudioStream, counted: Tally) -> Ending:
    """The length of the `data` chunk."""
    length = file.seek(0, io.SEEK_END)
    chunk = next((chunk for chunk in walk(file, byte_order="little") if chunk.name == b"data"), None)
    if chunk is None or STREAMED <= chunk.length <= 0xFFFFFFFF or chunk.offset >= length:
        return Ending()
    promised_s = counted.heard_s * chunk.length / min(chunk.length, length - chunk.offset)
    return Ending(promised_s > counted.heard_s + SLACK_S, promised_s)


def _mpeg(file: BinaryIO, _stream: AudioStream, counted: Tally) -> Ending:
    """The frames that a Xing, Info or VBRI header counts."""
    frames = mpeg_frames(_head(file))
    return Ending(frames > counted.packets + SLACK_FRAMES, frames * counted.packet_s)


def mpeg_frames(head: bytes) -> int:
    """Frames of an MP3 by the header in its first frame, 0 where there is none. Source: Xing SDK; Fraunhofer VBRI."""
    for name, offset in ((b"Xing", 8), (b"Info", 8), (b"VBRI", 14)):
        place = head.find(name)
        if place >= 0 and (name == b"VBRI" or (head[place + 7 : place + 8] and head[place + 7] & 1)):
            return int.from_bytes(head[place + offset : place + offset + 4], "big")
    return 0


def _head(file: BinaryIO) -> bytes:
    """The first bytes behind what ID3 tags there are."""
    file.seek(front_length(file))
    return file.read(_HEAD_LENGTH)


_COUNTED = ("flac", "aiff", "x-wavpack", "x-ape", "x-tta")
_JUDGES: dict[str, Callable[[BinaryIO, AudioStream, Tally], Ending]] = {
    **{f"audio/{kind}": _by_duration for kind in _COUNTED},
    "audio/mpeg": _mpeg,
    "audio/x-musepack": _musepack,
    "audio/mp4": _mp4,
    "audio/ogg": _ogg,
    "audio/opus": _ogg,
    "audio/wav": _wav,
}
