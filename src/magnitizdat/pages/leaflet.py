"""The leaflet that goes with the program: plain text in each language, and one page for phones and paper. PURE."""

from __future__ import annotations

import base64
import hashlib
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from magnitizdat.model import Value
from magnitizdat.pages.leaflet_words import SYSTEMS, LeafletWords, words_of
from magnitizdat.pages.markup import Html, el, join, text
from magnitizdat.sentence import Voice

MARK = b"mag pass-on"
"""What a leaflet of ours holds, so that a newer one may take its place."""


def leaflet_names(voices: Iterable[Voice]) -> tuple[str, ...]:
    """How its files are called: text by language, and the page of all."""
    return (*(f"READ-ME.{voice.language}.txt" for voice in voices), "READ-ME.html")


_WIDTH = 72
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


class PassedOn(Value, frozen=True, kw_only=True):
    """One build as it lies on a stick now; `sha256` was read back from there."""

    name: str
    version: str
    system: str
    machine: str
    length: int
    sha256: str
    already: bool


def leaflet(builds: Sequence[PassedOn], *, version: str, voices: Sequence[Voice]) -> dict[str, bytes]:
    """File name to content. Text begins with a byte order mark and has line ends that every system shows."""
    written = [(voice, words_of(voice)) for voice in voices]
    texts = (_text(words, builds, version).replace("\n", "\r\n") for _, words in written)
    contents = [*(b"\xef\xbb\xbf" + text.encode() for text in texts), _page(written, builds, version)]
    return dict(zip(leaflet_names(voices), contents, strict=True))


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


def _text(words: LeafletWords, builds: Sequence[PassedOn], version: str) -> str:
    return "\n".join(_lines(words, builds, version)) + "\n"


def _lines(words: LeafletWords, builds: Sequence[PassedOn], version: str) -> Iterator[str]:
    yield from (words.title, "=" * len(words.title), "")
    yield from _paragraph(words.what)
    yield from _heading(words.check)
    yield from _paragraph(words.check_how)
    yield from _typed(_commands(builds, words.tools))
    yield from _paragraph(words.check_spaces)
    yield from _paragraph(words.check_worth)
    yield from (words.check_with_mag, f"    {_LOOK.format(file=builds[0].name)}", "")
    yield from _heading(words.choose)
    for build in builds:
        yield from (f"{build.name}  ({_for(build)})", build.sha256, "")
        yield from (textwrap.indent(grouped(build.sha256), "    "), "")
    yield from _heading(words.start)
    yield from _paragraph(words.copy_first)
    yield from _typed(_starts(words, builds))
    yield from _paragraph(_after_start(words, builds))
    yield from _heading(words.honest)
    for line in words.honest_lines:
        yield textwrap.fill(line, _WIDTH, initial_indent="- ", subsequent_indent="  ")
    yield from ("", words.written.format(version=version))


def _for(build: PassedOn) -> str:
    return f"{SYSTEMS[build.system]} {build.machine}, {build.length / 1e6:.1f} MB"


def _heading(words: str) -> list[str]:
    return [words, "-" * len(words), ""]


def _paragraph(words: str) -> list[str]:
    return [textwrap.fill(words, _WIDTH, break_on_hyphens=False), ""]


def _typed(commands: Sequence[tuple[str, str]]) -> Iterator[str]:
    for system, command in commands:
        yield from (f"{system}:", textwrap.indent(command, "    "), "")


# -- a page ------------------------------------------------------------------------------------------------------------


def _page(written: Sequence[tuple[Voice, LeafletWords]], builds: Sequence[PassedOn], version: str) -> bytes:
    head = el(
        "head",
        {},
        el("meta", {"charset": "utf-8"}),
        el("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "generator", "content": MARK.decode()}),
        el("title", {}, text(written[0][1].title)),
        Html(f"<style>{_STYLE}</style>"),
    )
    body = el("body", {}, *(_article(voice, words, builds, version) for voice, words in written))
    return f"<!doctype html>\n{el('html', {'lang': 'en'}, head, body)}\n".encode()


def _article(voice: Voice, words: LeafletWords, builds: Sequence[PassedOn], version: str) -> Html:
    return el(
        "article",
        {"lang": voice.language, "dir": voice.direction},
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
        join(_card(build) for build in builds),
        el("h2", {}, text(words.start)),
        el("p", {}, text(words.copy_first)),
        _shown(_starts(words, builds)),
        el("p", {}, text(_after_start(words, builds))),
        el("h2", {}, text(words.honest)),
        el("ul", {}, *(el("li", {}, text(line)) for line in words.honest_lines)),
        el("p", {}, text(words.written.format(version=version))),
    )


def _shown(commands: Sequence[tuple[str, str]]) -> Html:
    return join(
        join([el("p", {}, text(f"{system}:")), el("pre", {}, join(map(text, command.split("\n")), "\n"))])
        for system, command in commands
    )


def _card(build: PassedOn) -> Html:
    lines = join(map(text, grouped(build.sha256).split("\n")), "\n")
    return el(
        "div",
        {"class": "card"},
        el("p", {}, text(f"{build.name} ({_for(build)})")),
        el("p", {}, text("SHA-256:")),
        el("div", {"class": "sum"}, lines),
    )


def grouped(hexadecimal: str) -> str:
    """To read aloud: groups of four, four groups a line."""
    fours = [hexadecimal[at : at + 4] for at in range(0, len(hexadecimal), 4)]
    return "\n".join(" ".join(fours[at : at + 4]) for at in range(0, len(fours), 4))
