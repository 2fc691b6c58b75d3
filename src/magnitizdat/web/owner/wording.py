"""The page's own sentences: English by key in `player/i18n/en.js`, in other languages from the catalogues."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from magnitizdat.language import Language

_LINE = re.compile(r'^  (?:"([\w.]+)"|(\w+)):\s+("(?:[^"\\]|\\.)*"),$', re.MULTILINE)


@cache
def english() -> dict[str, str]:
    """Every sentence by its key; holes are as in `sentence.say`."""
    source = (files("magnitizdat.web") / "player" / "i18n" / "en.js").read_text(encoding="utf-8")
    return {quoted or bare: json.loads(said) for quoted, bare, said in _LINE.findall(source)}


def wording(language: Language) -> dict[str, str]:
    """The same in another language, with the holes that the page fills; what is not translated stays English."""
    known = language.messages
    return {key: known.get(said, said) for key, said in english().items()}
