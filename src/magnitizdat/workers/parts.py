"""Where the audio of a file ends and the tags behind it begin, and the links of a chain. PURE over a file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from magnitizdat.workers.seekable import Seekable
from magnitizdat.workers.sniff import id3_length

MOST_TRAILERS = 32
"""Tags behind one another that are looked for."""

LYRICS_LENGTH = 5100
"""Bytes of lyrics between the two marks of Lyrics3, first version, and some more."""

ZEROS_LENGTH = 1 << 20
"""Bytes of zeros between two tags that are looked through."""

LONGEST_FRAME = 2048
"""Bytes of an MP3 frame, and some more: as many zeros at the end may be one of silence."""

LINKS_LIMIT = 4096

_ID3V1, _ENHANCED = 128, 227
_TAGGED_IN_FRONT = frozenset({"audio/aac", "audio/x-wavpack", "audio/x-ape", "audio/x-tta", "audio/x-musepack"})
"""Where not all demuxers look for one."""
_TAGGED_BEHIND = frozenset({"audio/flac", "audio/mpeg", *_TAGGED_IN_FRONT})
_CHAINED = frozenset({"audio/ogg", "audio/opus"})
_FIRST_PAGE = re.compile(rb"OggS\0\x02.{20}(.)", re.DOTALL)
_HEADER_LENGTH = 27 + 255
_SIGN = re.compile(rb"TAG|LYRICS|3DI|\0\Z")
"""Without any of these in the last bytes nothing is behind the audio, as in most files."""
BLOCK_LENGTH = 1 << 20


class Stretch(Seekable):
    """Some bytes of a file, as a file."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        super().__init__(end - start)
        self._file, self._start = file, start

    def _next(self, size: int) -> bytes:
        self._file.seek(self._start + self._position)
        return self._file.read(size)


def part(file: BinaryIO, start: int, end: int) -> BinaryIO:
    """The bytes `start:end` of a file."""
    return cast(BinaryIO, Stretch(file, start, end))


def without_trailers(file: BinaryIO, media_type: str) -> BinaryIO:
    """The file, ended where tags begin that were put behind its audio: ID3v1, TAG+, APEv2, Lyrics3, ID3v2 at the end.

    One in front goes too, where it would be in the way.

    The file itself where there are none, or where its own lengths say where the audio ends.
    """
    if media_type not in _TAGGED_BEHIND:
        return file
    whole = file.seek(0, io.SEEK_END)
    end = audio_end(file, whole)
    if media_type == "audio/mpeg":
        end -= max(0, _zeros(file, end) - LONGEST_FRAME)  # many make the demuxer believe no header any more
    start = front_length(file) if media_type in _TAGGED_IN_FRONT else 0
    return part(file, start, end) if start or end < whole else file


def front_length(file: BinaryIO) -> int:
    """Bytes of the ID3v2 tags at the beginning."""
    start = 0
    for _ in range(MOST_TRAILERS):
        file.seek(start)
        length = id3_length(file.read(10))
        if not length:
            break
        start += length
    return start


def audio_end(file: BinaryIO, end: int) -> int:
    """Where what is no tag ends, in bytes. Zeros behind it stay: they may be audio.

    Source: ID3v1.1; APE Tags Specification 2.0; Lyrics3 and Lyrics3 v2.00; ID3v2.4.0 structure, section 3.4.
    """
    for _ in range(MOST_TRAILERS):
        if not _SIGN.search(_before(file, end, _ID3V1)):
            break
        behind = _tag_length(file, end) or _padded(file, end)
        if not behind:
            break
        end -= behind
    return end


def _padded(file: BinaryIO, end: int) -> int:
    """Bytes of zeros at the end and of the tag in front of them; 0 where there is no such tag."""
    zeros = _zeros(file, end)
    # Some of them may be the tag's own: texts are filled up with zeros in one of a fixed length.
    found = ((own, _tag_length(file, end - zeros + own)) for own in range(min(zeros, _ID3V1)))
    return next((zeros - own + length for own, length in found if length), 0)


