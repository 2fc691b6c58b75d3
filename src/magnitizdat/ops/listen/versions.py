"""Which version of a song a player is sent: the original, its small version, or a transcode where neither serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from magnitizdat.formats.transcodes import MP3_RATES, MP3_TYPE, OPUS_RATES, Encoding, TranscodeCodec
from magnitizdat.library.index.browse import SongLine
from magnitizdat.model import File, Track
from magnitizdat.ops.albums.quality import plays_anywhere

RAW = "raw"
"""Who asks for this gets the original, whatever it is."""
CODECS: dict[str, TranscodeCodec] = {"opus": "opus", "ogg": "opus", "oga": "opus", "mp3": "mp3"}
"""Formats that can be asked for; of another the original is sent where most can play it."""
USUAL = {("opus", 2): 160_000, ("opus", 1): 96_000, ("mp3", 2): 256_000, ("mp3", 1): 128_000}
"""Bits a second where nobody says how many, by codec and channels."""
_RATES = {"opus": OPUS_RATES, "mp3": MP3_RATES}


class _Version(NamedTuple):
    file: File
    codec: str
    bit_rate: float
    plays: bool


def chosen(
    song: SongLine, holds: Callable[[File], bool], *, wanted: str = "", most: int = 0, told: int = 0
) -> File | Encoding:
    """`wanted` as players name formats, `most` kilobits a second where it is not 0; `told`: how many it was said to be.

    What is there is preferred: the original where it serves, then the small version.
    """
    if wanted == RAW or not song.track.duration_s:
        return song.file
    codec = CODECS.get(wanted)
    for version in _there(song, holds, told):
        if (version.codec == codec or (codec is None and version.plays)) and (not most or version.bit_rate <= most):
            return version.file
    return encoding(song.track, codec or "opus", most)


def from_the_middle(song: SongLine, version: File | Encoding, most: int = 0) -> Encoding:
    """What can begin anywhere in place of `version`, in a format that who gets that plays as well."""
    if isinstance(version, Encoding):
        return version
    return encoding(song.track, "mp3" if version.media_type == MP3_TYPE else "opus", most)


def encoding(track: Track, codec: TranscodeCodec, most: int = 0) -> Encoding:
    """A transcode of at most so many kilobits a second, if there is one so small; 0 for the usual."""
    channels = 1 if track.channels == 1 else 2
    limit = most * 1000 or USUAL[codec, channels]
    rate = max((rate for rate in _RATES[codec] if rate <= limit), default=_RATES[codec][0])
    return Encoding(codec=codec, bit_rate=rate, channels=channels)  # type: ignore[arg-type]  # one of the two


def _there(song: SongLine, holds: Callable[[File], bool], told: int) -> Iterator[_Version]:
    track = song.track
    if not song.small:
        yield _Version(track.file, track.codec, told or track.bit_rate / 1000, plays_anywhere(track))
    if track.small is not None and (song.small or holds(track.small)):
        yield _Version(track.small, "opus", track.small.length * 8 / 1000 / track.duration_s, plays=True)
