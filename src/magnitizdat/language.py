"""The languages that we speak. Code says sentences with their values; terminal and page translate them at the edge.

Catalogues are those of gettext, `locale/<language>/LC_MESSAGES/messages.po`. Their messages are templates (see
`sentence.say`), found in the source by `python -m release.messages`. What has no translation stays English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from magnitizdat.errors import DamagedError, UsageError
from magnitizdat.formats.names import clean_text
from magnitizdat.formats.po import read_po
from magnitizdat.sentence import Sentence, Voice, fill, holes, in_english, say

SOURCE = "en"
DOMAIN = "messages"
LOCALE = Path(__file__).with_name("locale")
"""Where the shipped catalogues are."""

MAX_PO_LENGTH = 4 << 20  # bytes of a catalogue that somebody brought
_RIGHT_TO_LEFT = frozenset("ar ckb dv fa he ku ps sd ug ur yi".split())
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
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

    def translate(self, sentence: str) -> str:
        """A sentence in this language, with the same values in it; what is none of ours comes back as it was."""
        return self.said(sentence) if isinstance(sentence, Sentence) else sentence

    def said(self, sentence: Sentence, shown: Callable[[str], str] = str) -> str:
        """A sentence in this language; `shown` is how names and other values of others are put."""
        known = self._messages.get(sentence.template)
        values = {hole: self._shown(value, shown) for hole, value in sentence.values.items()}
        if known is None:
            return fill(sentence.template, values, plural=in_english)
        return fill(known, values, plural=self._plural)

    def say(self, template: str, /, **values: object) -> str:
        """The same for one that is said here and now."""
        return self.said(say(template, **values))

    def _shown(self, value: object, shown: Callable[[str], str]) -> str:
        if isinstance(value, Sentence):
            return self.said(value, shown)
        text = shown(str(value))
        if isinstance(value, int) or not self.is_right_to_left:
            return text
        return f"{_ISOLATE}{text}{_END_ISOLATE}"


def _is_text(said: str) -> bool:
    line = said.replace("\n", "")
    return line.isprintable() or clean_text(line) == line


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
        if ("{" not in message + said or holes(said) == holes(message)) and _is_text(said)
    }
    return Language(code, sound, _rule(found.plural))


def _rule(plural: str) -> Callable[[int], int]:
    """Raises: DamagedError where it is no rule."""
    try:
        return gettext.c2py(plural)
    except ValueError as exc:
        raise DamagedError(say("its rule of plurals cannot be read; correct Plural-Forms")) from exc


def _shipped(code: str) -> Language:
    return _read(LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po", code)


ENGLISH = Language(SOURCE, {}, in_english)


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
        raise UsageError(say("Magnitizdat does not speak «{code}» here; it speaks {known}", code=code, known=known))
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
                "{path} cannot be read as a catalogue ({why}); correct it, or leave it out",
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
