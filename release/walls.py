"""What the page that is handed out may name of the browser's: what `walls.toml` allows, and nothing else. PURE.

The page's own policy stops most ways out too; it stops neither navigation nor WebRTC. So every thing of the browser's
that the sources or the built script name has to stand in a list that people can read, with a reason.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from release.doors import SCRIPT, Door

_SOURCES = "pocket/src/"
_KINDS = {
    "globals": "global",
    "loose": "loose",
    "elements": "element",
    "attributes": "attribute",
    "addresses": "address",
    "casts": "cast",
    "computed": "computed",
    "names": "name",
    "syntax": "syntax",
}
_ENDS = re.compile(r"</?script|<!--", re.IGNORECASE)
_STYLE = re.compile(r"\burl\s*\(|@import|@font-face|\bimage-set\s*\(|\bexpression\s*\(|</style|\\", re.IGNORECASE)
_MARKUP = re.compile(
    r"<(?:iframe|frame|object|embed|link|base|form|portal|svg|math|img|audio|video|source|template)\b"
    r"|\s(?:on\w+|style|src|srcset|href|action|formaction|ping|srcdoc)\s*="
    r"|http-equiv=[\"']?refresh",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Allowed:
    """One row: names by kind, why, and where alone they may stand in the sources (None: anywhere)."""

    because: str
    names: frozenset[tuple[str, str]]
    only: Counter[str] | None


def read_allowed(text: str) -> list[Allowed]:
    """The rows of `walls.toml`. Raises: ValueError where a row says no reason, or a name stands in two."""
    rows = [_row(each) for each in tomllib.loads(text)["allowed"]]
    twice = [name for name, times in Counter(name for row in rows for name in row.names).items() if times > 1]
    if twice:
        raise ValueError(f"allowed twice: {twice}")
    return rows


def faults_of_doors(doors: Iterable[Door], rows: Iterable[Allowed]) -> list[str]:
    """What is named and not allowed, a sentence each; and what is allowed and named nowhere."""
    doors, rows = list(doors), list(rows)
    allowed = {name: row for row in rows for name in row.names}
    met: Counter[tuple[str, str, str]] = Counter()
    faults = []
    for door in doors:
        row = allowed.get((door.kind, door.name))
        met[door.kind, door.name, _place(door)] += 1
        if row is None or not _may_stand(door, row, met):
            faults.append(_said(door, row))
    return faults + list(_idle(rows, met))


def faults_of_script(script: str) -> list[str]:
    """What ends a script before its end, wherever it stands, or reads otherwise than it is written."""
    return _found(_ENDS, script) + _unsound(script)


def _row(row: dict[str, Any]) -> Allowed:
    because, only, members = row.pop("because", ""), row.pop("only", None), row.pop("members", {})
    if not because or row.keys() - _KINDS.keys():
        raise ValueError(f"allowed without a reason, or of no kind there is: {row}")
    names = {(_KINDS[kind], name) for kind, names in row.items() for name in _listed(names)}
    names |= {("member", f"{owner}.{name}") for owner, names in members.items() for name in _listed(names)}
    return Allowed(because, frozenset(names), None if only is None else Counter(only))


def _listed(names: str | list[str]) -> list[str]:
    return names.split() if isinstance(names, str) else names


def _may_stand(door: Door, row: Allowed, met: Counter[tuple[str, str, str]]) -> bool:
    """In the built script names alone count: it has libraries, and the sources were looked at place by place."""
    if row.only is None or door.file == SCRIPT:
        return True
    return met[door.kind, door.name, _place(door)] <= row.only[_place(door)]


def _place(door: Door) -> str:
    return f"{door.file.removeprefix(_SOURCES)}: {door.text}"


def _said(door: Door, row: Allowed | None) -> str:
    why = "is not allowed" if row is None else "may not stand here"
    return (
        f"{door.file.removeprefix(_SOURCES)}, line {door.line}: {door.kind} {door.name!r} {why} in `{door.text[:120]}`;"
        " leave it out, or say in release/walls.toml why the page needs it"
    )


def _idle(rows: Iterable[Allowed], met: Counter[tuple[str, str, str]]) -> Iterator[str]:
    names = {(kind, name) for kind, name, _ in met}
    for row in rows:
        for kind, name in sorted(row.names - names):
            yield f"release/walls.toml allows {kind} {name!r}, and nothing names it; take it out"
        places = {place for kind, name, place in met if (kind, name) in row.names}
        for place in sorted((row.only or Counter()).keys() - places):
            yield f"release/walls.toml allows `{place}`, and it stands nowhere; take it out"


def faults_of_style(style: str) -> list[str]:
    """What the style sheet holds and may not: whatever loads something."""
    return _found(_STYLE, style) + _unsound(style)


def faults_of_markup(markup: str) -> list[str]:
    """What the page around script and style holds and may not: whatever loads, runs or leads away."""
    return _found(_MARKUP, markup) + _unsound(markup)


def _unsound(text: str) -> list[str]:
    """A browser reads these otherwise than they stand, and then the digest in the policy is of something else."""
    return [
        f"character {ord(each)}"
        for each in sorted(set(text))
        if (each < " " and each not in "\n\t") or each == "\ufeff"
    ]


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    lines = text.splitlines()
    return [
        f"line {text.count(chr(10), 0, found.start()) + 1}: {found[0]!r} in {_line(lines, text, found.start())}"
        for found in pattern.finditer(text)
    ]


def _line(lines: list[str], text: str, offset: int) -> str:
    return lines[text.count("\n", 0, offset)].strip()[:80]
