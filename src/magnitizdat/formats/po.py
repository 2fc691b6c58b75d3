"""PO files of gettext: messages, their translations, and the rule of plurals. PURE.

Messages with a context, with plural forms of gettext's own, or marked fuzzy are passed over: our templates have their
forms within. Source: GNU gettext manual, "The Format of PO Files".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from magnitizdat.errors import DamagedError
from magnitizdat.sentence import say

_STRING = r'"(?:[^"\\\n]|\\.)*"[ \t]*'
_LINES = re.compile(rf"(?:(?:#.*|(?:msg(?:ctxt|id|id_plural|str|str\[\d+\])[ \t]+)?{_STRING}|[ \t]*)(?:\n|\Z))*+")
_ENTRY = re.compile(
    rf"((?:^#.*\n)*)(^msgctxt(?:[ \t]*{_STRING}\n)+)?"
    rf"^msgid((?:[ \t]*{_STRING}\n)+)^msgstr((?:[ \t]*{_STRING}(?:\n|\Z))+)",
    re.MULTILINE,
)
_SEAM = re.compile(r'"[ \t]*\n[ \t]*"')
_ESCAPED = re.compile(r"\\(.)")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_PLURALS = re.compile(r"^plural-forms:.*?plural=([^;\n]+)", re.MULTILINE | re.IGNORECASE)
_OF_ENGLISH = "n != 1"


class Messages(NamedTuple):
    """What a PO file says: translations by message, and the C expression that picks a form for `n`."""

    translations: dict[str, str]
    plural: str


def read_po(content: bytes) -> Messages:
    """Raises: DamagedError if it is no PO file in UTF-8."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        raise DamagedError(say("it is not UTF-8; save it as such")) from exc
    sound = _LINES.match(text)
    if sound is None or sound.end() < len(text):
        number = text.count("\n", 0, sound.end() if sound else 0) + 1
        raise DamagedError(say("line {number} does not belong in a PO file; correct it", number=number))
    entries = [
        (comments, _unquoted(message), said) for comments, context, message, said in _ENTRY.findall(text) if not context
    ]
    found = {
        message: _unquoted(said) for comments, message, said in entries if not message or ", fuzzy" not in comments
    }
    rule = _PLURALS.search(found.pop("", ""))
    return Messages({message: said for message, said in found.items() if said}, rule[1] if rule else _OF_ENGLISH)


def _unquoted(strings: str) -> str:
    """Adjacent strings in quotation marks, as one text."""
    joined = _SEAM.sub("", strings.strip())[1:-1]
    return _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), joined) if "\\" in joined else joined
