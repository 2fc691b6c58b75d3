"""What guests read beside the music: the words of a song in its layers, and an album's notes whole. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from magnitizdat.ops.albums.lyrics import Layer
from magnitizdat.ops.give.sharing import SharedAlbum
from magnitizdat.pages.markup import NOTHING, Html, el, from_markdown, join, text
from magnitizdat.pages.words import LANGUAGES
from magnitizdat.web.guests.pages import Frame, document, next_link, paged, short

_PIECE_LENGTH = 2_000
"""Characters of one piece of notes: escaped, at most 12 000 bytes."""
_BLOCK_LENGTH = 14_000
"""Bytes of such a piece as it is shown; some of them fit a page."""
_LINE_LENGTH = 500
"""Characters of a line that is sung, at most."""


def words_page(
    frame: Frame, number: int, album: SharedAlbum, place: int, layers: Sequence[Layer], *, page: int = 0
) -> bytes:
    """A song's words: as they are sung, then what they mean and how they sound."""
    song, pages = album.tracks[place], paged(list(_lines(layers)))
    body = [
        _back(frame, number, album, f"#t{place}"),
        el("h1", {"lang": "", "dir": "auto"}, text(short(song.track.title))),
        el("div", {"class": "prose sung"}, *(pages[page] if page < len(pages) else [])),
        _further(frame, f"w{number}?song={place}&page={page + 1}", page, pages),
    ]
    return document(frame, short(song.track.title), join(body))


def notes_page(frame: Frame, number: int, album: SharedAlbum, notes: tuple[str, str], *, page: int = 0) -> bytes:
    """All that is written about an album, in one language."""
    language, written = notes
    pages = paged(list(_blocks(written)))
    shown = pages[page] if page < len(pages) else []
    body = [
        _back(frame, number, album),
        el("h1", {}, text(frame.words.notes)),
        el("p", {"class": "by"}, text(_language(language))),
        el("div", {"class": "prose", "dir": "auto", "lang": language}, *shown),
        _further(frame, f"n{number}?page={page + 1}", page, pages),
    ]
    return document(frame, frame.words.notes, join(body))


def _blocks(written: str) -> Iterator[Html]:
    """Paragraphs, none of which takes more than a fraction of a page; what is written to be long there stays plain."""
    for paragraph in re.split(r"\n{2,}", written):
        for piece in wrapped(paragraph):
            made = from_markdown(piece, top_level=3)
            yield made if len(made.encode()) <= _BLOCK_LENGTH else el("p", {}, text(piece))


def wrapped(paragraph: str, most: int = _PIECE_LENGTH) -> Iterator[str]:
    """The same in pieces of at most so many characters, cut where a line or a word ends, if one does."""
    rest = paragraph.strip()
    while len(rest) > most:
        end = max(rest.rfind("\n", 1, most), rest.rfind(" ", 1, most))
        at = end if end > 0 else most
        yield rest[:at]
        rest = rest[at:].lstrip()
    if rest:
        yield rest


def _lines(layers: Sequence[Layer]) -> Iterator[Html]:
    for layer in layers:
        heading = _language(layer.language)
        yield el("h2", {}, text(heading)) if heading else NOTHING
        for line in layer.lyrics.lines:
            yield el("p", {"lang": layer.language, "dir": "auto"}, text(line.text[:_LINE_LENGTH]))


def _language(code: str) -> str:
    return "" if code == "und" else LANGUAGES.get(code, LANGUAGES.get(code.partition("-")[0], code))


def _back(frame: Frame, number: int, album: SharedAlbum, place: str = "") -> Html:
    link = el(
        "a", {"href": f"{frame.link(f'a{number}')}{place}", "dir": "auto"}, text(f"← {short(album.release.title)}")
    )
    return el("p", {}, link)


def _further(frame: Frame, address: str, page: int, pages: Sequence[object]) -> Html:
    return next_link(frame.words, frame.link(address)) if page + 1 < len(pages) else NOTHING
