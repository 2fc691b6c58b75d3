"""JSON from outside, with everything refused that two parsers could read differently. PURE.

Size and nesting are capped before the first value is built; duplicate keys, `NaN`, a byte order mark, half a surrogate
pair and bytes that are not UTF-8 are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.sentence import say

MAX_DEPTH = budgets.JSON_DEPTH.most
_BETWEEN = b",:[{"

# Possessive, and an unterminated string runs to the end: linear on hostile input.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def parse(data: bytes, *, max_length: int, what: str, max_depth: int = MAX_DEPTH) -> Any:
    """The value that `data` (at most `max_length` bytes of UTF-8 JSON) holds; `what` names it in the error.

    Raises: DamagedError.
    """
    if len(data) > max_length:
        raise DamagedError(
            say("{what} is longer than {max_length} bytes; ask for a fresh copy", what=what, max_length=max_length)
        )
    require_few_values(data)
    if _is_deeper(data, max_depth):
        raise DamagedError(
            say("{what} is nested more than {max_depth} deep; ask for a fresh copy", what=what, max_depth=max_depth)
        )
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
        if _SURROGATE.search(data):
            json.dumps(found, ensure_ascii=False).encode("utf-8")  # half a pair has no such form
    except (ValueError, RecursionError) as exc:
        raise DamagedError(say("{what} cannot be read; ask for a fresh copy", what=what)) from exc
    return found


def require_few_values(data: bytes) -> None:
    """A value in memory takes up to some hundred times as much as the three bytes that it is here.

    Raises: OverBudgetError. What stands between values is counted, in strings too: never too few.
    """
    budgets.JSON_VALUES.check(sum(data.count(mark) for mark in _BETWEEN))


def _is_deeper(data: bytes, limit: int) -> bool:
    depth = 0
    for bracket in _STRING.sub(b"", data).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > limit:
            return True
    return False


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
