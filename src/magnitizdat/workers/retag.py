"""Other tags on the same packets; runs in a worker. Covers, lyrics and fields that we do not know stay as they are."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mutagen import MutagenError, aiff, apev2, flac, id3, mp3, mp4, ogg, oggflac, oggopus, oggvorbis, wave, wavpack

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.model import AUDIO_TYPES
from magnitizdat.sentence import say
from magnitizdat.workers.audio import measure
from magnitizdat.workers.sniff import SNIFF_LENGTH, sniff
from magnitizdat.workers.values import Tags

_ID3 = {
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
_VORBIS = {
    "album_artist": "ALBUMARTIST",
    "track": "TRACKNUMBER",
    "disc": "DISCNUMBER",
    "musicbrainz_recording": "MUSICBRAINZ_TRACKID",
    "musicbrainz_release": "MUSICBRAINZ_ALBUMID",
}
_VORBIS_TWINS = ("ALBUM ARTIST", "TRACKTOTAL", "TOTALTRACKS", "DISCTOTAL", "TOTALDISCS", "YEAR", "DESCRIPTION")
_APE = {
    "album_artist": "Album Artist",
    "date": "Year",
    "isrc": "ISRC",
    "musicbrainz_recording": "MUSICBRAINZ_TRACKID",
    "musicbrainz_release": "MUSICBRAINZ_ALBUMID",
}
_MP4 = {
    "title": "\xa9nam",
    "artist": "\xa9ART",
    "album": "\xa9alb",
    "album_artist": "aART",
    "date": "\xa9day",
    "genre": "\xa9gen",
    "composer": "\xa9wrt",
    "comment": "\xa9cmt",
}
_MP4_FREE = {
    "isrc": "ISRC",
    "musicbrainz_recording": "MusicBrainz Track Id",
    "musicbrainz_release": "MusicBrainz Album Id",
}


def retag(audio: bytes, tags: Tags) -> bytes:
    """The file with these tags; a field that is empty is taken out.

    Raises: DamagedError, UnsupportedError.
    """
    media_type = sniff(audio[:SNIFF_LENGTH])
    if media_type not in AUDIO_TYPES:
        raise UnsupportedError(say("only audio can be tagged"))
    file = io.BytesIO(audio)
    try:
        _write(file, media_type, _fields(tags))
    except MutagenError as exc:
        raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy")) from exc
    if measure(file, media_type).track_id != measure(io.BytesIO(audio), media_type).track_id:
        raise DamagedError(say("its audio would not survive new tags; get an undamaged copy"))
    return file.getvalue()


def tagged_ogg(parts: Iterable[bytes], tags: Tags) -> Iterator[bytes]:
    """An Ogg Opus stream under way, with these tags: only its first two pages are held and changed.

    Source: RFC 7845, section 3: the first page holds the identification header alone, the tags end their last page.
    """
    stream, start = iter(parts), b""
    while not (length := _pages_length(start, 2)):
        part = next(stream, b"")
        if not part:
            break
        start += part
    yield (_tagged_head(start[:length], tags) if length else b"") + start[length:]
    yield from stream


def _tagged_head(head: bytes, tags: Tags) -> bytes:
    """Two pages again, lest every number behind them be wrong: tags of over 64 KiB are left out."""
    file = io.BytesIO(head)
    _write(file, "audio/opus", _fields(tags))
    file.seek(0)
    first, rest = ogg.OggPage(file), []
    while file.tell() < len(file.getvalue()):
        rest.append(ogg.OggPage(file))
    packed = ogg.OggPage.from_packets(ogg.OggPage.to_packets(rest), sequence=1, default_size=_PAGE_LENGTH)
    if len(packed) > 1:
        return head
    packed[0].serial = first.serial
    return bytes(first.write() + packed[0].write())


def _pages_length(start: bytes, pages: int) -> int:
    """Bytes of the first pages of an Ogg stream; 0 where they are not all there. Source: RFC 3533, section 6."""
    at = 0
    for _ in range(pages):
        table = at + 27
        if len(start) < table or len(start) < table + start[table - 1]:
            return 0
        at = table + start[table - 1] + sum(start[table : table + start[table - 1]])
    return at if at <= len(start) else 0


def id3_of(tags: Tags) -> bytes:
    """A tag to stand before MPEG audio."""
    tag, file = id3.ID3(), io.BytesIO()
    _write_id3(tag, _fields(tags))
    tag.save(file)
    return file.getvalue()


def vorbis_of(tags: Tags) -> bytes:
    """Comments for a block of FLAC."""
    comments = flac.VCFLACDict()
    _write_vorbis(comments, {name: values for name, values in _fields(tags).items() if values})
    return bytes(comments.write(framing=False))


def _fields(tags: Tags) -> dict[str, list[str]]:
    """Values by our names, empty lists for what is to go."""
    texts = {name: [text] if (text := getattr(tags, name)) else [] for name in _TEXTS}
    return texts | {
        "track": _pair(tags.track, tags.track_total),
        "disc": _pair(tags.disc, tags.disc_total),
        "genre": list(tags.genres),
        "compilation": ["1"] if tags.compilation else [],
    }


_PAGE_LENGTH = 255 * 254
"""Bytes of the longest packet that is sure to fit one page of Ogg."""
_TEXTS = (
    "title",
    "artist",
    "album",
    "album_artist",
    "date",
    "composer",
    "comment",
    "isrc",
    "musicbrainz_recording",
    "musicbrainz_release",
)


def _pair(number: int, total: int) -> list[str]:
    if not number:
        return []
    return [f"{number}/{total}" if total else str(number)]


def _write(file: io.BytesIO, media_type: str, fields: dict[str, list[str]]) -> None:
    opened = _open(file, media_type)
    if opened.tags is None:
        opened.add_tags()
    writers: dict[str, Callable[[Any, dict[str, list[str]]], None]] = {
        "audio/mpeg": _write_id3,
        "audio/wav": _write_id3,
        "audio/aiff": _write_id3,
        "audio/mp4": _write_mp4,
        "audio/x-wavpack": _write_ape,
    }
    writers.get(media_type, _write_vorbis)(opened.tags, fields)
    file.seek(0)
    opened.save(file)


def _open(file: io.BytesIO, media_type: str) -> Any:
    if media_type == "audio/ogg":
        try:
            return oggvorbis.OggVorbis(file)
        except MutagenError:
            file.seek(0)
            return oggflac.OggFLAC(file)
    kinds: dict[str, Any] = {
        "audio/flac": flac.FLAC,
        "audio/opus": oggopus.OggOpus,
        "audio/mpeg": mp3.MP3,
        "audio/mp4": mp4.MP4,
        "audio/wav": wave.WAVE,
        "audio/aiff": aiff.AIFF,
        "audio/x-wavpack": wavpack.WavPack,
    }
    return kinds[media_type](file)


def _write_id3(tag: Any, fields: dict[str, list[str]]) -> None:
    for name, frame in _ID3.items():
        tag.delall(frame)
        if fields[name]:
            tag.add(getattr(id3, frame)(encoding=3, text=fields[name]))
    for comment in [frame for frame in tag.getall("COMM") if not frame.desc]:
        del tag[comment.HashKey]
    if fields["comment"]:
        tag.add(id3.COMM(encoding=3, lang="und", desc="", text=fields["comment"]))
    tag.delall("UFID:http://musicbrainz.org")
    for recording in fields["musicbrainz_recording"]:
        tag.add(id3.UFID(owner="http://musicbrainz.org", data=recording.encode("ascii", "replace")))
    tag.delall("TXXX:MusicBrainz Album Id")
    if fields["musicbrainz_release"]:
        tag.add(id3.TXXX(encoding=3, desc="MusicBrainz Album Id", text=fields["musicbrainz_release"]))


def _write_vorbis(tag: Any, fields: dict[str, list[str]]) -> None:
    for twin in _VORBIS_TWINS:
        if twin in tag:
            del tag[twin]
    for name, values in fields.items():
        tag[_VORBIS.get(name, name.upper())] = values


def _write_ape(tag: Any, fields: dict[str, list[str]]) -> None:
    for name, values in fields.items():
        key = _APE.get(name, name.title())
        if values:
            tag[key] = apev2.APEValue("\0".join(values), apev2.TEXT)
        elif key in tag:
            del tag[key]


def _write_mp4(tag: Any, fields: dict[str, list[str]]) -> None:
    values: dict[str, Any] = {atom: fields[name] for name, atom in _MP4.items()}
    for name, free in _MP4_FREE.items():
        values[f"----:com.apple.iTunes:{free}"] = [mp4.MP4FreeForm(text.encode()) for text in fields[name]]
    for name, atom in (("track", "trkn"), ("disc", "disk")):
        values[atom] = [tuple(int(part) for part in f"{text}/0".split("/")[:2]) for text in fields[name]]
    for atom, value in values.items():
        if value:
            tag[atom] = value
        elif atom in tag:
            del tag[atom]
    tag["cpil"] = bool(fields["compilation"])
