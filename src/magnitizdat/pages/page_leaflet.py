"""The leaflet that lies beside the page alone: one plain text in all languages, which names nothing else. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from magnitizdat.model import Value
from magnitizdat.pages.leaflet_lines import SUMS, SYSTEMS, as_file, heading, paragraph, points, steps, title, typed
from magnitizdat.pages.page_words import PageWords, page_words
from magnitizdat.pages.pocket import NAME as PAGE
from magnitizdat.pages.words import LANGUAGES
from magnitizdat.sentence import Voice

NAME = "READ-ME.txt"
_BEGINNING = as_file("\n".join(title(PAGE)))


class PassedFile(Value, frozen=True, kw_only=True):
    """One file as it lies on a stick now, the page for browsers among them; `sha256` was read back from there."""

    name: str
    length: int
    sha256: str
    already: bool


def is_page_leaflet(beginning: bytes) -> bool:
    """Whether a file that begins so is one of these, so that a newer one may take its place."""
    return beginning.startswith(_BEGINNING)


def page_leaflet(voices: Sequence[Voice]) -> bytes:
    """All languages, one below the other; the first lines say which there are."""
    spoken = " · ".join(LANGUAGES.get(voice.language, voice.language) for voice in voices)
    first, *others = ([*_lines(page_words(voice)), ""] for voice in voices)
    lines = [*title(PAGE), spoken, "", *first, *(line for other in others for line in [*title(PAGE), *other])]
    return as_file("\n".join(lines).rstrip("\n") + "\n")


def _lines(words: PageWords) -> Iterator[str]:
    yield from paragraph(words.what)
    yield from page_lines(words)
    yield from heading(words.check)
    yield from paragraph(words.check_how)
    yield from typed([(SYSTEMS[system], command.format(file=PAGE)) for system, command in SUMS.items()])
    yield from paragraph(words.check_worth)
    yield from page_end(words)


def page_lines(words: PageWords) -> Iterator[str]:
    """How it is opened, and where."""
    yield from heading(words.steps)
    yield from steps(words.steps_how)
    yield from heading(words.where)
    yield from points(words.where_lines)


def page_end(words: PageWords) -> Iterator[str]:
    """What it cannot, and what it cannot prove."""
    yield from heading(words.honest)
    yield from points(words.honest_lines)
