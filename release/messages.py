"""Bring the catalogues up to date with the source: `python -m release.messages`, at the top of a checkout.

Finds every sentence in `src/`, merges it into `locale/<language>/LC_MESSAGES/messages.po` with Babel, compiles, and
says what is not translated yet; ends with 1 where something is missing. `python -m release.messages LANGUAGE` begins a
new language.

A sentence is a string that reads as words: docstrings, SQL, markup and what only programmers see are left out. The
holes of an f-string get names; of `x if test else y` in one, each possibility is a sentence of its own. What is shown
in fewer than two words is found where it is said: `say`, `spoken`, `table` and the like.
"""

from __future__ import annotations

import ast
import io
import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from magnitizdat import errors
from magnitizdat.formats.templates import Template, holes
from magnitizdat.language import DOMAIN
from magnitizdat.language import SOURCE as SOURCE_LANGUAGE

TOP = Path(__file__).resolve().parents[1]
SOURCE = TOP / "src" / "magnitizdat"
LOCALE = SOURCE / "locale"

NOT_SPOKEN = (
    "cli/tuf_client.py",  # for a conformance suite
    "formats/spelling",  # letters
    "library/rows.py",  # what rows mean, for the docs
    "ops/intake/grouping.py",  # names that stand in tags
    "ops/keep/paper.py",  # markup
    "pages/",  # in three languages where they stand
    "tour/songs.py",  # titles
    "web/subsonic/",  # what players are told, in the protocol's own English
    "web/guests/style.py",  # markup
    "web/guests/words",  # in three languages where they stand
    "workers/escapes.py",  # a rehearsal for tests
    "workers/from_path.py",  # names of folders
    "workers/raw_tags.py",  # names of tags
    "workers/tags",  # the same
)
"""Beginnings of modules whose strings are not to be translated."""

NAMES_OF_TAGS = re.compile(r"(?:TXXX:)?(?:MusicBrainz|Album|ALBUM) [\w ]+")
UNSHOWN_TABLES = frozenset({"FIELDS"})
SHOWN_TABLES = frozenset({"PANELS", "STANDINGS", "WORDS", "_FILES", "_STATES"})
UNSHOWN_ARGUMENTS = frozenset({"cls", "metavar", "name", "pattern"})
UNSHOWN_FUNCTIONS = frozenset({"__repr__", "__reduce__", "__getattr__", "_draft_text"})

SAID_BY = frozenset(
    "ask_line ask_secret confirm fail missing said say spoken start table translate warn"
    " Argument Option Shortfall Typer".split()
)
"""Calls whose arguments are shown, so that one word is enough."""

_WORDS = re.compile(r"[^\W\d_]{2,}[,;:)]*[ ][(«]?[^\W\d_]{2,}")
_WITH_HOLE = re.compile(r"[^\W\d_]{3,} \{|\} [^\W\d_]{3,}|\}: [^\W\d_]{3,}")
_NO_SENTENCE = re.compile(
    r"""^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|BEGIN|FROM|CASE|ORDER|WITH|WHERE|AND|JOIN)[ ]
    | \b(?:WHERE|GLOB|LIMIT|COLLATE|JOIN|ORDER[ ]BY)\b | ^\w+\.\w+[ ](?:AND|IN)[ ] | ^\w+_\w+[ ]= | =[ ]\?
    | [ ]DESC\b | ^CAST\(
    | <>[ ]'' | json_each | ^kind[ ]: | ^\w+\(\w+\.\w+\) | \x1f
    | ^[.#<@] | </ | <!doctype | '(?:self|none)' | [{;]\n
    | ^[a-z-]+/[a-z-]+; | ^(?:[\w.-]+=|public,|private,|no-\w+,) | ^attachment; | ^(?:inline|bytes[ ]\{)
    | ^-[-\w]*$ | ^(?:[a-z]{2,3}[ ])+[a-z]{2,3}$ | ^\w+_\w+$ | ^https?: | ^-----BEGIN
    | ^(?:artist|page)[ ]\{ | ^descriptor[ ] """,
    re.VERBOSE,
)
_NAMES = frozenset({"Zoopark Tapes", "big quiet"})
_COUNTED = re.compile(
    r"\{(?!max_|recipient_steps|entries_limit|role|type)\w+\} (?:[a-z]+ ){0,2}?"
    r"(?:albums|cells|days|documents|entries|files|friends|groups|hours|labels|originals|scratches|songs|spare parts"
    r"|tracks)\b"
)
"""A number before what it counts: a word with two forms in English."""
_EDGES = re.compile(r"^(?:\s|[-✓✗•…—]\s)+|\s+$")


