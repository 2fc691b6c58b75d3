"""Metadata blocks of FLAC: one is made anew, the padding takes the difference. Source: RFC 9639, section 8."""

from __future__ import annotations

from typing import NamedTuple

from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.sentence import say
from magnitizdat.workers.rewriting.comments import EMPTY, rewritten_comments
from magnitizdat.workers.rewriting.wishes import Wishes
from magnitizdat.workers.sniff import id3_length

_PADDING, _COMMENTS = 1, 4
_LONGEST = (1 << 24) - 1


class _Block(NamedTuple):
    kind: int
    content: bytes


def rewritten_flac(audio: bytes, wishes: Wishes) -> bytes:
    """The file with other Vorbis comments; an ID3 tag before it is left alone.

    Raises: DamagedError, UnsupportedError.
    """
    start = id3_length(audio) + 4
    blocks, end = _blocks(audio, start)
    place = next((place for place, block in enumerate(blocks) if block.kind == _COMMENTS), 0)
    old = blocks[place].content if place else b""
    made = _Block(_COMMENTS, rewritten_comments(old or EMPTY, wishes))
    if len(made.content) > _LONGEST:
        raise UnsupportedError(say("its tags are too long for its format; shorten them"))
    blocks = [*blocks[: place or 1], made, *blocks[place + 1 if place else 1 :]]
    grown = len(made.content) - len(old) + (0 if place else 4)
    return audio[:start] + _joined(_with_padding(blocks, grown)) + audio[end:]


def _blocks(audio: bytes, at: int) -> tuple[list[_Block], int]:
    found, is_last = list[_Block](), False
    while not is_last:
        header = audio[at : at + 4]
        length = int.from_bytes(header[1:], "big")
        if len(header) < 4 or at + 4 + length > len(audio):
            raise DamagedError(say("its tags cannot be rewritten; get an undamaged copy"))
        found.append(_Block(header[0] & 0x7F, audio[at + 4 : at + 4 + length]))
        is_last, at = bool(header[0] & 0x80), at + 4 + length
    return found, at


def _with_padding(blocks: list[_Block], grown: int) -> list[_Block]:
    """The first padding takes up `grown` bytes where it can, so that the audio stays where it was."""
    for place, block in enumerate(blocks):
        if block.kind == _PADDING and len(block.content) >= grown:
            return [*blocks[:place], _Block(_PADDING, bytes(len(block.content) - grown)), *blocks[place + 1 :]]
    return blocks


def _joined(blocks: list[_Block]) -> bytes:
    last = len(blocks) - 1
    return b"".join(
        bytes([block.kind | (0x80 if place == last else 0)]) + len(block.content).to_bytes(3, "big") + block.content
        for place, block in enumerate(blocks)
    )
