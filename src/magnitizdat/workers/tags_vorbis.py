"""Vorbis comments (FLAC, Ogg) and APEv2 (WavPack): both are names with values."""

from __future__ import annotations

import base64
import binascii
import io
from contextlib import suppress
from typing import Any, BinaryIO

from mutagen import MutagenError, apev2, flac, oggflac, oggopus, oggspeex, oggvorbis, wavpack

from magnitizdat.formats.cue import LONGEST_S, CueSheet, CueTrack
from magnitizdat.sentence import say
from magnitizdat.workers.raw_tags import RawTags
from magnitizdat.workers.values import COVER_LIMIT

_COMMENTS = 4
_SILENT_BLOCKS = frozenset({0, 1, 2, 3})
"""STREAMINFO, padding, applications' own, seek table."""
_LEAD_OUTS = (170, 255)
_PICTURE_TEXT_LIMIT = COVER_LIMIT * 4 // 3 + 4096


def read_flac(file: BinaryIO, raw: RawTags) -> None:
    comments = _sole_comments(file)
    if comments is not None:
        _add_comments(comments, raw)
        return
    file.seek(0)
    opened = flac.FLAC(file)
    raw.covers.extend((picture.type, picture.data) for picture in opened.pictures)
    _add_comments(opened.tags, raw)
    if opened.cuesheet is not None and opened.info.sample_rate:
        raw.sheet = sheet_of(opened.cuesheet, opened.info.sample_rate)


def _sole_comments(file: BinaryIO) -> Any:
    """The comments where no other block says anything of the music, as in most files; None if one does, or is odd.

    mutagen takes four times as long for all the blocks. Source: RFC 9639, section 8.1.
    """
    comments = None
    last = file.read(4) != b"fLaC"
    while not last:
        head = file.read(4)
        kind, length, last = _block(head)
        if kind == _COMMENTS and comments is None:
            comments = _vorbis_comments(file.read(length))
        elif kind not in _SILENT_BLOCKS:
            return None
        else:
            file.seek(length, io.SEEK_CUR)
    return comments


def _block(head: bytes) -> tuple[int, int, bool]:
    """Kind and length of a block, and whether it is the last."""
    return (head[0] & 0x7F, int.from_bytes(head[1:], "big"), head[0] >= 0x80) if len(head) == 4 else (-1, 0, True)


def _vorbis_comments(content: bytes) -> Any:
    """None where they do not end with their block: mutagen then reads on."""
    try:
        return flac.VCFLACDict(content)
    except MutagenError:
        return None


def sheet_of(block: Any, rate: int) -> CueSheet:
    """A block of FLAC as a sheet; its lead-out is no track. Source: RFC 9639, section 8.7."""
    tracks = (
        CueTrack(
            number=track.track_number,
            start_s=min((track.start_offset + _first_index(track)) / rate, LONGEST_S),
            is_audio=track.type == 0,
            isrc=track.isrc.decode("ascii", "replace").strip("\0")[:64],
        )
        for track in block.tracks
        if track.track_number not in _LEAD_OUTS
    )
    catalog = block.media_catalog_number.decode("ascii", "replace").strip("\0")
    return CueSheet(files=("",), tracks=tuple(tracks), catalog=catalog[:128])


def _first_index(track: Any) -> int:
    return next((int(index.index_offset) for index in track.indexes if index.index_number == 1), 0)


def read_ogg(file: BinaryIO, raw: RawTags) -> None:
    """Vorbis, FLAC or Speex in Ogg."""
    for kind in (oggvorbis.OggVorbis, oggflac.OggFLAC, oggspeex.OggSpeex):
        file.seek(0)
        with suppress(MutagenError):
            _add_comments(kind(file).tags, raw)
            return


def read_opus(file: BinaryIO, raw: RawTags) -> None:
    _add_comments(oggopus.OggOpus(file).tags, raw)


def read_wavpack(file: BinaryIO, raw: RawTags) -> None:
    tags = wavpack.WavPack(file).tags
    if tags is not None:
        add_ape(tags, raw)


def add_ape(tags: Any, raw: RawTags) -> None:
    """All of an APEv2 tag."""
    for name, value in tags.items():
        if value.kind == apev2.TEXT:
            raw.add_named(name, list(value))
        elif value.kind == apev2.BINARY and name.lower().startswith("cover art"):
            _, _, data = value.value.partition(b"\0")
            raw.covers.append((3 if "front" in name.lower() else 4, data))


def _add_comments(tags: Any, raw: RawTags) -> None:
    for name, value in tags or ():
        lower = name.lower()
        if lower in {"metadata_block_picture", "coverart"} and len(value) > _PICTURE_TEXT_LIMIT:
            raw.omitted.append(say("its cover is larger than 16 MiB; put a smaller one beside it as cover.jpg"))
        elif lower == "metadata_block_picture":
            _add_picture(value, raw)
        elif lower == "coverart":
            raw.covers.append((3, _unbase64(value)))
        else:
            raw.add_named(lower, [value])


def _add_picture(value: str, raw: RawTags) -> None:
    try:
        picture = flac.Picture(_unbase64(value))
    except MutagenError:
        raw.omitted.append(say("a picture in it is damaged; put one beside it as cover.jpg"))
        return
    raw.covers.append((picture.type, picture.data))


def _unbase64(value: str) -> bytes:
    """Also where the signs that fill it up at the end were left off."""
    bare = value.rstrip("= \0\r\n")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return b""
