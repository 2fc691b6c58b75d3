"""The second packet of Ogg Vorbis, Opus and FLAC, on pages made anew; the pages of the audio are only renumbered."""

from __future__ import annotations

import io

from mutagen import ogg

from magnitizdat.errors import UnsupportedError
from magnitizdat.sentence import say
from magnitizdat.workers.rewriting.comments import rewritten_comments
from magnitizdat.workers.rewriting.wishes import Wishes

_HEADS = {b"\x01vorbis": b"\x03vorbis", b"OpusHead": b"OpusTags", b"\x7fFLAC": b"\x84"}
"""What a stream begins with, and its packet of comments. Source: Vorbis I, 4.2.1; RFC 7845, 5; FLAC in Ogg mapping."""
_PAGES_LIMIT = 4096


def rewritten_ogg(audio: bytes, wishes: Wishes) -> bytes:
    """The file with other Vorbis comments.

    Raises: MutagenError, UnsupportedError.
    """
    file = io.BytesIO(audio)
    pages, kind = _pages(file)
    packets = ogg.OggPage.to_packets(pages, strict=False)
    packets[0] = _packet(kind, bytes(packets[0]), wishes)
    ogg.OggPage.replace(file, pages, _repacked(packets, pages))
    return file.getvalue()


def _repacked(packets: list[bytes], pages: list[ogg.OggPage]) -> list[ogg.OggPage]:
    made: list[ogg.OggPage] = ogg.OggPage.from_packets(packets, pages[0].sequence)
    return made


def _pages(file: io.BytesIO) -> tuple[list[ogg.OggPage], bytes]:
    """Those that the comments stand on, and how their stream begins."""
    first, kind = None, b""
    for _ in range(_PAGES_LIMIT):
        page = ogg.OggPage(file)
        if first is None:
            kind = next((head for head in _HEADS if page.packets and page.packets[0].startswith(head)), b"")
            first = page if kind else None
        elif page.serial == first.serial:
            pages = [page]
            while not (pages[-1].complete or len(pages[-1].packets) > 1):
                page = ogg.OggPage(file)
                pages += [page] if page.serial == first.serial else []
            return pages, kind
    raise UnsupportedError(say("its tags are not where its format has them; it stays as it is"))


def _packet(kind: bytes, packet: bytes, wishes: Wishes) -> bytes:
    if kind == b"\x7fFLAC":
        content = rewritten_comments(packet[4:], wishes)
        return packet[:1] + len(content).to_bytes(3, "big") + content
    head = len(_HEADS[kind])
    return packet[:head] + rewritten_comments(packet[head:], wishes)
