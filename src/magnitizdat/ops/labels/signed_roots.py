"""Next roots that this library signed: one a version, for two that both have enough freeze a label for everybody."""

from __future__ import annotations

from datetime import datetime

from magnitizdat.errors import SignedAnotherError
from magnitizdat.library.holder_rows import SignedRootRow
from magnitizdat.library.library import Changes, Library
from magnitizdat.sentence import say

_ANOTHER = say(
    "You have already signed another next root of «{name}». Two freeze the label for everybody; ask its other holders"
    " which one goes on, and if the first is dead, repeat with --instead"
)


def require_first(library: Library, imprint: str, name: str, version: int, sha256: str = "") -> None:
    """Raises: SignedAnotherError where this library signed a root of that version, and not the one named."""
    rows = library.index.listening.kept(SignedRootRow, f"signed-root:{imprint}:{version}:")
    signed = {row.sha256 for row in rows}
    if signed and sha256 not in signed:
        raise SignedAnotherError(_ANOTHER.filled(name=name))


def note_signed(changes: Changes, imprint: str, version: int, sha256: str, *, now: datetime) -> None:
    """This library signed that root."""
    at = now.isoformat(timespec="seconds")
    changes.row(SignedRootRow(imprint=imprint, version=version, sha256=sha256, at=at))
