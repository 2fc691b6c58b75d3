"""One way to speak: a sentence keeps its template and what stands in the holes, so that it can be said otherwise. PURE.

    raise UsageError(say("{path} is not there; check the name", path=path))
    say("{n} {n:track|tracks}", n=3)

The English text is the sentence itself, as any `str`. `language` looks the template up and fills the same values in.
`release.messages` finds the templates by the name `say`: what follows it is a literal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

_HOLE = re.compile(r"\{([A-Za-z_]\w*)(?::([^{}]*))?\}")
_DIGITS = 19  # of a count


class Sentence(str):
    """English text that knows its `template`, and the `values` in it: names, numbers, other sentences.

    `str()` of it is the text alone. msgspec takes it for no `str`: whoever encodes one says what becomes of it.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def filled(self, **values: object) -> Sentence:
        """The same with values in holes that were left open."""
        return _made(self.template, {**self.values, **values})


def say(template: str, /, **values: object) -> Sentence:
    """A sentence of ours. `{n}` is a value, `{n:track|tracks}` the form of a word that goes with that number."""
    return _made(template, values)


def framed(template: str, /, **values: object) -> Sentence:
    """Sentences and names in a frame that has no words: `{what}: {why}`."""
    return _made(template, values)


def verbatim(text: object) -> Sentence:
    """What has no language: a name, a code, what another program says."""
    return _made("{text}", {"text": text})


SentenceT = TypeVar("SentenceT", bound=Sentence)


class Advice(Sentence):
    """What the terminal says, and what the page says instead: `page`. As text it is the terminal's."""

    __slots__ = ("page",)
    page: Sentence

    def filled(self, **values: object) -> Sentence:
        """Both with values in holes that were left open."""
        return advice(terminal=super().filled(**values), page=self.page.filled(**values))


def advice(*, terminal: Sentence, page: Sentence) -> Sentence:
    """What to do next: the command for whoever sits at a terminal, the page's own way for whoever looks at the page.

    A whole sentence, or what stands in a hole of one. Values may be advice too.
    """
    both = _filled(Advice, terminal.template, terminal.values)
    both.page = page
    return both


def on_page(sentence: Sentence) -> Sentence:
    """As the page says it: where it is advice, or holds some, that of the page."""
    if isinstance(sentence, Advice):
        return on_page(sentence.page)
    values = {hole: on_page(value) if isinstance(value, Sentence) else value for hole, value in sentence.values.items()}
    return _made(sentence.template, values)


def listed(parts: Iterable[object], joint: str = ", ") -> Sentence:
    """Several sentences or names in a row."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return _made(joint.join(f"{{{hole}}}" for hole in values), values)


def size_words(length: int) -> Sentence:
    """Bytes for people: `13.4 MB`, in powers of ten, as sticks are labelled."""
    if length < 1000:
        return say("{n} {n:byte|bytes}", n=length)
    thousands = min(len(_SIZES), (len(str(length)) - 1) // 3)
    whole, _, tenth = f"{length / 1000**thousands:.1f}".partition(".")
    return _SIZES[thousands - 1].filled(whole=whole, tenth=tenth)


class Voice(NamedTuple):
    """A language for those who know none: its code, and what a sentence is in it."""

    language: str
    said: Callable[[str], str]
    is_right_to_left: bool = False

    @property
    def direction(self) -> str | None:
        """For HTML's `dir`."""
        return "rtl" if self.is_right_to_left else None


IN_ENGLISH = Voice("en", str)


def clock(seconds: float) -> str:
    """A duration, which is the same in all languages: `3:07`, `1:02:45`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _made(template: str, values: Mapping[str, object]) -> Sentence:
    return _filled(Sentence, template, values)


def _filled(kind: type[SentenceT], template: str, values: Mapping[str, object]) -> SentenceT:
    made = kind(fill(template, {hole: str(value) for hole, value in values.items()}, plural=in_english))
    made.template, made.values = template, values
    return made


def in_english(number: int) -> int:
    """Which form of a word goes with a number."""
    return int(number != 1)


def holes(template: str) -> set[str]:
    """Names of all holes, also of those that choose a form of a word."""
    return {found[1] for found in _HOLE.finditer(template)}


def fill(template: str, values: Mapping[str, str], *, plural: Callable[[int], int]) -> str:
    """Text with its holes filled.

    `{tracks}` is the value; `{tracks:трек|трека|треков}` is the form of a word that goes with that number, in the order
    of the language's plural rule; the last one where it is no number.
    """

    def one(found: re.Match[str]) -> str:
        value = values.get(found[1], found[0])
        if found[2] is None:
            return value
        forms = found[2].split("|")
        is_count = value.isdecimal() and len(value) < _DIGITS
        return forms[min(plural(int(value)), len(forms) - 1)] if is_count else forms[-1]

    return _HOLE.sub(one, template)


_SIZES = (
    say("{whole}.{tenth} kB"),
    say("{whole}.{tenth} MB"),
    say("{whole}.{tenth} GB"),
    say("{whole}.{tenth} TB"),
)
_NOBODY = {"Unknown Artist": say("Unknown Artist"), "Various Artists": say("Various Artists")}
"""What import writes where nobody is named (`ops.intake.likeness`)."""


def byline(artist: str) -> str:
    """By whom it is, as it is shown: what import writes where nobody is named is a sentence of ours."""
    return _NOBODY.get(artist, artist)


SILENCE = framed("")
"""Where nothing is to be said."""
