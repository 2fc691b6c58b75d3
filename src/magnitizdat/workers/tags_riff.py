"""Chunks of WAV (RIFF INFO, ID3) and AIFF (NAME, AUTH, ANNO, ID3), found by an own walk: only the tags are read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

from magnitizdat.workers.raw_tags import RawTags
from magnitizdat.workers.tags_id3 import read_id3

CHUNKS_LIMIT = 4096
TAG_LIMIT = 64 << 20

INFO = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "album",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"ICMT": "comment",
    b"ITRK": "track",
    b"IPRT": "track",
    b"ISRC": "isrc",
    b"IMUS": "composer",
}
AIFF = {b"NAME": "title", b"AUTH": "artist", b"ANNO": "comment"}


class RiffChunk(NamedTuple):
    """`offset` and `length` in bytes of what the chunk holds."""

    name: bytes
    offset: int
    length: int


def read_wav(file: BinaryIO, raw: RawTags) -> None:
    """An ID3 chunk first, then what only INFO says."""
    infos = []
    for chunk in walk(file, "little"):
        if chunk.name.lower() == b"id3 ":
            read_id3(io.BytesIO(_content(file, chunk)), raw)
        elif chunk.name == b"LIST":
            infos.append(_content(file, chunk))
    for info in infos:
        if info[:4] == b"INFO":
            for name, value in _info(info):
                raw.add(name, [value])


def read_aiff(file: BinaryIO, raw: RawTags) -> None:
    """An ID3 chunk first, then the old text chunks."""
    texts = []
    for chunk in walk(file, "big"):
        if chunk.name == b"ID3 ":
            read_id3(io.BytesIO(_content(file, chunk)), raw)
        elif chunk.name in AIFF:
            texts.append((AIFF[chunk.name], decoded(_content(file, chunk))))
    for name, value in texts:
        raw.add(name, [value])


def walk(file: BinaryIO, byte_order: Literal["little", "big"]) -> Iterator[RiffChunk]:
    """The chunks of a RIFF, RF64 or FORM file, as far as they are sound. Source: EBU Tech 3306 for RF64."""
    offset, data_length = 12, 0
    for _ in range(CHUNKS_LIMIT):
        file.seek(offset)
        header = file.read(8)
        if len(header) < 8:
            return
        length = int.from_bytes(header[4:8], byte_order)
        if header[:4] == b"ds64":
            data_length = int.from_bytes(file.read(16)[8:16], "little")
        elif header[:4] == b"data" and length == 0xFFFFFFFF:
            length = data_length or length
        yield RiffChunk(header[:4], offset + 8, length)
        offset += 8 + length + length % 2


def _content(file: BinaryIO, chunk: RiffChunk) -> bytes:
    if chunk.length > TAG_LIMIT:
        return b""
    file.seek(chunk.offset)
    return file.read(chunk.length)


def _info(content: bytes) -> Iterator[tuple[str, str]]:
    for chunk in walk(io.BytesIO(bytes(8) + content), byte_order="little"):
        if chunk.name in INFO:
            yield INFO[chunk.name], decoded(content[chunk.offset - 8 : chunk.offset - 8 + chunk.length])


def decoded(value: bytes) -> str:
    """UTF-8 where it is that; else latin-1, which the repair of old Cyrillic may correct."""
    value = value.split(b"\0", 1)[0]
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
