"""Small real audio files, made on the spot: a short tone in any container that we take in, tagged as a person would."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import av
import mutagen.aiff
import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.mp3
import mutagen.mp4
import mutagen.oggopus
import mutagen.oggvorbis
import mutagen.wave
import mutagen.wavpack
import numpy as np


class Recipe(NamedTuple):
    container: str
    codec: str
    sample_format: str
    media_type: str
    suffix: str


RECIPES: dict[str, Recipe] = {
    "flac": Recipe("flac", "flac", "s16", "audio/flac", ".flac"),
    "mp3": Recipe("mp3", "libmp3lame", "s16p", "audio/mpeg", ".mp3"),
    "vorbis": Recipe("ogg", "vorbis", "fltp", "audio/ogg", ".ogg"),
    "opus": Recipe("ogg", "libopus", "s16", "audio/opus", ".opus"),
    "aac": Recipe("ipod", "aac", "fltp", "audio/mp4", ".m4a"),
    "alac": Recipe("ipod", "alac", "s16p", "audio/mp4", ".m4a"),
    "wav": Recipe("wav", "pcm_s16le", "s16", "audio/wav", ".wav"),
    "aiff": Recipe("aiff", "pcm_s16be", "s16", "audio/aiff", ".aiff"),
    "wavpack": Recipe("wv", "wavpack", "s16p", "audio/x-wavpack", ".wv"),
    "ogg-flac": Recipe("ogg", "flac", "s16", "audio/ogg", ".ogg"),
}
"""Every kind that `make_audio` makes."""

KINDS = tuple(RECIPES)
RATE = 48_000

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364600000000600023081d02f0000000049454e44ae426082"
)
"""The smallest picture: one pixel."""

_ID3_FRAMES = {
    "title": "TIT2",
    "artist": "TPE1",
    "album": "TALB",
    "album_artist": "TPE2",
    "track": "TRCK",
    "disc": "TPOS",
    "date": "TDRC",
    "genre": "TCON",
    "composer": "TCOM",
    "isrc": "TSRC",
    "compilation": "TCMP",
}
_VORBIS_NAMES = {"album_artist": "ALBUMARTIST", "track": "TRACKNUMBER", "disc": "DISCNUMBER"}
_MP4_ATOMS = {
    "title": "\xa9nam",
    "artist": "\xa9ART",
    "album": "\xa9alb",
    "album_artist": "aART",
    "date": "\xa9day",
    "genre": "\xa9gen",
    "composer": "\xa9wrt",
    "comment": "\xa9cmt",
    "lyrics": "\xa9lyr",
}
_APE_NAMES = {"album_artist": "Album Artist", "date": "Year"}


def make_audio(
    kind: str, seconds: float = 1.0, tags: Mapping[str, str] | None = None, *, tone: float = 440.0, cover: bytes = b""
) -> bytes:
    """A stereo tone of `tone` Hz at 48 kHz; each tone is another track. `kind` is one of `KINDS`.

    `tags` may hold title, artist, album, album_artist, track ("3/12"), disc, date, genre, composer, comment, isrc,
    compilation ("1"), lyrics. `cover` becomes the embedded front cover.
    """
    audio = _tone(kind, seconds, tone)
    return write_tags(kind, audio, tags or {}, cover=cover) if tags or cover else audio


@lru_cache(maxsize=256)
def _tone(kind: str, seconds: float, tone: float) -> bytes:
    recipe = RECIPES[kind]
    out = io.BytesIO()
    with av.open(out, "w", format=recipe.container) as container:
        stream = container.add_stream(
            recipe.codec, rate=RATE, format=recipe.sample_format, layout="stereo", options={"strict": "-2"}
        )
        resampler = av.AudioResampler(format=recipe.sample_format, layout="stereo", rate=RATE)
        stream.codec_context.open()
        fifo = av.AudioFifo()
        for frame in resampler.resample(_sine(seconds, tone)):
            frame.pts = None
            fifo.write(frame)
        size = stream.codec_context.frame_size or 4096
        position = 0
        while frame := fifo.read(size, partial=True):
            frame.pts = position
            position += frame.samples
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def _sine(seconds: float, tone: float) -> av.AudioFrame:
    count = round(seconds * RATE)
    angles = np.arange(count) * (2 * math.pi * tone / RATE)
    values = np.rint(12_000 * np.sin(angles) + 2_000 * np.sin(3.01 * angles)).astype("<i2")
    frame = av.AudioFrame(format="s16", layout="stereo", samples=count)
    frame.planes[0].update(np.column_stack((values, -values)).tobytes())
    frame.sample_rate = RATE
    return frame


def write_tags(kind: str, audio: bytes, tags: Mapping[str, str], *, cover: bytes = b"") -> bytes:
    """`audio` with these tags, as another program (mutagen) writes them."""
    file = io.BytesIO(audio)
    if kind in {"mp3", "wav", "aiff"}:
        _write_id3(kind, file, tags, cover)
    elif kind in {"aac", "alac"}:
        _write_mp4(file, tags, cover)
    elif kind == "wavpack":
        _write_ape(file, tags, cover)
    else:
        _write_vorbis(kind, file, tags, cover)
    return file.getvalue()


def _write_id3(kind: str, file: io.BytesIO, tags: Mapping[str, str], cover: bytes) -> None:
    opened = {"mp3": mutagen.mp3.MP3, "wav": mutagen.wave.WAVE, "aiff": mutagen.aiff.AIFF}[kind](file)
    if opened.tags is None:
        opened.add_tags()
    for name, text in tags.items():
        if name == "comment":
            opened.tags.add(mutagen.id3.COMM(encoding=3, lang="eng", desc="", text=[text]))
        elif name == "lyrics":
            opened.tags.add(mutagen.id3.USLT(encoding=3, lang="eng", desc="", text=text))
        else:
            frame = _ID3_FRAMES[name]
            opened.tags.add(getattr(mutagen.id3, frame)(encoding=3, text=[text]))
    if cover:
        opened.tags.add(mutagen.id3.APIC(encoding=3, mime="image/png", type=3, desc="", data=cover))
    file.seek(0)
    opened.save(file)


def _write_vorbis(kind: str, file: io.BytesIO, tags: Mapping[str, str], cover: bytes) -> None:
    import base64

    from mutagen import oggflac

    classes = {
        "flac": mutagen.flac.FLAC,
        "vorbis": mutagen.oggvorbis.OggVorbis,
        "opus": mutagen.oggopus.OggOpus,
        "ogg-flac": oggflac.OggFLAC,
    }
    opened = classes[kind](file)
    if opened.tags is None:
        opened.add_tags()
    for name, text in tags.items():
        opened.tags[_VORBIS_NAMES.get(name, name.upper())] = [text]
    if cover:
        picture = mutagen.flac.Picture()
        picture.type, picture.mime, picture.data = 3, "image/png", cover
        if kind == "flac":
            opened.add_picture(picture)
        else:
            opened.tags["METADATA_BLOCK_PICTURE"] = [base64.b64encode(picture.write()).decode()]
    file.seek(0)
    opened.save(file)


def _write_mp4(file: io.BytesIO, tags: Mapping[str, str], cover: bytes) -> None:
    opened = mutagen.mp4.MP4(file)
    if opened.tags is None:
        opened.add_tags()
    for name, text in tags.items():
        if name in {"track", "disc"}:
            number, _, total = text.partition("/")
            opened.tags["trkn" if name == "track" else "disk"] = [(int(number), int(total or 0))]
        elif name == "compilation":
            opened.tags["cpil"] = text == "1"
        elif name == "isrc":
            opened.tags["----:com.apple.iTunes:ISRC"] = [text.encode()]
        else:
            opened.tags[_MP4_ATOMS[name]] = [text]
    if cover:
        opened.tags["covr"] = [mutagen.mp4.MP4Cover(cover, mutagen.mp4.MP4Cover.FORMAT_PNG)]
    file.seek(0)
    opened.save(file)


def _write_ape(file: io.BytesIO, tags: Mapping[str, str], cover: bytes) -> None:
    opened = mutagen.wavpack.WavPack(file)
    if opened.tags is None:
        opened.add_tags()
    for name, text in tags.items():
        opened.tags[_APE_NAMES.get(name, name.title())] = text
    if cover:
        value = mutagen.apev2.APEValue(b"cover.png\0" + cover, mutagen.apev2.BINARY)
        opened.tags["Cover Art (Front)"] = value
    file.seek(0)
    opened.save(file)
