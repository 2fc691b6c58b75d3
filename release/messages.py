"""Bring the catalogues up to date with the source: `python -m release.messages`, at the top of a checkout.

Babel finds every sentence: the literal after `say(`. What the terminal's help says is asked of the terminal itself.
All are merged into `locale/<language>/LC_MESSAGES/messages.po`; ends with 1 where a translation is missing.
`python -m release.messages LANGUAGE` begins a new language.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from magnitizdat.language import DOMAIN
from magnitizdat.language import SOURCE as SOURCE_LANGUAGE
from magnitizdat.sentence import holes
from magnitizdat.web.owner.wording import english

TOP = Path(__file__).resolve().parents[1]
SOURCE = TOP / "src" / "magnitizdat"
LOCALE = SOURCE / "locale"
KEYWORDS = {"say": None}
PAGE = "src/magnitizdat/web/player/i18n/en.js"


class Message(NamedTuple):
    """A sentence, and the file that says it."""

    text: str
    path: str


def messages() -> list[Message]:
    """All sentences, each once a file, in the order of the source."""
    found = [*_said(), *_helps(), *(Message(text, PAGE) for text in english().values())]
    return list(dict.fromkeys(found))


def _said() -> Iterator[Message]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = f"src/magnitizdat/{path.relative_to(SOURCE).as_posix()}"
        if name.startswith("src/magnitizdat/cli/"):
            continue
        for _, text, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            yield Message(str(text), name)


def _helps() -> Iterator[Message]:
    """Transitional: what stands in the terminal unmarked."""
    from release import unmarked

    for path, text in unmarked.messages():
        yield Message(text, path)


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
    return sorted(
        path.parents[1].name
        for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")
        if path.parents[1].name != SOURCE_LANGUAGE
    )


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
