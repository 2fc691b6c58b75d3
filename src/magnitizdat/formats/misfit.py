"""What does not fit, in words of ours: msgspec says it in words of programs. PURE."""

from __future__ import annotations

import re

import msgspec

from magnitizdat.sentence import Sentence, say

_WHERE = re.compile(r" - at `(?:key in )?\$(.*)`$")
_NAME = re.compile(r"\.(\w+)(?!.*\.\w)")
_FIELD = re.compile(r"field `([^`]*)`")
_LONG = re.compile(r"`(str|array|object)` of length <= (\d+)")


def misfit(error: msgspec.ValidationError) -> Sentence:
    """Which field of what somebody wrote is not as it should be, and how."""
    text = str(error)
    named, where = _FIELD.search(text), _WHERE.search(text)
    inner = _NAME.search(where[1]) if where else None
    if named is None and inner is None:
        return say("it is not written as it should be")
    return _said(text, named[1] if named else inner[1] if inner else "")


def _said(text: str, field: str) -> Sentence:
    long = _LONG.search(text)
    if long and long[1] == "str":
        return say("«{field}» is longer than {most} {most:character|characters}", field=field, most=int(long[2]))
    if long:
        return say("«{field}» has more than {most} {most:entry|entries}", field=field, most=int(long[2]))
    if "missing required field" in text:
        return say("«{field}» is missing", field=field)
    if "unknown field" in text:
        return say("«{field}» means nothing here", field=field)
    if "of length >=" in text:
        return say("«{field}» is empty", field=field)
    return say("«{field}» is not written as it should be", field=field)
