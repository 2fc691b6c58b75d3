"""Tags of every container in one shape. The home of mutagen, with the `tags_*` readers beside it; runs in a worker.

A file whose tags are broken is still music: what cannot be read is left out, and the audio decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO, NamedTuple

from magnitizdat.model import IMAGE_TYPES, Gain
from magnitizdat.workers import tags_id3, tags_mp4, tags_riff, tags_vorbis, text
from magnitizdat.workers.code_pages import repair, repair_together
from magnitizdat.workers.raw_tags import RawTags, disc_total_from, numbering_from
from magnitizdat.workers.sniff import sniff
from magnitizdat.workers.values import COVER_LIMIT, LYRICS_LIMIT, EmbeddedCover, EmbeddedLyrics, Repair, Tags

ALL_COVERS_LIMIT = 32 << 20
"""Bytes of all covers of one file together: what a message carries."""

READERS: dict[str, Callable[[BinaryIO, RawTags], None]] = {
    "audio/flac": tags_vorbis.read_flac,
    "audio/ogg": tags_vorbis.read_ogg,
    "audio/opus": tags_vorbis.read_opus,
    "audio/mpeg": tags_id3.read_mp3,
    "audio/mp4": tags_mp4.read_mp4,
    "audio/wav": tags_riff.read_wav,
    "audio/aiff": tags_riff.read_aiff,
    "audio/x-wavpack": tags_vorbis.read_wavpack,
}
_PICTURE_ORDER = {3: 0, 0: 1}
"""Front cover, then what has no kind. Source: ID3v2.4.0 frames, section 4.14."""
_LINES = {"comment"}
_LONG = {"composer", "comment"}
_REPAIRABLE = ("title", "artist", "album", "album_artist", "composer", "comment", "genre")


class FoundTags(NamedTuple):
    """All that a file says about itself."""

    tags: Tags
    covers: tuple[EmbeddedCover, ...]
    lyrics: tuple[EmbeddedLyrics, ...]


def read_tags(file: BinaryIO, media_type: str) -> FoundTags:
    """Tags, covers and lyrics of an audio file, whatever of it can be read."""
    raw = RawTags()
    file.seek(0)
    try:
        READERS[media_type](file, raw)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001, S110  hostile bytes make a parser raise anything; what it read so far stands
        pass
    return FoundTags(_tags(raw), tuple(_covers(raw)), tuple(_lyrics(raw)))


def _tags(raw: RawTags) -> Tags:
    written = {field: raw.joined(field)[: 2 * text.TEXT_LIMIT] for field in _REPAIRABLE}
    texts = {field: _clean(field, value) for field, value in written.items()}
    better = {field: _clean(field, value) for field, value in repair_together(written).items()}
    repaired = tuple(Repair(field=field, before=texts[field], after=after) for field, after in better.items())
    texts |= better
    numbering = numbering_from(raw)
    return Tags(
        title=texts["title"],
        artist=texts["artist"],
        album=texts["album"],
        album_artist=texts["album_artist"],
        track=numbering.number,
        track_total=numbering.total,
        disc=numbering.disc,
        disc_total=disc_total_from(raw),
        date=next(filter(None, map(text.iso_date, (*raw.all("date"), *raw.all("original_date")))), ""),
        genres=text.genre_names([texts["genre"]]),
        composer=texts["composer"],
        comment=texts["comment"],
        compilation=raw.first("compilation").strip().lower() in {"1", "true", "yes"},
        isrc=text.one_line(raw.first("isrc"), limit=64),
        musicbrainz_recording=text.one_line(raw.first("musicbrainz_recording"), limit=64),
        musicbrainz_release=text.one_line(raw.first("musicbrainz_release"), limit=64),
        gain=_gain(raw),
        repaired=repaired,
    )


def _clean(field: str, value: str) -> str:
    limit = text.TEXT_LIMIT if field in _LONG or field == "genre" else text.NAME_LIMIT
    return text.many_lines(value, limit=limit) if field in _LINES else text.one_line(value, limit=limit)


def _gain(raw: RawTags) -> Gain | None:
    gain_db = _decimal(raw.first("gain") or raw.first("rva2_gain"), low=-100, high=100)
    if gain_db is None and (r128 := _decimal(raw.first("r128_gain"), low=-32768, high=32767)) is not None:
        gain_db = r128 / 256 + 5  # RFC 7845, 5.2.1: Q7.8 against -23 LUFS; ReplayGain 2 means -18
    return (
        None
        if gain_db is None
        else Gain(gain_db=gain_db, peak=_decimal(raw.first("peak") or raw.first("rva2_peak"), low=0, high=1000))
    )


def _decimal(value: str, *, low: float, high: float) -> float | None:
    words = value[:64].replace(",", ".").split()
    try:
        number = float(words[0].removesuffix("dB")) if words else None
    except ValueError:
        return None
    return number if number is not None and low <= number <= high else None


def _covers(raw: RawTags) -> Iterable[EmbeddedCover]:
    room = ALL_COVERS_LIMIT
    for picture_type, data in sorted(raw.covers[:32], key=lambda each: _PICTURE_ORDER.get(each[0], 2)):
        media_type = sniff(data[:64])
        if media_type in IMAGE_TYPES and len(data) <= min(room, COVER_LIMIT):
            room -= len(data)
            yield EmbeddedCover(
                kind="front" if picture_type in _PICTURE_ORDER else "other", media_type=media_type, data=data
            )


def _lyrics(raw: RawTags) -> Iterable[EmbeddedLyrics]:
    for language, words, timed in raw.lyrics[:8]:
        better = text.many_lines(repair(words) or words, limit=LYRICS_LIMIT)
        if better:
            yield EmbeddedLyrics(language=text.language(language), text=better, timed=timed or text.is_timed(better))
