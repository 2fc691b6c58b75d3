"""Shares of a premiere's words as people bring them: a file with the words, a photo of a share's code, or a letter."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from magnitizdat.catalogue.premieres import Premiere
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, SourceError
from magnitizdat.formats import budgets
from magnitizdat.formats.shares import is_slip, words_in
from magnitizdat.library.library import Library
from magnitizdat.ops.post.inbox import held
from magnitizdat.scene.letters import SHARE
from magnitizdat.scene.openings import GivenShare
from magnitizdat.scene.premieres import share_digest
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.workers.pool import ParserPool

_NONE = say(
    "there is no share in {name}, or a word of it is mistyped: a share is 20 words, compare them with what was written"
    " down, or photograph its code again",
    name="",
)


def given_shares(paths: Sequence[Path]) -> list[GivenShare]:
    """The shares in these files, each named after its file; a worker looks at pictures.

    Raises: DamagedError where one holds none; NotFoundError, OverBudgetError.
    """
    contents = {path: _content(path) for path in paths}
    with ExitStack() as stack:
        pool: ParserPool | None = None
        found = list[GivenShare]()
        for path, content in contents.items():
            if pool is None and not _is_typed(content):
                from magnitizdat.workers.pool import ParserPool

                pool = stack.enter_context(ParserPool(workers=1))
            found += shares_in(path.stem, content, pool)
    return found


def shares_in(name: str, content: bytes, pool: ParserPool | None = None) -> list[GivenShare]:
    """The shares in a text, or with `pool` in the codes on a picture. Raises: DamagedError where there is none."""
    texts = [content.decode("utf-8", "replace")]
    if pool is not None and not _is_typed(content):
        with suppress(SourceError):
            texts = pool.read_qr(content)
    found = [words for text in texts for words in _shares(text)]
    if not found or any(is_slip(line) for text in texts for line in text.splitlines()):
        raise DamagedError(_NONE.filled(name=name))
    return [GivenShare(name, words) for words in found]


def shares_in_letters(library: Library, premiere: Premiere) -> list[GivenShare]:
    """Those of a premiere that friends sent, each named after who says to be its sender; of others nobody asked."""
    return [
        GivenShare(each.letter.sender.name, words)
        for each in held(library, SHARE)
        for words in _shares(each.attachment.decode("utf-8", "replace"))
        if share_digest(words) in premiere.shares
    ]


def _shares(text: str) -> list[str]:
    """One a line; or a single one, in as many lines as somebody wrote it down."""
    return words_in(text) or words_in(" ".join(text.split()))


def _is_typed(content: bytes) -> bool:
    """Whether it is text: pictures are not."""
    return b"\0" not in content and bool(content.strip()) and _is_utf8(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _content(path: Path) -> bytes:
    with FileReader(path.resolve()) as reader:
        budgets.CARD_PHOTO.check(reader.length)
        return reader.read_at(0, reader.length)
