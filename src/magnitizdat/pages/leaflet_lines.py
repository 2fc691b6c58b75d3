"""Plain text for leaflets: narrow enough for any screen, and readable as it stands. PURE."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

WIDTH = 72


def title(words: str) -> list[str]:
    """What stands above all."""
    return [words, "=" * len(words), ""]


def heading(words: str) -> list[str]:
    """What stands above a part."""
    return [words, "-" * len(words), ""]


def paragraph(words: str) -> list[str]:
    """Text, and an empty line."""
    return [textwrap.fill(words, WIDTH, break_on_hyphens=False), ""]


def points(lines: Sequence[str]) -> Iterator[str]:
    """A list."""
    for line in lines:
        yield textwrap.fill(line, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
    yield ""


def steps(lines: Sequence[str]) -> Iterator[str]:
    """A list whose order counts."""
    for number, line in enumerate(lines, 1):
        yield textwrap.fill(line, WIDTH, initial_indent=f"{number}. ", subsequent_indent="   ", break_on_hyphens=False)
    yield ""


def typed(commands: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Systems, and what is typed there."""
    for system, command in commands:
        yield from (f"{system}:", textwrap.indent(command, "    "), "")


def grouped(hexadecimal: str) -> str:
    """To read aloud: groups of four, four groups a line."""
    fours = [hexadecimal[at : at + 4] for at in range(0, len(hexadecimal), 4)]
    return "\n".join(" ".join(fours[at : at + 4]) for at in range(0, len(fours), 4))


def as_file(text: str) -> bytes:
    """It begins with a byte order mark and has line ends that every system shows."""
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
