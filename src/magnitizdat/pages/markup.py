"""HTML by construction for the static pages: what comes from outside becomes `Html` only through `text` and `el`.

`Html` is a type of its own, so that the type checker refuses a string that nobody escaped. PURE.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from typing import NewType

from magnitizdat.formats.names import clean_text

Html = NewType("Html", str)
Attributes = Mapping[str, str | None]

NOTHING = Html("")
_VOID = frozenset({"hr", "img", "input", "link", "meta", "source"})

MAX_NOTES_LENGTH = 1 << 18
"""Characters of liner notes that a page shows; nobody writes a longer sleeve."""

_ITEM = re.compile("<li>")
_TAG = re.compile("<[^<>]*>")
_BLOCK_END = re.compile("</(?:p|ul|ol|h[1-6])>")
_HEADING = re.compile(r"(#{1,6})\s(.*)")
_BULLET = re.compile(r"\s*[-*+]\s+(.*)")
_NUMBER = re.compile(r"\s*\d{1,9}[.)]\s+(.*)")
# No pattern below lets two repetitions share a character: notes are written by strangers, and time must stay linear.
_SPAN = re.compile(
    r"!?\[(?P<text>[^\[\]]+)\]\((?P<url>[^()\s]+)\)"
    r"|\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*"
    r"|\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*"
    r"|(?<!\w)_(?P<under>[^_\s](?:[^_]*[^_\s])?)_(?!\w)"
)


def one_line(outside: str) -> str:
    """`outside` as it stands in one line: cleaned, every run of white space one space."""
    return " ".join(clean_text(" ".join(outside.split())).split())


def text(outside: str) -> Html:
    """Any string as the text of an element or attribute."""
    return Html(html.escape(one_line(outside)))


def ours(phrase: str) -> Html:
    """Words of our own, or a cleaned part of a line: escaped, and the white space at the ends stays."""
    return Html(html.escape(phrase))


def el(name: str, attributes: Attributes, *children: Html) -> Html:
    """An element. Attribute values are escaped here; one that is None is left out."""
    written = "".join(f' {key}="{text(value)}"' for key, value in attributes.items() if value is not None)
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{''.join(children)}</{name}>")


def join(parts: Iterable[Html], between: str = "") -> Html:
    """Parts in a row; `between` is our own text, never somebody else's."""
    return Html(html.escape(between).join(parts))


def name_of_music(outside: str, *, element: str = "span", css: str | None = None) -> Html:
    """A title or name. Its language is unknown (`lang=""`), its direction its own."""
    return el(element, {"lang": "", "dir": "auto", "class": css}, text(outside))


def from_markdown(notes: str, *, top_level: int = 4) -> Html:
    """Liner notes as HTML: paragraphs, headings, lists, rules and emphasis; links and pictures become text.

    `top_level` is the heading level of `#`. Anything else in `notes`, tags among it, is shown as it was typed.
    """
    blocks = _Blocks()
    for line in notes[:MAX_NOTES_LENGTH].splitlines():
        heading, bullet, number = _HEADING.match(line), _BULLET.match(line), _NUMBER.match(line)
        if not line.strip():
            blocks.close()
        elif _is_rule(line):
            blocks.add(el("hr", {}))
        elif heading:
            level = min(6, top_level + len(heading[1]) - 1)
            blocks.add(el(f"h{level}", {}, _spans(heading[2].rstrip().rstrip("#"))))
        elif bullet:
            blocks.item("ul", bullet[1])
        elif number:
            blocks.item("ol", number[1])
        else:
            blocks.lines.append(line)
    blocks.close()
    return join(blocks.done)


def as_plain_text(notes: str) -> str:
    """Liner notes without their marks, for what shows text alone: blocks apart, each item of a list on a line."""
    shown = _ITEM.sub("\n- ", from_markdown(notes).replace("<hr>", "<p>* * *</p>"))
    return "\n\n".join(html.unescape(_TAG.sub("", block)).strip("\n") for block in _BLOCK_END.split(shown)).strip()


class _Blocks:
    """Blocks that are done, and the lines of the open one: a paragraph, or the last item of a list."""

    def __init__(self) -> None:
        self.done: list[Html] = []
        self.lines: list[str] = []
        self._list = ""
        self._items: list[Html] = []

    def item(self, kind: str, first_line: str) -> None:
        if self._list == kind:
            self._items.append(self._take())
        else:
            self.close()
            self._list = kind
        self.lines.append(first_line)

    def add(self, block: Html) -> None:
        self.close()
        self.done.append(block)

    def close(self) -> None:
        if self._list:
            items = [*self._items, self._take()]
            self.done.append(el(self._list, {}, *(el("li", {}, item) for item in items)))
        elif self.lines:
            self.done.append(el("p", {}, self._take()))
        self._list = ""
        self._items = []

    def _take(self) -> Html:
        taken = _spans(" ".join(self.lines))
        self.lines.clear()
        return taken


def _is_rule(line: str) -> bool:
    marks = "".join(line.split())
    return len(marks) >= 3 and marks in ("-" * len(marks), "*" * len(marks), "_" * len(marks))


def _spans(line: str) -> Html:
    line = one_line(line)
    parts: list[Html] = []
    end = 0
    for found in _SPAN.finditer(line):
        parts.append(ours(line[end : found.start()]))
        parts.append(_span(found))
        end = found.end()
    parts.append(ours(line[end:]))
    return join(parts)


def _span(found: re.Match[str]) -> Html:
    if found["text"] is not None:
        shown = ours(found["text"])
        url = el("span", {"class": "url"}, ours(found["url"]))
        return shown if found[0].startswith("!") else Html(f"{shown} ({url})")
    if found["strong"] is not None:
        return el("strong", {}, ours(found["strong"]))
    return el("em", {}, ours(found["em"] if found["em"] is not None else found["under"]))
