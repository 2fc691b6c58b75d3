"""What a request asks, by its address and its form together, and the refusals that the specification numbers. PURE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

from magnitizdat.errors import MagError
from magnitizdat.sentence import verbatim
from magnitizdat.web.subsonic.encode import Form

GENERIC = 0
MISSING = 10
WRONG_CREDENTIALS = 40
UNSUPPORTED_AUTHENTICATION = 42
CONFLICTING_AUTHENTICATION = 43
INVALID_API_KEY = 44
NOT_AUTHORIZED = 50
NOT_FOUND = 70

MAX_FIELDS = 20_000
INT32 = (1 << 31) - 1
_CALLBACK = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.]{0,99}")
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,19}(\.0*)?\s*", re.ASCII)

T = TypeVar("T")


class RefusedError(MagError):
    """An answer of its own, with the specification's number."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(verbatim(message))
        self.code = code


def missing(what: str = "this") -> RefusedError:
    """Nothing of that name, or nothing that this one may see: both look alike."""
    return RefusedError(NOT_FOUND, f"There is no {what} here.")


class Params:
    """Fields by name, in their order; of a field that stands twice and is asked for once, the first."""

    def __init__(self, query: str, form: str = "") -> None:
        """Both as `application/x-www-form-urlencoded`.

        Raises: RefusedError where there are more fields than anybody needs.
        """
        self._fields: dict[str, list[str]] = {}
        for source in (query, form):
            try:
                pairs = parse_qsl(source, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)
            except ValueError as exc:
                raise RefusedError(GENERIC, "These are too many parameters; send fewer at a time.") from exc
            for name, value in pairs:
                self._fields.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def key(self, *without: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """All fields but some, as something to look up what was answered before."""
        return tuple(sorted((name, tuple(values)) for name, values in self._fields.items() if name not in without))

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self._fields.get(name, [])

    def optional(self, name: str) -> str | None:
        """A text, or None."""
        found = self._fields.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        """A text that must be there.

        Raises: RefusedError.
        """
        found = self.optional(name)
        if found is None:
            raise RefusedError(MISSING, f"The parameter {name} is missing.")
        return found

    def some(self, name: str) -> list[str]:
        """At least one value.

        Raises: RefusedError.
        """
        self.text(name)
        return self.all(name)

    def number(self, name: str, default: int | None = None, *, least: int = 0, most: int = INT32) -> int:
        """A whole number, brought within its limits; one without a default must be there.

        Raises: RefusedError.
        """
        found = self.optional(name)
        if found is None or (found == "" and default is not None):
            if default is None:
                raise RefusedError(MISSING, f"The parameter {name} is missing.")
            return default
        if not _NUMBER.fullmatch(found):
            raise RefusedError(GENERIC, f"The parameter {name} must be a whole number.")
        return max(least, min(int(float(found)) if "." in found else int(found), most))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false.

        Raises: RefusedError.
        """
        found = self.optional(name)
        if found is None or found == "":
            return default
        if found.lower() not in {"true", "false", "1", "0"}:
            raise RefusedError(GENERIC, f"The parameter {name} must be true or false.")
        return found.lower() in {"true", "1"}

    def one_of(self, name: str, choices: Mapping[str, T]) -> T:
        """What a word stands for.

        Raises: RefusedError.
        """
        word = self.text(name)
        if word not in choices:
            raise RefusedError(GENERIC, f"The parameter {name} must be one of: {', '.join(choices)}.")
        return choices[word]

    @property
    def form(self) -> Form:
        """How the answer is to be written; without a usable callback, JSON alone."""
        wanted = self.optional("f")
        if wanted == "json":
            return "json"
        if wanted == "jsonp":
            return "jsonp" if self.callback else "json"
        return "xml"

    @property
    def callback(self) -> str:
        """The name of a function, or nothing."""
        found = self.optional("callback") or ""
        return found if _CALLBACK.fullmatch(found) else ""
