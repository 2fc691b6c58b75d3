"""Whom music is by, where tags name several: who they are, and what each is sorted by. PURE.

A line of names is never taken apart: "Earth, Wind & Fire" and "AC/DC" are one. Several are those that a tagger kept as
several values, or listed in `ARTISTS` beside the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from magnitizdat.workers.text import one_line
from magnitizdat.workers.values import MOST_ARTISTS

_JOINED = re.compile(r"\s*[;/]\s*")


def names_in(text: str) -> tuple[str, ...]:
    """The values of one field, with NUL between, each once."""
    if not text:
        return ()
    found: dict[str, str] = {}
    for part in text.split("\0"):
        if name := one_line(part):
            found.setdefault(name.casefold(), name)
    return tuple(found.values())[:MOST_ARTISTS]


def several(line: str, values: Sequence[str], listed: Sequence[str]) -> tuple[str, ...]:
    """Who they are, by a list beside their `line` or by its `values`; empty where that is one and the line says it."""
    names = tuple(names_in("\0".join(part for value in listed for part in _taken_apart(value, line)))) or tuple(values)
    return names if names != (line,) and (len(names) > 1 or listed) else ()


def _taken_apart(value: str, line: str) -> Iterable[str]:
    """A list that an older tagger wrote as one text is several names where the line has each, and not the text."""
    parts = _JOINED.split(value)
    return parts if value not in line and all(part in line for part in parts) else (value,)


def sort_names(line: str, names: Sequence[str], said: Sequence[str]) -> tuple[str, ...]:
    """What each of `names` is sorted by; empty where that cannot be told, or nothing else is said than the names."""
    if len(said) == 1 < len(names):
        said = _apart_like(line, names, said[0])
    return tuple(said) if len(said) == len(names) and tuple(said) != tuple(names) else ()


def _apart_like(line: str, names: Sequence[str], said: str) -> Sequence[str]:
    """The sort names in a line that is joined as theirs is: "Lee, Ann & May, Bob" like "Ann Lee & Bob May".

    Source: MusicBrainz, "Artist Credits": join phrases are the same in both.
    """
    found, rest = [], line
    for name, following in pairwise(names):
        _, _, rest = rest.partition(name)
        phrase, there, _ = rest.partition(following)
        if not (phrase.strip() and there):
            return ()
        part, phrase_there, said = said.partition(phrase)
        if not phrase_there:
            return ()
        found.append(part)
    return [*found, said]
