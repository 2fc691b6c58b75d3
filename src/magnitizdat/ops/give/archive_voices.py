"""What a label says of others, for the pages of its archive: its own words alone, which are signed beside them.

What others say of its albums is not there: it would tell whom the archivist follows, and nobody could verify it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from magnitizdat.catalogue import kinds
from magnitizdat.catalogue.voices import Compilation, Review, Vouch
from magnitizdat.errors import DamagedError
from magnitizdat.formats.names import clean_line, clean_lines, imprint_bytes, imprint_words
from magnitizdat.pages.archive import SaidLine
from magnitizdat.sentence import Sentence, framed, say


def said_in(path: str, content: bytes) -> Iterator[SaidLine]:
    """What the document at a target path says; nothing where it is no voice, or none that this version knows."""
    for line in _said(kinds.read(path, content).value):
        yield line._replace(about=clean_line(line.about), text=clean_lines(line.text))


def _said(value: object) -> Iterator[SaidLine]:
    if isinstance(value, Review):
        album = value.item_reviewed
        text = "\n\n".join(filter(None, (clean_line(value.headline), value.review_body)))
        yield SaidLine(f"{album.artist} — {album.title}", _verdict(value), text, value.date_published)
    elif isinstance(value, Vouch):
        with suppress(DamagedError):  # no label has such an imprint
            imprint_bytes(value.imprint)
            words = say("Vouched for: {words}", words=imprint_words(value.imprint))
            yield SaidLine(value.name, words, clean_line(value.note))
    elif isinstance(value, Compilation):
        songs = (clean_line(f"{number}. {each.artist} — {each.title}") for number, each in enumerate(value.tracks, 1))
        yield SaidLine(value.name, say("Compilation"), "\n\n".join(songs), value.date_published)


def _verdict(value: Review) -> Sentence:
    stars = "★" * (value.rating_value or 0)
    if value.recommended:
        return framed("{pick} {stars}", pick=say("A pick"), stars=stars) if stars else say("A pick")
    return framed("{stars}", stars=stars)
