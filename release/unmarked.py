"""Transitional: sentences of the terminal that are not marked yet, as they were found before."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from magnitizdat import errors
from magnitizdat.formats.templates import Template

TOP = Path(__file__).resolve().parents[1]
SOURCE = TOP / "src" / "magnitizdat"
LOCALE = SOURCE / "locale"

NOT_SPOKEN = (
    "cli/tuf_client.py",  # for a conformance suite
    "formats/spelling",  # letters
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
UNSHOWN_ARGUMENTS = frozenset({"unit", "cls", "metavar", "name", "pattern"})
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
    | \b(?:WHERE|GLOB|LIMIT|COLLATE|JOIN)\b | ^\w+\.\w+[ ](?:AND|IN)[ ] | ^\w+_\w+[ ]= | =[ ]\? | [ ]DESC\b | ^CAST\(
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
    r"(?:albums|cells|days|entries|files|friends|groups|hours|labels|originals|scratches|songs|spare parts|tracks)\b"
)
"""A number before what it counts: a word with two forms in English."""
_EDGES = re.compile(r"^(?:\s|[-✓✗•…—]\s)+|\s+$")


class Message(NamedTuple):
    """A file, and a sentence that it says."""

    path: str
    text: str


def messages() -> list[Message]:
    """All sentences of the source, each once a file."""
    found: dict[Message, None] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith("cli/") and not name.startswith(NOT_SPOKEN):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {Message(f"src/magnitizdat/{name}", text): None for text in _Reader(name).read(tree)}
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
        if isinstance(node.func, ast.Name) and node.func.id == "say":
            for child in node.keywords:
                yield from self._node(child, shown=False)
            return
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