def _zeros(file: BinaryIO, end: int) -> int:
    for length in (64, ZEROS_LENGTH):
        block = _before(file, end, length)
        if block.strip(b"\0"):
            break
    return len(block) - len(block.rstrip(b"\0"))


def _tag_length(file: BinaryIO, end: int) -> int:
    tail = _before(file, end, _ID3V1)
    return next((length for finder in _FINDERS if 0 < (length := finder(file, end, tail)) <= end), 0)


def _id3v1(file: BinaryIO, end: int, tail: bytes) -> int:
    if tail[:3] != b"TAG" or len(tail) < _ID3V1 or tail[:5] == b"TAGEX" or tail[:4] == b"TAG+":
        return 0  # "TAGEX" is the end of an APEv2 tag's own mark
    enhanced = _before(file, end - _ID3V1, _ENHANCED).startswith(b"TAG+")
    return _ID3V1 + (_ENHANCED if enhanced else 0)


def _ape(file: BinaryIO, end: int, tail: bytes) -> int:
    footer = tail[-32:]
    if footer[:8] != b"APETAGEX":
        return 0
    length = int.from_bytes(footer[12:16], "little")
    header = _before(file, end - length, 32)  # which may as well be the footer of another
    return length + 32 if header[:8] == b"APETAGEX" and header[23] & 0x20 else max(length, 32)


def _lyrics_v2(file: BinaryIO, end: int, tail: bytes) -> int:
    if tail[-9:] != b"LYRICS200" or not tail[-15:-9].isdigit():
        return 0
    length = int(tail[-15:-9]) + 15
    return length if _before(file, end, length).startswith(b"LYRICSBEGIN") else 0


def _lyrics_v1(file: BinaryIO, end: int, tail: bytes) -> int:
    if tail[-9:] != b"LYRICSEND":
        return 0
    block = _before(file, end, LYRICS_LENGTH + 20)
    begin = block.rfind(b"LYRICSBEGIN")
    return len(block) - begin if begin >= 0 else 0


def _id3v2(file: BinaryIO, end: int, tail: bytes) -> int:
    footer = tail[-10:]
    if footer[:3] != b"3DI" or any(byte & 0x80 for byte in footer[6:]):
        return 0
    length = (footer[6] << 21 | footer[7] << 14 | footer[8] << 7 | footer[9]) + 20
    return length if _before(file, end, length).startswith(b"ID3") else 0


_FINDERS: tuple[Callable[[BinaryIO, int, bytes], int], ...] = (_id3v1, _ape, _lyrics_v2, _lyrics_v1, _id3v2)


def _before(file: BinaryIO, end: int, length: int) -> bytes:
    """The last `length` bytes before `end`, or fewer."""
    start = max(0, end - length)
    file.seek(start)
    return file.read(max(0, end - start))


def links(file: BinaryIO, media_type: str) -> list[BinaryIO]:
    """The streams of a chained Ogg file, as files; the file itself where it is one. Source: RFC 3533, section 4."""
    if media_type not in _CHAINED:
        return [file]
    starts = _first_pages(file)
    end = file.seek(0, io.SEEK_END)
    if len(starts) < 2:
        return [file]
    return [part(file, start, stop) for start, stop in zip(starts, [*starts[1:], end], strict=True)]


def _first_pages(file: BinaryIO) -> list[int]:
    """Offsets of the pages that begin a link; those that follow at once belong to the same one, as a skeleton does."""
    found: list[int] = []
    last = follows = -1
    for offset, block in _blocks(file):
        for page in _FIRST_PAGE.finditer(block):
            start, table = offset + page.start(), block[page.end() : page.end() + page[1][0]]
            if start > last and len(table) == page[1][0]:
                found += [start] if start != follows else []
                last, follows = start, offset + page.end() + len(table) + sum(table)
    return found[:LINKS_LIMIT]


def _blocks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """A file in blocks that begin with the end of the one before, so that no page's header is torn."""
    file.seek(0)
    offset, block = 0, b""
    while more := file.read(BLOCK_LENGTH):
        kept = block[-_HEADER_LENGTH:]
        block = kept + more
        yield offset - len(kept), block
        offset += len(more)
