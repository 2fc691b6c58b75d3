"""What leaflets share: plain text, narrow enough for any screen; fingerprints, and how systems work them out. PURE."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from magnitizdat.sentence import Sentence, Voice

WIDTH = 72
SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}

SUMS = {
    "linux": "sha256sum {file}",
    "macos": "shasum -a 256 {file}",
    "windows": "certutil -hashfile {file} SHA256",
}
"""How each system prints a fingerprint."""


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


def said_in(voice: Voice, value: Any) -> Any:
    """A sentence, or a tuple of them, in one language."""
    if isinstance(value, Sentence):
        return voice.said(value)
    return tuple(said_in(voice, each) for each in value) if isinstance(value, tuple) else value
