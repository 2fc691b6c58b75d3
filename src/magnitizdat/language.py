"""The languages that we speak. Code says whole English sentences; terminal and page translate them at the edge.

Catalogues are those of gettext, `locale/<language>/LC_MESSAGES/messages.po`. Their messages are templates (see
`sentence.say`), found in the source by `python -m release.messages`. What has no translation stays English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path

from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.formats.names import clean_text
from magnitizdat.formats.po import read_po
from magnitizdat.formats.templates import HoleValue, Template, is_number
from magnitizdat.sentence import Sentence, Voice, fill, holes, say

SOURCE = "en"
DOMAIN = "messages"
LOCALE = Path(__file__).with_name("locale")
"""Where the shipped catalogues are."""

MAX_PO_LENGTH = 4 << 20  # bytes of a catalogue that somebody brought
_MAX_SENTENCE = 20_000  # characters; longer text is nobody's sentence
_DEEPEST = 6  # sentences within sentences
_LONGEST_RUN = 6  # parts of a list that may be one sentence with the list's own joint in it
_MOST_PARTS = 48  # of a list; a longer one is left as it is, but for lines
_TELLING = 3  # characters at either end that tell most templates apart
_RIGHT_TO_LEFT = frozenset("ar ckb dv fa he ku ps sd ug ur yi".split())
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_BULLET = re.compile(r"((?:\s|[-✓✗•…—]\s)*)(.*?)(\s*)", re.DOTALL)
_JOINTS = (
    re.compile(r"(\n)"),
    re.compile(r"((?<=[.!?]) )"),
    re.compile(r"(: )"),
    re.compile(r"(; )"),
    re.compile(r"( — )"),
    re.compile(r"(, )"),
)
_SIZE = re.compile(r"(\d+\.\d) ([kMGT]B)")
_UNITS = {"kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte"}
_CODE = re.compile(r"[a-z]{2,3}(?![a-z])(?:[-_][a-z]{2,4}(?![a-z]))?", re.IGNORECASE)


def is_right_to_left(code: str) -> bool:
    """Whether a language is written from right to left."""
    return code in _RIGHT_TO_LEFT


class Language:
    """One language: its code, and every message in it."""

    def __init__(self, code: str, messages: Mapping[str, str], plural: Callable[[int], int]) -> None:
        self.code = code
        self._messages = messages
        self._plural = plural

    @property
    def is_right_to_left(self) -> bool:
        """Whether it is written from right to left."""
        return is_right_to_left(self.code)

    @property
    def messages(self) -> dict[str, str]:
        """What each message is in it, for whoever translates by themselves."""
        return dict(self._messages)

    @cached_property
    def _templates(self) -> dict[tuple[str, str], list[Template]]:
        """Those with holes by how they begin and end: by the first of both that is long enough to tell them apart."""
        found: dict[tuple[str, str], list[Template]] = {}
        for message in self._messages:
            if "{" in message:
                template = Template.parse(message)
                first, last = template.literals[0][:_TELLING], template.literals[-1][-_TELLING:]
                ends = (first, "") if len(first) == _TELLING else ("", last) if len(last) == _TELLING else ("", "")
                found.setdefault(ends, []).append(template)
        return found

    def _candidates(self, sentence: str) -> list[Template]:
        """Templates that a sentence may be made from, the weightiest first."""
        ends = ((sentence[:_TELLING], ""), ("", sentence[-_TELLING:]), ("", ""))
        likely = (template for each in dict.fromkeys(ends) for template in self._templates.get(each, ()))
        return sorted(likely, key=lambda each: -each.weight)

    def translate(self, sentence: str) -> str:
        """The sentence in this language, with the same values in it; what is not known comes back as it was.

        A sentence may be a line of a report: several sentences, a list, a name and a reason, sentences within one.
        Names in «quotation marks» are left alone.
        """
        if isinstance(sentence, Sentence):
            return self.said(sentence)
        if not self._messages or not sentence or len(sentence) > _MAX_SENTENCE:
            return sentence
        return self._part(sentence, 0) or sentence

    def said(self, sentence: Sentence, shown: Callable[[str], str] = str) -> str:
        """A sentence in this language; `shown` is how names and other values of others are put."""
        if sentence.template == "{text}":  # transitional: said by what does not say templates yet
            return self.translate(shown(str(sentence)))
        template = self._messages.get(sentence.template, sentence.template)
        values = {hole: self._shown(value, shown) for hole, value in sentence.values.items()}
        return fill(template, values, plural=self._plural)

    def say(self, template: str, /, **values: object) -> str:
        """The same for one that is said here and now."""
        return self.said(say(template, **values))

    def _shown(self, value: object, shown: Callable[[str], str]) -> str:
        if isinstance(value, Sentence):
            return self.said(value, shown)
        text = shown(str(value))
        return f"{_ISOLATE}{text}{_END_ISOLATE}" if self.is_right_to_left else text

    def _part(self, text: str, depth: int) -> str | None:
        """Text in this language; None where nothing of it is known."""
        found = _BULLET.fullmatch(text)
        if found is None or not found[2]:
            return None
        before, core, after = found.groups()
        said = self._sentence(core, depth)
        if said is None and depth < _DEEPEST:
            said = self._joined(core, depth + 1)
        return None if said is None else f"{before}{said}{after}"

    def _sentence(self, sentence: str, depth: int) -> str | None:
        said = self._messages.get(sentence)
        if said is not None and (depth == 0 or " " in sentence):
            return said
        if self.code != SOURCE and (size := _SIZE.fullmatch(sentence)) is not None:
            return _size(float(size[1]), _UNITS[size[2]], self.code)
        for template in self._candidates(sentence):
            values = template.match(sentence)
            if values is not None and self._is_meant(template, values, depth):
                filled = {hole: self._value(value, depth + 1) for hole, value in values.items()}
                return fill(self._messages[template.text], filled, plural=self._plural)
        return None

    def _is_meant(self, template: Template, values: Mapping[str, HoleValue], depth: int) -> bool:
        """Whether no title passes for it: a template of a word or two has numbers in it, or sentences of ours."""
        own_beginning = bool(template.literals[0])
        least = 1 if own_beginning and depth == 0 else 2 if own_beginning or depth == 0 else 3
        return template.words >= least or all(self._is_ours(value, depth + 1) for value in values.values())

    def _is_ours(self, value: HoleValue, depth: int) -> bool:
        """Whether a value is a number, or a list of sentences of ours."""
        parts = [] if value.quoted or depth >= _DEEPEST else value.text.split(", ")
        return is_number(value.text) or (bool(parts) and all(self._sentence(part, depth) is not None for part in parts))

    def _value(self, value: HoleValue, depth: int) -> str:
        said = None if value.quoted or depth >= _DEEPEST else self._part(value.text, depth)
        shown = said or value.text
        return f"{_ISOLATE}{shown}{_END_ISOLATE}" if self.is_right_to_left else shown

    def _joined(self, text: str, depth: int) -> str | None:
        """Several sentences, or a list, or a name and what is said of it."""
        for joint in _JOINTS:
            parts = joint.split(text)
            if 1 < len(parts) <= 2 * _MOST_PARTS or (parts[1:] and parts[1] == "\n"):
                said = list(self._runs(parts, depth))
                if any(new for new, _ in said):
                    return "".join(new or old for new, old in said)
        return None

    def _runs(self, parts: list[str], depth: int) -> Iterator[tuple[str | None, str]]:
        """Parts and their joints, in longest runs that are known as one: a sentence may have a joint of its own."""
        start = 0
        while start < len(parts):
            longest = min(len(parts), start + 2 * _LONGEST_RUN - 1)
            for end in range(longest, start + 1, -2) if start % 2 == 0 else ():
                run = "".join(parts[start:end])
                if (said := self._sentence(run, depth)) is not None:
                    yield said, run
                    break
            else:
                end = start + 1
                yield (None if start % 2 else self._part(parts[start], depth)), parts[start]
            start = end


def _is_text(said: str) -> bool:
    return clean_text(said.replace("\n", "")) == said.replace("\n", "")


def _size(value: float, unit: str, code: str) -> str | None:
    """`14,2 GB` as that language writes it; None where Babel knows nothing of it."""
    from babel.core import UnknownLocaleError
    from babel.units import format_unit

    try:
        return format_unit(value, unit, "short", format="0.0", locale=code)
    except (UnknownLocaleError, ValueError):
        return None


def _read(path: Path, code: str) -> Language:
    """Translations with the same holes as their message; the others are left out.

    Raises: DamagedError, OSError.
    """
    if path.stat().st_size > MAX_PO_LENGTH:
        raise DamagedError(say("it is too large for a catalogue"))
    found = read_po(path.read_bytes())
    sound = {
        message: said
        for message, said in found.translations.items()
        if holes(said) == holes(message) and _is_text(said)
    }
    return Language(code, sound, _rule(found.plural))


def _rule(plural: str) -> Callable[[int], int]:
    """Raises: DamagedError where it is no rule."""
    try:
        return gettext.c2py(plural)
    except ValueError as exc:
        raise DamagedError(say("its rule of plurals is none; correct Plural-Forms")) from exc


def _shipped(code: str) -> Language:
    return _read(LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po", code)


ENGLISH = _shipped(SOURCE)


def available(folder: Path | None = None) -> list[str]:
    """Codes of all languages: English, the shipped ones, and those of PO files in a folder."""
    shipped = {path.parents[1].name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    brought = {path.stem for path in folder.glob("*.po") if _CODE.fullmatch(path.stem)} if folder else set()
    return [SOURCE, *sorted((shipped | brought) - {SOURCE})]


@lru_cache(maxsize=16)
def load(code: str, folder: Path | None = None) -> Language:
    """A language by its code. A PO file that somebody brought goes before the shipped catalogue of that name.

    Raises: UsageError if there is no such language, or if its PO file cannot be used.
    """
    if code not in available(folder):
        known = ", ".join(available(folder))
        raise UsageError(say("«{code}» is no language that mag speaks here; there are {known}", code=code, known=known))
    brought = folder / f"{code}.po" if folder else None
    if brought is not None and brought.is_file():
        return _brought(brought, code)
    return ENGLISH if code == SOURCE else _shipped(code)


def _brought(path: Path, code: str) -> Language:
    try:
        return _read(path, code)
    except DamagedError as exc:
        raise UsageError(
            say(
                "{path} is no catalogue that can be read ({why}); correct it, or leave it out",
                path=path,
                why=exc.sentence,
            )
        ) from exc
    except OSError as exc:
        raise UsageError(say("{path} cannot be read; correct it, or leave it out", path=path)) from exc


def voices(folder: Path | None = None) -> list[Voice]:
    """All languages that can be read, English first, for pages that say a thing in each."""
    spoken = []
    for code in available(folder):
        with suppress(UsageError):  # somebody's PO file is none
            spoken.append(load(code, folder))
    return [Voice(each.code, each.translate, each.is_right_to_left) for each in spoken]


def translate(sentence: str, code: str, folder: Path | None = None) -> str:
    """A sentence in a language; as it is where that language is not there."""
    try:
        return load(code, folder).translate(sentence)
    except UsageError:
        return sentence


def asked(environment: Mapping[str, str]) -> str:
    """What the environment says, as `da_DK`: the first of LC_ALL, LC_MESSAGES and LANG; English where it is silent."""
    said = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    found = _CODE.match(said)
    return found[0] if found else SOURCE


def nearest(asked_for: str, folder: Path | None = None) -> str:
    """The language there is for a wish: of `pt_BR` that one, or `pt`; English where there is neither."""
    there = available(folder)
    wishes = (asked_for, re.split("[-_]", asked_for, maxsplit=1)[0].lower())
    return next((code for code in wishes if code in there), SOURCE)


def preferred(accepted: str, there: Collection[str]) -> str:
    """The best language of those that are there for a browser's Accept-Language; English for none."""
    wishes = (each.partition(";") for each in accepted.split(",")[:16])
    ranked = sorted(((_weight(weight), tag.strip().lower()) for tag, _, weight in wishes), key=lambda each: -each[0])
    known = {code.replace("_", "-").lower(): code for code in there}
    spoken = (known.get(wish) for _, tag in ranked for wish in (tag, tag.partition("-")[0]))
    return next((code for code in spoken if code is not None), SOURCE)


def _weight(said: str) -> float:
    """How much a language is wanted: `q=0.8`; 1 where nothing is said."""
    _, _, weight = said.partition("q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
