"""Slips: what who opened a reel tells whoever cut it, and the return address that lies in the reel. PURE.

Each sealed reel has a file of one length for that, with an address or without: by its size nobody tells them apart.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from magnitizdat.catalogue.documents import decode, encode
from magnitizdat.errors import DamagedError
from magnitizdat.formats import budgets
from magnitizdat.model import (
    AgeRecipientOrNone,
    Document,
    ReleaseId,
    ReleaseIdOrNone,
    SpoolFile,
    Value,
    WishedId,
)

SLIP: Final = "application/vnd.magnitizdat.slip+json"
"""Media type of what lies beside the letter that a slip is."""
MOST_IDS = 500
"""That a slip names as arrived, and as many that it asks for."""
RETURN_PATH = "return.json"
RETURN_FILE = SpoolFile(path=RETURN_PATH, length=256)
"""As every sealed reel has it; blanks fill it up."""


class ReturnNote(Value, frozen=True, kw_only=True):
    """What stands in that file: the reel's id of chance, and where to send a slip; neither where none is wished for."""

    reel: ReleaseIdOrNone = ""
    address: AgeRecipientOrNone = ""


class ReelSlip(Document, frozen=True, kw_only=True):
    """Of a reel: ids of its releases that came with it, whether that is all of it, and how many tracks came damaged.

    `wanted`: ids of releases, and imprints of labels, that are asked for. Nothing of it is proven.
    """

    schema: Literal["magnitizdat/slip/1"] = "magnitizdat/slip/1"
    reel: ReleaseId
    whole: bool = False
    arrived: Annotated[tuple[ReleaseId, ...], Meta(max_length=MOST_IDS)] = ()
    damaged: Annotated[int, Meta(ge=0, le=1 << 20)] = 0
    wanted: Annotated[tuple[WishedId, ...], Meta(max_length=MOST_IDS)] = ()


def note_bytes(note: ReturnNote) -> bytes:
    """The file, always of the same length."""
    return msgspec.json.encode(note).ljust(RETURN_FILE.length)


def read_note(content: bytes) -> ReturnNote | None:
    """The inverse; None where nobody wishes for a slip, or it cannot be read."""
    try:
        note = msgspec.json.decode(content, type=ReturnNote)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return note if note.reel and note.address else None


def slip_bytes(slip: ReelSlip) -> bytes:
    """What lies beside the letter."""
    return encode(slip)


def read_slip(content: bytes) -> ReelSlip | None:
    """The inverse; None where it is none. Raises: OverBudgetError for one longer than any."""
    budgets.SLIP.check(len(content))
    try:
        return decode(ReelSlip, content, max_length=budgets.SLIP.most)
    except DamagedError:
        return None
