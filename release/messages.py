"""Bring the catalogues up to date with the source: `python -m release.messages`, at the top of a checkout.

Every sentence is the literal after `say(`. What the terminal's help says is asked of the terminal itself, and what only
the pages say of their `en.js`. Babel merges all into `locale/<language>/LC_MESSAGES/messages.po`; ends with 1 where a
translation is missing.
`python -m release.messages LANGUAGE` begins a new language.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typer
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from release import pocket

from magnitizdat.cli.app import app
from magnitizdat.language import DOMAIN
from magnitizdat.sentence import holes
from magnitizdat.web.owner.wording import english

TOP = Path(__file__).resolve().parents[1]
SOURCE = TOP / "src" / "magnitizdat"
LOCALE = SOURCE / "locale"
TERMINAL = "src/magnitizdat/cli/app.py"
PAGE = "src/magnitizdat/web/player/i18n/en.js"


class Message(NamedTuple):
    """A sentence, and the file that says it."""

    text: str
    path: str


@cache
def messages() -> list[Message]:
    """All sentences, each once a file, in the order of the source."""
    found = [
        *_said(),
        *_helps(),
        *(Message(text, PAGE) for text in english().values()),
        *(Message(text, pocket.ENGLISH.as_posix()) for text in pocket.english().values()),
    ]
    return list(dict.fromkeys(found))


def _said() -> Iterator[Message]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = f"src/magnitizdat/{path.relative_to(SOURCE).as_posix()}"
        yield from (Message(text, name) for text in templates(ast.parse(path.read_text(encoding="utf-8"))))


def templates(tree: ast.AST) -> list[str]:
    """Literals after `say(`, in the order of the source."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args and _called(node) == "say")
    first = sorted((call.args[0] for call in calls), key=lambda node: (node.lineno, node.col_offset))
    return [node.value for node in first if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _helps() -> Iterator[Message]:
    """What the terminal's help says: of every command and option, in paragraphs."""
    waiting: list[Any] = [typer.main.get_command(app)]
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        shown = [command.help, getattr(command, "epilog", None), getattr(command, "rich_help_panel", None)]
        shown += [getattr(parameter, "help", None) for parameter in command.params]
        for text in filter(None, shown):
            yield from (Message(" ".join(each.split()), TERMINAL) for each in str(text).split("\n\n"))


# -- catalogues --------------------------------------------------------------------------------------------------------


def template() -> Catalog:
    """The catalogue without translations."""
    catalogue = Catalog(project="magnitizdat", charset="utf-8")
    for message in messages():
        catalogue.add(message.text, locations=[(message.path, 0)])
    return catalogue


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; empty for a new language."""
    path = po_path(language)
    if not path.is_file():
        return Catalog(locale=language, project="magnitizdat", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def po_path(language: str) -> Path:
    """Where a language's catalogue is."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def languages() -> list[str]:
    """Those that have a catalogue."""
    return sorted(path.parents[1].name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def wanting(catalogue: Catalog, wanted: Catalog) -> list[str]:
    """Messages that are not translated, or whose translation has other holes."""
    lacking = []
    for message in wanted:
        said = catalogue.get(message.id) if message.id else message
        if message.id and (said is None or not said.string or said.fuzzy or holes(said.string) != holes(message.id)):
            lacking.append(str(message.id))
    return lacking


def written(catalogue: Catalog) -> bytes:
    """As people read it."""
    content = io.BytesIO()
    write_po(content, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)
    return content.getvalue()


def main() -> int:
    """Merge, and say what is missing."""
    code = 0
    for language in sorted({*languages(), *sys.argv[1:]}):
        wanted, catalogue = template(), read(language)
        catalogue.update(wanted, update_header_comment=False, update_creation_date=False)
        catalogue.obsolete.clear()
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalogue))
        lacking = wanting(catalogue, wanted)
        print(f"{language}: {len(wanted)} messages, {len(lacking)} not translated")
        for text in lacking:
            print(f"  {text}")
        code |= bool(lacking)
    return code


if __name__ == "__main__":
    sys.exit(main())
