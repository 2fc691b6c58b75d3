"""Words that open something, from where nobody reads along: a file, a pipe or the keyboard, never the command line.

Other programs see command lines while a command runs, and the shell's history keeps them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, TextIO

import typer

from magnitizdat.errors import UsageError
from magnitizdat.sentence import say

OnTheLine = Annotated[str, typer.Option("--words", hidden=True, metavar="WORDS")]
"""What older versions took: refused with the way to say it now."""
InFile = Annotated[
    Path | None,
    typer.Option(
        "--words-file", metavar="FILE", help="The words, on the first line of FILE; - reads them from a pipe."
    ),
]
SharesInFile = Annotated[
    Path | None,
    typer.Option("--words-file", metavar="FILE", help="Shares, one on each line of FILE; - reads them from a pipe."),
]
_LIMIT = 4096  # characters


def given(on_the_line: str, file: Path | None) -> str:
    """The words; empty where none were given, so that they can be asked for.

    Raises: UsageError for words on the command line, and where the file cannot be read or is empty.
    """
    if on_the_line:
        raise UsageError(
            say(
                "words on the command line are seen by other programs and kept by the shell, so none are taken there;"
                " leave --words out and be asked, or give --words-file FILE (- is a pipe), and forget the line in the"
                " shell's history"
            )
        )
    if file is None:
        return ""
    return _first_line(lines(file, most=1))


def lines(file: Path, *, most: int = 64) -> str:
    """The first `most` lines of a file, or of a pipe.

    Raises: UsageError where it cannot be read.
    """
    if str(file) == "-":
        return _lines(sys.stdin, most)
    try:
        with file.open(encoding="utf-8") as opened:
            return _lines(opened, most)
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(
            say("the file with the words cannot be read; check its path and that it is plain text")
        ) from exc


def _lines(source: TextIO, most: int) -> str:
    return "".join(source.readline(_LIMIT) for _ in range(most))


def _first_line(text: str) -> str:
    if not text.strip():
        raise UsageError(say("no words are on the first line there; put them all on it"))
    return text.strip()
