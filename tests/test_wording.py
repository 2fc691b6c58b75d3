"""What is said to somebody who came for the music: no word of the workshop, no command where there is only a page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import grimp
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from release import messages as release

from magnitizdat.cli.app import app
from magnitizdat.language import load
from magnitizdat.sentence import Sentence, advice, framed, on_page, say

VERBS = "|".join(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group has some
COMMAND = re.compile(rf"`mag\b|\bmag (?:{VERBS})\b|(?<![\w-])--[a-z]")
"""What only a terminal can do."""

WORKSHOP = {
    "en": r"imprints?|cells?|slots?|spools?|digests?|scratch|scratches|groups?|carried(?! on\b)|vouched by|heard of"
    r"|last heard|segments?|snapshot|targets|schema|JSON|metadata|blobs?|SHA-256|timestamps?|vault|checkpoints?",
    "da": r"aftryk(?:ket)?|celler?n?|slots?|spool\w*|digests?|ridser?|bårne?t?|segment\w*|snapshot|skema(?:et)?"
    r"|metadata|JSON|SHA-256|kontrolpunkt\w*|nøgler? i porten",
    "ru": r"оттиск\w*|ячей\w*|слот\w*|спул\w*|дайджест\w*|царапин\w*|сегмент\w*|метаданн\w*|схем[аеыу]|JSON|SHA-256"
    r"|контрольн\w+ точк\w*",
}
"""Words of ours, and of the formats: they stand in docs/, and nobody needs them to hand music on."""


OTHER_NAMES = {
    "da": r"pind(?:en|e|ene|ens)?|selskab\w*|labelet\w*|usigner\w*|signer\w*|signatur\w*"
    r"|(?:et|dette|intet|noget|andet|eget|det samme) label",
    "ru": r"бобин\w*|библиотек[аеиоу]?[йюм]?",
}
"""What the six nouns, and signing, are called by nobody: label, underskrive, катушка and фонотека are their names."""


def template_words(template: str) -> str:
    """A message without its holes, its options, and what is to be typed as it stands."""
    counted = re.sub(r"\{\w+:([^{}]*)\}", r" \1 ", template)
    return re.sub(r"`[^`]*`|\{\w+\}|--[\w-]+", " ", counted)


@cache
def reached_by_the_page() -> frozenset[str]:
    """Paths of all modules that the web server imports, also within functions."""
    graph = grimp.build_graph("magnitizdat", cache_dir=None)
    waiting = [module for module in graph.modules if module.startswith("magnitizdat.web")]
    found = set(waiting)
    while waiting:
        news = graph.find_modules_directly_imported_by(waiting.pop()) - found
        found |= news
        waiting += news
    return frozenset(found)


def _unadvised(tree: ast.AST) -> Iterator[str]:
    """Literals after `say(` that are not within `advice(terminal=…)`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword) and node.arg == "terminal":
            continue
        if isinstance(node, ast.Call) and release._called(node) == "say" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
        yield from _unadvised(node)


def commands_for_the_page() -> dict[str, list[str]]:
    """What a module says that the page may show, and that only a terminal can do; by its path."""
    found = {}
    for path in sorted(release.SOURCE.rglob("*.py")):
        relative = path.relative_to(release.SOURCE)
        module = ".".join(("magnitizdat", *relative.with_suffix("").parts)).removesuffix(".__init__")
        if module in reached_by_the_page():
            said = list(filter(COMMAND.search, _unadvised(ast.parse(path.read_text(encoding="utf-8")))))
            if said:
                found[relative.as_posix()] = said
    return found


NOT_YET: frozenset[str] = frozenset()
"""Modules that still name commands to the page. This list only shrinks: say `advice(terminal=say(…), page=say(…))`."""


def test_what_the_page_may_show_names_no_command():
    found = commands_for_the_page()
    assert {path: said for path, said in found.items() if path not in NOT_YET} == {}
    assert set(found) >= NOT_YET, "these are mended: take them off the list"


def test_the_page_itself_names_no_command():
    assert [text for text in release.english().values() if COMMAND.search(text)] == []


WORKSHOP_YET: frozenset[str] = frozenset()
"""Files whose messages still have words of the workshop. This list only shrinks."""

NEEDED: dict[str, str] = {}
"""Messages that need such a word, and why."""


def with_words_of_the_workshop(code: str) -> list[tuple[str, str]]:
    """File and message of all that have one, in a language."""
    said, found = load(code).messages, []
    pattern = re.compile(rf"\b(?:{WORKSHOP[code]})\b", re.IGNORECASE)
    for message in release.messages():
        text = said.get(message.text, message.text)
        if message.text not in NEEDED and pattern.search(template_words(text)):
            found.append((message.path, text))
    return found


@pytest.mark.parametrize("code", sorted(WORKSHOP))
def test_no_word_of_the_workshop(code):
    assert [each for each in with_words_of_the_workshop(code) if each[0] not in WORKSHOP_YET] == []


def test_each_file_on_the_list_still_has_some():
    found = {path for code in WORKSHOP for path, _ in with_words_of_the_workshop(code)}
    assert found >= WORKSHOP_YET, "these are mended: take them off the list"


# -- advice ----------------------------------------------------------------------------------------------------------

PLAIN = st.text(alphabet="abc", min_size=1, max_size=5)


@st.composite
def sentences(draw: st.DrawFn, depth: int = 3) -> Sentence:
    """Sentences in sentences, with advice at any depth."""
    if depth == 0 or draw(st.booleans()):
        return framed("{text}", text=draw(PLAIN))
    if draw(st.booleans()):
        return framed("<{one}; {two}>", one=draw(sentences(depth - 1)), two=draw(PLAIN))
    return advice(terminal=framed("run {it}", it=draw(PLAIN)), page=draw(sentences(depth - 1)))


@given(sentence=sentences())
def test_on_the_page_nothing_is_left_of_the_terminal(sentence):
    shown = on_page(sentence)
    assert "run " not in shown
    assert on_page(shown) == shown
    assert load("en").said(shown) == shown


def test_advice_is_said_by_the_door_that_somebody_came_by():
    said = advice(terminal=say("{n} of {n}; run `it`"), page=say("{n} of {n}; press Check")).filled(n=2)
    within = framed("{what}!", what=said)
    assert (within, on_page(within)) == ("2 of 2; run `it`!", "2 of 2; press Check!")


@pytest.mark.parametrize("code", sorted(OTHER_NAMES))
def test_a_thing_has_one_name_in_a_language(code):
    others = re.compile(rf"\b(?:{OTHER_NAMES[code]})\b", re.IGNORECASE)
    found = [text for text in load(code).messages.values() if others.search(template_words(text))]
    assert found == []
