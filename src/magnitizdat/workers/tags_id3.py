"""ID3v1 and ID3v2, and the APEv2 tag that some MP3 files end with."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, BinaryIO

from mutagen import MutagenError, apev2, id3

from magnitizdat.workers.raw_tags import RawTags
from magnitizdat.workers.tags_vorbis import add_ape
from magnitizdat.workers.text import lrc

FRAMES = {
    "TIT2": "title",
    "TPE1": "artist",
    "TALB": "album",
    "TPE2": "album_artist",
    "TRCK": "track",
    "TPOS": "disc",
    "TDRC": "date",
    "TDRL": "release_date",
    "TDOR": "original_date",
    "TSOP": "artists_sort",
    "TSO2": "album_artists_sort",
    "TSOT": "title_sort",
    "TSOA": "album_sort",
    "TSOC": "composer_sort",
    "TSST": "disc_title",
    "TCOM": "composer",
    "TSRC": "isrc",
    "TCMP": "compilation",
}
MUSICBRAINZ = "http://musicbrainz.org"
COMMENTS = frozenset({"comment", "description", "id3v1 comment"})
"""Descriptions of what is a comment all the same, and no player's private note."""


def read_mp3(file: BinaryIO, raw: RawTags) -> None:
    """ID3v2 first, ID3v1 where there is none, then what only APEv2 says."""
    read_id3(file, raw)
    file.seek(0)
    behind = RawTags()
    with suppress(MutagenError):
        add_ape(apev2.APEv2(file), behind)
    for name, values in behind.texts.items():
        if not raw.first(name):
            raw.add(name, values)
    raw.covers.extend(behind.covers)
    raw.lyrics.extend(behind.lyrics)


def read_id3(file: BinaryIO, raw: RawTags) -> None:
    """The tag at the beginning, or the ID3v1 tag at the end, of `file`."""
    try:
        tag = id3.ID3(file)
    except MutagenError:
        return
    for frame in sorted(list(tag.values())[:4096], key=lambda each: each.FrameID):  # TDRC before TDRL, in any file
        _add(frame, raw)


def _add(frame: Any, raw: RawTags) -> None:
    name = frame.FrameID
    if name in FRAMES:
        raw.add(FRAMES[name], frame.text)
    elif name == "TCON":
        raw.add("genre", frame.genres)
    elif name == "TXXX":
        raw.add_named(frame.desc, frame.text)
    elif name == "RVA2":
        _add_adjustment(frame, raw)
    elif name == "COMM":
        _add_comment(frame, raw)
    elif name == "APIC":
        raw.covers.append((int(frame.type), frame.data))
    elif name == "USLT":
        raw.lyrics.append((frame.lang, frame.text, False))
    elif name == "SYLT":
        _add_timed(frame, raw)
    elif name == "UFID" and frame.owner == MUSICBRAINZ:
        raw.add("musicbrainz_recording", [frame.data.decode("ascii", "replace")])


def _add_comment(frame: Any, raw: RawTags) -> None:
    """Comments with a description are a player's private notes (iTunNORM and the like)."""
    if not frame.desc or frame.desc.lower() in COMMENTS:
        raw.add("comment", frame.text)


def _add_adjustment(frame: Any, raw: RawTags) -> None:
    """What older taggers kept loudness in: the master volume. Source: ID3v2.4.0 frames, section 4.11."""
    if frame.channel == 1:
        of = "album_" if frame.desc.lower() == "album" else ""
        raw.add(f"rva2_{of}gain", [f"{frame.gain:.4f}"])
        raw.add(f"rva2_{of}peak", [f"{frame.peak:.6f}"] if frame.peak else [])


def _add_timed(frame: Any, raw: RawTags) -> None:
    """Only times in milliseconds make LRC; MPEG frame numbers do not. Source: ID3v2.4.0 frames, section 4.9."""
    if frame.type != 1:
        return
    if frame.format == 2:
        raw.lyrics.append((frame.lang, lrc(frame.text), True))
    else:
        raw.lyrics.append((frame.lang, "".join(words for words, _ in frame.text), False))
