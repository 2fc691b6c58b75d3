"""Options that stand anywhere on the line, before or after the verb, and mean the same for every verb."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from magnitizdat.errors import UsageError
from magnitizdat.sentence import say

GLOBAL_HELP = (
    "Anywhere on the line: --library DIR (or MAG_LIBRARY), --passphrase-file FILE (or MAG_PASSPHRASE_FILE), --json, "
    "--yes, --quiet, -v, --lang en|da|ru, --visible (words and passphrases are seen while you type them)."
)
_VALUED = {"--library": "library", "--passphrase-file": "passphrase_file", "--lang": "lang"}
_FLAGS = {
    "--json": "as_json",
    "--yes": "yes",
    "--quiet": "quiet",
    "-v": "verbose",
    "--verbose": "verbose",
    "--visible": "visible",
}


@dataclass
class Settings:
    """What the person said for all verbs. `gives_passphrase`: on this line, not in the environment."""

    library: Path | None = None
    passphrase_file: Path | None = None
    gives_passphrase: bool = False
    lang: str = ""
    as_json: bool = False
    yes: bool = False
    quiet: bool = False
    verbose: bool = False
    visible: bool = False
    rest: list[str] = field(default_factory=list)


def take_settings(arguments: list[str]) -> Settings:
    """Split the global options off a command line; what follows `--` is left alone.

    Raises: UsageError for an option without its value.
    """
    values: dict[str, str] = {}
    settings = Settings()
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            settings.rest += [argument, *waiting]
            break
        name, equals, value = argument.partition("=")
        if name in _VALUED:
            if not equals and not waiting:
                raise UsageError(say("{name} needs a value; `mag --help` shows how", name=name))
            values[_VALUED[name]] = value if equals else waiting.pop(0)
        elif argument in _FLAGS:
            setattr(settings, _FLAGS[argument], True)
        else:
            settings.rest.append(argument)
    if "library" in values:
        settings.library = Path(values["library"])
    named = values.get("passphrase_file") or os.environ.get("MAG_PASSPHRASE_FILE")
    settings.passphrase_file = Path(named) if named else None
    settings.gives_passphrase = bool(values.get("passphrase_file"))
    settings.lang = values.get("lang", "")
    return settings
