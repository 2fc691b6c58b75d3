"""The leaflet that goes with the program: plain text in each language, and one page for phones and paper. PURE."""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from magnitizdat.pages.leaflet_lines import SYSTEMS, as_file, grouped, heading, paragraph, points, title, typed
from magnitizdat.pages.leaflet_words import LeafletWords, words_of
from magnitizdat.pages.markup import Html, el, join, text
from magnitizdat.pages.page_leaflet import PassedFile, page_end, page_lines
from magnitizdat.pages.page_words import PageWords, page_words
from magnitizdat.sentence import Voice

MARK = b"mag pass-on"
"""What a leaflet of ours holds, so that a newer one may take its place."""


def leaflet_names(voices: Iterable[Voice]) -> tuple[str, ...]:
    """How its files are called: text by language, and the page of all."""
    return (*(f"READ-ME.{voice.language}.txt" for voice in voices), "READ-ME.html")


_LOOK = "mag pass-on check {file}"
_STYLE = """
:root{color-scheme:light dark;--ink:#1b1815;--paper:#fbf8f0;--line:#8a8172}
@media (prefers-color-scheme:dark){:root{--ink:#efe8d9;--paper:#151310;--line:#776e60}}
*{box-sizing:border-box}
body{margin:0 auto;padding:16px;max-width:46rem;background:var(--paper);color:var(--ink);font:17px/1.55 Georgia,serif;
overflow-wrap:anywhere}
h1{font-size:1.6em;line-height:1.2}
h2{font-size:1.15em;margin-top:1.6em}
article{border-top:3px double var(--line);margin-top:2.5em}
pre,.sum{font:15px/1.5 "Courier New",monospace;white-space:pre-wrap;margin:.3em 0 1em}
.card{border:1px dashed var(--line);padding:14px 16px;margin:1em 0;break-inside:avoid}
.card .sum{font-size:20px;font-weight:700}
.card p{margin:.2em 0}
@media print{body{background:#fff;color:#000;font-size:11pt}article{break-before:page;border:0}}
"""
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


class PassedOn(PassedFile, frozen=True, kw_only=True):
    """One build."""

    version: str
    system: str
    machine: str


class _Leaf(NamedTuple):
    """One language of the leaflet."""

    voice: Voice
    words: LeafletWords
    of_page: PageWords


def leaflet(builds: Sequence[PassedOn], page: PassedFile, *, version: str, voices: Sequence[Voice]) -> dict[str, bytes]:
    """File name to content."""
    leaves = [_Leaf(voice, words_of(voice), page_words(voice)) for voice in voices]
    texts = (as_file("\n".join(_lines(leaf, builds, page, version)) + "\n") for leaf in leaves)
    return dict(zip(leaflet_names(voices), [*texts, _page(leaves, builds, page, version)], strict=True))


def _systems(builds: Sequence[PassedOn]) -> list[str]:
    return [system for system in SYSTEMS if any(build.system == system for build in builds)]


def _example(builds: Sequence[PassedOn], system: str) -> str:
    return next((build.name for build in builds if build.system == system), builds[0].name)


def _commands(builds: Sequence[PassedOn], lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(SYSTEMS[system], command.format(file=_example(builds, system))) for system, command in lines]


def _starts(words: LeafletWords, builds: Sequence[PassedOn]) -> list[tuple[str, str]]:
    here = _systems(builds)
    return _commands(builds, [(system, command) for system, command in words.start_how if system in here])


def _after_start(words: LeafletWords, builds: Sequence[PassedOn]) -> str:
    warns = {"macos", "windows"} & set(_systems(builds))
    return f"{words.unknown_maker} {words.first_words}" if warns else words.first_words


# -- plain text --------------------------------------------------------------------------------------------------------


