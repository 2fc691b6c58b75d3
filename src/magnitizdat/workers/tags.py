"""Tags of every container in one shape. The home of mutagen, with the `tags_*` readers beside it; runs in a worker.

A file whose tags are broken is still music: what cannot be read is left out, and the audio decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, Literal, NamedTuple

from magnitizdat.errors import SourceError
from magnitizdat.formats.cue import MAX_LENGTH as MAX_SHEET_LENGTH
from magnitizdat.formats.cue import CueError, CueSheet, read_cue
from magnitizdat.model import Gain
from magnitizdat.sentence import say
from magnitizdat.workers import tags_id3, tags_mp4, tags_others, tags_riff, tags_vorbis, text
from magnitizdat.workers.code_pages import CENTRAL, Judged, judge, may_be_old, repair
from magnitizdat.workers.people import names_in, several, sort_names
from magnitizdat.workers.portraits import portrait
from magnitizdat.workers.raw_tags import SEVERAL, RawTags, dates_from, disc_total_from, numbering_from
from magnitizdat.workers.values import LYRICS_LIMIT, EmbeddedCover, EmbeddedLyrics, Repair, Said, Tags, Undecided

ALL_COVERS_LIMIT = 32 << 20
"""Bytes of all covers of one file together: what a message carries."""
PICTURES_LIMIT = 32
LYRICS_KEPT = 8
OMITTED_LIMIT = 16
"""Sentences about what was left out of one file."""

READERS: dict[str, Callable[[BinaryIO, RawTags], None]] = {
    "audio/flac": tags_vorbis.read_flac,
    "audio/ogg": tags_vorbis.read_ogg,
    "audio/opus": tags_vorbis.read_opus,
    "audio/mpeg": tags_id3.read_mp3,
    "audio/mp4": tags_mp4.read_mp4,
    "audio/wav": tags_riff.read_wav,
    "audio/aiff": tags_riff.read_aiff,
    "audio/x-wavpack": tags_vorbis.read_wavpack,
    "audio/aac": tags_id3.read_mp3,
    "audio/webm": tags_others.read_matroska,
    "audio/x-matroska": tags_others.read_matroska,
    "audio/x-ms-wma": tags_others.read_asf,
    "audio/x-ape": tags_id3.read_mp3,
    "audio/x-tta": tags_id3.read_mp3,
    "audio/x-musepack": tags_others.read_musepack,
    "audio/amr": tags_others.read_nothing,
}
_PICTURE_ORDER = {3: 0, 0: 1}
"""Front cover, then what has no kind. Source: ID3v2.4.0 frames, section 4.14."""
_LINES = {"comment"}
_LONG = {"composer", "comment"}
_LISTS = ("artists", "album_artists", "artists_sort", "album_artists_sort", "title_sort", "album_sort", "composer_sort")
_REPAIRABLE = ("title", "artist", "album", "album_artist", "composer", "comment", "genre", "disc_title", *_LISTS)
_DECIDED_TOGETHER = ("title", "artist", "album", "album_artist", "composer")
"""What other files of the album may tell the code page of."""
_NOTHING = dict.fromkeys(_REPAIRABLE, "")
_NAMED = ("artist", "album_artist", "artists", "album_artists", "artists_sort", "album_artists_sort")


class FoundTags(NamedTuple):
    """All that a file says about itself."""

    tags: Tags
    covers: tuple[EmbeddedCover, ...]
    lyrics: tuple[EmbeddedLyrics, ...]
    omitted: tuple[Said, ...]
    sheet: CueSheet | None = None
    code_page: str = ""
    undecided: tuple[Undecided, ...] = ()


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
    covers, lyrics, sheet = tuple(_covers(raw)), tuple(_lyrics(raw)), _sheet(raw)
    omitted = tuple(map(Said.of, dict.fromkeys(raw.omitted)))[:OMITTED_LIMIT]
    written = {field: raw.joined(field)[: 2 * text.TEXT_LIMIT] for field in _REPAIRABLE if field in raw.texts}
    judged = judge(written)
    undecided = tuple(_undecided(written)) if judged.page in {"", CENTRAL} else ()
    return FoundTags(_tags(raw, written, judged), covers, lyrics, omitted, sheet, judged.page, undecided)


def _undecided(written: Mapping[str, str]) -> Iterator[Undecided]:
    for field in _DECIDED_TOGETHER:
        said = written.get(field, "")[: text.NAME_LIMIT]
        if not said.isascii() and "\0" not in said and may_be_old(said):
            yield Undecided(field=field, text=said)


def _sheet(raw: RawTags) -> CueSheet | None:
    """The cue sheet inside: as a text, which has titles, or as a block."""
    if not raw.sheet_text.strip():
        return raw.sheet
    try:
        return read_cue(repair(raw.sheet_text[:MAX_SHEET_LENGTH]) or raw.sheet_text)
    except CueError as exc:
        if raw.sheet is None:
            raw.omitted.append(exc.sentence)
        return raw.sheet


def _tags(raw: RawTags, written: Mapping[str, str], judged: Judged) -> Tags:
    before = {field: _clean(field, value) for field, value in written.items()}
    better = judged.better
    texts = _NOTHING | before | {field: _clean(field, value) for field, value in better.items()}
    repaired = tuple(
        Repair(field=field, before=before[field], after=texts[field]) for field in better if field not in _LISTS
    )
    names = {field: names_in(better.get(field) or written.get(field, "")) for field in _NAMED}
    artists = several(texts["artist"], names["artist"], names["artists"])
    album_artists = several(texts["album_artist"], names["album_artist"], names["album_artists"])
    numbering = numbering_from(raw)
    dates = dates_from(raw)
    return Tags(
        title=texts["title"],
        artist=texts["artist"],
        album=texts["album"],
        album_artist=texts["album_artist"],
        track=numbering.number,
        track_total=numbering.total,
        disc=numbering.disc,
        disc_total=disc_total_from(raw),
        date=dates.date,
        genres=text.genre_names([texts["genre"]]),
        composer=texts["composer"],
        comment=texts["comment"],
        compilation=raw.first("compilation").strip().lower() in {"1", "true", "yes"},
        isrc=text.one_line(raw.first("isrc"), limit=64),
        musicbrainz_recording=text.one_line(raw.first("musicbrainz_recording"), limit=64),
        musicbrainz_release=text.one_line(raw.first("musicbrainz_release"), limit=64),
        gain=_gain(raw),
        artists=artists,
        artists_sort=sort_names(texts["artist"], artists or (texts["artist"],), names["artists_sort"]),
        album_artists=album_artists,
        album_artists_sort=sort_names(
            texts["album_artist"], album_artists or (texts["album_artist"],), names["album_artists_sort"]
        ),
        title_sort=texts["title_sort"],
        album_sort=texts["album_sort"],
        composer_sort=texts["composer_sort"],
        released=dates.released,
        disc_title=texts["disc_title"],
        pregap=numbering.is_zero,
        album_gain=_gain(raw, "album_"),
        repaired=repaired,
    )


def _clean(field: str, value: str) -> str:
    if field in SEVERAL and "\0" in value:
        value = SEVERAL[field].join(filter(None, map(text.one_line, value.split("\0"))))
    limit = text.TEXT_LIMIT if field in _LONG or field == "genre" else text.NAME_LIMIT
    return text.many_lines(value, limit=limit) if field in _LINES else text.one_line(value, limit=limit)


def _gain(raw: RawTags, of: str = "") -> Gain | None:
    """What the tags say of the track, or `of` the album, by whichever of three ways."""
    if not any(f"{of}gain" in name for name in raw.texts):
        return None
    gain_db = _decimal(raw.first(f"{of}gain") or raw.first(f"rva2_{of}gain"), low=-100, high=100)
    if gain_db is None and (r128 := _decimal(raw.first(f"r128_{of}gain"), low=-32768, high=32767)) is not None:
        gain_db = r128 / 256 + 5  # RFC 7845, 5.2.1: Q7.8 against -23 LUFS; ReplayGain 2 means -18
    peak = _decimal(raw.first(f"{of}peak") or raw.first(f"rva2_{of}peak"), low=0, high=1000)
    return None if gain_db is None else Gain(gain_db=gain_db, peak=peak)


def _decimal(value: str, *, low: float, high: float) -> float | None:
    words = value[:64].replace(",", ".").split()
    try:
        number = float(words[0].removesuffix("dB")) if words else None
    except ValueError:
        return None
    return number if number is not None and low <= number <= high else None


def _covers(raw: RawTags) -> Iterable[EmbeddedCover]:
    """What of the pictures can be a cover, the front first; what cannot is told."""
    room = ALL_COVERS_LIMIT
    ordered = sorted(raw.covers, key=lambda each: _PICTURE_ORDER.get(each[0], 2))
    for picture_type, data in ordered[:PICTURES_LIMIT]:
        try:
            found = portrait(data)
        except SourceError as exc:
            raw.omitted.append(exc.sentence)
            continue
        if len(found.content) > room:
            raw.omitted.append(say("its pictures are larger than 32 MiB together; the first of them were taken"))
            continue
        room -= len(found.content)
        kind: Literal["front", "other"] = "front" if picture_type in _PICTURE_ORDER else "other"
        yield EmbeddedCover(kind=kind, media_type=found.media_type, data=found.content)
    if len(ordered) > PICTURES_LIMIT:
        raw.omitted.append(say("of its {n} pictures {limit} were looked at", n=len(ordered), limit=PICTURES_LIMIT))


def _lyrics(raw: RawTags) -> Iterable[EmbeddedLyrics]:
    for language, words, timed in raw.lyrics[:LYRICS_KEPT]:
        whole = repair(words) or words
        better = text.many_lines(whole, limit=LYRICS_LIMIT)
        if len(whole) > LYRICS_LIMIT:
            raw.omitted.append(say("its lyrics are longer than a million letters; the rest was cut off"))
        if better:
            yield EmbeddedLyrics(language=text.language(language), text=better, timed=timed or text.is_timed(better))
    if len(raw.lyrics) > LYRICS_KEPT:
        n, limit = len(raw.lyrics), LYRICS_KEPT
        raw.omitted.append(say("of its {n} lyrics {limit} were taken", n=n, limit=limit))
