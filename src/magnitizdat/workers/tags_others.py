"""Tags of containers that are rare in music: ASF (WMA), Matroska and WebM, Musepack."""

from __future__ import annotations

from typing import Any, BinaryIO

from mutagen import asf, musepack

from magnitizdat.workers.audio import open_audio
from magnitizdat.workers.raw_tags import RawTags
from magnitizdat.workers.tags_id3 import read_mp3

_ASF = {
    "Title": "title",
    "Author": "artist",
    "WM/AlbumTitle": "album",
    "WM/AlbumArtist": "albumartist",
    "WM/TrackNumber": "tracknumber",
    "WM/PartOfSet": "discnumber",
    "WM/Year": "date",
    "WM/Genre": "genre",
    "WM/Composer": "composer",
    "WM/ISRC": "isrc",
    "WM/IsCompilation": "compilation",
    "WM/Lyrics": "lyrics",
    "Description": "comment",
    "MusicBrainz/Track Id": "musicbrainz_trackid",
    "MusicBrainz/Album Id": "musicbrainz_albumid",
}
"""Source: Picard's table of tag mappings."""


def read_asf(file: BinaryIO, raw: RawTags) -> None:
    for name, values in dict(asf.ASF(file).tags or {}).items():
        if name == "WM/Picture":
            raw.covers.extend(filter(None, map(_picture, values)))
        else:
            raw.add_named(_ASF.get(name, name), [str(value) for value in values])


def _picture(value: Any) -> tuple[int, bytes] | None:
    """Its kind as in ID3, and its bytes behind two texts. Source: Windows Media Format SDK, WM_PICTURE."""
    content = bytes(value.value)
    length = int.from_bytes(content[1:5], "little")
    image = content[len(content) - length :] if 0 < length < len(content) else b""
    return (content[0], image) if image else None


def read_matroska(file: BinaryIO, raw: RawTags) -> None:
    """As av tells them: names are those of Vorbis comments, or the container's own."""
    with open_audio(file, "audio/x-matroska") as container:
        for metadata in (container.metadata, *(stream.metadata for stream in container.streams.audio[:1])):
            for name, value in metadata.items():
                raw.add_named({"part_number": "tracknumber"}.get(name.lower(), name), [value])


def read_musepack(file: BinaryIO, raw: RawTags) -> None:
    """Tags like those of others; where they say nothing of loudness, its header does, in dB to 89 dB like any gain.

    mutagen counts its peaks in parts of 65 535, and not of full scale (`findings/musepack-gain-in-its-header.sh`).
    """
    read_mp3(file, raw)
    file.seek(0)
    info = musepack.Musepack(file).info
    for name, of in (("title", ""), ("album", "album_")):
        gain, peak = getattr(info, f"{name}_gain", 0.0), getattr(info, f"{name}_peak", 0.0)
        if (gain or peak) and not raw.all(f"{of}gain"):
            raw.add(f"{of}gain", [f"{gain:.2f}"])
            raw.add(f"{of}peak", [f"{peak * 65_535 / 32_768:.6f}"] if peak else [])


def read_nothing(_file: BinaryIO, _raw: RawTags) -> None:
    """The format has no tags."""
