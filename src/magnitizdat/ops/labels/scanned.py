"""Holders' cards and proposals as they come: as a file, as the text of a QR, or as a photo of one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from magnitizdat.catalogue.proposals import PROPOSAL_TEXT, SIGNATURE_TEXT
from magnitizdat.disk.reading import FileReader
from magnitizdat.errors import DamagedError, UnsupportedError
from magnitizdat.formats import budgets
from magnitizdat.sentence import say

if TYPE_CHECKING:
    from magnitizdat.workers.pool import ParserPool

_BEGINNINGS = (b"{", PROPOSAL_TEXT.encode(), SIGNATURE_TEXT.encode())


def scanned(paths: Sequence[Path]) -> list[bytes]:
    """What each of these files holds, in their order; a worker looks at pictures.

    Raises: DamagedError where one holds neither text of ours nor a QR of it; NotFoundError.
    """
    contents = [_content(path) for path in paths]
    with ExitStack() as stack:
        pool: ParserPool | None = None
        found = []
        for content in contents:
            if not is_ours(content) and pool is None:
                from magnitizdat.workers.pool import ParserPool

                pool = stack.enter_context(ParserPool(workers=1))
            found.append(content.strip() if pool is None or is_ours(content) else scanned_in(content, pool))
    return found


def scanned_in(content: bytes, pool: ParserPool) -> bytes:
    """The text of ours in a file's bytes, or in a picture.

    Raises: DamagedError.
    """
    if is_ours(content):
        return content.strip()
    nothing = say(
        "nothing of a label's holders was found in this file; give the file itself, or photograph its QR again"
    )
    try:
        texts = [text.encode() for text in pool.read_qr(content)]
    except UnsupportedError as exc:
        raise DamagedError(nothing) from exc
    for text in texts:
        if is_ours(text):
            return text.strip()
    raise DamagedError(nothing)


def is_ours(content: bytes) -> bool:
    """Whether it begins like a card, a proposal or a signature; the rest is for their parsers to say."""
    return content.lstrip().startswith(_BEGINNINGS)


def _content(path: Path) -> bytes:
    with FileReader(path.resolve()) as reader:
        budgets.CARD_PHOTO.check(reader.length)
        return reader.read_at(0, reader.length)