def _lines(leaf: _Leaf, builds: Sequence[PassedOn], page: PassedFile, version: str) -> Iterator[str]:
    words = leaf.words
    yield from title(words.title)
    yield from paragraph(words.what)
    yield from heading(words.check)
    yield from paragraph(words.check_how)
    yield from typed(_commands(builds, words.tools))
    yield from paragraph(words.check_spaces)
    yield from paragraph(words.check_worth)
    yield from (words.check_with_mag, f"    {_LOOK.format(file=builds[0].name)}", "")
    yield from heading(words.choose)
    for build in builds:
        yield from _sum(f"{build.name}  ({_for(build)})", build.sha256)
    yield from heading(words.start)
    yield from paragraph(words.copy_first)
    yield from typed(_starts(words, builds))
    yield from paragraph(_after_start(words, builds))
    yield from heading(words.honest)
    yield from points(words.honest_lines)
    yield from heading(words.page)
    yield from paragraph(leaf.of_page.what)
    yield from paragraph(words.page_note)
    yield from _sum(f"{page.name}  ({_megabytes(page.length)})", page.sha256)
    yield from page_lines(leaf.of_page)
    yield from page_end(leaf.of_page)
    yield words.written.format(version=version)


def _sum(name: str, sha256: str) -> Iterator[str]:
    """As tools print it, and to read aloud."""
    yield from (name, sha256, "", textwrap.indent(grouped(sha256), "    "), "")


def _for(build: PassedOn) -> str:
    return f"{SYSTEMS[build.system]} {build.machine}, {_megabytes(build.length)}"


def _megabytes(length: int) -> str:
    return f"{length / 1e6:.1f} MB"


# -- a page ------------------------------------------------------------------------------------------------------------


def _page(leaves: Sequence[_Leaf], builds: Sequence[PassedOn], page: PassedFile, version: str) -> bytes:
    head = el(
        "head",
        {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "generator", "content": MARK.decode()}),
        el("title", {}, text(leaves[0].words.title)),
        Html(f"<style>{_STYLE}</style>"),
    )
    body = el("body", {}, *(_article(leaf, builds, page, version) for leaf in leaves))
    return f"<!doctype html>\n{el('html', {'lang': 'en'}, head, body)}\n".encode()


def _article(leaf: _Leaf, builds: Sequence[PassedOn], page: PassedFile, version: str) -> Html:
    words = leaf.words
    return el(
        "article",
        {"lang": leaf.voice.language, "dir": leaf.voice.direction},
        el("h1", {}, text(words.title)),
        el("p", {}, text(words.what)),
        el("h2", {}, text(words.check)),
        el("p", {}, text(words.check_how)),
        _shown(_commands(builds, words.tools)),
        el("p", {}, text(words.check_spaces)),
        el("p", {}, text(words.check_worth)),
        el("p", {}, text(words.check_with_mag)),
        el("pre", {}, text(_LOOK.format(file=builds[0].name))),
        el("h2", {}, text(words.card)),
        el("p", {}, text(words.card_note)),
        join(_card(f"{build.name} ({_for(build)})", build.sha256) for build in builds),
        _card(f"{page.name} ({_megabytes(page.length)})", page.sha256),
        el("h2", {}, text(words.start)),
        el("p", {}, text(words.copy_first)),
        _shown(_starts(words, builds)),
        el("p", {}, text(_after_start(words, builds))),
        el("h2", {}, text(words.honest)),
        _list("ul", words.honest_lines),
        el("h2", {}, text(words.page)),
        el("p", {}, text(leaf.of_page.what)),
        el("p", {}, text(words.page_note)),
        *_of_the_page(leaf.of_page),
        el("p", {}, text(words.written.format(version=version))),
    )


def _of_the_page(words: PageWords) -> Iterator[Html]:
    """How it is opened, where, and what it cannot."""
    yield el("h3", {}, text(words.steps))
    yield _list("ol", words.steps_how)
    yield el("h3", {}, text(words.where))
    yield _list("ul", words.where_lines)
    yield el("h3", {}, text(words.honest))
    yield _list("ul", words.honest_lines)


def _list(kind: str, lines: Sequence[str]) -> Html:
    return el(kind, {}, *(el("li", {}, text(line)) for line in lines))


def _shown(commands: Sequence[tuple[str, str]]) -> Html:
    return join(
        join([el("p", {}, text(f"{system}:")), el("pre", {}, join(map(text, command.split("\n")), "\n"))])
        for system, command in commands
    )


def _card(name: str, sha256: str) -> Html:
    lines = join(map(text, grouped(sha256).split("\n")), "\n")
    return el(
        "div",
        {"class": "card"},
        el("p", {}, text(name)),
        el("p", {}, text("SHA-256:")),
        el("div", {"class": "sum"}, lines),
    )
