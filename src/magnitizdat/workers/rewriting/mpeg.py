"""MPEG audio: an ID3v2 tag before it, APEv2 and ID3v1 behind it; whichever are there stay, and say the same."""

from __future__ import annotations

from magnitizdat.workers.rewriting.ape import ApeSpan, find_ape, new_ape, rewritten_ape
from magnitizdat.workers.rewriting.id3 import new_id3, rewritten_id3, rewritten_id3v1
from magnitizdat.workers.rewriting.wishes import Wishes
from magnitizdat.workers.sniff import id3_length

_ID3V1_LENGTH = 128
_LYRICS_END = b"LYRICS200"


def rewritten_mpeg(audio: bytes, wishes: Wishes) -> bytes:
    """The file with other tags; where an ID3v1 tag is all there is, one with room for what it said stands before it.

    Raises: DamagedError, UnsupportedError.
    """
    start = id3_length(audio)
    middle, end = audio[start:], _end(audio)
    has_old = end < len(audio)
    span = find_ape(audio, _before_lyrics(audio, end))
    if span is not None and span.start >= start:
        middle = _with_ape(audio, span, wishes)[start:]
    if has_old:
        middle = middle[:-_ID3V1_LENGTH] + rewritten_id3v1(audio[end:], wishes)
    if not start and span is not None and not has_old:
        return middle
    return (rewritten_id3(audio[:start], wishes) if start else new_id3(wishes)) + middle


def _with_ape(audio: bytes, span: ApeSpan, wishes: Wishes) -> bytes:
    own = ApeSpan(*(place - span.start for place in span))
    return audio[: span.start] + rewritten_ape(audio[span.start : span.end], own, wishes) + audio[span.end :]


def _end(audio: bytes) -> int:
    """Where the ID3v1 tag begins, or the file ends."""
    has_old = audio[-_ID3V1_LENGTH:][:3] == b"TAG" and len(audio) >= _ID3V1_LENGTH
    return len(audio) - (_ID3V1_LENGTH if has_old else 0)


def _before_lyrics(audio: bytes, end: int) -> int:
    """Where a Lyrics3v2 tag in front of `end` begins. Source: Lyrics3 Tag v2.00."""
    length = audio[max(0, end - 15) : max(0, end - 9)]
    if audio[max(0, end - 9) : end] != _LYRICS_END or not length.isdigit():
        return end
    return max(0, end - 15 - int(length))


def rewritten_wavpack(audio: bytes, wishes: Wishes) -> bytes:
    """The file with another APEv2 tag; an ID3v1 tag behind it is kept, and says the same.

    Raises: DamagedError.
    """
    end = _end(audio)
    old = rewritten_id3v1(audio[end:], wishes) if end < len(audio) else b""
    span = find_ape(audio, end)
    if span is None:
        return audio[:end] + new_ape(wishes) + old
    return _with_ape(audio[:end], span, wishes) + old
