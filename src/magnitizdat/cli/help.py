"""The help pages of every verb, in the person's language, and the words of typer in them."""

from __future__ import annotations

import re
from typing import Any

import typer
import typer.core

from magnitizdat.cli import face
from magnitizdat.sentence import Sentence, say, verbatim

PANELS = ("Start here", "Listen", "Take", "Give", "Publish", "Stay safe", "In danger", "More", "Commands")

WORDS = (
    say("Usage:"),
    say("Options"),
    say("Arguments"),
    say("Commands"),
    say("Show this message and exit."),
    say("required"),
    say("default: {default}"),
    say("No such command '{command}'"),
    say("No such option: {option}"),
    say("No such option: {option} (Possible options: {options})"),
    say("Missing argument '{argument}'"),
    say("Missing option '{option}'"),
    say("Invalid value for '{option}': {why}"),
    say("Option '{option}' requires an argument"),
    say("Option '{option}' does not take a value"),
    say("Got unexpected extra argument(s) ({arguments})"),
    say("Input should be a valid integer, unable to parse string as an integer"),
    say("Input should be a valid number, unable to parse string as a number"),
    say("Input should be greater than or equal to {least}"),
    say("Input should be less than or equal to {most}"),
)
"""What typer says by itself; it asks nobody for the language."""

_PATTERNS = [
    (words, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(words)), re.DOTALL))
    for words in sorted(WORDS, key=len, reverse=True)
]
_TYPED = re.compile(r"(?P<name>[^<]*?(?:--(?P<option>[a-z-]+))?) <(?P<type>[^<>]*)>")
"""How typer ends the name of what has no word of its own for its value: by the type that it has in Python."""
_NUMBERS = ("int", "float")
_FACTS = re.compile(r"(.*?)  \[([^\[\]]*)\]", re.DOTALL)


def of_help(text: str) -> str:
    """A paragraph of the help in the person's language."""
    return face.current.spoken(_of_typer(text) or say(text))


def of_typer(text: str) -> Sentence:
    """What typer says by itself; values of people stay as they are."""
    return _of_typer(text) or verbatim(text)


def _of_typer(text: str) -> Sentence | None:
    """Typer fills its words in before anybody is asked: which of `WORDS` it was, and with what."""
    for words, pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            return words.filled(**{hole: of_typer(value) for hole, value in found.groupdict().items()})
    return None


_Context = next(base for base in typer.Context.__mro__[::-1] if "formatter_class" in vars(base))


class Spoken(_Context.formatter_class):  # type: ignore[misc,name-defined]  # typer hides the class's own name
    """Lays a help page out after translating each paragraph."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line."""
        super().write_usage(prog, args, prefix or f"{of_help('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        """A heading of its own section."""
        super().write_heading(of_help(heading))

    def write_text(self, text: str) -> None:
        """Paragraphs; an empty line parts them."""
        paragraphs = (of_help(" ".join(each.split())) for each in text.split("\n\n"))
        super().write_text("\n\n".join(paragraphs))

    def write_dl(self, rows: Any, *widths: Any, **named: Any) -> None:
        """Names and what they are."""
        super().write_dl([(_named(name), _described(said)) for name, said in rows], *widths, **named)

    def write_spoken(self, rows: list[tuple[str, str]]) -> None:
        """The same where it is in the person's language already."""
        super().write_dl(rows)


def _named(name: str) -> str:
    """What is to be typed: the option and a word for its value, never a type of Python."""
    found = _TYPED.fullmatch(name)
    if found is None:
        return name
    if not found["option"]:
        return found["name"]
    word = "N" if found["type"].startswith(_NUMBERS) else found["option"].rpartition("-")[2].upper()
    return f"{found['name']} {word}"


def _described(said: str) -> str:
    """An option's help, then facts in brackets."""
    found = _FACTS.fullmatch(said)
    if found is None:
        return of_help(said)
    facts = "; ".join(face.current.spoken(of_typer(fact)) for fact in found[2].split("; "))
    return f"{of_help(found[1])}  [{facts}]"


class Grouped(typer.core.TyperGroup):
    """Lists verbs under the headings of the design, without the cost of drawing boxes."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One section a panel, in the order of registration."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                panel = getattr(command, "rich_help_panel", None)
                heading = panel if isinstance(panel, str) else "Commands"
                panels.setdefault(heading, []).append((name, _brief(command.help or "")))
        for heading in sorted(panels, key=PANELS.index):
            with formatter.section(heading):
                formatter.write_spoken(panels[heading])


def _brief(said: str) -> str:
    """The first sentence, of the translation where there is one."""
    paragraph = " ".join(said.strip().split("\n\n")[0].split())
    return re.split(r"(?<=\.) ", of_help(paragraph), maxsplit=1)[0]


_Context.formatter_class = Spoken  # type: ignore[attr-defined]  # the same
