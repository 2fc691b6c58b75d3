"""Tags of containers that are rare in music: ASF (WMA), Matroska and WebM."""

from __future__ import annotations

from typing import Any, BinaryIO

from mutagen import asf

from magnitizdat.workers.audio import open_audio
from magnitizdat.workers.raw_tags import RawTags

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


def read_nothing(_file: BinaryIO, _raw: RawTags) -> None:
    """The format has no tags."""