class Message(NamedTuple):
    """A sentence, and the file that says it."""

    text: str
    path: str


def messages() -> list[Message]:
    """All sentences of the source, each once a file."""
    found: dict[Message, None] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(NOT_SPOKEN):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {Message(text, f"src/magnitizdat/{name}"): None for text in _Reader(name).read(tree)}
    return list(found)


class _Reader:
    """Reads one module."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._has_verbs = name == "cli/app.py"

    def read(self, tree: ast.Module) -> Iterator[str]:
        """Every sentence in it."""
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        self._has_verbs |= self._name.startswith("cli/") and "register" in names
        for text in self._node(tree, shown=False):
            if sentence := _EDGES.sub("", text):
                yield sentence

    def _node(self, node: ast.AST, *, shown: bool) -> Iterator[str]:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from self._block(node)
        elif isinstance(node, ast.Call):
            yield from self._call(node)
        elif texts := list(wordings(node)):
            yield from (text for text in texts if _reads_as_words(text, shown=shown))
            yield from self._inside(node)
        elif not (isinstance(node, ast.AnnAssign) and ast.unparse(node.target) in UNSHOWN_TABLES):
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            named = isinstance(target, ast.Name) and target.id in SHOWN_TABLES
            for child in _values(node) if isinstance(node, ast.Dict) else ast.iter_child_nodes(node):
                yield from self._node(child, shown=shown or named)

    def _block(self, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
        name = getattr(node, "name", "")
        if self._has_verbs and isinstance(node, ast.FunctionDef) and _is_verb(node):
            yield from (" ".join(each.split()) for each in (ast.get_docstring(node) or "").split("\n\n"))
        for child in ast.iter_child_nodes(node) if name not in UNSHOWN_FUNCTIONS else ():
            if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):  # a docstring
                yield from self._node(child, shown=False)

    def _call(self, node: ast.Call) -> Iterator[str]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        if (name.endswith(("Error", "Exception")) and not _is_ours(name)) or (
            isinstance(of, ast.Name) and of.id == "_log"
        ):
            return  # for programmers
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.keyword) and child.arg in UNSHOWN_ARGUMENTS):
                yield from self._node(child, shown=name in SAID_BY or _is_ours(name))

    def _inside(self, node: ast.AST) -> Iterator[str]:
        """Sentences within the holes of one."""
        for part in ast.walk(node):
            if isinstance(part, ast.FormattedValue) and not list(wordings(part.value)):
                yield from self._node(part.value, shown=False)


def _values(table: ast.Dict) -> Iterator[ast.expr]:
    """What a table holds; keys, and names of looks, are for programs."""
    for key, value in zip(table.keys, table.values, strict=True):
        if not (isinstance(key, ast.Constant) and key.value == "class"):
            yield value


def _is_verb(node: ast.FunctionDef) -> bool:
    """A handler of the terminal answers with an exit code; what is said of it is its help."""
    return not node.name.startswith("_") and isinstance(node.returns, ast.Name) and node.returns.id == "int"


def _is_ours(name: str) -> bool:
    found = getattr(errors, name, None)
    return isinstance(found, type) and issubclass(found, errors.MagError)


def _reads_as_words(text: str, *, shown: bool) -> bool:
    bare = _EDGES.sub("", text)
    if bare in _NAMES or _NO_SENTENCE.search(bare) or NAMES_OF_TAGS.fullmatch(bare) or not Template.parse(bare).words:
        return False
    return shown or bool(_WORDS.search(bare) or _WITH_HOLE.search(bare))


def wordings(node: ast.AST) -> Iterator[str]:
    """Every text that an expression can come to, with `{holes}`; none where it is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [[part.value] if isinstance(part, ast.Constant) else list(_hole(part)) for part in node.values]
        for chosen in itertools.product(*parts):
            yield _told_apart("".join(map(str, chosen)))
    elif isinstance(node, ast.IfExp):
        yield from wordings(node.body)
        yield from wordings(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from _sum(node)


def _sum(node: ast.BinOp) -> Iterator[str]:
    left, right = list(wordings(node.left)), list(wordings(node.right))
    if isinstance(node.op, ast.Mult):
        yield from ["", *left] if left else []  # "s" * (count > 1)
    elif isinstance(node.op, ast.Add) and (left or right):
        for pair in itertools.product(left or [f"{{{_name(node.left)}}}"], right or [f"{{{_name(node.right)}}}"]):
            yield _told_apart("".join(pair))


def _hole(node: ast.AST) -> Iterator[str]:
    value = node.value if isinstance(node, ast.FormattedValue) else node
    possible = list(wordings(value)) if isinstance(value, ast.IfExp | ast.BinOp) else []
    if isinstance(value, ast.IfExp) and not all(list(wordings(each)) for each in (value.body, value.orelse)):
        possible.append(f"{{{_name(value)}}}")
    yield from possible or [f"{{{_name(value)}}}"]


def _name(node: ast.AST) -> str:
    """What a hole is called: the last word of its expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower() or "value"
        case ast.Call(func=ast.Attribute(attr=name)) if name not in {"join", "get", "replace", "lower", "rstrip"}:
            return name.strip("_")
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner) | ast.BinOp(left=inner):
            return _name(inner)
        case ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner) | ast.IfExp(body=inner):
            return _name(inner)
        case _:
            return "value"


def _told_apart(text: str) -> str:
    """A second hole of a name gets a number."""
    seen: dict[str, int] = {}

    def one(found: re.Match[str]) -> str:
        seen[found[1]] = seen.get(found[1], 0) + 1
        return f"{{{found[1]}{seen[found[1]] if seen[found[1]] > 1 else ''}}}"

    return re.sub(r"\{([A-Za-z_]\w*)\}", one, text)


# -- catalogues --------------------------------------------------------------------------------------------------------


def template(language: str = "") -> Catalog:
    """The catalogue without translations; of the source's own language what counts something."""
    catalogue = Catalog(project="magnitizdat", charset="utf-8")
    listed = [each for each in messages() if language != SOURCE_LANGUAGE or is_counted(each)]
    for message in listed:
        catalogue.add(message.text, locations=[(message.path, 0)])
    return catalogue


def is_counted(message: Message) -> bool:
    """Whether it reads otherwise of one than of two; the tour counts what is always many."""
    return bool(_COUNTED.search(message.text)) and "/tour/" not in message.path


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


def compiled(catalogue: Catalog) -> bytes:
    """As gettext reads it."""
    content = io.BytesIO()
    write_mo(content, catalogue)
    return content.getvalue()


def written(catalogue: Catalog) -> bytes:
    """As people read it."""
    content = io.BytesIO()
    write_po(content, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)
    return content.getvalue()


def main() -> int:
    """Merge, compile, and say what is missing."""
    code = 0
    for language in sorted({*languages(), *sys.argv[1:]}):
        wanted, catalogue = template(language), read(language)
        catalogue.update(wanted, update_header_comment=False, update_creation_date=False)
        catalogue.obsolete.clear()
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        lacking = wanting(catalogue, wanted)
        print(f"{language}: {len(wanted)} messages, {len(lacking)} not translated")
        for text in lacking:
            print(f"  {text}")
        code |= bool(lacking)
    return code


if __name__ == "__main__":
    sys.exit(main())
